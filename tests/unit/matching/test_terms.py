"""Which agreement a placement is stamped with: the one in force, else the last one known (decision 14)."""

from __future__ import annotations

from datetime import date

from insieme_events.agreement import last_known
from insieme_events.testing.agreements import published


def test_the_last_agreement_that_had_begun_is_known_whether_or_not_it_ended() -> None:
    versions = [found.version if (found := last_known(published(), day)) else None for day in DAYS]
    assert versions == [None, "2017.1", "2017.1", "2021.1", "2026.1"]


DAYS = (date(2017, 5, 21), date(2017, 5, 22), date(2021, 3, 2), date(2021, 3, 3), date(2040, 1, 1))
