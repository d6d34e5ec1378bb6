"""Terms that the law sets end on a working day; Saturdays by the rule of the law that sets them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insieme_events.legal_terms import Rule, change_communicated_by, last_day, start_communicated_by
from insieme_events.testing.agreements import limits

pytestmark = pytest.mark.unit

FIXED = {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26)}
"""L. 260/1949 as amended, by month and day; Easter Monday is found below, 4 October is one from 2026 on."""
DAYS = st.dates(date(2017, 1, 1), date(2040, 12, 31))
RULES = st.sampled_from(Rule)


def easter(year: int) -> date:
    """Gauss, as corrected by Meeus: not the way of the library."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def works(day: date, rule: Rule) -> bool:
    feast = (day.month, day.day) in FIXED or day == easter(day.year) + timedelta(days=1)
    feast = feast or (day.year >= 2026 and (day.month, day.day) == (10, 4))
    return not feast and day.isoweekday() != 7 and not (rule is Rule.EUROPEAN and day.isoweekday() == 6)


@settings(deadline=None)  # The first day of a year makes its list of holidays.
@given(DAYS, RULES)
def test_a_term_ends_on_the_first_working_day_from_its_last_on(day: date, rule: Rule) -> None:
    end = last_day(day, rule)
    assert works(end, rule)
    assert not any(works(day + timedelta(days=passed), rule) for passed in range((end - day).days))
    assert last_day(end, rule) == end


@settings(deadline=None)  # The first day of a year makes its list of holidays.
@given(DAYS)
def test_the_law_of_the_union_never_ends_a_term_sooner(day: date) -> None:
    assert last_day(day, Rule.CIVIL) <= last_day(day, Rule.EUROPEAN)


@pytest.mark.parametrize(
    ("day", "civil", "european"),
    [
        ("2026-04-03", "2026-04-03", "2026-04-03"),  # Good Friday is a working day
        ("2026-04-04", "2026-04-04", "2026-04-07"),  # the Saturday before Easter
        ("2026-04-25", "2026-04-27", "2026-04-27"),  # a holiday on a Saturday
        ("2024-12-25", "2024-12-27", "2024-12-27"),
        ("2024-10-04", "2024-10-04", "2024-10-04"),  # San Petronio moves no term
        ("2027-10-04", "2027-10-05", "2027-10-05"),  # San Francesco does, from 2026 on
    ],
)
def test_days_that_are_easily_got_wrong(day: str, civil: str, european: str) -> None:
    assert last_day(date.fromisoformat(day), Rule.CIVIL).isoformat() == civil
    assert last_day(date.fromisoformat(day), Rule.EUROPEAN).isoformat() == european


@settings(deadline=None)  # The first day of a year makes its list of holidays.
@given(DAYS, st.integers(0, 30))
def test_a_change_may_be_communicated_until_the_first_working_day_from_the_last_of_its_days_on(
    day: date, days: int
) -> None:
    due = change_communicated_by(day, limits(change_notice_days=days))
    moved = [day + timedelta(days=passed) for passed in range(days, (due - day).days)]
    assert works(due, Rule.CIVIL)
    assert (due - day).days == days + len(moved), "the day itself is not counted"
    assert not any(works(one, Rule.CIVIL) for one in moved)


@given(DAYS, st.integers(0, 30))
def test_a_start_is_communicated_so_many_days_before_whatever_day_that_is(day: date, days: int) -> None:
    assert start_communicated_by(day, limits(start_notice_days=days)) + timedelta(days=days) == day


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-04-01", "2026-04-07"),  # Easter Monday
        ("2026-03-31", "2026-04-07"),  # Easter, and the Monday after it
        ("2025-04-20", "2025-04-26"),  # 25 April on a Friday: the Saturday is a working day
        ("2026-04-20", "2026-04-27"),  # 25 April on a Saturday
        ("2027-04-26", "2027-05-03"),  # 1 May on a Saturday
        ("2026-09-29", "2026-10-05"),  # 4 October on a Sunday
        ("2025-09-29", "2025-10-04"),  # no holiday yet, and a Saturday
        ("2027-09-29", "2027-10-05"),  # San Francesco on a Monday
        ("2024-12-20", "2024-12-27"),  # Christmas and Santo Stefano
        ("2026-12-20", "2026-12-28"),  # both, and the Sunday after them
        ("2021-12-27", "2022-01-03"),  # New Year on a Saturday
        ("2026-06-15", "2026-06-20"),  # a Saturday as any other day
    ],
)
def test_last_days_for_a_change_that_are_easily_got_wrong(day: str, due: str) -> None:
    assert change_communicated_by(date.fromisoformat(day), limits()).isoformat() == due


@pytest.mark.parametrize(
    ("day", "due"),
    [("2026-04-07", "2026-04-06"), ("2027-05-02", "2027-05-01"), ("2026-10-05", "2026-10-04")],
)
def test_a_start_after_a_holiday_is_communicated_on_the_holiday_at_the_latest(day: str, due: str) -> None:
    assert start_communicated_by(date.fromisoformat(day), limits()).isoformat() == due
