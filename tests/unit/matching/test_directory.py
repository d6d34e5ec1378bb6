"""A partita IVA has eleven digits of which the last checks the others (standards 2.9)."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from insieme_matching.directory import DirectoryEntry, check_digit_fits


@pytest.mark.parametrize("digits", ["00743110157", "01234567897"])
def test_published_examples_pass_and_every_other_last_digit_fails(digits: str) -> None:
    assert [last for last in range(10) if check_digit_fits(f"{digits[:-1]}{last}")] == [int(digits[-1])]


@pytest.mark.parametrize("digits", ["", "0123456789", "012345678970", "0123456789A", "０1234567897"])
def test_anything_but_eleven_digits_fails(digits: str) -> None:
    assert not check_digit_fits(digits)


def test_the_country_and_spaces_are_taken_off() -> None:
    assert DirectoryEntry(name="Officine Esempio", partita_iva="it 0123 4567 897").partita_iva == "01234567897"
    with pytest.raises(ValidationError):
        DirectoryEntry(name="Officine Esempio", partita_iva="01234567890")
