"""What the pure `apply` functions of the facts share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from insieme_events.projection import FactRow

R = TypeVar("R", bound=FactRow)


def changed(before: R | None, after: R | None, always: bool = False) -> Sequence[R]:
    """The new version row, or none where the event changes nothing of the fact.

    `always`, for an event whose sealed fields are columns: whether it changed anything cannot be seen any more once
    the key is destroyed, and a rebuild must make the same rows then.
    """
    return () if after is None or (after == before and not always) else (after,)


def earliest(known: date | None, day: date) -> date:
    """The first of the days on which something happened; events may be recorded late, so not in order of days."""
    return day if known is None or day < known else known
