"""How many rounds the race tests run: few for every change, all of them for `make races`."""

from __future__ import annotations

import os

ROUNDS = int(os.environ.get("INSIEME_RACE_ROUNDS", "40"))
"""Rounds of a race test; a control run may need fewer."""
