"""How many of what: the published cases, and believable numbers for the rest, at any scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import TypeVar

FIRST_DAY = date(2017, 6, 1)
LAST_DAY = date(2021, 12, 31)
YEARS = range(2017, 2022)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CourseQuota:
    """Persons who started a course, who completed it, and for whom a placement followed."""

    started: int
    completed: int
    placed: int


@dataclass(frozen=True, slots=True)
class Quotas:
    """Exact by construction. `placements` counts contract links by the year in which they start; shares are those of
    the published case: men among the enrolled, 50 and older on the day of enrolment, men among the links.

    By year too: `in_target` the persons by their first judgement, `placed` those with at least one link, `newcomers`
    those of them whom the programme had never placed before. Of these three a small scale may miss one or two.
    `board` counts the companies in the Board at the end of each year; `courses` are that of health-care assistants and
    that of cleaning. `hired_interns` are those of the internships that a contract at the host follows, at the most.
    `projects` are those submitted, of strand 3a and of strand 3b.
    """

    enrolled: int
    taken_in_charge: int
    placements: tuple[int, ...]
    men: int
    over_50: int
    links_of_men: tuple[int, ...]
    placed: tuple[int, ...]
    newcomers: tuple[int, ...]
    in_target: tuple[int, ...]
    turned_away: int
    voided_enrolments: int
    reopened: int
    second_cases: int
    corrected_characteristics: int
    voided_placements: int
    corrected_placements: int
    transformed_placements: int
    companies: int
    expired_needs: int
    vacancies: int
    candidacies: int
    board: tuple[int, ...]
    courses: tuple[CourseQuota, ...]
    internships: int
    hired_interns: int
    projects: tuple[int, int]
    merged_persons: int
    mistaken_merges: int
    merged_companies: int
    voided_renewals: int
    erased_persons: int


PLACEMENTS = (60, 215, 313, 270, 552)
"""Links per year from 2017; 2019, 2021 and the total of 1,410 are published, the other years are ours."""

PLACED = (55, 165, 221, 200, 395)
NEWCOMERS = (55, 130, 150, 125, 200)
"""Persons per year; the 221 of 2019 are published. In all some 660 persons have the 1,410 links."""

IN_TARGET = (150, 369, 553, 430, 610)
"""Published are 519 to the end of 2018 and 553 in 2019."""


COURSES = (CourseQuota(22, 18, 18), CourseQuota(14, 10, 8))
"""Published."""

BOARD = (12, 54, 97, 104, 109)
"""Companies in the Board at 31 December; all but the 12 of 2017 are published."""


def scaled(scale: float) -> Quotas:
    """The quotas of a history of that scale; 1.0 is the whole. Raises ValueError for a scale that leaves nothing."""

    def of(number: float) -> int:
        return round(number * scale)

    enrolled, total = of(5297), of(1410)
    placements = (*parts(total - of(552), PLACEMENTS[:-1]), of(552))
    placed = tuple(min(max(of(n), 1), links) for n, links in zip(PLACED, placements, strict=True))
    if enrolled < 50:
        raise ValueError(f"a scale of {scale} leaves {enrolled} persons: take one from 0.01 on")
    return Quotas(
        enrolled=enrolled,
        taken_in_charge=of(4012),
        placements=placements,
        men=round(0.54 * enrolled),
        over_50=round(0.40 * enrolled),
        links_of_men=parts(round(0.55 * total), placements),
        placed=placed,
        newcomers=tuple(min(max(of(n), 1), persons) for n, persons in zip(NEWCOMERS, placed, strict=True)),
        in_target=parts(of(sum(IN_TARGET)), IN_TARGET),
        turned_away=of(318),
        voided_enrolments=of(15),
        reopened=of(100),
        second_cases=of(50),
        corrected_characteristics=of(40),
        voided_placements=of(30),
        corrected_placements=of(40),
        transformed_placements=of(60),
        companies=max(of(450), 5),
        expired_needs=of(90),
        vacancies=of(1100),
        candidacies=of(4500),
        board=tuple(of(n) for n in BOARD),
        internships=of(90),
        hired_interns=of(16),
        projects=(of(42), of(22)),
        merged_persons=of(12),
        mistaken_merges=of(6),
        merged_companies=of(8),
        voided_renewals=of(4),
        erased_persons=of(8),
        courses=tuple(CourseQuota(of(c.started), of(c.completed), of(c.placed)) for c in COURSES),
    )


def parts(total: int, weights: Sequence[float]) -> tuple[int, ...]:
    """`total` shared out by weight, whole numbers that add up to it (largest remainder)."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [int(each) for each in exact]
    by_remainder = sorted(range(len(weights)), key=lambda n: (shares[n] - exact[n], n))
    for n in by_remainder[: total - sum(shares)]:
        shares[n] += 1
    return tuple(shares)


def shuffled(chance: Random, *counted: tuple[T, int]) -> list[T]:
    """Every value as often as its quota says, in an order of chance."""
    values = [value for value, count in counted for _ in range(count)]
    chance.shuffle(values)
    return values
