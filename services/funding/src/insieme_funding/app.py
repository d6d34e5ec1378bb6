"""The program `insieme-funding`."""

from __future__ import annotations

from insieme_events.process import program
from insieme_funding.service import SERVICE

main = program(SERVICE)
