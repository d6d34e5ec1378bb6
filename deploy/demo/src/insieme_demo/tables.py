"""Meetings of the tables and of the Board, and the plan of each year with its resources (P49-P52, P57-P59, P72).

Days and amounts are invented; that the Tavolo meets within every six months and a plan stays within its resources is
what the agreement asks. They are the same at every scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo.days import later
from insieme_demo.ids import made
from insieme_demo.quotas import LAST_DAY, parts
from insieme_events.contracts.governance_bodies import CancelReason, DecisionSubject
from insieme_events.contracts.governance_plan import Ceiling, PlannedAction
from insieme_events.contracts.vocabulary import BodyKind, Strand
from insieme_governance.founding import Founding

CONVENED_BEFORE = timedelta(days=14)
YEARS = range(2018, 2022)
DAYS: Mapping[BodyKind, tuple[tuple[int, int], ...]] = {
    BodyKind.COORDINATION_TABLE: ((2, 6), (6, 19), (11, 13)),
    BodyKind.TECHNICAL_TABLE: ((3, 20), (5, 15), (9, 18), (12, 11)),
    BodyKind.BOARD: ((10, 9),),
}
"""About when each body meets in a year; 2017 has only what lies behind the signature and the summer's start."""
FIRST_MEETING = date(2017, 6, 15)
CALLED_OFF = {
    (BodyKind.COORDINATION_TABLE, 2020, 11): (6, CancelReason.POSTPONED),
    (BodyKind.COORDINATION_TABLE, 2023, 6): (0, CancelReason.OTHER),
    (BodyKind.BOARD, 2024, 10): (3, CancelReason.POSTPONED),
}
"""Meetings that were held two weeks later, with the days before them on which they were called off, and why.

In 2020 it was the second wave of the pandemic. In 2023 too few came: the text knows no quorum (P81), so nothing but the
coordinator's word keeps a meeting from being held.
"""
COMES = {BodyKind.COORDINATION_TABLE: 0.88, BodyKind.TECHNICAL_TABLE: 0.8, BodyKind.BOARD: 0.7}

RESOURCES = {
    2018: 60_000_000, 2019: 65_000_000, 2020: 70_000_000, 2021: 80_000_000,
    2022: 85_000_000, 2023: 85_000_000, 2024: 90_000_000, 2025: 90_000_000, 2026: 40_000_000,
}  # fmt: skip
"""Euro cents of a year, borne by the promoters as the agreement shares the costs; less in the year in which it ends."""
MORE = {2020: ("comune_bologna", 10_000_000), 2024: ("citta_metropolitana", 6_000_000)}
"""What one of them added in June of a year, for the strand that is transversal: 2020 was the year of the lock-down."""
STRANDS = {
    Strand.TRANSVERSAL: 20,
    Strand.MATCHING: 34,
    Strand.TRAINING_BASIC: 14,
    Strand.TRAINING_TARGETED: 16,
    Strand.TRAINING_EXPERIMENTAL: 4,
    Strand.SELF_ENTERPRISE: 8,
    Strand.SOCIAL_INNOVATION: 4,
}
PLANNED_PERCENT, ACTION_PERCENT = 95, 85


@dataclass(frozen=True, slots=True)
class Decision:
    decision_id: UUID
    subject: DecisionSubject
    owner: str | None = None
    deadline: date | None = None
    completed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """`cancelled` is when and why it was called off; then nobody came. `present` says of each party whether it did, and
    `seated` who sat there for it, where that is known.
    """

    meeting_id: UUID
    kind: BodyKind
    body_id: UUID
    convened_on: date
    meets_on: date
    invited: frozenset[str]
    present: Mapping[str, bool] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()
    cancelled: tuple[date, CancelReason] | None = None
    seated: Mapping[str, UUID] = field(default_factory=dict)

    def number_of(self, subject: DecisionSubject) -> int | None:
        """The number of the decision about it, counted from 1."""
        return next((n for n, one in enumerate(self.decisions, start=1) if one.subject is subject), None)


