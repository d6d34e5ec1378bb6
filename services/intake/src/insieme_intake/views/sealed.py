"""An opened sealed value as a column holds it: as text, and `unknown` once it is erased."""

from __future__ import annotations

from enum import Enum

from insieme_events.contracts import ERASED
from insieme_events.projection import UNKNOWN


def text(value: object) -> str | None:
    if value is None:
        return None
    if value is ERASED:
        return UNKNOWN
    return str(value.value) if isinstance(value, Enum) else str(value)
