"""Many units in one transaction, and batches of any split, leave the same views as one at a time."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.contracts.intake import CaseReopened, ReopeningReason
from insieme_events.contracts.matching import EndReason, TransformationCode
from insieme_events.decider import Command
from insieme_events.units import Done, Step, Unit
from insieme_matching.aggregates import EMPLOYMENTS
from insieme_matching.employment import EndPlacement, ExtendPlacement, TransformPlacement
from insieme_matching.testing import ACTOR, start_placement


def history(employment_id: UUID, person_id: UUID, company_id: UUID) -> list[Command]:
    return [
        start_placement(employment_id=employment_id, person_id=person_id, company_id=company_id),
        ExtendPlacement(ends_on=date(2021, 8, 31)),
        TransformPlacement(code=TransformationCode.FIXED_TO_PERMANENT, contract_type="A.01.00", on=date(2021, 7, 1)),
        EndPlacement(reason=EndReason.RESIGNATION, on=date(2021, 10, 15)),
    ]


async def test_a_whole_history_in_one_transaction_reads_like_one_command_at_a_time(matching: Any) -> None:
    company, commands = await matching.company(), matching.service.commands
    details = []
    for at_once in (True, False):
        employment_id, person = uuid4(), await matching.person()
        units = [
            Unit((Step(EMPLOYMENTS, employment_id, command),), ACTOR)
            for command in history(employment_id, person, company)
        ]
        answers = await commands.run_all(units) if at_once else [await commands.run(unit) for unit in units]
        assert all(isinstance(answer, Done) for answer in answers), answers
        details.append(await matching.get(f"/v1/employments/{employment_id}"))
    first, second = details
    assert (first["status"], first["links"], first["version"]) == ("ended", 2, 4)
    differing = {"employment_id", "person_id", "chain"}
    assert {k: v for k, v in first.items() if k not in differing} == {
        k: v for k, v in second.items() if k not in differing
    }
    assert [{**link, "event_id": None} for link in first["chain"]] == [
        {**link, "event_id": None} for link in second["chain"]
    ]


@pytest.mark.parametrize("size", [1, 2, 5])
async def test_any_split_into_batches_gives_the_same_view_of_who_is_in_charge(
    matching: Any, new_case: Any, size: int
) -> None:
    case = new_case()
    back = CaseReopened(
        case_id=case.case_id,
        person_id=case.person_id,
        occurred_on=date(2021, 4, 1),
        reason=ReopeningReason.CAME_BACK,
        agreement_version="2021.1",
    )
    told = [
        case.applied(),
        case.taken_in_charge(date(2021, 1, 10)),
        case.closed(date(2021, 3, 1)),
        back,
        case.closed(date(2021, 6, 1)),
    ]
    for start in range(0, len(told), size):
        await matching.hear(*told[start : start + size])
    found = await matching.rows(
        "select number, since, until from events.in_charge where person_id = %s order by number", case.person_id
    )
    assert found == [
        (1, date(2021, 1, 10), date(2021, 3, 1)),
        (2, date(2021, 4, 1), date(2021, 6, 1)),
    ]
