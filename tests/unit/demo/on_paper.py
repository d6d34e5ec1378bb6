"""The history decided on paper: every command through its aggregate, without a store. Gives events, or the refusal."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.unit.demo import governance_on_paper, internships_on_paper, money_on_paper
from tests.unit.demo.deciders import DECIDERS
from tests.unit.demo.founded import AGREEMENTS, protocols, register_of

from insieme_demo.days import LATER_DAY
from insieme_demo.happening import Happening, Kind, Order
from insieme_demo.plan import Month
from insieme_demo.writing import ACTORS
from insieme_events.agreement import in_force, last_known
from insieme_events.clock import business_date
from insieme_events.contracts import ERASED, DomainEvent
from insieme_events.contracts.governance_bodies import BodyEstablished, DecisionTaken
from insieme_events.contracts.governance_plan import Ceiling, CompanyJoinedBoard, WorkPlanAmended, WorkPlanApproved
from insieme_events.contracts.intake import CaseEvent, PersonErased
from insieme_events.contracts.matching import CompaniesMerged, PlacementExtended, PlacementStarted
from insieme_events.contracts.training import PositionsRequested, PositionsReturned
from insieme_events.decider import Circumstances, Refused
from insieme_events.gates import Interval
from insieme_events.in_charge import Charge, after
from insieme_funding.project import PlacementSeen
from insieme_governance.board_membership import BOARD_MEMBERSHIP, BoardCircumstances, CedeMembership
from insieme_governance.body import BODY, BodyCircumstances
from insieme_governance.founding import ACTOR as FOUNDER
from insieme_governance.founding import given
from insieme_governance.meeting import MeetingCircumstances
from insieme_governance.meeting.commands import ConveneMeeting
from insieme_governance.meeting.state import Held
from insieme_governance.plan_year import AmendWorkPlan, ApproveWorkPlan, PlanYearCircumstances
from insieme_governance.plan_year.facts import HELD
from insieme_governance.plan_year.facts import Meeting as MeetingOfPlan
from insieme_governance.protocol import PROTOCOL
from insieme_governance.protocol.refusals import ProtocolCircumstances
from insieme_governance.reactions import MATCHING as MERGED
from insieme_governance.register import Register
from insieme_intake.case.commands import SubmitApplication
from insieme_intake.circumstances import IntakeCircumstances, PersonFound, ReferralFound
from insieme_intake.referral import Pending, ReceiveReferral, SendReferral
from insieme_matching import vacancy_state
from insieme_matching.candidacy import CandidacyCircumstances, ShortlistCandidate
from insieme_matching.employment import EmploymentCircumstances, StartPlacement
from insieme_matching.need import NEED, NeedCircumstances
from insieme_matching.reactions import RESERVING
from insieme_matching.reservations import ReservePositions, ReturnPositions
from insieme_matching.vacancy import VacancyCircumstances
from insieme_training.course.state import Open
from insieme_training.participation.circumstances import CourseFound
from insieme_training.participation.commands import RequestParticipation
from insieme_training.participation.state import Waitlisted
from insieme_training.testing import course_circumstances, participation_circumstances

NAMED = (
    "vacancy",
    "referral",
    "person",
    "company",
    "course",
    "participation",
    "meeting",
    "body",
    "internship",
    "committee",
    "call",
    "project",
)
"""Streams that commands to others name: looked up in the store before a batch."""


@dataclass
class Paper:
    """What would stand in both stores. `seen` is what stood there when the batch of a phase began."""

    streams: dict[str, list[tuple[UUID, DomainEvent]]] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    charges: dict[UUID, Charge] = field(default_factory=dict)
    of_person: dict[UUID, set[UUID]] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)
    ceilings: dict[int, tuple[Ceiling, ...]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """The streams, numbered in the order in which they began."""

    def __post_init__(self) -> None:
        """The protocols and the bodies are there from the founding on."""
        for protocol_id, told in protocols():
            stream = f"{Kind.PROTOCOL}-{protocol_id}"
            self.streams.setdefault(stream, []).append((uuid4(), told))
            self.states[stream] = PROTOCOL.evolve(self.states.get(stream, PROTOCOL.initial), told)
        for body in given().bodies:
            event = BodyEstablished(body_id=body.body_id, kind=body.kind, occurred_on=body.on)
            stream = f"{Kind.BODY}-{body.body_id}"
            self.streams[stream] = [(uuid4(), event.model_copy(update={"by": FOUNDER}))]
            self.states[stream] = BODY.evolve(BODY.initial, event)

    @property
    def register(self) -> Register:
        return register_of({stream: state for stream, state in self.states.items() if stream.startswith("protocol")})

    def told(self) -> dict[str, list[DomainEvent]]:
        """Every stream as it reads at the end: of who was erased no sealed value."""
        erased = {
            event.person_id for told in self.streams.values() for _, event in told if isinstance(event, PersonErased)
        }
        return {stream: [shown(event, erased) for _, event in told] for stream, told in self.streams.items()}

    def write(self, months: Iterable[Month]) -> None:
        for month in months:
            for told in month.services:
                for phase in sorted({happening.phase for happening in told}):
                    self.seen = {k: v for k, v in self.states.items() if k.startswith(NAMED)}
                    for happening in told:
                        if happening.phase == phase:
                            self.happen(happening)

    def happen(self, happening: Happening) -> None:
        today, made = business_date(happening.recorded_at), 0
        for order in happening.orders:
            decider = DECIDERS[order.kind]
            state = self.states.get(order.stream, decider.initial)
            events = decider.decide(self.referred(order), state, self.circumstances(order, today))
            if isinstance(events, Refused):
                pytest.fail(f"{events.code}: {events.sentence} {order} recorded {today}")
            for decided in events:
                event = decided.model_copy(update={"by": ACTORS[order.kind.service]})
                assert event.occurred_on <= LATER_DAY, event
                self.numbers.setdefault(order.stream, len(self.numbers))
                self.streams.setdefault(order.stream, []).append((uuid4(), event))
                state = decider.evolve(state, event)
                self.hear(event)
                made += 1
            self.states[order.stream] = state
            self.react(events)
        assert made, f"nothing came of {happening}"

    def react(self, events: Iterable[DomainEvent]) -> None:
        """What is left to reactions: matching keeps and frees what a course asks for and gives back, and a membership
        of the Board ends under an id that a company gives up.
        """
        for event in events:
            if isinstance(event, CompaniesMerged):
                self.ceded(event)
            if isinstance(event, PositionsRequested):
                keep = ReservePositions(
                    reservation_id=event.reservation_id,
                    course_id=event.course_id,
                    source_id=event.source_id,
                    strand=event.strand,
                    positions=event.positions,
                    on=event.occurred_on,
                )
                self.reserving(event.source_id, keep)
            if isinstance(event, PositionsReturned):
                back = ReturnPositions(reservation_id=event.reservation_id, on=event.occurred_on)
                self.reserving(event.source_id, back)

    def reserving(self, need_id: UUID, command: ReservePositions | ReturnPositions) -> None:
        """What matching does of itself with the positions of a need."""
        stream, day = f"{Kind.NEED}-{need_id}", command.on
        known = last_known(AGREEMENTS, day)
        circumstances = NeedCircumstances(
            RESERVING, day, in_force(AGREEMENTS, day), company_known=True, last_known=known
        )
        found = NEED.decide(command, self.states[stream], circumstances)
        assert not isinstance(found, Refused)
        for kept in found:
            self.streams[stream].append((uuid4(), kept.model_copy(update={"by": RESERVING})))
            self.states[stream] = NEED.evolve(self.states[stream], kept)

    def ceded(self, event: CompaniesMerged) -> None:
        stream = f"{Kind.BOARD}-{event.merged_id}"
        cede = CedeMembership(into=event.company_id, on=event.occurred_on)
        circumstances = BoardCircumstances(MERGED, event.occurred_on, None)
        found = BOARD_MEMBERSHIP.decide(cede, self.states.get(stream, BOARD_MEMBERSHIP.initial), circumstances)
        assert not isinstance(found, Refused)
        for left in found:
            self.streams[stream].append((uuid4(), left.model_copy(update={"by": MERGED})))
            self.states[stream] = BOARD_MEMBERSHIP.evolve(self.states[stream], left)

    def hear(self, event: DomainEvent) -> None:
        if isinstance(event, WorkPlanApproved | WorkPlanAmended):
            self.ceilings[event.year] = event.ceilings
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
        command, agreements = order.command, AGREEMENTS
        day = getattr(command, "on", today)
        actor = ACTORS[order.kind.service]
        usual = (actor, today, in_force(agreements, day))
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
            case Kind.LEDGER:
                known = f"person-{order.stream_id}" in self.seen
                return IntakeCircumstances(*usual, agreements, person=PersonFound() if known else None)
            case Kind.COURSE:
                return course_circumstances(
                    actor=actor,
                    today=today,
                    agreement=usual[2],
                    last_known=last_known(agreements, day),
                    order=self.waiting(order.stream_id),
                )
            case Kind.COURSE_PARTICIPATION:
                return self.of_participation(order, usual, day)
            case Kind.NEED:
                return NeedCircumstances(*usual, company_known=True, last_known=last_known(agreements, day))
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
                    actor,
                    today,
                    agreement,
                    self.in_charge(person) if person else (),
                    company_known=True,
                    last_known=agreement,
                    link_events=dict(enumerate(links, start=1)),
                )
            case Kind.INTERNSHIP:
                return internships_on_paper.circumstances(order, usual, self.seen, self.in_charge)
            case Kind.PROTOCOL:
                return ProtocolCircumstances(actor, today, last_known(agreements, day))
            case Kind.BODY:
                return BodyCircumstances(actor, today, last_known(agreements, day), agreements, self.register)
            case Kind.MEETING:
                named = command.body_id if isinstance(command, ConveneMeeting) else None
                body = None if named is None else self.seen[f"body-{named}"].kind
                return MeetingCircumstances(
                    actor, today, last_known(agreements, today), body, agreements, self.register
                )
            case Kind.PLAN_YEAR:
                return PlanYearCircumstances(
                    *usual,
                    parties=self.register.parties_on(day),
                    coordinator=self.register.coordinator_on(day),
                    meeting=self.decided(command),
                )
            case Kind.BOARD:
                known = f"company-{order.stream_id}" in self.seen
                return BoardCircumstances(
                    *usual, stands_for=order.stream_id if known else None, last_known=last_known(agreements, day)
                )
            case kind if kind in governance_on_paper.OF_DUTIES:
                return governance_on_paper.circumstances(order, usual, self.register, self.streams)
            case kind if kind in money_on_paper.OF_MONEY:
                return self.of_money(order, usual)
            case _:
                return Circumstances(*usual)

    def of_money(self, order: Order, usual: Any) -> Circumstances:
        """By what funding has heard of: the plans, who is in charge, placements, the Board."""
        command = order.command
        started = self.events_of(Kind.EMPLOYMENT, getattr(command, "employment_id", None))
        members = self.events_of(Kind.BOARD, getattr(command, "company_id", None))
        proposer = getattr(command, "proposer_id", None)
        return money_on_paper.circumstances(
            order,
            usual,
            self.seen,
            money_on_paper.ceilings_by_budget(self.ceilings),
            None if proposer is None else self.in_charge(proposer),
            PlacementSeen(started[0].occurred_on, voided=False) if started else None,
            tuple(Interval(one.occurred_on, None) for one in members if isinstance(one, CompanyJoinedBoard)) or None,
        )

    def events_of(self, kind: Kind, stream_id: UUID | None) -> list[Any]:
        return [event for _, event in self.streams.get(f"{kind}-{stream_id}", [])]

    def waiting(self, course_id: UUID) -> tuple[UUID, ...]:
        """Who stood on the waiting list when the batch began, in the order in which they asked."""
        found = [
            (state.record.requested_on, self.numbers[stream], state.record.participation_id)
            for stream, state in self.seen.items()
            if isinstance(state, Waitlisted) and state.record.course_id == course_id
        ]
        return tuple(one for *_, one in sorted(found))

    def of_participation(self, order: Order, usual: Any, day: date) -> Circumstances:
        command, known = order.command, self.seen.get(order.stream)
        place = command if isinstance(command, RequestParticipation) else None if known is None else known.record
        person_id, course_id = (None, None) if place is None else (place.person_id, place.course_id)
        course = self.seen.get(f"course-{course_id}")
        return participation_circumstances(
            actor=usual[0],
            today=usual[1],
            agreement=usual[2],
            last_known=last_known(AGREEMENTS, day),
            in_charge=None if person_id is None else self.in_charge(person_id),
            course=None if course is None else found(course),
        )

    def decided(self, command: Any) -> MeetingOfPlan | None:
        """The decision that a plan rests on, as the view of the meetings had it when the batch began."""
        if not isinstance(command, ApproveWorkPlan | AmendWorkPlan):
            return None
        meeting = self.seen.get(f"meeting-{command.meeting_id}")
        if not isinstance(meeting, Held):
            return None
        taken = (e for _, e in self.streams[f"meeting-{command.meeting_id}"] if isinstance(e, DecisionTaken))
        subject = next((one.subject for one in taken if one.decision_no == command.decision_no), None)
        return MeetingOfPlan(meeting.plan.kind, HELD, meeting.held_on, subject)

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


def found(course: Any) -> CourseFound:
    """A course as training's view has it."""
    plan = course.offer.plan
    return CourseFound(
        course_id=plan.course_id,
        strand=plan.strand,
        module_kind=plan.module_kind,
        open=isinstance(course, Open),
        planned_on=plan.occurred_on,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        started_on=course.offer.started_on,
    )


def shown(event: DomainEvent, erased: Collection[UUID]) -> DomainEvent:
    if getattr(event, "person_id", None) not in erased:
        return event
    return event.model_copy(update=dict.fromkeys(event.sealed_fields(), ERASED))
