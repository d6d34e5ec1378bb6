"""Who may host an intern: not in a role just vacated, and with more places the more of them it hired (P34; I13)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.agreement import Limits
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    InternshipApproved,
    InternshipConfirmed,
    InternshipExtended,
    InternshipProjectRecorded,
    InternshipPurpose,
    InternshipRequested,
    InternshipStarted,
    TargetClass,
)
from insieme_events.contracts.vocabulary import InterventionKind
from insieme_events.testing import scenario
from insieme_events.testing.agreements import LEGAL
from insieme_matching.internship import INTERNSHIP, Stay
from insieme_matching.testing import (
    COMPANY_ID,
    INTERNSHIP_ID,
    PERSON,
    approve_internship,
    extend_internship,
    internship_circumstances,
)

pytestmark = [pytest.mark.clause("P34"), pytest.mark.invariant("I13", "command")]
given = scenario(INTERNSHIP, internship_circumstances())
WHO: dict[str, Any] = {"internship_id": INTERNSHIP_ID, "person_id": PERSON, "company_id": COMPANY_ID}
FIRST, LAST, ADDED = date(2021, 3, 1), date(2021, 6, 30), date(2021, 7, 1)
ASKED: tuple[DomainEvent, ...] = (
    InternshipRequested(
        **WHO, kind=InterventionKind.INTERNSHIP, starts_on=FIRST, ends_on=LAST, occurred_on=date(2021, 2, 1)
    ),
    InternshipProjectRecorded(
        **WHO,
        target=TargetClass.DISADVANTAGED,
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
    **WHO, communicated_on=date(2021, 2, 26), communicated_late=False, limits_version="2010.1", occurred_on=FIRST
)
RUNNING = (*ASKED, APPROVED, STARTED)


def extend(**changes: Any) -> Any:
    """Extends from 1 July to 31 August."""
    grounds = {"authorised_on": date(2021, 6, 10), "on": date(2021, 6, 12), "host_declared_on": date(2021, 6, 5)}
    return extend_internship(**{**grounds, "ends_on": date(2021, 8, 31), **changes})


def law(**changes: Any) -> Any:
    return internship_circumstances(
        limits=(Limits(version="2010.1", valid_from=date(2010, 1, 1), **{**LEGAL, **changes}),)
    )


def crowd(number: int) -> tuple[Stay, ...]:
    return tuple(Stay(UUID(int=800 + n), True, date(2021, 1, 1), date(2021, 12, 31)) for n in range(number))


@pytest.mark.parametrize("declared", [True, False], ids=["nobody else", "somebody"])
def test_twelve_months_after_a_dismissal_the_role_may_have_an_intern_again(declared: bool) -> None:
    code = "matching.host_dismissed_lately"
    lately = {"host_dismissed_nobody": declared, "host_dismissed_on": date(2020, 3, 2)}
    refused = given(*ASKED).when(approve_internship(**lately)).then_refused(code, clause="P34")
    assert "2021-03-02" in refused.sentence
    long_ago = {**lately, "host_dismissed_on": date(2020, 3, 1)}
    (approved,) = given(*ASKED).when(approve_internship(**long_ago)).then_types(InternshipApproved)
    assert isinstance(approved, InternshipApproved)
    assert approved.host_dismissed_on == date(2020, 3, 1)
    during = {"host_dismissed_nobody": declared, "host_dismissed_on": date(2021, 5, 3)}
    given(*RUNNING).when(extend(**during)).then_refused(code, clause="P34")
    before = {**during, "host_dismissed_on": date(2020, 7, 1)}
    given(*RUNNING).when(extend(**before)).then_types(InternshipExtended)


def test_how_long_a_dismissal_counts_stands_in_the_law() -> None:
    lately = approve_internship(host_dismissed_on=date(2020, 12, 1))
    given(*ASKED).under(law(internship_dismissal_months=3)).when(lately).then_types(InternshipApproved)
    given(*ASKED).under(law(internship_dismissal_months=4)).when(lately).then_refused("matching.host_dismissed_lately")


def test_a_dismissal_whose_day_is_not_given_counts() -> None:
    unsaid = {"host_dismissed_nobody": False}
    given(*ASKED).when(approve_internship(**unsaid)).then_refused("matching.host_may_not", clause="P34")
    given(*RUNNING).when(extend(**unsaid)).then_refused("matching.host_may_not", clause="P34")


def test_a_host_with_staff_suspended_in_the_role_has_no_intern() -> None:
    code = "matching.host_suspends_staff"
    given(*ASKED).when(approve_internship(host_suspends_staff=True)).then_refused(code, clause="P34")
    given(*RUNNING).when(extend(host_suspends_staff=True)).then_refused(code, clause="P34")


@pytest.mark.parametrize(
    ("hired", "places"), [(0, 2), (19, 2), (20, 3), (49, 3), (50, 4), (74, 4), (75, 5), (99, 5), (100, 6)]
)
def test_a_host_that_hired_its_interns_has_more_places(hired: int, places: int) -> None:
    code = "matching.host_quota_full"
    for history, command in ((ASKED, approve_internship), (RUNNING, extend)):
        asked = command(host_staff=12, host_hired_percent=hired)
        full = internship_circumstances(of_host=crowd(places))
        refused = given(*history).under(full).when(asked).then_refused(code, clause="P34")
        assert f"{places} interns" in refused.sentence
        one_less = given(*history).under(internship_circumstances(of_host=crowd(places - 1))).when(asked)
        (event,) = one_less.then_types(InternshipApproved if history is ASKED else InternshipExtended)
        assert isinstance(event, InternshipApproved | InternshipExtended)
        assert event.host_hired_percent == hired


def test_a_law_without_such_places_gives_none() -> None:
    hired = approve_internship(host_staff=12, host_hired_percent=100)
    for places, more in ((2, 1), (1, 0)):
        known = law(internship_bonus_places=())
        full = internship_circumstances(limits=known.limits, of_host=crowd(places))
        asked = given(*ASKED).under(full).when(hired)
        asked.then_refused("matching.host_quota_full") if more else asked.then_types(InternshipApproved)


@pytest.mark.parametrize(
    ("staff", "down", "up"), [(21, 2, 3), (25, 2, 3), (29, 2, 3), (30, 3, 3), (31, 3, 4), (100, 10, 10), (101, 10, 11)]
)
@pytest.mark.parametrize("rounds_up", [False, True])
def test_whether_a_part_of_a_place_is_a_whole_one_stands_in_the_law(
    staff: int, down: int, up: int, rounds_up: bool
) -> None:
    places = up if rounds_up else down
    known = law(internship_quota_rounds_up=rounds_up).limits
    full = internship_circumstances(limits=known, of_host=crowd(places))
    one_less = internship_circumstances(limits=known, of_host=crowd(places - 1))
    asked = approve_internship(host_staff=staff)
    given(*ASKED).under(full).when(asked).then_refused("matching.host_quota_full", clause="P34")
    given(*ASKED).under(one_less).when(asked).then_types(InternshipApproved)
