"""Nobody is taken in charge of an enrolment that is voided at the same instant (I7; P24, P27)."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from insieme_events.commands import Done, Step, Unit
from insieme_events.contracts.intake import IdentityKind, InterviewKind, StatusEvidence, VoidReason
from insieme_events.contracts.vocabulary import FragilityBand
from insieme_events.decider import Refused
from insieme_events.testing.racing import ROUNDS, counted
from insieme_intake.aggregates import CASES, PERSONS
from insieme_intake.case import commands
from insieme_intake.person import RegisterPerson
from insieme_intake.testing import ACTOR, ASSESSED, HELD, RECEIVED, TAKEN, submit
from insieme_local.provision import Provisioned

pytestmark = pytest.mark.clause("P24", "P27")

AT_ONCE = 5
ORDER = "select type from events.events where stream = %s order by version, position"
ENROLMENT = "select event_id from events.events where stream = %s and type = 'PersonEnrolled'"
TAKE = commands.TakeInCharge(on=TAKEN, referent_id=uuid4())


async def ready(intake: Any) -> UUID:
    """A case that may be taken in charge, made in one unit."""
    person_id, case_id = uuid4(), uuid4()
    registered = RegisterPerson(person_id=person_id, identity_kind=IdentityKind.PROVISIONAL, on=RECEIVED)
    history = (
        submit(case_id=case_id, person_id=person_id),
        commands.Enrol(on=RECEIVED),
        commands.HoldInterview(on=HELD, interview_id=uuid4(), kind=InterviewKind.ACCESS, interviewer_id=uuid4()),
        commands.RecordEmploymentStatus(on=HELD, status=submit().status, evidence=StatusEvidence.DID, evidence_on=HELD),
        commands.AssessFragility(on=HELD, band=FragilityBand.HIGH, instrument_version="isf.2"),
        commands.AssessEligibility(on=ASSESSED),
    )
    steps = (Step(PERSONS, person_id, registered), *(Step(CASES, case_id, command) for command in history))
    done = await intake.service.commands.run(Unit(steps, ACTOR))
    assert isinstance(done, Done), done
    return case_id


async def raced(intake: Any, case_id: UUID) -> tuple[str, ...]:
    """The case is taken in charge and its enrolment voided at once; what its stream says of the two, in order."""
    ((enrolment,),) = await intake.rows(ENROLMENT, f"case-{case_id}")
    void = commands.VoidEnrolment(on=date(2021, 4, 21), voids=enrolment, reason=VoidReason.KEYED_TWICE)

    async def run(command: Any) -> None:
        answer = await intake.service.commands.run(Unit((Step(CASES, case_id, command),), ACTOR))
        assert isinstance(answer, Done) or answer.code == "intake.enrolment_voided", answer

    await asyncio.gather(run(TAKE), run(void))
    types = [kind for (kind,) in await intake.rows(ORDER, f"case-{case_id}")]
    return tuple(kind for kind in types if kind in ("PersonTakenInCharge", "EnrolmentVoided"))


async def rounds(intake: Any, count: int) -> Counter[tuple[str, ...]]:
    outcomes: Counter[tuple[str, ...]] = Counter()
    for _ in range(0, count, AT_ONCE):
        cases = await asyncio.gather(*(ready(intake) for _ in range(AT_ONCE)))
        outcomes.update(await asyncio.gather(*(raced(intake, case_id) for case_id in cases)))
    return outcomes


@pytest.mark.invariant("I7", "race")
async def test_whoever_is_taken_in_charge_was_enrolled_at_that_moment(intake: Any) -> None:
    outcomes = await rounds(intake, ROUNDS)
    counted("I7", outcomes)
    assert set(outcomes) <= {("EnrolmentVoided",), ("PersonTakenInCharge", "EnrolmentVoided")}
    assert sum(outcomes.values()) == ROUNDS
    voided = await intake.rows("select count(*) from views.cases where status <> 'voided'")
    assert voided == [(0,)]


async def test_without_the_version_of_the_stream_both_are_decided_on_the_same_state(
    bare_intake: Any, fresh_provisioned: Provisioned
) -> None:
    """The control run: two events stand at the same place of the stream, and both orders are as true."""
    async with await psycopg.AsyncConnection.connect(fresh_provisioned.urls["intake_owner"]) as owner:
        await owner.execute("alter table events.events drop constraint events_stream_version")
    for _ in range(20):
        await rounds(bare_intake, AT_ONCE)
        doubled = await bare_intake.rows(
            "select count(*) from (select 1 from events.events group by stream, version having count(*) > 1) twice"
        )
        if doubled[0][0] > 0:
            return
    pytest.fail("the race never met: the run with the guard proves nothing")


@pytest.mark.invariant("I7", "replay")
async def test_the_view_of_a_raced_case_is_the_fold_of_its_stream(intake: Any) -> None:
    case_id = await ready(intake)
    answer = await intake.service.commands.run(Unit((Step(CASES, case_id, TAKE),), ACTOR))
    assert not isinstance(answer, Refused)
    query = "select status, taken_in_charge_on, referent_id from views.cases where case_id = %s"
    (shown,) = await intake.rows(query, case_id)
    again = await intake.service.commands.run(Unit((Step(CASES, case_id, TAKE),), ACTOR))
    assert isinstance(again, Done), "the stored events fold to the state in which the command is done already"
    assert again.results[0].event_ids == ()
    assert shown == ("in_charge", TAKEN, TAKE.referent_id)
