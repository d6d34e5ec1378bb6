"""How long the data of a person are kept, and what follows when that time is over (GDPR art. 5 (1) e, 17).

The agreement says 24 months. Whoever left on 1 July 2021 is kept through 1 July 2023.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts.intake import ErasureGround, PersonErased
from insieme_events.contracts.intake_persons import (
    ExtensionGround,
    PersonAliased,
    ProcessingRestricted,
    RestrictionGround,
    RetentionEnded,
    RetentionExtended,
)
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_intake.person import PERSON as PERSON_AGGREGATE
from insieme_intake.person import ErasePerson, ExtendRetention, NoteRetentionEnded
from insieme_intake.retention import Left
from insieme_intake.testing import PERSON, RECEIVED, VERSION, circumstances, registered

LEFT, KEPT, OVER = date(2021, 7, 1), date(2023, 7, 1), date(2023, 7, 2)
NOTE = NoteRetentionEnded(on=OVER)
EXTEND = ExtendRetention(ground=ExtensionGround.FUNDING_EVIDENCE, until=date(2026, 12, 31), on=OVER)
EXTENDED = RetentionExtended(person_id=PERSON, ground=EXTEND.ground, until=EXTEND.until, occurred_on=OVER)
RESTRICTED = ProcessingRestricted(person_id=PERSON, ground=RestrictionGround.UNLAWFUL, occurred_on=LEFT)
ERASED = PersonErased(person_id=PERSON, ground=ErasureGround.REQUEST, occurred_on=LEFT)
ALIASED = PersonAliased(person_id=PERSON, alias_of=UUID(int=900), occurred_on=LEFT)


def found(left_on: date | None = LEFT, extended_to: date | None = None, **changes: Any) -> Any:
    return circumstances(today=date(2031, 12, 31), left=Left(left_on, extended_to), **changes)


given = scenario(PERSON_AGGREGATE, found())


def over(on: date = OVER, left_on: date = LEFT, until: date = KEPT) -> RetentionEnded:
    return RetentionEnded(
        person_id=PERSON, left_on=left_on, kept_until=until, agreement_version=VERSION, occurred_on=on
    )


def test_the_end_is_noted_once_on_the_day_after() -> None:
    given(registered()).when(NOTE).then(over())
    given(registered(), over()).when(NOTE).then_nothing()
    given(registered()).when(NoteRetentionEnded(on=KEPT)).then_refused("intake.retention_not_over")


def test_nothing_ends_while_something_of_the_person_goes_on() -> None:
    for open_ in (found(None), circumstances(today=OVER, left=None)):
        given(registered()).under(open_).when(NOTE).then_refused("intake.retention_goes_on")


def test_whoever_came_back_and_left_again_is_kept_as_long_again() -> None:
    again, until = date(2022, 3, 31), date(2024, 3, 31)
    later = NoteRetentionEnded(on=date(2024, 4, 1))
    back = given(registered(), over()).under(found(again))
    back.when(NOTE).then_refused("intake.retention_not_over")
    back.when(later).then(over(later.on, again, until))
    given(registered(), over(), over(later.on, again, until)).under(found(again)).when(later).then_nothing()


def test_a_month_that_is_too_short_ends_with_its_last_day() -> None:
    leap = given(registered()).under(found(date(2024, 2, 29)))
    leap.when(NoteRetentionEnded(on=date(2026, 2, 28))).then_refused("intake.retention_not_over")
    noted = leap.when(NoteRetentionEnded(on=date(2026, 3, 1))).decision
    assert isinstance(noted, list)
    assert [(e.left_on, e.kept_until) for e in noted] == [(date(2024, 2, 29), date(2026, 2, 28))]


def test_the_months_are_those_of_the_day_of_leaving() -> None:
    """A later version with twelve months changes nothing for whoever left before it."""
    first = next(one for one in circumstances().agreements if one.version == VERSION)
    second = first.model_copy(update={"version": "2022.1", "valid_from": date(2022, 1, 1), "retention_months": 12})
    both = given(registered()).under(found(agreements=(first, second)))
    both.when(NoteRetentionEnded(on=KEPT)).then_refused("intake.retention_not_over")
    both.when(NOTE).then(over())
    noted = given(registered()).under(found(date(2022, 7, 1), agreements=(first, second))).when(NOTE).decision
    assert isinstance(noted, list)
    assert [(e.kept_until, e.agreement_version) for e in noted] == [(date(2023, 7, 1), "2022.1")]


def test_a_retention_is_extended_with_its_ground_and_ends_again() -> None:
    given(registered(), over()).when(EXTEND).then(EXTENDED)
    given(registered(), over(), EXTENDED).when(EXTEND).then_nothing()
    given(registered(), RESTRICTED).when(EXTEND).then(EXTENDED)
    shorter = EXTEND.model_copy(update={"until": date(2025, 12, 31)})
    given(registered(), EXTENDED).when(shorter).then_types(RetentionExtended)
    extended = given(registered(), over(), EXTENDED).under(found(LEFT, EXTEND.until))
    extended.when(NoteRetentionEnded(on=EXTEND.until)).then_refused("intake.retention_not_over")
    again = NoteRetentionEnded(on=date(2027, 1, 1))
    extended.when(again).then(over(again.on, LEFT, EXTEND.until))
    given(registered()).under(found(LEFT, date(2022, 1, 1))).when(NOTE).then(over())


@pytest.mark.parametrize("until", [OVER, date(2023, 6, 1), date(2033, 7, 3)])
def test_an_extension_has_an_end_within_ten_years(until: date) -> None:
    refused = given(registered()).when(EXTEND.model_copy(update={"until": until}))
    assert refused.then_refused("intake.retention_until").kind is RefusalKind.INVALID
    given(registered()).when(EXTEND.model_copy(update={"until": date(2033, 7, 2)})).then_types(RetentionExtended)


def test_nobody_is_erased_on_that_ground_before_the_end() -> None:
    """Whoever asks for the erasure is not kept waiting by it."""
    on_time = ErasePerson(ground=ErasureGround.RETENTION_ENDED, on=OVER)
    early = on_time.model_copy(update={"on": KEPT})
    asked = early.model_copy(update={"ground": ErasureGround.REQUEST})
    given(registered()).when(on_time).then_types(PersonErased)
    given(registered()).when(early).then_refused("intake.retention_not_over")
    extended = given(registered(), EXTENDED).under(found(LEFT, EXTEND.until))
    extended.when(on_time).then_refused("intake.retention_not_over")
    still_here = given(registered()).under(found(None))
    still_here.when(on_time).then_refused("intake.retention_goes_on")
    still_here.when(asked).then_types(PersonErased)
    given(registered(), ERASED).under(found(None)).when(early).then_nothing()
    given(registered(), ALIASED).when(on_time).then_types(PersonErased)


def test_of_whom_nothing_is_noted() -> None:
    given().when(NOTE).then_refused("intake.person_unknown")
    given(registered(), RESTRICTED).when(NOTE).then_refused("intake.restricted")
    given(registered(), ALIASED).when(NOTE).then_refused("intake.person_merged")
    given(registered(), ERASED).when(NOTE).then_nothing()
    for history, code in (
        ((), "intake.person_unknown"),
        ((registered(), ALIASED), "intake.person_merged"),
        ((registered(), ERASED), "intake.erased"),
    ):
        given(*history).when(EXTEND).then_refused(code)
    before = EXTEND.model_copy(update={"on": date(2021, 3, 31), "until": date(2021, 4, 2)})
    assert before.on < RECEIVED
    given(registered()).when(before).then_refused("intake.date_too_early")
    unknown = given(registered()).under(found(agreements=())).when(NOTE)
    assert unknown.then_refused("intake.agreement_unknown").kind is RefusalKind.RETRY
