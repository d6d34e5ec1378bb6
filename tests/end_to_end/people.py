"""Persons and companies that do not exist, each from a number: valid codes, and strings that are found again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from codicefiscale import codicefiscale as tables

CONSONANTS = "BCDFGHLMNPQRSTVZ"
MONTHS = "ABCDEHLMPRST"
OMOCODIA = str.maketrans("0123456789", "LMNPQRSTUV")
BOLOGNA = "A944"


@dataclass(frozen=True)
class Someone:
    """One made-up person. Every other one is a woman."""

    number: int

    @property
    def female(self) -> bool:
        return self.number % 2 == 0

    @property
    def born(self) -> date:
        return date(1960 + self.number % 40, 1 + self.number % 12, 1 + self.number % 28)

    @property
    def codice_fiscale(self) -> str:
        letters = "".join(CONSONANTS[self.number // 16**place % 16] for place in range(6))
        day = self.born.day + (40 if self.female else 0)
        head = f"{letters}{self.born:%y}{MONTHS[self.born.month - 1]}{day:02d}{BOLOGNA}"
        return head + tables.encode_cin(head)

    @property
    def omocode(self) -> str:
        """The code as the tax office gives it to the second of two persons who would have the same."""
        code = self.codice_fiscale[:12] + self.codice_fiscale[12:15].translate(OMOCODIA)
        return code + tables.encode_cin(code)

    @property
    def spelled(self) -> str:
        """The same code as somebody else types it."""
        code = self.codice_fiscale.lower()
        return f"{code[:6]} {code[6:11]} {code[11:]}"

    @property
    def surname(self) -> str:
        return f"Esempietti{self.number:06d}"

    @property
    def telephone(self) -> str:
        return f"+39 051 9{self.number:06d}"

    def strings(self) -> list[str]:
        """What may stand in the vault only."""
        return [self.codice_fiscale, self.omocode, self.spelled, self.surname, self.telephone, "via dei Canarini"]

    def application(self, codice_fiscale: str | None = None) -> dict[str, Any]:
        """The body of an application, admissible on its day of receipt."""
        return {
            "identity": {
                "first_name": "Canaria",
                "last_name": self.surname,
                "codice_fiscale": codice_fiscale or self.codice_fiscale,
                "birth_date": self.born.isoformat(),
                "address": {"street": f"via dei Canarini {self.number}", "postal_code": "40100", "town": "Bologna"},
                "telephone": self.telephone,
            },
            "channel_class": "self",
            "received_on": "2024-03-04",
            "notice_version": "2024.1",
            "status": "disoccupato",
            "evidence": "did",
            "evidence_on": "2024-03-01",
            "other_measure": {"kind": None},
            "comune": "037006",
            "quartiere": "navile",
            "basis": "residence",
            "gender": "female" if self.female else "male",
            "citizenship": "italian",
            "isced": "3",
        }


def partita_iva(number: int) -> str:
    """Ten digits and the one that checks them: the total must end in zero."""
    digits = [int(digit) for digit in f"{number:010d}"]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return f"{number:010d}{-total % 10}"


def company(number: int) -> dict[str, Any]:
    """The body of a registration."""
    return {
        "name": f"Officine Esempio {number}",
        "partita_iva": partita_iva(number),
        "size": "small",
        "ateco_version": "ateco_2007",
        "ateco_section": "C",
        "comune": "037006",
        "on": "2024-03-04",
    }
