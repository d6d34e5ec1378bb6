"""Whatever is asked, no internship outside the law is approved or extended: by a calculation of its own (I13)."""

from __future__ import annotations

import calendar
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insieme_events.agreement import Limits
from insieme_events.contracts.agreement import BonusPlaces, HostQuota
from insieme_events.contracts.matching import (
    InternshipApproved,
    InternshipExtended,
    InternshipPurpose,
    TargetClass,
)
from insieme_events.decider import Refused
from insieme_events.gates import Interval
from insieme_matching.internship import INTERNSHIP, ConfirmInternship, Paper, StartInternship, Stay
from insieme_matching.testing import (
    approve_internship,
    extend_internship,
    internship_circumstances,
    request_internship,
)

TODAY = date(2026, 12, 31)
WIDE = (Interval(date(2010, 1, 1), None),)
DAYS = st.integers(0, 900).map(lambda n: date(2021, 1, 1) + timedelta(days=n))


@dataclass(frozen=True)
class Law:
    """The limits of a day in plain numbers."""

    months: dict[TargetClass, int]
    shortest: tuple[int, int]
    allowance: int
    small: int
    middle: int
    percent: int
    rounds_up: bool
    bonus: tuple[tuple[int, int], ...]
    dismissal: int


laws = st.builds(
    Law,
    months=st.fixed_dictionaries({kind: st.integers(1, 24) for kind in TargetClass}),
    shortest=st.tuples(st.integers(0, 3), st.integers(0, 2)),
    allowance=st.integers(40_000, 60_000),
    small=st.integers(0, 2),
    middle=st.integers(1, 3),
    percent=st.integers(0, 30),
    rounds_up=st.booleans(),
    bonus=st.lists(st.tuples(st.integers(1, 100), st.integers(1, 3)), max_size=3).map(tuple),
    dismissal=st.integers(0, 14),
)
stays = st.lists(
    st.builds(
        lambda number, same, since, length: Stay(UUID(int=number), same, since, since + timedelta(days=length)),
        st.integers(1000, 1100),
        st.booleans(),
        DAYS,
        st.integers(0, 300),
    ),
    max_size=5,
)


def limits(version: str, since: date, law: Law) -> Limits:
    return Limits(
        version=version,
        valid_from=since,
        internship_max_months=law.months[TargetClass.ORDINARY],
        internship_max_months_disadvantaged=law.months[TargetClass.DISADVANTAGED],
        internship_max_months_disabled=law.months[TargetClass.DISABLED],
        internship_min_months=law.shortest[0],
        internship_min_months_seasonal=law.shortest[1],
        internship_min_allowance=law.allowance,
        internship_attendance_percent=70,
        internship_host_quotas=(
            HostQuota(staff_to=None, places=None, percent=law.percent),
            HostQuota(staff_to=5, places=law.small, percent=None),
            HostQuota(staff_to=20, places=law.middle, percent=None),
        ),
        internship_quota_rounds_up=law.rounds_up,
        internship_bonus_places=tuple(BonusPlaces(hired_percent=least, places=more) for least, more in law.bonus),
        internship_bonus_months=24,
        internship_bonus_contract_months=6,
        internship_dismissal_months=law.dismissal,
        income_threshold_employee=1,
        income_threshold_self_employed=1,
        status_suspension_days=1,
        start_notice_days=1,
        change_notice_days=5,
        follow_up_exit_days=28,
        follow_up_months=6,
        subject_access_months=1,
    )


