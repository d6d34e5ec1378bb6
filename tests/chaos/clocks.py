"""A clock that steps, given to a service by the parameter that every service has for its clock."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from insieme_events import service
from insieme_events.clock import system_clock

STEPS = "CHAOS_CLOCK_STEPS"
"""Seconds to step to and fro, one after the other, each for `PERIOD` seconds: `200,-200,0`."""
PERIOD = 1.0


def inject(environment: Mapping[str, str]) -> None:
    """Makes the services of this process run by a stepping clock, where the environment says so."""
    if told := environment.get(STEPS):
        steps = [timedelta(seconds=float(one)) for one in told.split(",")]
        began = time.monotonic()

        def stepping() -> datetime:
            return system_clock() + steps[int((time.monotonic() - began) / PERIOD) % len(steps)]

        service.running = functools.partial(service.running, clock=stepping)
