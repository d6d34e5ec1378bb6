"""Every state of every aggregate answers every command, and takes its own answer in.

Each status is reached by a history of events; from there random commands are run one after the other: a decision never
raises, an answer with events folds, and a refusal is of the closed form. Against vacuity the histories must reach every
status of the union.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import strategies as st

from insieme_events.contracts.governance import (
    AgreementAdopted,
    LegalLimitsPublished,
    ProtocolExpired,
    ProtocolSucceeded,
    RenewalProposed,
)
from insieme_events.contracts.governance_bodies import CancelReason, MeetingCancelled, MeetingRequested
from insieme_events.testing.agreements import limits, parameters
from insieme_events.testing.answering import Answering, Drawing
from insieme_governance import agreement, body, legal_limits, meeting, protocol, testing
from insieme_governance.meeting.commands import MeetingCommand
from insieme_governance.meeting.state import Meeting
from insieme_governance.protocol.commands import ProtocolCommand
from insieme_governance.testing import (
    AGREEMENT_ID,
    BODY_ID,
    ENDS_ON,
    LIMITS_ID,
    MEETING_ID,
    OTHER_ID,
    PARTIES,
    PROTOCOL_ID,
    REQUEST_ID,
    SIGNED_ON,
)

IDS = st.sampled_from([UUID(int=n) for n in range(1, 11)])
DAYS = st.integers(0, 1900).map(lambda n: date(2021, 2, 1) + timedelta(days=n))
CODES = st.sampled_from(["comune_bologna", "citta_metropolitana", "cna", "nuova"])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "ends_on": st.sampled_from([ENDS_ON, testing.RENEWED_TO, date(2027, 1, 1)]),
    "party": CODES,
    "delegate": CODES,
    "from_owner": CODES,
    "to_owner": CODES,
    "unit": st.one_of(st.none(), CODES),
    "owner": st.one_of(st.none(), CODES),
    "deadline": st.one_of(st.none(), DAYS),
    "until": st.one_of(st.none(), DAYS),
    "invited": st.sampled_from([frozenset(PARTIES), frozenset({"cna"})]),
    "signed_by": st.just(frozenset({"citta_metropolitana", "comune_bologna", "fondazione_san_petronio"})),
    "lapsing": st.sampled_from([frozenset[UUID](), frozenset({MEETING_ID})]),
    "version": st.sampled_from(["2021.1", "2021.2"]),
    "parameters": st.just(parameters()),
    "limits": st.just(limits()),
    "decision_no": st.integers(1, 2),
}


DRAWING = Drawing(FIELDS, IDS, DAYS)
SIGNED = testing.in_force()
PROPOSED = RenewalProposed(
    protocol_id=PROTOCOL_ID,
    party="cna",
    ends_on=testing.RENEWED_TO,
    consent_of=parameters().consent_of,
    agreement_version="2021.1",
    occurred_on=date(2025, 10, 1),
)
EXPIRED = ProtocolExpired(protocol_id=PROTOCOL_ID, occurred_on=date(2026, 3, 4))
SUCCEEDED = ProtocolSucceeded(
    protocol_id=PROTOCOL_ID, successor_id=OTHER_ID, ends_on=date(2024, 1, 31), occurred_on=date(2024, 2, 1)
)
ADOPTED = AgreementAdopted(
    agreement_id=AGREEMENT_ID,
    protocol_id=PROTOCOL_ID,
    version="2021.1",
    signed_by=("comune_bologna",),
    valid_from=SIGNED_ON,
    valid_to=ENDS_ON,
    parameters=parameters(),
    occurred_on=SIGNED_ON,
)
PUBLISHED = LegalLimitsPublished(
    limits_id=LIMITS_ID, version="2021.1", valid_from=SIGNED_ON, limits=limits(), occurred_on=SIGNED_ON
)
REQUESTED = MeetingRequested(
    body_id=BODY_ID,
    request_id=REQUEST_ID,
    party="cna",
    due_on=date(2021, 7, 1),
    agreement_version="2021.1",
    occurred_on=date(2021, 6, 1),
)
CANCELLED = MeetingCancelled(meeting_id=MEETING_ID, reason=CancelReason.OTHER, occurred_on=date(2021, 6, 1))
CONVENED = testing.convened()

AGGREGATES = [
    Answering(
        protocol.PROTOCOL,
        protocol.Protocol,
        get_args(ProtocolCommand),
        testing.protocol_circumstances(today=date(2026, 5, 1)),
        (
            (),
            testing.prepared(),
            SIGNED,
            (*SIGNED, PROPOSED),
            (*SIGNED, PROPOSED, EXPIRED),
            (*SIGNED, SUCCEEDED),
        ),
    ),
    Answering(
        agreement.AGREEMENT,
        agreement.Agreement,
        (agreement.AdoptAgreement,),
        testing.agreement_circumstances(),
        ((), (ADOPTED,)),
    ),
    Answering(
        legal_limits.LEGAL_LIMITS,
        legal_limits.Limits,
        (legal_limits.PublishLegalLimits,),
        testing.limits_circumstances(),
        ((), (PUBLISHED,)),
    ),
    Answering(
        body.BODY,
        body.Body,
        get_args(body.BodyCommand),
        testing.body_circumstances(),
        ((), (testing.established(),), (testing.established(), REQUESTED)),
    ),
    Answering(
        meeting.MEETING,
        Meeting,
        get_args(MeetingCommand),
        testing.meeting_circumstances(),
        ((), (CONVENED,), (CONVENED, testing.held()), (CONVENED, CANCELLED)),
    ),
]
each_aggregate = pytest.mark.parametrize("aggregate", AGGREGATES, ids=[each.decider.name for each in AGGREGATES])


@each_aggregate
def test_the_histories_reach_every_status(aggregate: Answering) -> None:
    aggregate.reaches_every_status()


@each_aggregate
def test_every_state_answers_every_command(aggregate: Answering) -> None:
    aggregate.answers_every_command(DRAWING, 60)


@each_aggregate
def test_every_status_answers_each_kind_of_command(aggregate: Answering) -> None:
    aggregate.answers_each_kind(DRAWING, 10)
