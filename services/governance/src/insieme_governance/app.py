"""The program `insieme-governance`."""

from __future__ import annotations

from insieme_events.process import program
from insieme_governance.service import SERVICE

main = program(SERVICE)
