"""The program `insieme-reporting`."""

from __future__ import annotations

from insieme_events.process import program
from insieme_reporting.rebuild import rebuild
from insieme_reporting.service import SERVICE

main = program(SERVICE)
main.command("rebuild")(rebuild)
