"""`insieme-local`, the entry point. Kept free of slow imports: Ctrl-C is clean from the first moment."""

from __future__ import annotations

import argparse
import signal
import sys

_HELP = {
    "run": "start everything and stay until Ctrl-C",
    "servers": "start Kafka and PostgreSQL alone and stay until Ctrl-C",
    "status": "what runs now, and how much memory it holds",
    "env": 'the variables for a second terminal: eval "$(insieme-local env)"',
    "reset": "forget the data",
    "clean": "forget the data and all that was fetched",
}


def main() -> None:
    """Entry point."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until something runs there is nothing to clean up
    parser = argparse.ArgumentParser(prog="insieme-local", description="Everything on one machine, with real servers.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in _HELP.items():
        commands.add_parser(name, help=text)
    chosen = parser.parse_args().command
    from insieme_local.commands import act

    sys.exit(act(chosen))
