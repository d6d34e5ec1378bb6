"""The facts of version 2: those of version 1 as they are, and what the other services tell (decision 25).

A fact is there for a figure. What no figure counts stands in the reads of its own service: committees and conflicts,
the consents to each spending, instruments, integrations, regional measures, the study, the register of the parties.
"""

from insieme_events.projection import Difference, FactDefinition, ProjectionDefinition
from insieme_reporting.v1.facts import DEFINITION as FACTS_1
from insieme_reporting.v2.facts import (
    aliases,
    board_membership,
    budget,
    call,
    capacity,
    commitment,
    contribution,
    course,
    expenditure,
    following,
    funding_decision,
    internship,
    intervention,
    introduction,
    language_level,
    meeting,
    need,
    outreach,
    participation,
    plan_action,
    positions,
    presentation,
    project,
    project_following,
    referral,
    work_plan,
)

OF_INTAKE = (
    FactDefinition(aliases.PersonAliasVersion, aliases.person, events=aliases.OF_PERSONS),
    FactDefinition(aliases.CaseMergeVersion, aliases.case, events=aliases.OF_CASES),
    FactDefinition(following.FollowUpVersion, following.follow_up, events=following.OF_FOLLOW_UPS),
    FactDefinition(following.OperationParticipationVersion, following.operation, events=following.OF_OPERATIONS),
    FactDefinition(following.OperationFollowUpVersion, following.after_operation, events=following.AFTER_OPERATIONS),
    FactDefinition(following.FamilySupportVersion, following.family_support, events=following.OF_SUPPORT),
    FactDefinition(intervention.InterventionVersion, intervention.apply, events=intervention.EVENTS),
    FactDefinition(referral.ReferralVersion, referral.apply, events=referral.EVENTS),
)
OF_MATCHING = (
    FactDefinition(aliases.CompanyAliasVersion, aliases.company, events=aliases.OF_COMPANIES),
    FactDefinition(introduction.IntroductionVersion, introduction.apply, events=introduction.EVENTS),
    FactDefinition(need.NeedVersion, need.apply, events=need.EVENTS),
    FactDefinition(internship.InternshipVersion, internship.apply, events=internship.EVENTS),
    FactDefinition(positions.ReservedPositionVersion, positions.used, events=positions.OF_VACANCY),
)
OF_TRAINING = (
    FactDefinition(course.CourseVersion, course.apply),
    FactDefinition(participation.ParticipationVersion, participation.apply, events=participation.EVENTS),
    FactDefinition(positions.CoursePositionVersion, positions.identified, events=positions.OF_COURSE),
    FactDefinition(language_level.LanguageLevelVersion, language_level.apply, events=language_level.EVENTS),
)
OF_FUNDING = (
    FactDefinition(budget.BudgetLineVersion, budget.apply, events=budget.EVENTS),
    FactDefinition(commitment.CommitmentVersion, commitment.apply, events=commitment.EVENTS),
    FactDefinition(expenditure.ExpenditureVersion, expenditure.apply, events=expenditure.EVENTS),
    FactDefinition(call.CallVersion, call.apply),
    FactDefinition(project.ProjectVersion, project.apply, events=project.EVENTS),
    FactDefinition(
        project_following.ProjectPlacementVersion,
        project_following.placement,
        events=project_following.OF_PLACEMENTS,
    ),
    FactDefinition(
        project_following.ProjectSurvivalVersion,
        project_following.survival,
        events=project_following.OF_SURVIVAL,
    ),
    FactDefinition(
        project_following.ConsolidationVersion,
        project_following.consolidation,
        events=project_following.OF_CONSOLIDATION,
    ),
    FactDefinition(
        project_following.MicrocreditVersion,
        project_following.microcredit,
        events=project_following.OF_MICROCREDIT,
    ),
    FactDefinition(funding_decision.FundingDecisionVersion, funding_decision.apply, events=funding_decision.EVENTS),
)
OF_GOVERNANCE = (
    FactDefinition(board_membership.BoardMembershipVersion, board_membership.apply),
    FactDefinition(work_plan.WorkPlanVersion, work_plan.plan, events=work_plan.OF_PLAN),
    FactDefinition(work_plan.PlanCeilingVersion, work_plan.ceilings, events=work_plan.OF_CEILINGS),
    FactDefinition(work_plan.ResourceVersion, work_plan.resources, events=work_plan.OF_RESOURCES),
    FactDefinition(plan_action.PlanActionVersion, plan_action.apply, events=plan_action.EVENTS),
    FactDefinition(meeting.MeetingVersion, meeting.meeting, events=meeting.OF_MEETING),
    FactDefinition(meeting.InvitationVersion, meeting.invitation, events=meeting.OF_INVITATIONS),
    FactDefinition(meeting.DecisionVersion, meeting.decision, events=meeting.OF_DECISIONS),
    FactDefinition(presentation.PresentationVersion, presentation.apply, events=presentation.EVENTS),
    FactDefinition(contribution.ContributionVersion, contribution.contribution, events=contribution.OF_CONTRIBUTIONS),
    FactDefinition(contribution.PracticeVersion, contribution.practice, events=contribution.OF_PRACTICES),
    FactDefinition(contribution.ExchangeVersion, contribution.exchange, events=contribution.OF_EXCHANGES),
    FactDefinition(outreach.OutreachVersion, outreach.outreach, events=outreach.OF_OUTREACH),
    FactDefinition(outreach.AssociationOutreachVersion, outreach.association, events=outreach.OF_ASSOCIATIONS),
    FactDefinition(outreach.VisibilityVersion, outreach.visibility, events=outreach.OF_VISIBILITY),
    FactDefinition(capacity.StaffVersion, capacity.staff, events=capacity.OF_STAFF),
    FactDefinition(capacity.DeskVersion, capacity.desk, events=capacity.OF_DESKS),
)
NEW = (*OF_GOVERNANCE, *OF_TRAINING, *OF_INTAKE, *OF_MATCHING, *OF_FUNDING)

DEFINITION = ProjectionDefinition(
    name="facts",
    version=2,
    facts=(*FACTS_1.facts, *NEW),
    differences=tuple(Difference(fact.row.table, "new in version 2") for fact in NEW),
)

__all__ = ["DEFINITION"]
