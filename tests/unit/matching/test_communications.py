"""The day of a communication is kept, and whether it was late by the law; a late one is recorded all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from insieme_events.agreement import Limits
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.matching import (
    EndReason,
    InternshipEnded,
    InternshipExtended,
    InternshipOutcome,
    InternshipStarted,
    MandatoryCommunication,
    PlacementEnded,
    PlacementExtended,
    PlacementStarted,
    PlacementTransformed,
    TargetClass,
    TransformationCode,
)
from insieme_events.contracts.vocabulary import ContractClass
from insieme_events.decider import Command, RefusalKind, Refused
from insieme_events.testing import scenario
from insieme_events.testing.agreements import LEGAL
from insieme_matching.contract_types import table
from insieme_matching.employment import (
    EMPLOYMENT,
    EndPlacement,
    ExtendPlacement,
    StartPlacement,
    TransformPlacement,
)
from insieme_matching.internship import (
    INTERNSHIP,
    ConfirmInternship,
    EndInternship,
    Internship,
    StartInternship,
)
from insieme_matching.testing import (
    approve_internship,
    employment_circumstances,
    extend_internship,
    extended,
    internship_circumstances,
    placed,
    request_internship,
    start_placement,
)

LIMITS = Limits(version="2010.1", valid_from=date(2010, 1, 1), **LEGAL)
CIRCUMSTANCES = employment_circumstances(limits=(LIMITS,))
given = scenario(EMPLOYMENT, CIRCUMSTANCES)
PERMANENT = placed(contract_type="A.01.00", contract_class=ContractClass.PERMANENT, ends_on=None)
AGENCY: dict[str, Any] = {"contract_type": "A.06.01", "contract_class": ContractClass.AGENCY}
DI = TransformationCode.FIXED_TO_PERMANENT
Kept = tuple[date | None, bool | None, str | None]
NOTHING: Kept = (None, None, None)


def start(told: date | None, **changes: Any) -> StartPlacement:
    return start_placement(communicated_on=told, **changes)


def extend(told: date | None) -> ExtendPlacement:
    return ExtendPlacement(ends_on=date(2021, 8, 31), communicated_on=told)


def transform(told: date | None) -> TransformPlacement:
    return TransformPlacement(code=DI, contract_type="A.01.00", on=date(2021, 4, 1), communicated_on=told)


def end(told: date | None, on: date = date(2021, 4, 20)) -> EndPlacement:
    return EndPlacement(reason=EndReason.OTHER, on=on, communicated_on=told)


def kept(event: DomainEvent) -> Kept:
    """What the event says of the communication of its movement."""
    told = cast("MandatoryCommunication", event)
    return told.communicated_on, told.communicated_late, getattr(event, "limits_version", None)


def in_time(on: date) -> Kept:
    return on, False, "2010.1"


def late(on: date) -> Kept:
    return on, True, "2010.1"


@pytest.mark.clause("P33")
def test_a_start_is_communicated_by_the_day_before_holiday_or_not() -> None:
    # 1 March 2021 is a Monday, so the day before is a Sunday: a term that is counted backwards does not move.
    for told, judged in (
        (date(2021, 1, 15), in_time),
        (date(2021, 2, 28), in_time),
        (date(2021, 3, 1), late),
        (date(2021, 12, 31), late),
    ):
        (started,) = given().when(start(told)).then_types(PlacementStarted)
        assert kept(started) == judged(told)


@pytest.mark.clause("P33")
def test_an_extension_is_communicated_within_five_days_of_its_first_day() -> None:
    # It runs from 1 June; five days later is Sunday the 6th, so Monday is in time.
    for told, judged in (
        (date(2021, 5, 20), in_time),
        (date(2021, 6, 6), in_time),
        (date(2021, 6, 7), in_time),
        (date(2021, 6, 8), late),
    ):
        (event,) = given(placed()).when(extend(told)).then_types(PlacementExtended)
        assert kept(event) == judged(told)


@pytest.mark.clause("P33")
def test_a_transformation_is_communicated_within_five_days_of_its_day() -> None:
    # From 1 April 2021; the 6th is a Tuesday. The Easter Monday before it moves nothing, as it is not the last day.
    for told, judged in ((date(2021, 4, 6), in_time), (date(2021, 4, 7), late)):
        (event,) = given(placed()).when(transform(told)).then_types(PlacementTransformed)
        assert kept(event) == judged(told)


@pytest.mark.clause("P33")
@pytest.mark.parametrize("history", [placed(), PERMANENT], ids=["with a term", "permanent"])
def test_an_early_end_is_communicated_within_five_days_of_the_last_day(history: PlacementStarted) -> None:
    # From 20 April five days lead to the 25th, which in 2021 is a Sunday and a holiday at once.
    for told, judged in ((date(2021, 4, 26), in_time), (date(2021, 4, 27), late)):
        (event,) = given(history).when(end(told)).then_types(PlacementEnded)
        assert kept(event) == judged(told)


@pytest.mark.clause("P33")
def test_an_end_on_the_expected_day_is_not_to_be_communicated_so_none_is_late() -> None:
    told = date(2021, 12, 1)
    (event,) = given(placed()).when(end(told, on=date(2021, 5, 31))).then_types(PlacementEnded)
    assert kept(event) == (told, None, None)
    (event,) = given(placed(), extended()).when(end(told, on=date(2021, 8, 31))).then_types(PlacementEnded)
    assert kept(event) == (told, None, None)
    (event,) = given(placed(), extended()).when(end(told, on=date(2021, 8, 30))).then_types(PlacementEnded)
    assert kept(event) == late(told)


@pytest.mark.clause("P33")
def test_of_what_nobody_told_nothing_is_kept_and_no_limits_are_asked_for() -> None:
    unknown = employment_circumstances(limits=())
    given().under(unknown).when(start(None)).then(placed())
    given(placed()).under(unknown).when(extend(None)).then(extended())
    for command in (transform(None), end(None)):
        (event,) = given(placed()).under(unknown).when(command).then_types(*kinds(command))
        assert kept(event) == NOTHING


def kinds(command: Command) -> tuple[type[DomainEvent], ...]:
    return (PlacementTransformed,) if isinstance(command, TransformPlacement) else (PlacementEnded,)


@pytest.mark.clause("P33")
def test_without_legal_limits_nobody_judges_what_was_told() -> None:
    later = employment_circumstances(limits=(replace_from(date(2021, 6, 2)),))
    told = date(2021, 6, 30)
    for history, command in (
        ((), start(told)),
        ((placed(),), extend(told)),
        ((placed(),), transform(told)),
        ((placed(),), end(told)),
    ):
        found = given(*history).under(later).when(command).then_refused("matching.limits_unknown", clause="P33")
        assert found.kind is RefusalKind.RETRY


def replace_from(day: date, **changes: Any) -> Limits:
    return LIMITS.model_copy(update={"version": "2021.6", "valid_from": day, **changes})


@pytest.mark.clause("P33")
def test_the_limits_are_those_of_the_day_of_the_movement() -> None:
    longer = replace_from(date(2021, 6, 1), change_notice_days=10)
    both = employment_circumstances(limits=(LIMITS, longer))
    told = date(2021, 6, 11)
    (event,) = given(placed()).under(both).when(extend(told)).then_types(PlacementExtended)
    assert kept(event) == (told, False, "2021.6")
    (event,) = given(placed()).under(both).when(end(told, on=date(2021, 5, 30))).then_types(PlacementEnded)
    assert kept(event) == late(told)


@pytest.mark.clause("P33")
def test_a_communication_is_told_once_it_was_made() -> None:
    tomorrow = date(2022, 1, 1)
    for history, command in (
        ((), start(tomorrow)),
        ((placed(),), extend(tomorrow)),
        ((placed(),), transform(tomorrow)),
        ((placed(),), end(tomorrow)),
        ((placed(),), end(tomorrow, on=date(2021, 5, 31))),
    ):
        given(*history).when(command).then_refused("matching.date_in_future")


@pytest.mark.clause("P33")
def test_agencies_and_public_bodies_have_until_the_20th_of_the_next_month_which_the_limits_do_not_know() -> None:
    told = date(2021, 6, 20)
    (event,) = given().when(start(told, contract_type="A.06.01")).then_types(PlacementStarted)
    assert kept(event) == (told, None, None)
    (event,) = given(placed(**AGENCY)).when(extend(told)).then_types(PlacementExtended)
    assert kept(event) == (told, None, None)
    (event,) = given(placed(**AGENCY)).when(end(told)).then_types(PlacementEnded)
    assert kept(event) == (told, None, None)
    # It becomes permanent at the agency's client; what it was says by when that is communicated.
    (event,) = given(placed(**AGENCY)).when(transform(told)).then_types(PlacementTransformed)
    assert kept(event) == (told, None, None)


def test_those_contract_types_are_agency_work_and_the_public_administration() -> None:
    assert {code for code, kind in table().items() if kind.communicated_monthly} == {
        "A.03.15",
        "A.06.00",
        "A.06.01",
        "I.*",
    }


INTERN = internship_circumstances(limits=(LIMITS,))
internship = scenario(INTERNSHIP, INTERN)
STARTS = StartInternship(communicated_on=date(2021, 2, 26), on=date(2021, 3, 1))


def after(*commands: Command) -> list[DomainEvent]:
    """The events of these commands, one after the other."""
    state: Internship = INTERNSHIP.initial
    told: list[DomainEvent] = []
    for command in commands:
        decision = INTERNSHIP.decide(cast("Any", command), state, INTERN)
        assert not isinstance(decision, Refused), decision
        state = INTERNSHIP.fold(decision, state)
        told.extend(decision)
    return told


TO_APPROVAL = (
    request_internship(target=TargetClass.DISADVANTAGED),
    ConfirmInternship(on=date(2021, 2, 2)),
    approve_internship(),
)
APPROVED, RUNNING = after(*TO_APPROVAL), after(*TO_APPROVAL, STARTS)


def leave(told: date | None, on: date = date(2021, 8, 10)) -> EndInternship:
    return EndInternship(outcome=InternshipOutcome.FOUND_OTHER_JOB, on=on, communicated_on=told)


@pytest.mark.clause("P34")
def test_an_extended_internship_is_communicated_within_five_days_of_its_first_new_day() -> None:
    # From 1 September 2021; the 6th is a Monday.
    for told, judged in ((date(2021, 8, 12), in_time), (date(2021, 9, 6), in_time), (date(2021, 9, 7), late)):
        command = extend_internship(communicated_on=told)
        (event,) = internship(*RUNNING).when(command).then_types(InternshipExtended)
        assert kept(event) == judged(told)
    (event,) = internship(*RUNNING).when(extend_internship()).then_types(InternshipExtended)
    assert kept(event) == (None, None, "2010.1"), "the limits that let it be extended"


@pytest.mark.clause("P34")
def test_an_internship_that_ends_early_is_communicated_within_five_days_of_the_last_day() -> None:
    # From 10 August five days lead to Ferragosto, a Sunday in 2021.
    for told, judged in ((date(2021, 8, 16), in_time), (date(2021, 8, 17), late)):
        (event,) = internship(*RUNNING).when(leave(told)).then_types(InternshipEnded)
        assert kept(event) == judged(told)
    (event,) = internship(*RUNNING).when(leave(None)).then_types(InternshipEnded)
    assert kept(event) == NOTHING
    told = date(2021, 12, 1)
    (event,) = internship(*RUNNING).when(leave(told, on=date(2021, 8, 31))).then_types(InternshipEnded)
    assert kept(event) == (told, None, None)


@pytest.mark.clause("P34")
def test_a_communication_of_an_internship_is_told_once_it_was_made_and_with_the_law_at_hand() -> None:
    tomorrow = date(2022, 1, 1)
    begin = StartInternship(communicated_on=tomorrow, on=date(2021, 3, 1))
    internship(*APPROVED).when(begin).then_refused("matching.date_in_future")
    internship(*RUNNING).when(leave(tomorrow)).then_refused("matching.date_in_future")
    internship(*RUNNING).when(extend_internship(communicated_on=tomorrow)).then_refused("matching.date_in_future")
    unknown = replace(INTERN, limits=())
    internship(*RUNNING).under(unknown).when(leave(None)).then_types(InternshipEnded)
    told = internship(*RUNNING).under(unknown).when(leave(date(2021, 8, 12)))
    assert told.then_refused("matching.limits_unknown", clause="P34").kind is RefusalKind.RETRY
    (started,) = internship(*APPROVED).when(STARTS).then_types(InternshipStarted)
    assert kept(started) == in_time(date(2021, 2, 26))
