-- What every measure of this version stands on: facts as known at :known_at, joined to one another.
-- PostgreSQL leaves out of a query what the measure does not name.
cases as (
    select distinct on (case_id) * from case_versions
    where recorded_at <= %(known_at)s order by case_id, sequence desc
),
-- A voided enrolment counts nowhere; a case that was never admitted is no enrolment.
enrolments as (
    select * from cases where enrolled_on is not null and not voided
),
-- A person is counted once, by the earliest date of each state over all enrolments (aggregates.md section 2).
funnel as (
    select person_id, min(enrolled_on) as enrolled_on, min(interviewed_on) as interviewed_on,
           min(in_target_on) as in_target_on, min(taken_in_charge_on) as taken_in_charge_on
    from enrolments group by person_id
),
-- The dimensions of a person are those recorded at the first enrolment; only a correction changes them.
persons as (
    select distinct on (person_id) person_id, case_id, gender, birth_month, citizenship, isced, comune
    from enrolments order by person_id, enrolled_on, case_id
),
latest_links as (
    select distinct on (employment_id, link_no) * from placement_link_versions
    where recorded_at <= %(known_at)s order by employment_id, link_no, sequence desc
),
transformations as (
    select distinct on (employment_id, transformation_no) * from placement_transformation_versions
    where recorded_at <= %(known_at)s order by employment_id, transformation_no, sequence desc
),
sizes as (
    select distinct on (company_id, valid_from) * from company_size_versions
    where recorded_at <= %(known_at)s order by company_id, valid_from, sequence desc
),
-- From the day of each size until the day before the next one.
size_spells as (
    select company_id, size, valid_from,
           lead(valid_from, 1, 'infinity') over (partition by company_id order by valid_from) as next_from
    from sizes
),
-- The contract as the last transformation before the start of the link left it.
transformed as (
    select distinct on (l.employment_id, l.link_no) l.employment_id, l.link_no, t.contract_class
    from latest_links l
    join transformations t on t.employment_id = l.employment_id and t.transformed_on <= l.starts_on
    -- A transformation inside a link went with it when the link was voided; one recorded later stands.
    where not exists (select from latest_links v where v.employment_id = l.employment_id and v.voided
                      and v.link_no > 1 and t.sequence < v.sequence
                      and t.transformed_on between v.starts_on and coalesce(v.ends_on, 'infinity'))
    order by l.employment_id, l.link_no, t.transformed_on desc, t.transformation_no desc
),
-- A link is a start or a renewal that is not voided. A renewal has the contract of its chain at its start: its own
-- where it was corrected, else that of the last transformation, else that of the first link. The size of the company
-- is that of the day on which the link starts.
links as (
    select l.employment_id, l.link_no, l.employment_id::text || '/' || l.link_no as link_id, l.person_id, l.company_id,
           l.kind, l.starts_on, l.ends_on,
           coalesce(l.contract_class, t.contract_class, f.contract_class) as contract_class,
           l.comune as comune_of_work, s.size as company_size
    from latest_links l
    join latest_links f on f.employment_id = l.employment_id and f.link_no = 1
    left join transformed t on t.employment_id = l.employment_id and t.link_no = l.link_no
    left join size_spells s on s.company_id = l.company_id and l.starts_on >= s.valid_from and l.starts_on < s.next_from
    where not l.voided
),
companies as (
    select distinct on (company_id) * from company_versions
    where recorded_at <= %(known_at)s order by company_id, sequence desc
),
-- What was keyed by mistake never was: such vacancies, their selections and such candidacies count nowhere.
vacancies as (
    select * from (
        select distinct on (vacancy_id) * from vacancy_versions
        where recorded_at <= %(known_at)s order by vacancy_id, sequence desc
    ) v where withdraw_reason is distinct from 'keyed_by_mistake'
),
selections as (
    select * from (
        select distinct on (vacancy_id, selection_no) * from selection_versions
        where recorded_at <= %(known_at)s order by vacancy_id, selection_no, sequence desc
    ) s where vacancy_id in (select vacancy_id from vacancies)
),
candidacies as (
    select * from (
        select distinct on (candidacy_id) * from candidacy_versions
        where recorded_at <= %(known_at)s order by candidacy_id, sequence desc
    ) c where withdrawal_reason is distinct from 'keyed_by_mistake'
),
interviews as (
    select distinct on (interview_id) * from interview_versions
    where recorded_at <= %(known_at)s order by interview_id, sequence desc
),
reopenings as (
    select distinct on (case_id, reopening_no) * from reopening_versions
    where recorded_at <= %(known_at)s order by case_id, reopening_no, sequence desc
)
