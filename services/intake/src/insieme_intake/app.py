"""The program `insieme-intake`."""

from __future__ import annotations

from insieme_events.process import program
from insieme_intake.service import SERVICE

main = program(SERVICE)
