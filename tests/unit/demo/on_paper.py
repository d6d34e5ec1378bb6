"""The history decided on paper: every command through its aggregate, without a store. Gives events, or the refusal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_demo.happening import Happening, Kind, Order, Phase
from insieme_demo.plan import Month
from insieme_events.agreement import in_force, last_known
from insieme_events.clock import business_date
from insieme_events.contracts import Actor, DomainEvent
from insieme_events.contracts.intake import CaseEvent
from insieme_events.contracts.matching import PlacementExtended, PlacementStarted
from insieme_events.decider import Circumstances, Decider, Refused
from insieme_events.in_charge import Charge, after
from insieme_events.testing.agreements import published
from insieme_governance.board_membership import BOARD_MEMBERSHIP, BoardCircumstances
from insieme_intake.case import CASE
from insieme_intake.case.commands import SubmitApplication
from insieme_intake.circumstances import IntakeCircumstances, ReferralFound
from insieme_intake.person import PERSON
from insieme_intake.referral import REFERRAL, Pending, ReceiveReferral, SendReferral
from insieme_matching import vacancy_state
from insieme_matching.candidacy import CANDIDACY, CandidacyCircumstances, ShortlistCandidate
from insieme_matching.company import COMPANY
from insieme_matching.employment import EMPLOYMENT, EmploymentCircumstances, StartPlacement
from insieme_matching.need import NEED, NeedCircumstances
from insieme_matching.vacancy import VACANCY, VacancyCircumstances

ACTOR = Actor(party="demo", role="demo", purpose="demo")
DECIDERS: dict[Kind, Decider[Any, Any, Any]] = {
    Kind.PERSON: PERSON,
    Kind.CASE: CASE,
    Kind.REFERRAL: REFERRAL,
    Kind.COMPANY: COMPANY,
    Kind.NEED: NEED,
    Kind.VACANCY: VACANCY,
    Kind.CANDIDACY: CANDIDACY,
    Kind.EMPLOYMENT: EMPLOYMENT,
    Kind.BOARD: BOARD_MEMBERSHIP,
}


NAMED = ("vacancy", "referral", "person", "company")
"""Streams that commands to others name: looked up in the store before a batch."""


@dataclass
class Paper:
    """What would stand in both stores. `seen` is what stood there when the batch of a phase began."""

    streams: dict[str, list[tuple[UUID, DomainEvent]]] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    charges: dict[UUID, Charge] = field(default_factory=dict)
    of_person: dict[UUID, set[UUID]] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)

    def write(self, months: Iterable[Month]) -> None:
        for month in months:
            for told in (month.intake, month.matching, month.governance):
                for phase in Phase:
                    self.seen = {k: v for k, v in self.states.items() if k.startswith(NAMED)}
                    for happening in told:
                        if happening.phase is phase:
                            self.happen(happening)

    def happen(self, happening: Happening) -> None:
        today, made = business_date(happening.recorded_at), 0
        for order in happening.orders:
            decider = DECIDERS[order.kind]
            state = self.states.get(order.stream, decider.initial)
            events = decider.decide(self.referred(order), state, self.circumstances(order, today))
            if isinstance(events, Refused):
                pytest.fail(f"{events.code}: {events.sentence} {order} recorded {today}")
            for event in events:
                assert event.occurred_on <= date(2021, 12, 31), event
                self.streams.setdefault(order.stream, []).append((uuid4(), event))
                state = decider.evolve(state, event)
                self.hear(event)
                made += 1
            self.states[order.stream] = state
        assert made, f"nothing came of {happening}"

    def hear(self, event: DomainEvent) -> None:
        if isinstance(event, CaseEvent):
            self.of_person.setdefault(event.person_id, set()).add(event.case_id)
            before = self.charges.get(event.case_id, Charge(event.person_id))
            self.charges[event.case_id] = after(before, event)

    def referred(self, order: Order) -> Any:
        if order.refers is None:
            return order.command
        found = next(i for i, e in self.streams[order.stream] if type(e).__name__ == order.refers.event_type)
        return order.command.model_copy(update={order.refers.field: found})

    def circumstances(self, order: Order, today: date) -> Circumstances:
        command, agreements = order.command, published()
        day = getattr(command, "on", today)
        usual = (ACTOR, today, in_force(agreements, day))
        match order.kind:
            case Kind.PERSON | Kind.CASE:
                ids = {type(event).__name__: event_id for event_id, event in self.streams.get(order.stream, [])}
                return IntakeCircumstances(*usual, agreements, ids, referral=self.referral(command))
            case Kind.REFERRAL:
                # Who is received is registered by the step before; whoever is sent on stands in the store.
                known = isinstance(command, SendReferral) and f"person-{command.person_id}" in self.seen
                return IntakeCircumstances(
                    *usual, agreements, person_known=known or isinstance(command, ReceiveReferral)
                )
            case Kind.NEED:
                return NeedCircumstances(*usual, company_known=True)
            case Kind.VACANCY:
                return VacancyCircumstances(*usual, company_known=True)
            case Kind.CANDIDACY:
                if not isinstance(command, ShortlistCandidate):
                    return CandidacyCircumstances(*usual, None, False)
                seen = self.seen.get(f"vacancy-{command.vacancy_id}")
                is_open = isinstance(seen, vacancy_state.Open | vacancy_state.InSelection)
                return CandidacyCircumstances(*usual, self.in_charge(command.person_id), is_open)
            case Kind.EMPLOYMENT:
                person = command.person_id if isinstance(command, StartPlacement) else None
                links = [
                    i
                    for i, e in self.streams.get(order.stream, [])
                    if isinstance(e, PlacementStarted | PlacementExtended)
                ]
                agreement = in_force(agreements, command.starts_on) if isinstance(command, StartPlacement) else usual[2]
                return EmploymentCircumstances(
                    ACTOR,
                    today,
                    agreement,
                    self.in_charge(person) if person else (),
                    company_known=True,
                    last_known=agreement,
                    link_events=dict(enumerate(links, start=1)),
                )
            case Kind.BOARD:
                known = f"company-{order.stream_id}" in self.seen
                return BoardCircumstances(
                    *usual, stands_for=order.stream_id if known else None, last_known=last_known(agreements, day)
                )
            case _:
                return Circumstances(*usual)

    def referral(self, command: Any) -> ReferralFound | None:
        named = command.referral_id if isinstance(command, SubmitApplication) else None
        match self.seen.get(f"referral-{named}"):
            case Pending(person_id=person_id, sent_on=sent_on, reply_due_on=due):
                return ReferralFound(person_id, True, "pending", sent_on, due)
            case _:
                return None

    def in_charge(self, person_id: UUID) -> tuple[Any, ...] | None:
        cases = self.of_person.get(person_id)
        return None if cases is None else tuple(i for c in sorted(cases) for i in self.charges[c].intervals)
