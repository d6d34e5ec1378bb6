"""The allowance of a month is due from the part on that the law sets, by what was attended (P34; standards 2.6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from insieme_events.agreement import Limits
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    InternshipApproved,
    InternshipConfirmed,
    InternshipEnded,
    InternshipMonthRecorded,
    InternshipOutcome,
    InternshipProjectRecorded,
    InternshipPurpose,
    InternshipRequested,
    InternshipResumed,
    InternshipStarted,
    InternshipSuspended,
    InternshipWithdrawalReason,
    InternshipWithdrawn,
    PauseReason,
    TargetClass,
)
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.testing import scenario
from insieme_events.testing.agreements import LEGAL
from insieme_matching.internship import INTERNSHIP, RecordInternshipMonth, ResumeInternship, StartInternship
from insieme_matching.testing import COMPANY_ID, INTERNSHIP_ID, PERSON, internship_circumstances

pytestmark = pytest.mark.clause("P34")
given = scenario(INTERNSHIP, internship_circumstances())
WHO: dict[str, Any] = {"internship_id": INTERNSHIP_ID, "person_id": PERSON, "company_id": COMPANY_ID}
FIRST, LAST = date(2021, 3, 15), date(2021, 6, 20)
CONFIRMED: tuple[DomainEvent, ...] = (
    InternshipRequested(
        **WHO, kind=InterventionKind.INTERNSHIP, starts_on=FIRST, ends_on=LAST, occurred_on=date(2021, 2, 1)
    ),
    InternshipProjectRecorded(
        **WHO,
        target=TargetClass.ORDINARY,
        purposes=(InternshipPurpose.TRAINING,),
        monthly_allowance=60_000,
        seasonal=False,
        funded_by_programme=False,
        occurred_on=date(2021, 2, 1),
    ),
    InternshipConfirmed(**WHO, occurred_on=date(2021, 2, 2)),
)
APPROVED = InternshipApproved(
    **WHO,
    starts_on=FIRST,
    ends_on=LAST,
    monthly_allowance=60_000,
    authorisation="arl-2021-00042",
    authorised_on=date(2021, 2, 10),
    host_staff=12,
    host_declared_on=date(2021, 2, 5),
    limits_version="2010.1",
    occurred_on=date(2021, 2, 12),
)
STARTED = InternshipStarted(
    **WHO, communicated_on=date(2021, 3, 12), communicated_late=False, limits_version="2010.1", occurred_on=FIRST
)
RUNNING = (*CONFIRMED, APPROVED, STARTED)
ENDED = InternshipEnded(**WHO, outcome=InternshipOutcome.FOUND_OTHER_JOB, occurred_on=date(2021, 5, 14))


def month(month: str = "2021-04", **changes: Any) -> RecordInternshipMonth:
    values: dict[str, Any] = {"minutes_due": 7200, "minutes_present": 6480, "on": date(2021, 7, 1)}
    return RecordInternshipMonth(month=month, **{**values, **changes})


def recorded(minutes_present: int, allowance_due: bool) -> InternshipMonthRecorded:
    return InternshipMonthRecorded(
        **WHO,
        month="2021-04",
        minutes_due=7200,
        minutes_present=minutes_present,
        allowance_due=allowance_due,
        limits_version="2010.1",
        occurred_on=date(2021, 7, 1),
    )


@pytest.mark.parametrize(("minutes", "due"), [(0, False), (5039, False), (5040, True), (7200, True)])
def test_seventy_per_cent_of_the_month_are_enough(minutes: int, due: bool) -> None:
    given(*RUNNING).when(month(minutes_present=minutes)).then(recorded(minutes, due))


def test_the_part_is_that_of_the_law_of_the_months_first_day() -> None:
    versions = [("2010.1", date(2010, 1, 1), 70), ("2021.2", date(2021, 4, 2), 90)]
    limits = tuple(
        Limits(version=name, valid_from=since, **{**LEGAL, "internship_attendance_percent": part})
        for name, since, part in versions
    )
    law = internship_circumstances(limits=limits)
    for told, version, due in (("2021-04", "2010.1", True), ("2021-05", "2021.2", False)):
        (event,) = (
            given(*RUNNING).under(law).when(month(told, minutes_present=5040)).then_types(InternshipMonthRecorded)
        )
        assert isinstance(event, InternshipMonthRecorded)
        assert (event.limits_version, event.allowance_due) == (version, due)
    unknown = internship_circumstances(limits=())
    given(*RUNNING).under(unknown).when(month()).then_refused("matching.limits_unknown", clause="P34")


def test_told_again_the_last_counts_and_twice_the_same_is_nothing() -> None:
    before = recorded(6480, True)
    given(*RUNNING, before).when(month()).then_nothing()
    given(*RUNNING, before).when(month(minutes_present=5000)).then(recorded(5000, False))
    given(*RUNNING, before, recorded(5000, False)).when(month()).then(before)


@pytest.mark.parametrize("told", ["2021-02", "2021-07", "0000-01", "9999-12"])
def test_a_month_without_a_day_of_the_internship_is_refused(told: str) -> None:
    given(*RUNNING).when(month(told)).then_refused("matching.internship_month_outside", clause="P34")


def test_a_month_is_recorded_once_it_or_the_internship_is_over() -> None:
    code = "matching.internship_month_not_over"
    given(*RUNNING).when(month(on=date(2021, 4, 29))).then_refused(code, clause="P34")
    given(*RUNNING).when(month(on=date(2021, 4, 30))).then_types(InternshipMonthRecorded)
    given(*RUNNING).when(month("2021-06", on=date(2021, 6, 19))).then_refused(code)
    given(*RUNNING).when(month("2021-06", on=LAST)).then_types(InternshipMonthRecorded)
    given(*RUNNING, ENDED).when(month("2021-05", on=date(2021, 5, 14))).then_types(InternshipMonthRecorded)
    given(*RUNNING, ENDED).when(month("2021-06")).then_refused("matching.internship_month_outside")


def test_a_month_is_recorded_also_behind_a_later_step() -> None:
    paused = InternshipSuspended(**WHO, reason=PauseReason.HOST_CLOSED, occurred_on=date(2021, 5, 10))
    (event,) = given(*RUNNING, paused).when(month(on=date(2021, 5, 3))).then_types(InternshipMonthRecorded)
    resume = ResumeInternship(on=date(2021, 5, 17))
    given(*RUNNING, paused, event).when(resume).then_types(InternshipResumed)


def test_nobody_is_there_longer_than_is_due_or_before_it_began() -> None:
    given(*RUNNING).when(month(minutes_present=7201)).then_refused("matching.internship_minutes", clause="P34")
    given(*CONFIRMED).when(month()).then_refused("matching.internship_not_running", clause="P34")
    given(*CONFIRMED, APPROVED).when(month()).then_refused("matching.internship_not_running")
    none = InternshipWithdrawn(**WHO, reason=InternshipWithdrawalReason.HOST_DECLINED, occurred_on=date(2021, 2, 20))
    given(*CONFIRMED, none).when(month()).then_refused("matching.internship_over")
    given(*RUNNING, recorded(6480, True)).when(StartInternship(communicated_on=FIRST, on=FIRST)).then_nothing()
