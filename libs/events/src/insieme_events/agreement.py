"""The implementing agreement as data: terms and open numbers, versioned and dated (decision 14; domain.md 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, TypeAdapter

from insieme_events.contracts import Code
from insieme_events.contracts.intake import FragilityBand


class Agreement(BaseModel):
    """One version: in force from `valid_from` to `valid_to`, both included. Days are calendar days.

    A decision stamps `version` and is never judged again by a later one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Code
    valid_from: date
    valid_to: date
    plan_due_days: int
    eligibility_valid_days: int
    referral_reply_days: int
    fragility_threshold: FragilityBand
    other_measure_refuses: bool


def in_force(agreements: Sequence[Agreement], day: date) -> Agreement | None:
    """The version in force on that day; None outside every term (I11)."""
    return next((a for a in agreements if a.valid_from <= day <= a.valid_to), None)


def published() -> tuple[Agreement, ...]:
    """The versions that feed every service's view until governance publishes them itself."""
    text = (files("insieme_events") / "data" / "agreement.json").read_bytes()
    return tuple(TypeAdapter(list[Agreement]).validate_json(text))
