"""The program `insieme-training`."""

from __future__ import annotations

from insieme_events.process import program
from insieme_training.service import SERVICE

main = program(SERVICE)
