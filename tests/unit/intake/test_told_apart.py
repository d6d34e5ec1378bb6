"""Two ids that somebody looked at and found to be two persons (P25)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.intake import ErasureGround, PersonErased, PersonsMerged
from insieme_events.contracts.intake_persons import DismissReason, DuplicateDismissed, PersonAliased
from insieme_events.testing import scenario
from insieme_events.vault import MasterKey
from insieme_intake.duplicates import seen
from insieme_intake.person import PERSON as PERSON_AGGREGATE
from insieme_intake.person import DismissDuplicate
from insieme_intake.testing import PERSON, RECEIVED, circumstances, registered
from insieme_intake.vault import Address, Identity

pytestmark = pytest.mark.clause("P25")
given = scenario(PERSON_AGGREGATE, circumstances())
OTHER, DAY = UUID(int=77), date(2021, 6, 1)
DISMISS = DismissDuplicate(other_id=OTHER, reason=DismissReason.DOCUMENTS_SEEN, on=DAY)
DISMISSED = DuplicateDismissed(person_id=PERSON, other_id=OTHER, reason=DismissReason.DOCUMENTS_SEEN, occurred_on=DAY)
ONE = Identity(last_name="Esempietti", first_name="Nicolò", codice_fiscale="XXXXXXXXXXX", birth_date=date(1980, 2, 11))
TWO = ONE.model_copy(update={"last_name": "Esempieti"})
MASTER = MasterKey(bytes(range(32)))


def test_each_look_is_a_judgement_of_its_own() -> None:
    given(registered()).when(DISMISS).then(DISMISSED)
    later = DISMISS.model_copy(update={"on": date(2021, 9, 1), "reason": DismissReason.PERSONS_ASKED})
    given(registered(), DISMISSED).when(later).then_types(DuplicateDismissed)


def test_nobody_is_told_apart_from_themselves_or_from_an_id_of_theirs() -> None:
    itself = DISMISS.model_copy(update={"other_id": PERSON})
    given(registered()).when(itself).then_refused("intake.dismissed_with_itself", clause="P25")
    merged = PersonsMerged(person_id=PERSON, merged_id=OTHER, occurred_on=DAY)
    given(registered(), merged).when(DISMISS).then_refused("intake.dismissed_merged", clause="P25")
    aliased = PersonAliased(person_id=PERSON, alias_of=OTHER, occurred_on=DAY)
    given(registered(), aliased).when(DISMISS).then_refused("intake.person_merged", clause="P25")


def test_it_is_not_dated_before_the_person_was_known_nor_recorded_of_somebody_erased() -> None:
    early = DISMISS.model_copy(update={"on": date(2021, 3, 31)})
    given(registered(on=RECEIVED)).when(early).then_refused("intake.date_too_early")
    given().when(DISMISS).then_refused("intake.person_unknown")
    erased = PersonErased(person_id=PERSON, ground=ErasureGround.REQUEST, occurred_on=DAY)
    given(registered(), erased).when(DISMISS).then_refused("intake.erased")


@pytest.mark.parametrize(
    ("changes", "another"),
    [
        ({"last_name": "Esempietto"}, True),
        ({"first_name": "Nicola"}, True),
        ({"birth_date": date(1980, 2, 12)}, True),
        ({"last_name": "ESEMPIETTI"}, False),
        ({"telephone": "+39 051 1234567", "codice_fiscale": "YYYYYYYYYYY"}, False),
        ({"address": Address(street="via Nuova 1", postal_code="40100", town="Bologna")}, False),
    ],
    ids=["last name", "first name", "birth", "capitals alone", "telephone and code", "address"],
)
def test_what_was_compared_is_another_one_only_by_a_name_or_a_date_of_birth(
    changes: dict[str, object], another: bool
) -> None:
    assert (seen(MASTER, ONE.model_copy(update=changes), TWO) != seen(MASTER, ONE, TWO)) is another
    assert (seen(MASTER, TWO, ONE.model_copy(update=changes)) != seen(MASTER, TWO, ONE)) is another


def test_names_and_dates_are_not_run_together() -> None:
    shifted = ONE.model_copy(update={"last_name": "Esempiett", "first_name": "iNicolò"})
    assert seen(MASTER, shifted, TWO) != seen(MASTER, ONE, TWO)
