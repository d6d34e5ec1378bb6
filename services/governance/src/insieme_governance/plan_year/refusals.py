"""Refusals of decisions about the plan itself and its actions."""

from __future__ import annotations

from insieme_events.decider import RefusalKind, Refused

NO_PLAN = Refused(
    code="governance.no_plan",
    sentence="There is no plan for this year yet: draft it, and have the Tavolo decide on it.",
    clause="P52",
)
NO_DRAFT = Refused(
    code="governance.no_draft",
    sentence="The last draft of this year was rejected: draft the plan again first.",
    clause="P52",
)
NOT_APPROVED = Refused(
    code="governance.plan_not_approved",
    sentence="The plan of this year is not approved: a held meeting of the Tavolo has to decide on it first.",
    clause="P52",
)
APPROVED_ALREADY = Refused(
    code="governance.plan_approved_already",
    sentence="The plan of this year is approved: a decision of the Tavolo may amend it.",
    clause="P52",
)
AMENDMENT_OPEN = Refused(
    code="governance.amendment_open",
    sentence="Amendment {amendment_id} of this year waits for funding's answer: nothing else before that.",
    clause="P52",
)
AMENDMENT_UNKNOWN = Refused(
    code="governance.amendment_unknown",
    sentence="There is no such amendment of this year.",
    clause="P52",
    kind=RefusalKind.NOT_FOUND,
)
MEETING_UNKNOWN = Refused(
    code="governance.plan_meeting_unknown",
    sentence="There is no meeting with this id: a plan is decided on by a meeting of the Tavolo.",
    clause="P52",
    kind=RefusalKind.NOT_FOUND,
)
NOT_THE_TAVOLO = Refused(
    code="governance.not_the_tavolo",
    sentence="That was a meeting of {body}: only the Tavolo di coordinamento decides on the plan.",
    clause="P52",
)
NOT_HELD = Refused(
    code="governance.plan_meeting_not_held",
    sentence="That meeting is {status}: only a meeting that was held can have decided on the plan.",
    clause="P52",
)
NOT_DECIDED = Refused(
    code="governance.plan_decision_unknown",
    sentence="Decision {number} is not recorded for that meeting: record it first.",
    clause="P52",
)
OTHER_SUBJECT = Refused(
    code="governance.decision_about_other",
    sentence="Decision {number} of that meeting is about {subject}: this needs one about {wanted}.",
    clause="P52",
)
DECISION_USED = Refused(
    code="governance.decision_used",
    sentence="Decision {number} of that meeting was about the plan before: each change needs a decision of its own.",
    clause="P52",
)
BEFORE_MEETING = Refused(
    code="governance.before_meeting",
    sentence="The meeting was held on {held_on}: what it decided cannot be dated earlier.",
    clause="P52",
)
DRAFTED_AFTER_MEETING = Refused(
    code="governance.drafted_after_meeting",
    sentence="The draft is of {drafted_on} and the meeting of {held_on}: it cannot have decided on this draft.",
    clause="P52",
)
BEYOND_RESOURCES = Refused(
    code="governance.plan_beyond_resources",
    sentence="The plan spends {planned} cents from {source}, but {available} are available: lower it, or commit more.",
    clause="P52",
)
CEILING_TWICE = Refused(
    code="governance.ceiling_twice",
    sentence="Source {source} has two ceilings on strand {strand}: give one.",
    clause="P52",
    kind=RefusalKind.INVALID,
)
ACTION_TWICE = Refused(
    code="governance.action_twice",
    sentence="Action {action_id} stands in the plan twice: give each action an id of its own.",
    clause="P52",
    kind=RefusalKind.INVALID,
)
ACTION_BEYOND_CEILING = Refused(
    code="governance.action_beyond_ceiling",
    sentence="The actions of strand {strand} cost {planned} cents from {source}, above its ceiling of {ceiling}.",
    clause="P52",
    kind=RefusalKind.INVALID,
)
MEASURE_UNKNOWN = Refused(
    code="governance.measure_unknown",
    sentence="There is no regional measure {measure} in the register: register it first.",
    clause="P48",
)
ACTION_UNKNOWN = Refused(
    code="governance.action_unknown",
    sentence="The plan of this year has no action with this id.",
    clause="P58",
    kind=RefusalKind.NOT_FOUND,
)
ACTION_TAKEN = Refused(
    code="governance.action_id_taken",
    sentence="An action of another year has one of these ids: give each action an id of its own.",
    clause="P52",
)
NOT_ASSIGNED = Refused(
    code="governance.action_not_assigned",
    sentence="This action is assigned to nobody: the Tavolo tecnico assigns it first.",
    clause="P58",
)
BEFORE_APPROVAL = Refused(
    code="governance.before_approval",
    sentence="The plan was approved on {approved_on}: nothing is done of it earlier.",
    clause="P58",
)
YEAR_RUNNING = Refused(
    code="governance.plan_year_running",
    sentence="The year {year} is not over: close it from 1 January on.",
    clause="P52",
)
YEAR_UNKNOWN = Refused(
    code="governance.plan_year_unknown",
    sentence="Nothing is known of this year: commit resources or draft a plan first.",
    clause="P52",
    kind=RefusalKind.NOT_FOUND,
)
