"""The ledger over HTTP and by the events of training and matching: late, twice, before their cause (P25, P48)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.intake.telling import heard, internship, told_later, until_september

from insieme_events.commands import Done
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    InternshipEnded,
    InternshipEvent,
    InternshipOutcome,
    InternshipRequested,
    InternshipWithdrawalReason,
    InternshipWithdrawn,
)
from insieme_events.contracts.training import ParticipationRequested
from insieme_events.contracts.training_participations import DropReason, ParticipantCompleted, ParticipantDropped
from insieme_events.contracts.vocabulary import InterventionKind, Strand
from insieme_events.decider import RefusalKind, Refused
from insieme_events.envelope import Stored
from insieme_events.testing.agreements import agreement
from insieme_events.units import Step, Unit
from insieme_intake.aggregates import LEDGERS
from insieme_intake.ledger import FollowEnd
from insieme_intake.ledger_reaction import PROCESS, LedgerReaction

COURSE = {"kind": "vocational_training", "starts_on": "2024-05-01", "ends_on": "2024-07-31", "on": "2024-04-02"}


def asked(person_id: str, participation_id: UUID, **changes: Any) -> ParticipationRequested:
    values: dict[str, Any] = {
        "participation_id": participation_id,
        "course_id": uuid4(),
        "person_id": UUID(person_id),
        "strand": Strand.TRAINING_TARGETED,
        "kind": InterventionKind.VOCATIONAL_TRAINING,
        "starts_on": date(2024, 6, 1),
        "ends_on": date(2024, 6, 30),
        "occurred_on": date(2024, 4, 2),
    }
    return ParticipationRequested(**{**values, **changes})


async def react(intake: Any, stored: Stored) -> Any:
    """What the subscription does with the event; None where there is nothing to do."""
    unit = await LedgerReaction(intake.service.pool).react(stored)
    return None if unit is None else await intake.service.commands.run(unit)


async def register(intake: Any, person_id: str, party: str, **changes: Any) -> Any:
    return await intake.post("/v1/interventions", 201, **{**COURSE, "person_id": person_id, "party": party, **changes})


@pytest.mark.clause("P25", "P48")
async def test_a_doubled_intervention_is_blocked_and_a_named_role_lets_it_through(intake: Any, somebody: Any) -> None:
    person = (await intake.apply(somebody()))["person_id"]
    first = await register(intake, person, "regione_emilia_romagna", measure="gol")
    second = await register(intake, person, "fondazione_san_petronio")
    assert (first["status"], second["status"], second["overlaps"]) == ("confirmed", "blocked", first["intervention_id"])
    other = await register(intake, person, "comune_bologna", kind="family_support")
    assert other["status"] == "confirmed"

    path = f"/v1/interventions/{second['intervention_id']}/override"
    because = {"reason": "different_goal", "on": "2024-04-05"}
    await intake.refused(path, "intake.override_role", 403, "P25", **because)
    await intake.post(path, headers={"X-Insieme-Role": agreement().override_roles[0]}, **because)
    shown = await intake.get(f"/v1/interventions/{second['intervention_id']}")
    assert (shown["status"], shown["override_reason"], shown["effective"]) == ("overridden", "different_goal", True)

    third = await register(intake, person, "cna_bologna")
    assert third["status"] == "blocked"
    found = await intake.get("/v1/interventions/duplicates", since="2024-04-01", until="2024-04-30")
    assert found["detected"] == found["avoided"] + found["overridden"]
    assert (found["detected"], found["overridden"]) == (2, 1)
    complement = await intake.get("/v1/interventions/complementarity", on="2024-05-15")
    assert (complement["combined"], complement["doubled"], complement["regional"]) == (1, 1, 1)

    await intake.post(f"/v1/interventions/{first['intervention_id']}/end", on="2024-05-20")
    mine = await intake.everything("/v1/interventions", "intervention_id", 2, person_id=person)
    assert set(mine) == {each["intervention_id"] for each in (first, second, other, third)}
    ended = await intake.everything("/v1/interventions", "intervention_id", 50, person_id=person, status="ended")
    assert ended == [first["intervention_id"]]


@pytest.mark.clause("P25")
async def test_unknown_persons_and_interventions(intake: Any) -> None:
    body = {**COURSE, "person_id": str(uuid4()), "party": "cna_bologna"}
    await intake.refused("/v1/interventions", "intake.person_not_yet_known", 503, "P25", **body)
    await intake.refused(f"/v1/interventions/{uuid4()}/end", "intake.intervention_unknown", 404, "P25", on="2024-05-20")


@pytest.mark.clause("P25", "P37")
async def test_what_training_and_matching_ask_for_is_confirmed_or_blocked_once(intake: Any, somebody: Any) -> None:
    person = (await intake.apply(somebody()))["person_id"]
    await register(intake, person, "regione_emilia_romagna")
    participation, internship = uuid4(), uuid4()
    requested = heard(asked(person, participation))
    assert isinstance(await react(intake, requested), Done)
    assert isinstance(await react(intake, requested), Done)
    stage = InternshipRequested(
        internship_id=internship,
        person_id=UUID(person),
        company_id=uuid4(),
        kind=InterventionKind.INTERNSHIP,
        starts_on=date(2024, 6, 1),
        ends_on=date(2024, 8, 31),
        occurred_on=date(2024, 4, 3),
    )
    assert isinstance(await react(intake, heard(stage)), Done)
    types = await intake.rows(
        "select type, data::json ->> 'intervention_id' from events.events where stream = %s order by version",
        f"ledger-{person}",
    )
    assert types[1:] == [
        ("InterventionOverlapDetected", str(participation)),
        ("InterventionRegistered", str(internship)),
    ]


@pytest.mark.clause("P25")
async def test_a_request_before_the_person_and_an_end_before_its_request_are_tried_again(
    intake: Any, somebody: Any
) -> None:
    early = await react(intake, heard(asked(str(uuid4()), uuid4())))
    assert isinstance(early, Refused)
    assert (early.code, early.kind) == ("intake.person_not_yet_known", RefusalKind.RETRY)

    person = UUID((await intake.apply(somebody()))["person_id"])
    participation = uuid4()
    end = Unit((Step(LEDGERS, person, FollowEnd(intervention_id=participation, on=date(2024, 6, 5))),), PROCESS)
    before = await intake.service.commands.run(end)
    assert isinstance(before, Refused)
    assert (before.code, before.kind) == ("intake.intervention_not_yet_known", RefusalKind.RETRY)
    assert isinstance(await react(intake, heard(asked(str(person), participation))), Done)
    for _ in range(2):
        assert isinstance(await intake.service.commands.run(end), Done)
    shown = await intake.get(f"/v1/interventions/{participation}")
    assert (shown["status"], shown["ended_on"]) == ("ended", "2024-06-05")


async def test_a_late_request_for_somebody_erased_is_nothing_and_the_ledger_reads_unknown(
    intake: Any, somebody: Any
) -> None:
    person = (await intake.apply(somebody()))["person_id"]
    told = await register(intake, person, "regione_emilia_romagna", measure="gol")
    await intake.post(f"/v1/persons/{person}/erasure", ground="request", on="2024-07-01")
    shown = await intake.get(f"/v1/interventions/{told['intervention_id']}")
    assert (shown["kind"], shown["measure"], shown["party"]) == ("unknown", "unknown", "regione_emilia_romagna")
    assert await react(intake, heard(asked(person, uuid4()))) is None
    body = {**COURSE, "person_id": person, "party": "cna_bologna"}
    await intake.refused("/v1/interventions", "intake.erased", 409, None, **body)


COMPLETED = {"minutes_present": 900, "minutes_recorded": 1000}
NEXT_DAYS = {"kind": "internship", "starts_on": "2024-08-01", "ends_on": "2024-09-30", "on": "2024-07-20"}


@pytest.mark.clause("P25")
@pytest.mark.invariant("I8", "command")
async def test_an_extended_internship_takes_its_new_days_late_twice_and_before_its_request(
    intake: Any, somebody: Any
) -> None:
    person = (await intake.apply(somebody()))["person_id"]
    request = internship(person, uuid4())
    extension = until_september(request)
    early = await react(intake, extension)
    assert isinstance(early, Refused)
    assert (early.code, early.kind) == ("intake.intervention_not_yet_known", RefusalKind.RETRY)
    assert isinstance(await react(intake, heard(request)), Done)
    for _ in range(2):
        assert isinstance(await react(intake, extension), Done)
    assert isinstance(await react(intake, heard(request)), Done)
    shown = await intake.get(f"/v1/interventions/{request.internship_id}")
    assert (shown["status"], shown["ends_on"]) == ("confirmed", "2024-08-31")
    blocked = await register(intake, person, "regione_emilia_romagna", **NEXT_DAYS)
    assert (blocked["status"], blocked["overlaps"]) == ("blocked", str(request.internship_id))
    types = await intake.rows(
        "select type from events.events where stream = %s and data::json ->> 'intervention_id' = %s order by version",
        f"ledger-{person}",
        str(request.internship_id),
    )
    assert types == [("InterventionRegistered",), ("InterventionExtended",)]


@pytest.mark.clause("P25")
@pytest.mark.invariant("I8", "command")
async def test_an_internship_extended_into_the_days_of_another_party_stands_as_doubled_until_overridden(
    intake: Any, somebody: Any
) -> None:
    person = (await intake.apply(somebody()))["person_id"]
    request = internship(person, uuid4())
    assert isinstance(await react(intake, heard(request)), Done)
    other = await register(intake, person, "regione_emilia_romagna", **NEXT_DAYS)
    assert other["status"] == "confirmed"
    assert isinstance(await react(intake, until_september(request)), Done)
    path = f"/v1/interventions/{request.internship_id}"
    shown = await intake.get(path)
    assert (shown["status"], shown["overlaps_id"], shown["effective"]) == ("doubled", other["intervention_id"], True)
    listed = await intake.everything("/v1/interventions", "intervention_id", 50, person_id=person, status="doubled")
    assert listed == [str(request.internship_id)]
    july = {"since": "2024-07-10", "until": "2024-07-10"}
    found = await intake.get("/v1/interventions/duplicates", **july)
    assert found == {"detected": 1, "avoided": 0, "extended": 1, "overridden": 0}
    because = {"reason": "agreed_by_both", "on": "2024-07-12"}
    await intake.refused(f"{path}/override", "intake.override_role", 403, "P25", **because)
    await intake.post(f"{path}/override", headers={"X-Insieme-Role": agreement().override_roles[0]}, **because)
    assert (await intake.get(path))["status"] == "overridden"
    found = await intake.get("/v1/interventions/duplicates", **july)
    assert found == {"detected": 1, "avoided": 0, "extended": 0, "overridden": 1}


@pytest.mark.clause("P25")
@pytest.mark.invariant("I8", "command")
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (InternshipEnded, {"outcome": InternshipOutcome.LEFT_BY_PERSON}),
        (InternshipWithdrawn, {"reason": InternshipWithdrawalReason.HOST_DECLINED}),
        (ParticipantCompleted, COMPLETED),
        (ParticipantDropped, {"reason": DropReason.FOUND_JOB}),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
async def test_every_event_that_ends_something_frees_its_days_late_twice_and_before_the_request(
    intake: Any, somebody: Any, kind: type[DomainEvent], more: dict[str, Any]
) -> None:
    person = (await intake.apply(somebody()))["person_id"]
    of_matching = issubclass(kind, InternshipEvent)
    days = {"starts_on": date(2024, 5, 1), "ends_on": date(2024, 7, 31)}
    request = internship(person, uuid4()) if of_matching else asked(person, uuid4(), **days)
    end = heard(told_later(kind, request, date(2024, 6, 30), **more))
    early = await react(intake, end)
    assert isinstance(early, Refused)
    assert (early.code, early.kind) == ("intake.intervention_not_yet_known", RefusalKind.RETRY)
    assert isinstance(await react(intake, heard(request)), Done)
    same = {"kind": request.kind.value, "ends_on": "2024-12-31", "on": "2024-07-20"}
    before = await register(intake, person, "regione_emilia_romagna", **same, starts_on="2024-07-01")
    assert before["status"] == "blocked"
    for _ in range(2):
        assert isinstance(await react(intake, end), Done)
    assert isinstance(await react(intake, heard(request)), Done)
    last_day = await register(intake, person, "regione_emilia_romagna", **same, starts_on="2024-06-30")
    afterwards = await register(intake, person, "regione_emilia_romagna", **same, starts_on="2024-07-01")
    assert (last_day["status"], afterwards["status"]) == ("blocked", "confirmed")
