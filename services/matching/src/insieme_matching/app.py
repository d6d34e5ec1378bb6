"""The program `insieme-matching`."""

from __future__ import annotations

from insieme_events.process import program
from insieme_matching.service import SERVICE

main = program(SERVICE)
