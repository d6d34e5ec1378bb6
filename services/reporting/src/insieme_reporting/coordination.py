"""The coordination table: what the Tavolo di coordinamento looks at, from the same measures as every other figure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from insieme_events.problems import ProblemError
from insieme_events.store import Connection
from insieme_reporting.measure import Measure
from insieme_reporting.measuring import Measures, Question, answers

BY_YEAR = (
    "applications",
    "enrolled",
    "interviewed",
    "in_target",
    "taken_in_charge",
    "taken_in_charge_cohort_rate",
    "placements",
    "placed_persons",
    "first_time",
    "renewals",
    "permanent_share",
    "hiring_companies",
    "selections",
    "vacancies_opened",
    "course_participants",
    "course_completion_rate",
    "course_placement_rate",
    "internships_started",
    "internship_conversion_90_rate",
    "referrals",
    "autonomy_exit_rate",
    "working_at_six_months_rate",
    "budget",
    "committed",
    "spent",
    "budget_spent_rate",
    "cost_per_taken_in_charge",
    "cost_per_placement",
    "projects_submitted",
    "projects_funded",
    "job_target_rate",
    "meetings_held",
    "decisions_completed_rate",
)
BROKEN_DOWN = (
    ("enrolled", "gender"),
    ("enrolled", "over_50"),
    ("enrolled", "distretto"),
    ("placements", "gender"),
    ("placements", "contract_class"),
    ("referrals", "channel"),
    ("internships_ended", "outcome"),
    ("spent", "source"),
    ("projects_by_state", "state"),
)


async def table(
    connection: Connection, measures: Measures, since: date, to: date, known_at: datetime | None
) -> dict[str, Any]:
    """`lines`: each measure in total and by year. `breakdowns`: each with its parts and their sum.

    An earlier version of the facts shows the lines whose measures it has.
    """
    by_year = [name for name in BY_YEAR if name in measures.by_name]
    broken_down = [(name, by) for name, by in BROKEN_DOWN if name in measures.by_name]
    wanted = [*((name, by) for name in by_year for by in ((), ("year",))), *((name, (by,)) for name, by in broken_down)]
    questions = [Question(measures.by_name[name], since, to, by, known_at) for name, by in wanted]
    for question in questions:
        if refused := question.refused():
            raise ProblemError(refused)
    rows = dict(zip(wanted, await answers(connection, measures, questions), strict=True))
    return {
        "lines": [
            {**_about(measures.by_name[name]), "total": rows[name, ()][0], "by_year": rows[name, ("year",)]}
            for name in by_year
        ],
        "breakdowns": [
            {**_about(measures.by_name[name]), "by": by, "total": sum(row["value"] for row in parts), "rows": parts}
            for name, by in broken_down
            for parts in (rows[name, (by,)],)
        ],
    }


def _about(measure: Measure) -> dict[str, Any]:
    return {
        "measure": measure.name,
        "title": asdict(measure.title),
        "unit": measure.unit,
        "value": measure.value,
        "definition": asdict(measure.definition),
    }
