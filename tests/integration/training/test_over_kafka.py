"""Training hears intake and itself over Kafka: from the taking in charge to a seat, and out of a cancelled course."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.contracts.intake import ApplicationSubmitted, PersonTakenInCharge
from insieme_events.contracts.intake_interventions import InterventionRegistered
from insieme_events.contracts.vocabulary import ChannelClass, InterventionKind
from insieme_events.relay import Relay
from insieme_events.service import Role, open_pool
from insieme_events.testing.road import ACTOR, Record, at_work, eventually, recorder, road
from insieme_events.units import Done, Step, Unit
from insieme_events.vault import KeyVault, MasterKey
from insieme_local.provision import Provisioned

pytestmark = pytest.mark.integration

CASES, LEDGERS = recorder("case"), recorder("ledger")


@pytest.mark.clause("P25", "P37")
async def test_a_seat_is_given_and_given_up_as_the_other_services_and_training_tell(
    migrated: Provisioned, training_on: Callable[..., Any]
) -> None:
    prefix, bootstrap = migrated.topic_prefix.rstrip("."), migrated.common["KAFKA_BOOTSTRAP_SERVERS"]
    master = MasterKey.from_base64(migrated.common["INSIEME_MASTER_KEY"])
    async with (
        open_pool(migrated.urls["intake@keys"], 2, "intake-keys") as pool,
        road(migrated.urls, bootstrap, prefix, keys=KeyVault(pool, master)) as intake,
    ):
        relay = Relay("intake", intake.url, intake.bootstrap, prefix, intake.commands.appended)
        async with at_work(relay), training_on(migrated, Role.SERVE) as training:
            http, person, case = training.served, uuid4(), uuid4()

            async def intake_tells(recording: Any, stream: UUID, *events: Any) -> None:
                unit = Unit((Step(recording, stream, Record(events=events)),), ACTOR)
                assert isinstance(await intake.commands.run(unit), Done)

            of_case = {"case_id": case, "person_id": person, "occurred_on": date(2021, 1, 10)}
            charge = {"referent_id": uuid4(), "eligible_on": date(2021, 1, 10), "plan_due_on": date(2021, 2, 10)}
            await training.keys.ensure([person], http.service.clock())
            await intake_tells(
                CASES,
                case,
                ApplicationSubmitted(**of_case, channel_class=ChannelClass.SELF),
                PersonTakenInCharge(**of_case, **charge, agreement_version="2017.1"),
            )
            course = await training.active("2a")

            async def heard() -> bool:
                found = await http.rows("select 1 from events.in_charge where person_id = %s", person)
                return bool(found)

            await eventually(heard, 60)
            one = await training.ask(course, person)
            await intake_tells(LEDGERS, person, InterventionRegistered(**registered(person, one)))

            async def enrolled() -> bool:
                return bool(await training.status(one) == "enrolled")

            await eventually(enrolled, 60)
            await http.post(f"/v1/courses/{course}/cancellation", 200, reason="not_funded", on="2021-03-25")

            async def let_go() -> bool:
                return bool(await training.status(one) == "dropped")

            await eventually(let_go, 60)


def registered(person: UUID, participation: UUID) -> dict[str, Any]:
    return {
        "person_id": person,
        "intervention_id": participation,
        "kind": InterventionKind.BASIC_TRAINING,
        "party": "citta_metropolitana",
        "starts_on": date(2021, 4, 1),
        "ends_on": date(2021, 6, 30),
        "occurred_on": date(2021, 3, 22),
    }
