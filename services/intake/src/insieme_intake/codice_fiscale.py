"""The codice fiscale as the key of a person: one spelling, checked before anything is stored (standards 2.9).

Omocodia (letters in place of the seven digits) is resolved to digits and the check letter is made again, so that all
128 variants of a code read the same (P25). Provisional codes of eleven digits are a kind of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from codicefiscale import codicefiscale as tables

from insieme_events.contracts.intake import IdentityKind
from insieme_events.contracts.vocabulary import Gender
from insieme_events.decider import RefusalKind, Refused
from insieme_intake.circumstances import BIRTH_IN_FUTURE

_DIGIT = "[0-9LMNPQRSTUV]"
_SHAPE = re.compile(rf"[A-Z]{{6}}{_DIGIT}{{2}}[ABCDEHLMPRST]{_DIGIT}{{2}}[A-Z]{_DIGIT}{{3}}[A-Z]")
_PROVISIONAL = re.compile(r"[0-9]{11}")
_SEPARATORS = re.compile(r"[\s.\-]+")
_MONTHS = "ABCDEHLMPRST"
_DIGIT_PLACES = frozenset({6, 7, 9, 10, 12, 13, 14})
_TO_DIGITS = str.maketrans("LMNPQRSTUV", "0123456789")


def _refused(sentence: str) -> Refused:
    return Refused("intake.codice_fiscale", sentence, clause="P25", kind=RefusalKind.INVALID)


SHAPE = _refused(
    "A codice fiscale has 16 letters and digits, a provisional one 11 digits: "
    "compare it with the card (tessera sanitaria)."
)
CHECK_LETTER = _refused(
    "The last letter of the codice fiscale does not fit the other fifteen characters: compare it with the card."
)
BIRTH_DATE_IN_CODE = _refused("The codice fiscale names a day of birth that does not exist: compare it with the card.")
BIRTH_PLACE_IN_CODE = _refused("The codice fiscale names a place of birth that does not exist: compare with the card.")
OTHER_BIRTH_DATE = _refused("The codice fiscale belongs to another date of birth: correct one of the two.")
OTHER_GENDER = Refused(
    "intake.gender_to_confirm",
    "The codice fiscale carries another sex than the gender given: correct one of the two, "
    "or confirm the gender if that is how the person declares it.",
    clause="P25",
    kind=RefusalKind.INVALID,
)


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A checked code in its one spelling; what it says of birth is None for a provisional one."""

    code: str = field(repr=False)
    kind: IdentityKind
    birth_date: date | None = field(default=None, repr=False)
    gender: Gender | None = field(default=None, repr=False)


def as_on_the_card(text: str) -> str:
    """In capitals and without blanks, dots or hyphens; letters of omocodia stay, because the card has them."""
    return _SEPARATORS.sub("", text).upper()


def parse(text: str, today: date) -> TaxCode | Refused:
    """Any spelling (case, blanks, dots, hyphens, omocodia) to the one spelling.

    Of the two-digit year the latest century is taken that lies not after `today`.
    """
    code = as_on_the_card(text)
    if _PROVISIONAL.fullmatch(code):
        return TaxCode(code, IdentityKind.PROVISIONAL)
    if not _SHAPE.fullmatch(code):
        return SHAPE
    if tables.encode_cin(code) != code[15]:
        return CHECK_LETTER
    digits = "".join(c.translate(_TO_DIGITS) if i in _DIGIT_PLACES else c for i, c in enumerate(code[:15]))
    born = _birth_date(digits, today)
    if born is None:
        return BIRTH_DATE_IN_CODE
    if not _is_place(digits[11:15]):
        return BIRTH_PLACE_IN_CODE
    gender = Gender.FEMALE if int(digits[9:11]) > 40 else Gender.MALE
    return TaxCode(digits + tables.encode_cin(digits), IdentityKind.CODICE_FISCALE, born, gender)


def contradiction(
    code: TaxCode, birth_date: date, gender: Gender | None, today: date, *, gender_confirmed: bool = False
) -> Refused | None:
    """Why code, date of birth and gender cannot be of one person; None when they can.

    The code carries the sex of the civil register. A gender that differs from it is first taken for a slip of the
    keyboard, and accepted once it is confirmed; `non_binary` never contradicts, nor does None, where nobody asked.
    """
    if birth_date > today:
        return BIRTH_IN_FUTURE
    if code.birth_date is not None and not _same_in_code(code.birth_date, birth_date):
        return OTHER_BIRTH_DATE
    if code.gender is None or gender in (None, Gender.NON_BINARY, code.gender) or gender_confirmed:
        return None
    return OTHER_GENDER


def _birth_date(digits: str, today: date) -> date | None:
    day = int(digits[9:11])
    month = _MONTHS.index(digits[8]) + 1
    latest = today.year - (today.year - int(digits[6:8])) % 100
    for year in (latest, latest - 100):
        try:
            born = date(year, month, day - 40 if day > 40 else day)
        except ValueError:  # 29 February exists in one century and not in the other
            continue
        if born <= today:
            return born
    return None


def _same_in_code(one: date, other: date) -> bool:
    """The code tells the year by two digits only: whoever is over a hundred years old shares it with a child."""
    return (one.year % 100, one.month, one.day) == (other.year % 100, other.month, other.day)


def _is_place(cadastral: str) -> bool:
    """Whether the code ever named a comune or a country, ceased ones too; dates of validity are too gappy to refuse."""
    try:
        tables.encode_birthplace(cadastral)
    except ValueError:
        return False
    return True
