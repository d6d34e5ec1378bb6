"""What came of the projects to 2021 in the years after: instalments, ends, and whether they were alive (P43, P61)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from insieme_demo.grants import Grant, Money, Project
from insieme_events.contracts.funding_projects import ProjectOutcome
from insieme_events.days import add_months

MONTHS = (12, 24, 36)
"""After the funding a project is asked whether it is alive (P61)."""
ASKED_AFTER = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Rest:
    """`grant` holds only what lies in the later years, `told` is how many instalments were paid before. `survival` is
    the day, after how many months, and whether the project was alive.
    """

    project: Project
    grant: Grant
    told: int
    survival: tuple[tuple[date, int, bool], ...]

    @property
    def empty(self) -> bool:
        grant = self.grant
        return not (grant.instalments or grant.revoked or grant.returned or grant.closed or self.survival)


def make(chance: Random, money: Money, first: date, last: date) -> tuple[Rest, ...]:
    """Of every funded project what lies after `first`, and not after `last`."""
    found = (_of(chance, project, first, last) for project in money.projects)
    return tuple(one for one in found if one is not None and not one.empty)


def _of(chance: Random, project: Project, first: date, last: date) -> Rest | None:
    if project.whole is None or project.grant is None:
        return None
    survival = tuple(_survival(chance, project, project.whole, first, last))
    return Rest(project, project.whole.within(first, last), len(project.grant.instalments), survival)


def _survival(
    chance: Random, project: Project, grant: Grant, first: date, last: date
) -> Iterator[tuple[date, int, bool]]:
    """Who gave up, or lost the funding, is not alive; nor is who was not a year before."""
    ended = grant.revoked is not None or (grant.closed is not None and grant.closed[1] is ProjectOutcome.CEASED)
    alive = not ended and all(was for _, _, was in project.after.survival)
    for months in MONTHS:
        on = add_months(grant.funded_on, months) + ASKED_AFTER
        if first < on <= last:
            alive = alive and chance.random() < 0.9
            yield on, months, alive
