"""One spelling of the codice fiscale, whatever is typed; what contradicts itself is refused (P25; standards 2.9)."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from codicefiscale import codicefiscale as tables
from hypothesis import given, settings
from hypothesis import strategies as st

from insieme_events.contracts.intake import IdentityKind
from insieme_events.contracts.vocabulary import Gender
from insieme_events.decider import Refused
from insieme_intake.codice_fiscale import TaxCode, contradiction, parse
from insieme_intake.vault import Identity

TODAY = date(2021, 12, 31)
ROSSI, DIGIT_PLACES, LETTERS = "RSSMRA80A01H501U", (6, 7, 9, 10, 12, 13, 14), "LMNPQRSTUV"


def read(text: str, today: date = TODAY) -> TaxCode:
    found = parse(text, today)
    assert isinstance(found, TaxCode), found
    return found


def refusal(text: str) -> Refused:
    found = parse(text, TODAY)
    assert isinstance(found, Refused)
    assert (found.code, found.clause) == ("intake.codice_fiscale", "P25")
    return found


def variant(code: str, replaced: tuple[bool, ...]) -> str:
    """The code with letters in place of the chosen digits, and the check letter that belongs to it."""
    head = list(code[:15])
    for place, wanted in zip(DIGIT_PLACES, replaced, strict=True):
        if wanted:
            head[place] = LETTERS[int(code[place])]
    return "".join(head) + tables.encode_cin("".join(head))


@pytest.mark.parametrize(
    ("code", "born", "gender"),
    [
        ("RSSMRA79B11C566R", date(1979, 2, 11), Gender.MALE),
        ("RSSMRA80A01H501U", date(1980, 1, 1), Gender.MALE),
        ("MRTMTT25D09F205Z", date(1925, 4, 9), Gender.MALE),
        ("SMPNNA80A41A944O", date(1980, 1, 1), Gender.FEMALE),
    ],
)
def test_the_vectors_of_the_standards_are_read(code: str, born: date, gender: Gender) -> None:
    assert read(code) == TaxCode(code, IdentityKind.CODICE_FISCALE, born, gender)


def test_all_128_omocodia_variants_are_one_code() -> None:
    variants = {variant(ROSSI, replaced) for replaced in product((False, True), repeat=7)}
    assert len(variants) == 128
    assert {read(text).code for text in variants} == {ROSSI}


@pytest.mark.parametrize(
    "text", ["rssmra80a01h501u", " RSS MRA 80A01 H501U ", "RSS-MRA-80A01-H501U", "RSS.MRA.80A01.H501U"]
)
def test_spellings_are_one_code(text: str) -> None:
    assert read(text).code == ROSSI


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=24))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    found = parse(text, TODAY)
    assert isinstance(found, Refused) or parse(found.code, TODAY) == found


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 14), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
def test_one_wrong_character_makes_no_code_of_another_person(place: int, character: str) -> None:
    """Every single slip in the first fifteen characters is caught: even places map one to one, and odd ones too."""
    typed = ROSSI[:place] + character + ROSSI[place + 1 :]
    found = parse(typed, TODAY)
    assert isinstance(found, Refused) or found.code == ROSSI


def test_what_has_another_shape_is_refused() -> None:
    for text in ("", "RSSMRA80A01H501", "RSSMRA80A01H501UX", "RSSMRA80F01H501U", "1SSMRA80A01H501U", "Mario Rossi"):
        assert "16 letters" in refusal(text).sentence


def test_a_wrong_check_letter_is_refused() -> None:
    for letter in set("ABCDEFGHIJKLMNOPQRSTUVWXYZ") - {"U"}:
        assert "last letter" in refusal(ROSSI[:15] + letter).sentence


@pytest.mark.parametrize("head", ["RSSMRA80A00H501", "RSSMRA80A32H501", "RSSMRA80A72H501", "RSSMRA81B29H501"])
def test_a_day_of_birth_that_does_not_exist_is_refused(head: str) -> None:
    assert "day of birth" in refusal(head + tables.encode_cin(head)).sentence


def test_a_place_of_birth_that_does_not_exist_is_refused() -> None:
    head = "RSSMRA80A01Y999"
    assert "place of birth" in refusal(head + tables.encode_cin(head)).sentence


def test_the_year_is_the_latest_that_is_not_in_the_future() -> None:
    head = "RSSMRA21T31H501"
    code = head + tables.encode_cin(head)
    assert read(code, TODAY).birth_date == date(2021, 12, 31)
    assert read(code, date(2021, 12, 30)).birth_date == date(1921, 12, 31)


def test_a_leap_day_is_of_the_century_that_had_it() -> None:
    head = "RSSMRA00B29H501"
    code = head + tables.encode_cin(head)
    assert read(code).birth_date == date(2000, 2, 29)
    assert isinstance(parse(code, date(1999, 1, 1)), Refused), "1900 had no 29 February"


@pytest.mark.parametrize("text", ["12345678901", "123 456 789 01", "123.456.789-01"])
def test_a_provisional_code_is_a_kind_of_its_own(text: str) -> None:
    assert read(text) == TaxCode("12345678901", IdentityKind.PROVISIONAL)


def test_ten_or_twelve_digits_are_no_provisional_code() -> None:
    for text in ("1234567890", "123456789012"):
        refusal(text)


def refused_for(born: date, gender: Gender, code: str = ROSSI, **options: bool) -> str | None:
    found = contradiction(read(code), born, gender, TODAY, **options)
    return None if found is None else found.code


def test_a_birth_date_in_the_future_is_refused_for_every_kind() -> None:
    for code in (ROSSI, "12345678901"):
        assert refused_for(date(2022, 1, 1), Gender.MALE, code) == "intake.birth_date"


@pytest.mark.parametrize("born", [date(1980, 1, 2), date(1980, 2, 1), date(1981, 1, 1)])
def test_another_birth_date_than_the_codes_is_refused(born: date) -> None:
    assert refused_for(born, Gender.MALE) == "intake.codice_fiscale"


def test_the_code_does_not_tell_the_century() -> None:
    assert refused_for(date(1880, 1, 1), Gender.MALE) is None
    assert refused_for(date(1980, 1, 1), Gender.MALE) is None


def test_a_gender_that_differs_from_the_code_asks_for_confirmation() -> None:
    born = date(1980, 1, 1)
    assert refused_for(born, Gender.FEMALE) == "intake.gender_to_confirm"
    assert refused_for(born, Gender.FEMALE, gender_confirmed=True) is None
    assert refused_for(born, Gender.NON_BINARY) is None


def test_a_provisional_code_contradicts_nobody() -> None:
    for gender in Gender:
        assert refused_for(date(1990, 5, 5), gender, "12345678901") is None


def test_a_code_shows_nothing_of_the_person_in_a_log() -> None:
    shown = repr(read(ROSSI))
    assert ROSSI not in shown
    assert "1980" not in shown


@pytest.mark.parametrize("typed", [ROSSI, "rss mra 80a01 h501u", "RSS.MRA-80A01-H501U"])
def test_the_vault_keeps_the_code_as_the_card_has_it(typed: str) -> None:
    assert kept(typed) == ROSSI


def test_the_vault_keeps_the_letters_of_omocodia() -> None:
    code = variant(ROSSI, (True,) * len(DIGIT_PLACES))
    assert read(code).code == ROSSI
    assert kept(code.lower()) == code


def kept(typed: str) -> str:
    who = Identity(first_name="Mario", last_name="Rossi", codice_fiscale=typed, birth_date=date(1980, 1, 1))
    return Identity.model_validate_json(who.model_dump_json()).codice_fiscale
