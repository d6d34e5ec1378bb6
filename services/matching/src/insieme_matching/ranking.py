"""Persons for a vacancy, in an order that anybody can work out again (P32; GDPR art. 22; AI Act, annex III 4).

Rules and points stand in a versioned file; every person is told with the reason of each point. It ranks and leaves
nobody out: a person decides, and says why.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from uuid import UUID

from insieme_events.contracts.matching import CefrLevel, HoursClass, LanguageSkill, LicenceClass, RankReason
from insieme_events.territory import comune

RULES = "rules-1"

HOLDS: dict[LicenceClass, frozenset[LicenceClass]] = {
    LicenceClass.AM: frozenset(),
    LicenceClass.A: frozenset({LicenceClass.AM}),
    LicenceClass.B: frozenset({LicenceClass.AM}),
    LicenceClass.BE: frozenset({LicenceClass.AM, LicenceClass.B}),
    LicenceClass.C: frozenset({LicenceClass.AM, LicenceClass.B}),
    LicenceClass.CE: frozenset({LicenceClass.AM, LicenceClass.B, LicenceClass.BE, LicenceClass.C}),
    LicenceClass.D: frozenset({LicenceClass.AM, LicenceClass.B}),
    LicenceClass.DE: frozenset({LicenceClass.AM, LicenceClass.B, LicenceClass.BE, LicenceClass.D}),
}
"""Which lower classes a driving licence holds."""

LEVELS = tuple(CefrLevel)
BY_SHARED = (
    RankReason.PROFILE_OTHER,
    RankReason.PROFILE_WIDE,
    RankReason.PROFILE_NEAR,
    RankReason.PROFILE_NARROW,
)
"""By how many levels of CP2021 two occupations share from the top; more than the last count as it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a vacancy asks for; what it does not ask for gives nobody points."""

    profile: str
    comune: str
    hours: HoursClass | None = None
    licence: LicenceClass | None = None
    languages: tuple[LanguageSkill, ...] = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """What a person's job profile says; `since` breaks ties: whoever has waited longest comes first."""

    person_id: UUID
    since: date
    profiles: tuple[str, ...]
    comuni: tuple[str, ...]
    hours: tuple[HoursClass, ...] = ()
    licences: tuple[LicenceClass, ...] = ()
    languages: tuple[LanguageSkill, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """A reason and its points."""

    reason: RankReason
    points: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """Persons with the same points have the same place."""

    person_id: UUID
    place: int
    points: int
    reasons: tuple[Given, ...]


@cache
def rules() -> dict[RankReason, int]:
    """The points of each reason; every reason has a row."""
    text = (files("insieme_matching") / "data" / f"ranking.{RULES}.csv").read_text(encoding="utf-8")
    found = {RankReason(row["reason"]): int(row["points"]) for row in csv.DictReader(text.splitlines())}
    missing = set(RankReason) - found.keys()
    if missing:
        raise ValueError(f"matching.rules_incomplete: {RULES} has no row for {sorted(missing)}")
    return found


def rank(wanted: Wanted, persons: Iterable[Offered]) -> list[Ranked]:
    """Everybody, best first."""
    judged = [(person, judge(wanted, person)) for person in persons]
    totals = {person.person_id: sum(given.points for given in reasons) for person, reasons in judged}
    judged.sort(key=lambda each: (-totals[each[0].person_id], each[0].since, each[0].person_id))
    ranked: list[Ranked] = []
    for number, (person, reasons) in enumerate(judged, start=1):
        points = totals[person.person_id]
        place = ranked[-1].place if ranked and ranked[-1].points == points else number
        ranked.append(Ranked(person.person_id, place, points, reasons))
    return ranked


def judge(wanted: Wanted, person: Offered) -> tuple[Given, ...]:
    """One reason of each kind that the vacancy asks for, with its points."""
    found = [judged for look in LOOKS if (judged := look(wanted, person)) is not None]
    return tuple(Given(reason, rules()[reason]) for reason in found)


def by_profile(wanted: Wanted, person: Offered) -> RankReason | None:
    """By the nearest of the person's occupations in the tree of CP2021."""
    if any(within(wanted.profile, profile) for profile in person.profiles):
        return RankReason.PROFILE_SAME
    shared = max((shared_levels(wanted.profile, profile) for profile in person.profiles), default=0)
    return BY_SHARED[min(shared, len(BY_SHARED) - 1)]


def within(wanted: str, profile: str) -> bool:
    """Whether the person's occupation is the one that is wanted, or a part of it."""
    return profile == wanted or profile.startswith(f"{wanted}.")


def shared_levels(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one.split("."), other.split("."), strict=False):
        if left != right:
            break
        count += 1
    return count


def by_comune(wanted: Wanted, person: Offered) -> RankReason | None:
    """The place of work itself, one of the same distretto or unione, or another one."""
    if wanted.comune in person.comuni:
        return RankReason.COMUNE_SAME
    near = any(neighbours(wanted.comune, other) for other in person.comuni)
    return RankReason.COMUNE_NEAR if near else RankReason.COMUNE_OTHER


def neighbours(one: str, other: str) -> bool:
    here, there = comune(one), comune(other)
    if here is None or there is None:
        return False
    same_distretto = here.distretto is not None and here.distretto == there.distretto
    return same_distretto or (here.unione is not None and here.unione == there.unione)


def by_hours(wanted: Wanted, person: Offered) -> RankReason | None:
    if wanted.hours is None:
        return None
    return RankReason.HOURS_FIT if wanted.hours in person.hours else RankReason.HOURS_OTHER


def by_licence(wanted: Wanted, person: Offered) -> RankReason | None:
    if wanted.licence is None:
        return None
    held = any(wanted.licence is one or wanted.licence in HOLDS[one] for one in person.licences)
    return RankReason.LICENCE_FITS if held else RankReason.LICENCE_MISSING


def by_language(wanted: Wanted, person: Offered) -> RankReason | None:
    """By the language that fits least of those that are asked for."""
    if not wanted.languages:
        return None
    known = {skill.language: LEVELS.index(skill.level) for skill in person.languages}
    if any(skill.language not in known for skill in wanted.languages):
        return RankReason.LANGUAGE_MISSING
    below = any(known[skill.language] < LEVELS.index(skill.level) for skill in wanted.languages)
    return RankReason.LANGUAGE_BELOW if below else RankReason.LANGUAGE_FITS


LOOKS: Sequence[Callable[[Wanted, Offered], RankReason | None]] = (
    by_profile,
    by_comune,
    by_hours,
    by_licence,
    by_language,
)
