"""One platform for the tests that only add to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.end_to_end import oracle
from tests.end_to_end.collector import Collector, collecting
from tests.end_to_end.ledger import Ledger, client_of
from tests.end_to_end.platform import THE_PATH_OF_A_PERSON, Platform

from insieme_local.supervisor import start_together
from insieme_reporting.versions import NEWEST

JOURNEYS = 10


@dataclass(frozen=True)
class Shared:
    """All services, telling of their spans. All that any test was acknowledged is in the one ledger."""

    platform: Platform
    ledger: Ledger
    collector: Collector


@contextmanager
def sharing(platform: Platform) -> Iterator[Shared]:
    """Starts all services and sends the first journeys, of as many clients at once, until reporting has them."""
    ledger = Ledger()

    async def write() -> None:
        async with client_of(platform, ledger) as client:
            await asyncio.gather(*(client.journey(number) for number in range(1, JOURNEYS + 1)))
        await oracle.caught_up(platform.provisioned.urls["reporting"], NEWEST.definition.subscription, ledger.streams())

    with collecting() as collector:
        try:
            platform.prepare()
            start_together([platform.make(name, "serve", **collector.environment()) for name in THE_PATH_OF_A_PERSON])
            asyncio.run(write())
            yield Shared(platform, ledger, collector)
        finally:
            platform.stop_all()
