"""What the figures must be: counted from the plan's own records, never from what the services stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from insieme_demo.plan import Plan


@dataclass(frozen=True)
class Ledger:
    """Persons and contract links. `over_50` is by year and month of birth on the day of enrolment."""

    enrolled: int
    enrolled_by_gender: dict[str, int]
    enrolled_by_year: dict[int, int]
    enrolled_by_comune: dict[str, int]
    enrolled_over_50: int
    interviewed: int
    taken_in_charge: int
    placements: int
    placements_by_year: dict[int, int]
    placements_by_gender: dict[str, int]
    placed_persons: int


def count(plan: Plan) -> Ledger:
    """Enrolled are the persons of a first case that was admitted and not voided; links are those not voided."""
    first = plan.ways[: len(plan.people)]
    enrolled = [way for way in first if way.fate not in ("rejected", "withdrawn", "voided")]
    links = [(chain.way.person, day) for chain in plan.chains if chain.voided is None for day in chain.starts]
    return Ledger(
        enrolled=len(enrolled),
        enrolled_by_gender=dict(Counter(way.person.gender.value for way in enrolled)),
        enrolled_by_year=dict(Counter(way.received_on.year for way in enrolled)),
        enrolled_by_comune=dict(Counter(way.person.comune for way in enrolled)),
        enrolled_over_50=sum(way.person.over_50 for way in enrolled),
        interviewed=sum(way.interviewed_on is not None for way in enrolled),
        taken_in_charge=sum(way.taken_on is not None for way in enrolled),
        placements=len(links),
        placements_by_year=dict(Counter(day.year for _, day in links)),
        placements_by_gender=dict(Counter(person.gender.value for person, _ in links)),
        placed_persons=len({person.number for person, _ in links}),
    )
