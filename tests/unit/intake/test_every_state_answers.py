"""Every state of every aggregate answers every command, takes its own answer in, and keeps the funnel in order.

Each status is reached by a history of accepted commands; from there random commands are run one after the other: a
decision never raises, an answer with events folds, and a refusal is of the closed form. Against vacuity the histories
must reach every status of the union, and the random ways must take people in charge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insieme_events.contracts import DomainEvent
from insieme_events.contracts.intake import (
    EligibilityAssessed,
    ErasureGround,
    ExitState,
    IdentityKind,
    InterviewHeld,
    InterviewKind,
    PersonEnrolled,
    PersonTakenInCharge,
    RejectionReason,
    SealedFieldsErased,
    StatusEvidence,
    SuspensionReason,
    VoidReason,
)
from insieme_events.contracts.intake_persons import RestrictionGround
from insieme_events.contracts.intake_referrals import DeclineReason
from insieme_events.contracts.vocabulary import AtecoVersion, ChannelClass, FragilityBand, InterventionKind
from insieme_events.decider import Command, Refused
from insieme_events.testing.answering import Answering, Drawing
from insieme_intake import ledger, participation, person, referral
from insieme_intake.case import CASE, commands
from insieme_intake.case.commands import CaseCommand
from insieme_intake.case.states import CaseState
from insieme_intake.retention import Left
from insieme_intake.testing import (
    ASSESSED,
    BOLOGNA,
    CASE_ID,
    CHARACTERISTICS,
    ENROLMENT,
    HELD,
    IMOLA,
    INTERVIEW,
    MODENA,
    OFFICER,
    PERSON,
    RECEIVED,
    REFERENT,
    REFERRAL_ID,
    TAKEN,
    applied,
    circumstances,
    submit,
)

FOUND = circumstances(left=Left(date(2019, 4, 20)))
"""Everything else of the person ended so long ago that the retention is over in the days drawn, or not."""
LATER, MUCH_LATER = date(2021, 5, 3), date(2021, 7, 1)
IDS = st.sampled_from([UUID(int=n) for n in (*range(1, 9), 101, 102)])
DAYS = st.integers(-5, 60).map(lambda n: RECEIVED + timedelta(days=n))
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "on": DAYS,
    "evidence_on": st.one_of(st.none(), DAYS),
    "scheduled_for": DAYS,
    "comune": st.sampled_from([BOLOGNA, IMOLA, MODENA, "999999"]),
    "birth_month": st.sampled_from(["1980-01", "2021-04", "2091-01"]),
    "notice_version": st.one_of(st.none(), st.just("2021.1")),
    "instrument_version": st.just("isf.2"),
    "handed_to": st.one_of(st.none(), st.just("associations")),
    "service": st.sampled_from(["intake", "matching"]),
    "services": st.just(("intake", "matching")),
    "due_on": DAYS,
    "until": DAYS,
    "starts_on": DAYS,
    "ends_on": st.one_of(st.none(), DAYS),
    "party": st.sampled_from(["regione", "comune_bologna"]),
    "operation": st.sampled_from(["po.1", "po.2"]),
    "month": st.one_of(st.none(), st.sampled_from(["2020-05", "2091-01"])),
    "section": st.one_of(st.none(), st.just("I")),
    "ateco_version": st.just(AtecoVersion.ATECO_2007),
    "months_after_exit": st.integers(-1, 61),
    "other_measure": st.one_of(st.none(), st.builds(commands.OtherMeasureAnswer)),
}


DRAWING = Drawing(FIELDS, IDS, DAYS)
REGISTER = person.RegisterPerson(person_id=PERSON, identity_kind=IdentityKind.CODICE_FISCALE, on=RECEIVED)
ERASE = person.ErasePerson(ground=ErasureGround.REQUEST, on=LATER)
RECEIVE = referral.ReceiveReferral(
    referral_id=REFERRAL_ID, person_id=PERSON, channel_class=ChannelClass.THIRD_SECTOR, on=RECEIVED
)
SUBMIT, ENROL = submit(), commands.Enrol(on=RECEIVED)
EMPLOYED = submit(other_measure=commands.OtherMeasureAnswer(kind=None), comune=MODENA, quartiere=None)
HOLD = commands.HoldInterview(on=HELD, interview_id=INTERVIEW, kind=InterviewKind.ACCESS, interviewer_id=OFFICER)
PROVE = commands.RecordEmploymentStatus(on=HELD, status=SUBMIT.status, evidence=StatusEvidence.DID, evidence_on=HELD)
BAND = commands.AssessFragility(on=HELD, band=FragilityBand.HIGH, instrument_version="isf.2")
INTERVIEWED = (SUBMIT, ENROL, HOLD)
ELIGIBLE = (*INTERVIEWED, PROVE, BAND, commands.AssessEligibility(on=ASSESSED))
IN_CHARGE = (*ELIGIBLE, commands.TakeInCharge(on=TAKEN, referent_id=REFERENT))

INTERVENE = ledger.RegisterIntervention(
    person_id=PERSON,
    intervention_id=OFFICER,
    kind=InterventionKind.VOCATIONAL_TRAINING,
    party="regione",
    starts_on=RECEIVED,
    ends_on=None,
    on=RECEIVED,
)
DOUBLED = INTERVENE.model_copy(update={"intervention_id": INTERVIEW, "party": "comune_bologna"})
TAKE_PART = participation.OpenParticipation(person_id=PERSON, case_id=CASE_ID, operation="po.1", on=RECEIVED)

AGGREGATES = [
    Answering(
        person.PERSON,
        person.PersonState,
        person.PersonCommand,
        FOUND,
        (
            (),
            (REGISTER,),
            (REGISTER, person.RestrictProcessing(ground=RestrictionGround.UNLAWFUL, on=LATER)),
            (REGISTER, person.BecomeAlias(of=OFFICER, on=LATER)),
            (REGISTER, person.MergePersons(merged_id=OFFICER, on=LATER)),
            (REGISTER, person.RequestAccess(request_id=INTERVIEW, on=LATER)),
            (REGISTER, person.NoteRetentionEnded(on=LATER)),
            (REGISTER, ERASE),
            (REGISTER, ERASE, person.CompleteErasure(service="intake", on=LATER)),
            (REGISTER, ERASE, person.NoteErasureOverdue(due_on=LATER, services=("intake",), on=MUCH_LATER)),
        ),
    ),
    Answering(
        ledger.LEDGER,
        ledger.LedgerState,
        ledger.LedgerCommand,
        FOUND,
        (
            (),
            (INTERVENE,),
            (INTERVENE, DOUBLED),
            (INTERVENE, DOUBLED, ledger.EndIntervention(intervention_id=INTERVIEW, on=LATER)),
            (INTERVENE, ledger.EraseInterventions(on=LATER)),
        ),
    ),
    Answering(
        participation.PARTICIPATION,
        participation.ParticipationState,
        participation.ParticipationCommand,
        FOUND,
        (
            (),
            (TAKE_PART,),
            (TAKE_PART, participation.CloseParticipation(on=LATER)),
            (TAKE_PART, participation.CloseParticipation(on=LATER), participation.EraseParticipation(on=LATER)),
        ),
    ),
    Answering(
        referral.REFERRAL,
        referral.ReferralState,
        referral.ReferralCommand,
        FOUND,
        (
            (),
            (RECEIVE,),
            (RECEIVE, referral.AcceptReferral(on=RECEIVED)),
            (RECEIVE, referral.DeclineReferral(reason=DeclineReason.NO_CAPACITY, on=RECEIVED)),
            (RECEIVE, referral.ExpireReferral(on=LATER)),
        ),
    ),
    Answering(
        CASE,
        CaseState,
        CaseCommand,
        FOUND,
        (
            (),
            (SUBMIT,),
            (SUBMIT, commands.WithdrawApplication(on=RECEIVED)),
            (EMPLOYED, commands.RejectApplication(on=LATER, reason=RejectionReason.OUTSIDE_TERRITORY)),
            (SUBMIT, ENROL),
            INTERVIEWED,
            ELIGIBLE,
            IN_CHARGE,
            (*IN_CHARGE, commands.SuspendCase(on=LATER, reason=SuspensionReason.UNAVAILABLE)),
            (*IN_CHARGE, commands.CloseCase(on=LATER, exit_state=ExitState.TRAINING)),
            (*INTERVIEWED, commands.CloseCase(on=LATER, exit_state=ExitState.TRAINING)),
            (SUBMIT, ENROL, commands.VoidEnrolment(on=LATER, voids=ENROLMENT, reason=VoidReason.WRONG_DATA)),
            (*IN_CHARGE, commands.NotePlanOverdue(on=MUCH_LATER)),
            (SUBMIT, ENROL, commands.NoteInterviewOverdue(on=MUCH_LATER)),
            (*IN_CHARGE, commands.OfferFamilySupport(support_id=INTERVIEW, kind="care", on=LATER)),
            (*IN_CHARGE, commands.MergeCase(into_case_id=OFFICER, on=LATER)),
            (SUBMIT, commands.MergeCase(into_case_id=OFFICER, on=LATER)),
            (*IN_CHARGE, commands.EraseFields(on=LATER)),
        ),
    ),
]
each_aggregate = pytest.mark.parametrize("aggregate", AGGREGATES, ids=[each.decider.name for each in AGGREGATES])


@each_aggregate
def test_the_histories_reach_every_status(aggregate: Answering) -> None:
    aggregate.reaches_every_status()


@each_aggregate
def test_every_state_answers_every_command(aggregate: Answering) -> None:
    aggregate.answers_every_command(DRAWING, 100)


@each_aggregate
def test_every_status_answers_each_kind_of_command(aggregate: Answering) -> None:
    aggregate.answers_each_kind(DRAWING, 12)


LIKELY = [
    *IN_CHARGE,
    commands.ReopenCase(on=LATER, reason="came_back"),
    commands.CloseCase(on=LATER, exit_state="other"),
]
DATED = DAYS.flatmap(lambda day: st.sampled_from(LIKELY[2:]).map(lambda c: c.model_copy(update={"on": day})))


def dates(events: Sequence[DomainEvent], kind: type[DomainEvent]) -> list[date]:
    return [event.occurred_on for event in events if type(event) is kind]


def test_the_funnel_keeps_its_order_whatever_is_sent() -> None:
    """Enrolled, then interviewed, then in charge, each after the one before; in charge only while found eligible."""
    reached: Counter[type] = Counter()
    whole_way = list(IN_CHARGE)
    anything = st.lists(st.one_of(DATED, st.sampled_from(LIKELY)), max_size=6)

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(st.integers(0, len(whole_way)), st.integers(0, 2 * len(whole_way)), anything, anything)
    def run(cut: int, left_out: int, between: list[Any], behind: list[Any]) -> None:
        way = [command for n, command in enumerate(whole_way) if n != left_out]
        sequence = [*way[:cut], *between, *way[cut:], *behind]
        state: Any = CASE.initial
        history: list[DomainEvent] = []
        for command in sequence:
            decision = CASE.decide(command, state, FOUND)
            if isinstance(decision, Refused):
                continue
            for event in decision:
                if isinstance(event, PersonTakenInCharge):
                    assert [
                        e
                        for e in history
                        if isinstance(e, EligibilityAssessed)
                        and e.eligible
                        and e.occurred_on == event.eligible_on
                        and e.occurred_on <= event.occurred_on <= e.valid_until
                    ]
                history.append(event)
            state = CASE.fold(decision, state)
        enrolled = dates(history, PersonEnrolled)
        interviewed = sorted(
            dates([e for e in history if getattr(e, "kind", None) is InterviewKind.ACCESS], InterviewHeld)
        )
        taken = dates(history, PersonTakenInCharge)
        assert 1 >= len(enrolled) >= bool(interviewed) >= len(taken)
        assert [*enrolled, *interviewed[:1], *taken] == sorted([*enrolled, *interviewed[:1], *taken])
        reached.update({type(event) for event in history})

    run()
    assert reached[PersonEnrolled] >= reached[InterviewHeld] >= reached[PersonTakenInCharge] > 10


def test_after_the_erasure_nothing_is_sealed_whatever_is_sent() -> None:
    anything = st.one_of([DRAWING.command(kind) for kind in get_args(CaseCommand)])
    counted: Counter[str] = Counter()
    case = next(each for each in AGGREGATES if each.decider is CASE)
    histories = [h for h in case.histories if h and not isinstance(h[-1], commands.EraseFields)]

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(st.sampled_from(histories), st.lists(anything, min_size=1, max_size=10))
    def run(history: Sequence[Command], sequence: list[Any]) -> None:
        state = case.after((*history, commands.EraseFields(on=date(2021, 6, 1))))
        for command in sequence:
            decision = CASE.decide(command, state, FOUND)
            if isinstance(decision, Refused):
                continue
            counted["events"] += len(decision)
            assert not [event for event in decision if event.sealed_fields()]
            state = CASE.fold(decision, state)

    run()
    assert counted["events"] > 10


def test_a_marker_is_the_last_of_the_sealed_values() -> None:
    """Against vacuity of the test above: the application itself is full of them."""
    assert sum(bool(event.sealed_fields()) for event in applied()) == 4
    assert not SealedFieldsErased.sealed_fields()
    assert CHARACTERISTICS != ENROLMENT
