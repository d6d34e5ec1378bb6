"""How many rounds the race tests run: few for every change, all of them for `make races`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

ROUNDS = int(os.environ.get("INSIEME_RACE_ROUNDS", "40"))
"""Rounds of a race test; a control run may need fewer."""


def counted(invariant: str, outcomes: Mapping[Any, int], rounds: int = ROUNDS) -> None:
    """Says how the rounds of a race came out: `make races` shows it."""
    told = ", ".join(f"{outcome} {count}" for outcome, count in outcomes.items())
    print(f"{invariant}: {rounds} rounds; {told}")
