-- Persons and companies that turned out to be one are counted once, from the day on which the merge was recorded: the
-- sets of version 1 that name them are written anew here, with the id that goes on. An id may have been given up for
-- one that was given up later.
person_aliases as (
    select person_id, alias_of from (
        select distinct on (person_id) * from person_alias_versions
        where recorded_at <= %(known_at)s order by person_id, sequence desc
    ) a where alias_of is not null
),
person_chains as (
    select person_id, alias_of as root, 1 as hops from person_aliases
    union all
    select c.person_id, a.alias_of, c.hops + 1
    from person_chains c join person_aliases a on a.person_id = c.root where c.hops < 20
),
person_roots as (
    select distinct on (person_id) person_id, root from person_chains order by person_id, hops desc
),
company_aliases as (
    select company_id, into_id from company_alias_versions where recorded_at <= %(known_at)s
),
company_chains as (
    select company_id, into_id as root, 1 as hops from company_aliases
    union all
    select c.company_id, a.into_id, c.hops + 1
    from company_chains c join company_aliases a on a.company_id = c.root where c.hops < 20
),
company_roots as (
    select distinct on (company_id) company_id, root from company_chains order by company_id, hops desc
),
cases as (
    select c.case_id, coalesce(r.root, c.person_id) as person_id, c.channel_class, c.applied_on, c.rejected_on,
           c.withdrawn_on, c.enrolled_on, c.voided, c.interviewed_on, c.in_target_on, c.taken_in_charge_on,
           c.plan_agreed_on, c.closed_on, c.exit_state, c.gender, c.birth_month, c.citizenship, c.isced, c.comune
    from (
        select distinct on (case_id) * from case_versions
        where recorded_at <= %(known_at)s order by case_id, sequence desc
    ) c left join person_roots r using (person_id)
),
-- Cases that go on in another one: their days count for the person, they are no enrolment of their own.
merged_cases as (
    select case_id from (
        select distinct on (case_id) * from case_merge_versions
        where recorded_at <= %(known_at)s order by case_id, sequence desc
    ) m where into_case_id is not null
),
latest_links as (
    select l.employment_id, l.link_no, coalesce(r.root, l.person_id) as person_id,
           coalesce(k.root, l.company_id) as company_id, l.vacancy_id, l.kind, l.starts_on, l.ends_on,
           l.contract_class, l.comune, l.voided, l.sequence
    from (
        select distinct on (employment_id, link_no) * from placement_link_versions
        where recorded_at <= %(known_at)s order by employment_id, link_no, sequence desc
    ) l left join person_roots r using (person_id) left join company_roots k using (company_id)
),
-- Of a company that goes on under another id the sizes count for the days before the other one has any.
sizes as (
    select distinct on (company_id, valid_from) company_id, valid_from, size from (
        select coalesce(k.root, s.company_id) as company_id, s.valid_from, s.size, s.sequence,
               k.root is not null as merged,
               min(s.valid_from) filter (where k.root is null) over (partition by coalesce(k.root, s.company_id))
                   as own_from
        from company_size_versions s left join company_roots k using (company_id)
        where s.recorded_at <= %(known_at)s
    ) s where not merged or own_from is null or valid_from < own_from
    order by company_id, valid_from, merged, sequence desc
),
companies as (
    select c.company_id, c.registered_on, c.comune, c.first_contacted_on from (
        select distinct on (company_id) * from company_versions
        where recorded_at <= %(known_at)s order by company_id, sequence desc
    ) c where not exists (select from company_roots k where k.company_id = c.company_id)
),
vacancies as (
    select v.vacancy_id, coalesce(k.root, v.company_id) as company_id, v.strand, v.opened_on, v.profile, v.positions,
           v.comune
    from (
        select distinct on (vacancy_id) * from vacancy_versions
        where recorded_at <= %(known_at)s order by vacancy_id, sequence desc
    ) v left join company_roots k using (company_id)
    where v.withdraw_reason is distinct from 'keyed_by_mistake'
),
selections as (
    select s.vacancy_id, s.selection_no, coalesce(k.root, s.company_id) as company_id, s.opened_on, s.closed_on
    from (
        select distinct on (vacancy_id, selection_no) * from selection_versions
        where recorded_at <= %(known_at)s order by vacancy_id, selection_no, sequence desc
    ) s left join company_roots k using (company_id)
    where s.vacancy_id in (select vacancy_id from vacancies)
),
candidacies as (
    select c.candidacy_id, c.vacancy_id, coalesce(r.root, c.person_id) as person_id, c.shortlisted_on,
           c.presented_on, c.interviewed_on, c.accepted_on, c.refused_on, c.refused_by, c.refusal_reason
    from (
        select distinct on (candidacy_id) * from candidacy_versions
        where recorded_at <= %(known_at)s order by candidacy_id, sequence desc
    ) c left join person_roots r using (person_id)
    where c.withdrawal_reason is distinct from 'keyed_by_mistake'
),
interviews as (
    select i.interview_id, i.case_id, coalesce(r.root, i.person_id) as person_id, i.kind, i.held_on
    from (
        select distinct on (interview_id) * from interview_versions
        where recorded_at <= %(known_at)s order by interview_id, sequence desc
    ) i left join person_roots r using (person_id)
),
reopenings as (
    select o.case_id, o.reopening_no, coalesce(r.root, o.person_id) as person_id, o.reopened_on
    from (
        select distinct on (case_id, reopening_no) * from reopening_versions
        where recorded_at <= %(known_at)s order by case_id, reopening_no, sequence desc
    ) o left join person_roots r using (person_id)
),
board_memberships as (
    select coalesce(k.root, m.company_id) as company_id, m.membership_no, m.joined_on, m.left_on
    from (
        select distinct on (company_id, membership_no) * from board_membership_versions
        where recorded_at <= %(known_at)s order by company_id, membership_no, sequence desc
    ) m left join company_roots k using (company_id)
),
introductions as (
    select i.company_id, i.party, i.introduced_on from (
        select distinct on (company_id) * from introduction_versions
        where recorded_at <= %(known_at)s order by company_id, sequence desc
    ) i where i.company_id in (select company_id from companies)
),
needs as (
    select n.*, coalesce(k.root, n.company_id) as of_company from (
        select distinct on (need_id) * from need_versions
        where recorded_at <= %(known_at)s order by need_id, sequence desc
    ) n left join company_roots k using (company_id)
),
-- What was keyed by mistake never was: such courses, participations and internships count nowhere.
internships as (
    select i.internship_id, coalesce(r.root, i.person_id) as person_id, coalesce(k.root, i.company_id) as company_id,
           i.strand, i.started_on, i.ended_on, i.outcome, i.person_evaluated_on, i.company_evaluated_on
    from (
        select distinct on (internship_id) * from internship_versions
        where recorded_at <= %(known_at)s order by internship_id, sequence desc
    ) i left join person_roots r using (person_id) left join company_roots k using (company_id)
    where i.withdrawal_reason is distinct from 'keyed_by_mistake'
),
-- Internships that ended, with the first link at the host that began after the last day.
ended_internships as (
    select i.*, s.size as company_size, h.hired_on - i.ended_on as hired_after
    from internships i
    left join (
        select i.internship_id, min(l.starts_on) as hired_on
        from internships i join links l using (person_id, company_id)
        where l.kind = 'new' and l.starts_on > i.ended_on group by i.internship_id
    ) h using (internship_id)
    left join size_spells s on s.company_id = i.company_id and i.ended_on >= s.valid_from and i.ended_on < s.next_from
    where i.ended_on is not null
),
courses as (
    select * from (
        select distinct on (course_id) * from course_versions
        where recorded_at <= %(known_at)s order by course_id, sequence desc
    ) c where cancel_reason is distinct from 'keyed_by_mistake'
),
participations as (
    select p.participation_id, p.course_id, coalesce(r.root, p.person_id) as person_id, p.strand, p.enrolled_on,
           p.started_on, p.completed_on, p.dropped_on, p.qualified_on, p.channel_class as channel,
           p.minutes_present, p.minutes_recorded, p.priority, c.course_code as course, c.module_kind, c.proposed_by
    from (
        select distinct on (participation_id) * from participation_versions
        where recorded_at <= %(known_at)s order by participation_id, sequence desc
    ) p join courses c using (course_id) left join person_roots r using (person_id)
    where p.drop_reason is distinct from 'keyed_by_mistake'
),
-- Who took part, and the first placement that began on or after the day on which the person's course began.
participants as (
    select p.*, f.placed_on
    from participations p
    left join (
        select p.participation_id, min(l.starts_on) as placed_on
        from participations p join links l using (person_id)
        where l.starts_on >= p.started_on group by p.participation_id
    ) f using (participation_id)
    where p.started_on is not null
),
course_positions as (
    select distinct on (course_id, reservation_id) * from course_position_versions
    where recorded_at <= %(known_at)s order by course_id, reservation_id, sequence desc
),
-- Placements that took a position kept for a course, and that stand.
reserved_positions as (
    select * from (
        select distinct on (vacancy_id, employment_id) * from reserved_position_versions
        where recorded_at <= %(known_at)s order by vacancy_id, employment_id, sequence desc
    ) p where freed_on is null
),
language_levels as (
    select distinct on (participation_id, skill, assessed_at) * from language_level_versions
    where recorded_at <= %(known_at)s order by participation_id, skill, assessed_at, sequence desc
),
referrals as (
    select f.referral_id, coalesce(r.root, f.person_id) as person_id, f.direction, f.channel_class as channel,
           f.sent_on, f.due_on, least(f.accepted_on, f.declined_on) as answered_on,
           case when f.accepted_on is not null then 'accepted' when f.declined_on is not null then 'declined'
                when f.expired_on is not null then 'expired' else 'waiting' end as answer
    from (
        select distinct on (referral_id) * from referral_versions
        where recorded_at <= %(known_at)s order by referral_id, sequence desc
    ) f left join person_roots r using (person_id)
),
interventions as (
    select i.intervention_id, coalesce(r.root, i.person_id) as person_id, i.party, i.starts_on,
           coalesce(i.ended_on, i.ends_on, 'infinity') as until, i.kind as intervention_kind, i.measure, i.blocked_on,
           i.overridden_on
    from (
        select distinct on (person_id, intervention_id) * from intervention_versions
        where recorded_at <= %(known_at)s order by person_id, intervention_id, sequence desc
    ) i left join person_roots r using (person_id)
),
follow_ups as (
    select f.case_id, f.months, coalesce(r.root, f.person_id) as person_id, f.asked_on, f.outcome
    from (
        select distinct on (case_id, months) * from follow_up_versions
        where recorded_at <= %(known_at)s order by case_id, months, sequence desc
    ) f left join person_roots r using (person_id)
    where f.case_id in (select case_id from enrolments)
),
operation_participations as (
    select o.participation_id, o.case_id, o.operation, coalesce(r.root, o.person_id) as person_id, o.closed_on
    from (
        select distinct on (participation_id) * from operation_participation_versions
        where recorded_at <= %(known_at)s order by participation_id, sequence desc
    ) o left join person_roots r using (person_id)
    where o.case_id in (select case_id from enrolments)
),
operation_follow_ups as (
    select distinct on (participation_id, months) participation_id, months, outcome from operation_follow_up_versions
    where recorded_at <= %(known_at)s order by participation_id, months, sequence desc
),
family_supports as (
    select f.support_id, coalesce(r.root, f.person_id) as person_id, f.kind as support_kind, f.offered_on, f.started_on
    from (
        select distinct on (case_id, support_id) * from family_support_versions
        where recorded_at <= %(known_at)s order by case_id, support_id, sequence desc
    ) f left join person_roots r using (person_id)
    where f.case_id in (select case_id from enrolments)
),
-- Euro cents. A budget counts on the first day of its year.
budget_lines as (
    select distinct on (budget_id, strand) *, make_date(year, 1, 1) as on_date, borne_by as party
    from budget_line_versions where recorded_at <= %(known_at)s order by budget_id, strand, sequence desc
),
commitments as (
    select distinct on (budget_id, commitment_id) * from commitment_versions
    where recorded_at <= %(known_at)s order by budget_id, commitment_id, sequence desc
),
-- What was spent, and below nothing what came back.
movements as (
    select distinct on (budget_id, movement_id) *, budget_id || '/' || movement_id as unit, borne_by as party
    from expenditure_versions where recorded_at <= %(known_at)s order by budget_id, movement_id, sequence desc
),
calls as (
    select distinct on (call_id) * from call_versions
    where recorded_at <= %(known_at)s order by call_id, sequence desc
),
projects as (
    select distinct on (project_id) *, project_id::text as project from project_versions
    where recorded_at <= %(known_at)s order by project_id, sequence desc
),
-- Jobs that a project created: placements that are linked still, with the person and the day of the first link.
project_jobs as (
    select j.project_id, j.employment_id, j.suitability, p.strand, p.project, l.person_id, l.starts_on
    from (
        select distinct on (project_id, employment_id) * from project_placement_versions
        where recorded_at <= %(known_at)s order by project_id, employment_id, sequence desc
    ) j join projects p using (project_id) join links l on l.employment_id = j.employment_id and l.link_no = 1
    where j.unlinked_on is null
),
microcredits as (
    select distinct on (project_id, report_id) *, project_id || '/' || report_id as unit from microcredit_versions
    where recorded_at <= %(known_at)s order by project_id, report_id, sequence desc
),
funding_decisions as (
    select distinct on (decision_id) * from funding_decision_versions
    where recorded_at <= %(known_at)s order by decision_id, sequence desc
),
work_plans as (
    select distinct on (year) * from work_plan_versions
    where recorded_at <= %(known_at)s order by year, sequence desc
),
plan_ceilings as (
    select distinct on (year, source, strand) *, make_date(year, 1, 1) as on_date,
           year || '/' || source || '/' || strand as unit
    from plan_ceiling_versions where recorded_at <= %(known_at)s order by year, source, strand, sequence desc
),
resources as (
    select distinct on (year, party, source, strand) *, make_date(year, 1, 1) as on_date,
           year || '/' || party || '/' || source || '/' || strand as unit
    from resource_versions where recorded_at <= %(known_at)s order by year, party, source, strand, sequence desc
),
plan_actions as (
    select * from (
        select distinct on (year, action_id) *, make_date(year, 1, 1) as on_date from plan_action_versions
        where recorded_at <= %(known_at)s order by year, action_id, sequence desc
    ) a where planned_on is not null and not dropped
),
meetings as (
    select * from (
        select distinct on (meeting_id) * from meeting_versions
        where recorded_at <= %(known_at)s order by meeting_id, sequence desc
    ) m where held_on is not null
),
invitations as (
    select i.meeting_id || '/' || i.party as unit, m.held_on as on_date, m.body, i.party, i.present
    from (
        select distinct on (meeting_id, party) * from invitation_versions
        where recorded_at <= %(known_at)s order by meeting_id, party, sequence desc
    ) i join meetings m using (meeting_id) where not i.lapsed
),
decisions as (
    select d.meeting_id || '/' || d.decision_no as unit, d.subject, d.taken_on, d.owner as party, d.deadline,
           d.completed_on, m.body
    from (
        select distinct on (meeting_id, decision_no) * from decision_versions
        where recorded_at <= %(known_at)s order by meeting_id, decision_no, sequence desc
    ) d join meetings m using (meeting_id)
),
presentations as (
    select distinct on (year) * from presentation_versions
    where recorded_at <= %(known_at)s order by year, sequence desc
),
-- Entries of the registers as they were said last; a voided one never was.
contributions as (
    select * from (
        select distinct on (entry_id) *, kind as contribution_kind from contribution_versions
        where recorded_at <= %(known_at)s order by entry_id, sequence desc
    ) e where not voided
),
outreaches as (
    select * from (
        select distinct on (entry_id) * from outreach_versions
        where recorded_at <= %(known_at)s order by entry_id, sequence desc
    ) e where not voided
),
-- The comuni of the last day of the period, with the codes of their unione and their distretto: plain letters.
territories as (
    select comune, trim(both '_' from regexp_replace(lower(unione), '[^a-z0-9]+', '_', 'g')) as unione,
           trim(both '_' from regexp_replace(translate(lower(distretto), 'àèéìòù', 'aeeiou'), '[^a-z0-9]+', '_', 'g'))
               as distretto
    from reference.territory where valid_from <= %(to)s and (valid_to is null or valid_to >= %(to)s)
)
