"""Who may be one person under two ids is suggested by names and dates of birth that are alike (P25)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_intake.duplicates import pairs
from insieme_intake.vault import Identity

pytestmark = pytest.mark.clause("P25")


def somebody(last: str, first: str, born: date) -> Identity:
    return Identity(last_name=last, first_name=first, codice_fiscale="XXXXXXXXXXX", birth_date=born)


EVERYBODY = {
    UUID(int=1): somebody("Esempietti", "Nicolò", date(1980, 2, 11)),
    UUID(int=2): somebody("ESEMPIETI", "Nicolo'", date(1980, 2, 11)),
    UUID(int=3): somebody("Nicolò", "Esempietti", date(1980, 11, 2)),
    UUID(int=4): somebody("Esempietti", "Nicolò", date(1980, 2, 12)),
    UUID(int=5): somebody("Esempietti", "Nicolò", date(1971, 5, 30)),
    UUID(int=6): somebody("Tutt'altri", "Ginevra", date(1980, 2, 11)),
}


def test_misspelled_interchanged_and_close_are_found_and_others_are_not() -> None:
    found = {(pair.person_id.int, pair.other_id.int): pair for pair in pairs(EVERYBODY, 85)}
    assert {ids: pair.birth for ids, pair in found.items()} == {
        (1, 2): "same",
        (1, 3): "interchanged",
        (2, 3): "interchanged",
        (1, 4): "close",
        (2, 4): "close",
    }
    assert found[1, 3].likeness == 100
    assert 85 <= found[1, 2].likeness < 100


def test_nobody_stands_in_a_suggestion_by_name() -> None:
    told = str([pair.model_dump() for pair in pairs(EVERYBODY, 50)])
    assert "sempiet" not in told.casefold()
