"""How a figure may be broken down. NULL reads `not_yet_known`, an erased value `unknown`: they are not the same.

The age is that of the date of the state, in full years by month: the day of birth is known to nobody here.
"""

from __future__ import annotations

from insieme_reporting.measure import Breakdown

# Version 1 of the age bands: lower bound and name, descending.
AGE_BANDS = ((60, "60_and_more"), (50, "50_59"), (40, "40_49"), (30, "30_39"), (25, "25_29"), (0, "under_25"))

AGE = """(((extract(year from p.on_date) * 12 + extract(month from p.on_date))
 - (split_part(s.birth_month, '-', 1)::int * 12 + split_part(s.birth_month, '-', 2)::int)) / 12)"""

OWN = (
    "contract_class",
    "company_size",
    "comune_of_work",
    "kind",
    "strand",
    "course",
    "module_kind",
    "refused_by",
    "refusal_reason",
    "proposed_by",
    "channel",
    "direction",
    "answer",
    "exit_state",
    "operation",
    "months",
    "outcome",
    "support_kind",
    "intervention_kind",
    "profile",
    "source",
    "party",
    "activity_kind",
    "commitment_kind",
    "state",
    "project",
    "suitability",
    "body",
    "subject",
    "overdue",
    "step",
    "level",
    "territory_kind",
    "theme",
    "scope",
    "staff_profile",
    "contribution_kind",
    "consolidation_kind",
)
"""Columns of the populations themselves."""


def _of_person(name: str) -> Breakdown:
    return Breakdown(name, f"coalesce(s.{name}, 'not_yet_known')", needs_person=True)


def _of_age(name: str, sql: str) -> Breakdown:
    whole = (
        f"case when s.birth_month is null then 'not_yet_known' when s.birth_month = 'unknown' then 'unknown' {sql} end"
    )
    return Breakdown(name, whole, needs_person=True)


def _own(name: str) -> Breakdown:
    return Breakdown(name, f"coalesce(p.{name}, 'not_yet_known')")


BREAKDOWNS: dict[str, Breakdown] = {
    b.name: b
    for b in (
        Breakdown("year", "extract(year from p.on_date)::int"),
        Breakdown(
            "half_year",
            "to_char(p.on_date, 'YYYY') || case when extract(month from p.on_date) <= 6 then '-H1' else '-H2' end",
        ),
        Breakdown("quarter", "to_char(p.on_date, 'YYYY-\"Q\"Q')"),
        Breakdown("month", "to_char(p.on_date, 'YYYY-MM')"),
        _of_person("gender"),
        _of_person("citizenship"),
        _of_person("isced"),
        _of_person("comune"),
        Breakdown(
            "distretto",
            "case when s.comune is null then 'not_yet_known' when s.comune = 'unknown' then 'unknown' "
            "else coalesce(t.distretto, 'outside') end",
            needs_person=True,
            needs_territory=True,
        ),
        Breakdown(
            "unione",
            "case when s.comune is null then 'not_yet_known' when s.comune = 'unknown' then 'unknown' "
            "when t.comune is null then 'outside' else coalesce(t.unione, 'none') end",
            needs_person=True,
            needs_territory=True,
        ),
        _of_age("age_band", " ".join(f"when {AGE} >= {low} then '{name}'" for low, name in AGE_BANDS)),
        _of_age("over_50", f"when {AGE} >= 50 then 'yes' else 'no'"),
        *(_own(name) for name in OWN),
    )
}