def months_after(day: date, months: int) -> date:
    """The day before the one with the same number so many months on, counted month by month."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1])) - timedelta(days=1)


@dataclass(frozen=True)
class Case:
    law: Law
    later_law: Law
    change_on: date
    starts_on: date
    length: int
    more: int
    target: TargetClass
    seasonal: bool
    allowance: int
    staff: int
    authorised_before: int
    hired: int
    dismissed_before: int | None
    of_person: tuple[Stay, ...]
    of_host: tuple[Stay, ...]

    def law_on(self, day: date) -> Law:
        return self.later_law if day >= self.change_on else self.law

    def part(self, law: Law) -> int:
        """A tenth of the staff, or whatever part: tried place by place."""
        whole = max(n for n in range(self.staff + 1) if n * 100 <= self.staff * law.percent)
        return whole + 1 if law.rounds_up and whole * 100 < self.staff * law.percent else whole

    @property
    def dismissed_on(self) -> date | None:
        """Counted back from the day of the request."""
        return None if self.dismissed_before is None else date(2021, 1, 1) - timedelta(days=self.dismissed_before)

    def lawful(self, first: date, last: date) -> bool:
        """Day by day, from `first` to `last`, of an internship that began on `starts_on`."""
        law = self.law_on(first)
        if last > months_after(self.starts_on, law.months[self.target]):
            return False
        if last < months_after(self.starts_on, law.shortest[self.seasonal]) or self.allowance < law.allowance:
            return False
        places = law.small if self.staff <= 5 else law.middle if self.staff <= 20 else self.part(law)
        places += max([more for least, more in law.bonus if self.hired >= least], default=0)
        if self.dismissed_on is not None and first <= months_after(self.dismissed_on, law.dismissal):
            return False
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if any(stay.starts_on <= day <= stay.ends_on for stay in self.of_person):
                return False
            if sum(stay.starts_on <= day <= stay.ends_on for stay in self.of_host) + 1 > places:
                return False
        return not any(stay.same_host for stay in self.of_person) and self.authorised_before > 0


cases = st.builds(
    Case,
    law=laws,
    later_law=laws,
    change_on=DAYS,
    starts_on=DAYS,
    length=st.integers(0, 500),
    more=st.integers(1, 300),
    target=st.sampled_from(TargetClass),
    seasonal=st.booleans(),
    allowance=st.integers(40_000, 60_000),
    staff=st.integers(0, 60),
    authorised_before=st.integers(0, 20),
    hired=st.integers(0, 100),
    dismissed_before=st.one_of(st.none(), st.none(), st.none(), st.integers(0, 700)),
    of_person=stays.map(lambda found: tuple(s for s in found if not s.same_host or s.starts_on.day < 3)),
    of_host=stays.map(tuple),
)


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "property")
def test_an_approval_and_an_extension_are_granted_exactly_within_the_law() -> None:
    """Against vacuity both answers come about, at the approval and at the extension."""
    answers = Counter[tuple[str, bool]]()

    @settings(max_examples=500, deadline=None, derandomize=True)
    @given(cases)
    def run(case: Case) -> None:
        answers.update(judged(case))

    run()
    assert all(answers[step, granted] >= 5 for step in ("approval", "extension") for granted in (True, False)), answers


def judged(case: Case) -> list[tuple[str, bool]]:
    """Whether approval and extension were granted, each as the law has it."""
    circumstances = internship_circumstances(
        today=TODAY,
        in_charge=WIDE,
        limits=(
            limits("one", date(2010, 1, 1), case.law),
            limits("two", case.change_on, case.later_law),
        ),
        of_person=case.of_person,
        of_host=case.of_host,
    )
    ends_on = case.starts_on + timedelta(days=case.length)
    state = INTERNSHIP.initial
    request = request_internship(
        starts_on=case.starts_on,
        ends_on=ends_on,
        target=case.target,
        purposes=tuple(InternshipPurpose),
        monthly_allowance=case.allowance,
        seasonal=case.seasonal,
        on=date(2020, 6, 1),
    )
    for command in (request, ConfirmInternship(on=date(2020, 6, 1))):
        decision = INTERNSHIP.decide(command, state, circumstances)
        assert not isinstance(decision, Refused)
        state = INTERNSHIP.fold(decision, state)
    grounds = {
        "papers": tuple(Paper),
        "host_staff": case.staff,
        "host_declared_on": date(2020, 6, 1),
        "host_dismissed_nobody": case.dismissed_on is None,
        "host_dismissed_on": case.dismissed_on,
        "host_hired_percent": case.hired,
    }
    before = timedelta(days=case.authorised_before)
    approve = approve_internship(**grounds, authorised_on=case.starts_on - before, on=case.starts_on)
    decision = INTERNSHIP.decide(approve, state, circumstances)
    granted = not isinstance(decision, Refused)
    assert granted == case.lawful(case.starts_on, ends_on), decision
    if isinstance(decision, Refused):
        assert decision.clause == "P34"
        return [("approval", False)]
    assert isinstance(decision[0], InternshipApproved)
    assert decision[0].limits_version == ("two" if case.starts_on >= case.change_on else "one")
    state = INTERNSHIP.fold(decision, state)
    start = StartInternship(communicated_on=case.starts_on, on=case.starts_on)
    started = INTERNSHIP.decide(start, state, circumstances)
    assert not isinstance(started, Refused)
    state = INTERNSHIP.fold(started, state)
    first, last = ends_on + timedelta(days=1), ends_on + timedelta(days=case.more)
    extend = extend_internship(**grounds, authorised_on=first - before, on=ends_on, ends_on=last)
    decision = INTERNSHIP.decide(extend, state, circumstances)
    in_hand = case.authorised_before > 0
    assert (not isinstance(decision, Refused)) == (case.lawful(first, last) and in_hand), decision
    if not isinstance(decision, Refused):
        assert isinstance(decision[0], InternshipExtended)
        assert decision[0].limits_version == ("two" if first >= case.change_on else "one")
    return [("approval", True), ("extension", not isinstance(decision, Refused))]