@dataclass(frozen=True, slots=True)
class Budget:
    """What the parties put in, and the ceilings and actions that are planned with it; amounts in euro cents."""

    committed: Mapping[str, int]
    ceilings: tuple[Ceiling, ...]
    actions: tuple[PlannedAction, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """The plan of a year. `amended` is what it became by the meeting of June, None where it stayed."""

    year: int
    budget: Budget
    approved_at: Meeting
    amended: tuple[UUID, Budget, Meeting] | None

    @property
    def last(self) -> Budget:
        return self.budget if self.amended is None else self.amended[1]


@dataclass(frozen=True, slots=True)
class Span:
    """The years of a part of the history: when bodies meet, which years have a plan, and the last day of anything.

    `gone` are parties that withdrew, each with its first day as none; meetings are numbered from `first` on. `asked`
    are the days of meetings of the Tavolo beside those of every year, because somebody asked for one (P55).
    """

    meeting: tuple[int, ...] = (2017, *YEARS)
    planned: tuple[int, ...] = tuple(YEARS)
    last: date = LAST_DAY
    first: int = 0
    gone: Mapping[str, date] = field(default_factory=dict)
    asked: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Tables:
    meetings: tuple[Meeting, ...]
    years: tuple[Year, ...]


def make(chance: Random, seed: int, founding: Founding, span: Span | None = None) -> Tables:
    """Every meeting and every plan of the span; without one those up to the end of 2021."""
    span = span or Span()
    meetings = tuple(_meetings(chance, seed, founding, span))
    tavolo = {
        (one.meets_on.year, one.meets_on.month): one
        for one in meetings
        if one.kind is BodyKind.COORDINATION_TABLE and one.cancelled is None
    }
    shares = {share["party"]: share["basis_points"] for share in founding.agreements[0].parameters["cost_shares"]}
    return Tables(meetings, tuple(_year(seed, year, shares, tavolo) for year in span.planned))


def parties_on(founding: Founding, day: date, gone: Mapping[str, date]) -> dict[str, str]:
    """The parties of the protocol that was signed last by that day, each with its role, but for those gone by then."""
    signed = max((one for one in founding.protocols if one.signature.on <= day), key=lambda one: one.signature.on)
    roles = {party: role.value for role, parties in signed.parties.items() for party in parties}
    return {party: role for party, role in roles.items() if gone.get(party, date.max) > day}


def _meetings(chance: Random, seed: int, founding: Founding, span: Span) -> Iterator[Meeting]:
    bodies = {body.kind: body.body_id for body in founding.bodies}
    number = span.first
    for kind, days in DAYS.items():
        for year in span.meeting:
            for month, day in days:
                about = date(year, month, day)
                if about < FIRST_MEETING or about > span.last:
                    continue
                # Tables meet from Tuesday to Thursday.
                meets_on = about + timedelta(days=1 - about.weekday() + chance.randint(0, 2))
                if (kind, year, month) in CALLED_OFF:
                    before, reason = CALLED_OFF[kind, year, month]
                    called_off = meets_on - timedelta(days=before), reason
                    invited = frozenset(parties_on(founding, meets_on, span.gone))
                    convened_on = meets_on - CONVENED_BEFORE
                    meeting_id = made(seed, "meeting", number)
                    yield Meeting(meeting_id, kind, bodies[kind], convened_on, meets_on, invited, cancelled=called_off)
                    number, meets_on = number + 1, meets_on + timedelta(days=14)
                yield _held(chance, seed, number, kind, bodies[kind], meets_on, founding, span)
                number += 1
    for meets_on in span.asked:
        kind = BodyKind.COORDINATION_TABLE
        yield _held(chance, seed, number, kind, bodies[kind], meets_on, founding, span)
        number += 1


def _held(
    chance: Random,
    seed: int,
    number: int,
    kind: BodyKind,
    body_id: UUID,
    meets_on: date,
    founding: Founding,
    span: Span,
) -> Meeting:
    parties = parties_on(founding, meets_on, span.gone)
    present = {party: chance.random() < COMES[kind] for party in sorted(parties)}
    decisions = tuple(
        _decision(chance, made(seed, f"decision of meeting {number}", n), subject, meets_on, sorted(parties), span.last)
        for n, subject in enumerate(_subjects(chance, kind, meets_on))
    )
    return Meeting(
        made(seed, "meeting", number),
        kind,
        body_id,
        meets_on - CONVENED_BEFORE,
        meets_on,
        frozenset(parties),
        present,
        decisions,
    )


def _subjects(chance: Random, kind: BodyKind, on: date) -> list[DecisionSubject]:
    """The Tavolo decides on the plan in February, on a change of it in June, and looks at the results every time."""
    others = (DecisionSubject.COMMUNICATION, DecisionSubject.RESOURCES, DecisionSubject.OTHER)
    found = [DecisionSubject.MONITORING]
    if kind is BodyKind.COORDINATION_TABLE and on.month == 2:
        found = [DecisionSubject.WORK_PLAN, DecisionSubject.ANNUAL_RESULTS]
    elif kind is BodyKind.COORDINATION_TABLE and on.year in MORE and on.month == 6:
        found = [DecisionSubject.WORK_PLAN_AMENDMENT, DecisionSubject.MONITORING]
    return [*found, *chance.sample(others, chance.choice((0, 1, 1, 2)))]


def _decision(
    chance: Random, decision_id: UUID, subject: DecisionSubject, on: date, parties: list[str], last: date
) -> Decision:
    """What somebody has to do has an owner and a deadline, and is mostly done, by then or some weeks later."""
    if subject in (DecisionSubject.WORK_PLAN, DecisionSubject.WORK_PLAN_AMENDMENT, DecisionSubject.ANNUAL_RESULTS):
        return Decision(decision_id, subject, completed_on=on)
    deadline = on + timedelta(days=chance.choice((30, 60, 90)))
    done_on = later(chance, on, 10, 120, date.max)
    done = done_on if done_on <= last - timedelta(days=11) and chance.random() < 0.85 else None
    return Decision(decision_id, subject, chance.choice(parties), deadline, done)


def _year(seed: int, year: int, shares: Mapping[str, int], tavolo: Mapping[tuple[int, int], Meeting]) -> Year:
    amounts = dict(zip(shares, parts(RESOURCES[year], list(shares.values())), strict=True))
    budget = _budget(seed, year, amounts)
    if year not in MORE:
        return Year(year, budget, tavolo[year, 2], None)
    party, more = MORE[year]
    ceilings = tuple(
        ceiling.model_copy(update={"amount": ceiling.amount + more})
        if (ceiling.source, ceiling.strand) == (party, Strand.TRANSVERSAL)
        else ceiling
        for ceiling in budget.ceilings
    )
    after = Budget({**amounts, party: amounts[party] + more}, ceilings, budget.actions)
    return Year(year, budget, tavolo[year, 2], (made(seed, "amendment", year), after, tavolo[year, 6]))


def _budget(seed: int, year: int, amounts: Mapping[str, int]) -> Budget:
    """Of every source the most for each strand, and an action for each strand from the source that gives most."""
    ceilings = tuple(
        Ceiling(source=source, strand=strand, amount=amount)
        for source, whole in amounts.items()
        for strand, amount in zip(STRANDS, parts(whole * PLANNED_PERCENT // 100, list(STRANDS.values())), strict=True)
    )
    first = max(amounts, key=lambda source: amounts[source])
    actions = tuple(
        PlannedAction(
            action_id=made(seed, f"action of {year}", n),
            strand=ceiling.strand,
            source=ceiling.source,
            planned_cost=ceiling.amount * ACTION_PERCENT // 100,
        )
        for n, ceiling in enumerate(one for one in ceilings if one.source == first)
    )
    return Budget(amounts, ceilings, actions)
