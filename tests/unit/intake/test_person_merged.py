"""Two ids that are one person: merged by somebody, set apart again, and never a chain of ids (P25)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.intake import ErasureGround, MergeReverted, NoticeGiven, PersonErased, PersonsMerged
from insieme_events.contracts.intake_persons import (
    PersonAliased,
    PersonSetApart,
    ProcessingRestricted,
    RestrictionGround,
)
from insieme_events.testing import scenario
from insieme_intake.person import PERSON as PERSON_AGGREGATE
from insieme_intake.person import (
    BecomeAlias,
    ErasePerson,
    GiveNotice,
    MergePersons,
    RevertMerge,
    SetApart,
)
from insieme_intake.testing import PERSON, RECEIVED, circumstances, registered

given = scenario(PERSON_AGGREGATE, circumstances())
OTHER, DAY, LATER = UUID(int=77), date(2021, 6, 1), date(2021, 7, 1)
MERGED = PersonsMerged(person_id=PERSON, merged_id=OTHER, occurred_on=DAY)
ALIASED = PersonAliased(person_id=PERSON, alias_of=OTHER, occurred_on=DAY)
RESTRICTED = ProcessingRestricted(person_id=PERSON, ground=RestrictionGround.UNLAWFUL, occurred_on=DAY)
pytestmark = pytest.mark.clause("P25")


def test_one_id_stands_for_both_and_the_other_is_given_up() -> None:
    given(registered()).when(MergePersons(merged_id=OTHER, on=DAY)).then(MERGED)
    given(registered(), MERGED).when(MergePersons(merged_id=OTHER, on=LATER)).then_nothing()
    given(registered()).when(BecomeAlias(of=OTHER, on=DAY)).then(ALIASED)
    given(registered(), ALIASED).when(BecomeAlias(of=OTHER, on=LATER)).then_nothing()


def test_nobody_is_merged_with_themselves_or_twice() -> None:
    given(registered()).when(MergePersons(merged_id=PERSON, on=DAY)).then_refused("intake.merge_with_itself")
    given(registered(), ALIASED).when(BecomeAlias(of=UUID(int=78), on=LATER)).then_refused("intake.person_merged")
    given(registered(), ALIASED).when(MergePersons(merged_id=UUID(int=78), on=LATER)).then_refused(
        "intake.person_merged"
    )


def test_an_id_that_stands_for_others_is_not_given_up() -> None:
    given(registered(), MERGED).when(BecomeAlias(of=UUID(int=78), on=LATER)).then_refused(
        "intake.person_stands_for_others"
    )


def test_a_mistake_is_reverted_and_both_are_as_they_were() -> None:
    apart = PersonSetApart(person_id=PERSON, alias_of=OTHER, occurred_on=LATER)
    given(registered(), ALIASED).when(SetApart(of=OTHER, on=LATER)).then(apart)
    given(registered(), ALIASED, apart).when(GiveNotice(notice_version="2021.1", on=LATER)).then_types(NoticeGiven)
    reverted = MergeReverted(person_id=PERSON, merged_id=OTHER, occurred_on=LATER)
    given(registered(), MERGED).when(RevertMerge(merged_id=OTHER, on=LATER)).then(reverted)
    given(registered(), MERGED, reverted).when(RevertMerge(merged_id=OTHER, on=LATER)).then_refused("intake.not_merged")
    given(registered()).when(SetApart(of=OTHER, on=LATER)).then_refused("intake.not_merged")
    given(registered(), ALIASED).when(SetApart(of=OTHER, on=RECEIVED)).then_refused("intake.date_too_early")


def test_whose_data_may_not_be_used_is_not_merged() -> None:
    for command in (MergePersons(merged_id=OTHER, on=LATER), BecomeAlias(of=OTHER, on=LATER)):
        given(registered(), RESTRICTED).when(command).then_refused("intake.restricted")


def test_an_id_that_was_given_up_is_erased_too() -> None:
    erase = ErasePerson(ground=ErasureGround.REQUEST, on=LATER)
    given(registered(), ALIASED).when(erase).then_types(PersonErased)
