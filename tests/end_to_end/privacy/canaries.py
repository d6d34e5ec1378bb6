"""Persons who do not exist and whose every word is unmistakable: where one of their strings stands, somebody leaked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from codicefiscale import codicefiscale as tables

from insieme_events.testing import privacy

LETTERS = "bcdfglmnprstv"
RECEIVED = "2024-03-04"


@dataclass(frozen=True)
class Canary:
    """One of at most thirteen. Number 0 is the marked one: their sealed values are nobody else's."""

    number: int

    @property
    def marked(self) -> bool:
        return self.number == 0

    @property
    def first_name(self) -> str:
        return f"Quirwenza{LETTERS[self.number]}i"

    @property
    def last_name(self) -> str:
        return f"Zwòqfix{LETTERS[self.number]}etti"

    @property
    def born(self) -> date:
        return date(1931, 7, 19) if self.marked else date(1940 + self.number, 1 + self.number % 12, 11)

    @property
    def female(self) -> bool:
        return self.number % 2 == 0

    @property
    def codice_fiscale(self) -> str:
        letters = f"ZWQ{LETTERS[self.number].upper()}KJ"
        day = self.born.day + (40 if self.female else 0)
        head = f"{letters}{self.born:%y}{'ABCDEHLMPRST'[self.born.month - 1]}{day:02d}A944"
        return head + tables.encode_cin(head)

    @property
    def typed(self) -> str:
        """The same code as each of them happens to write it."""
        code = self.codice_fiscale
        omocode = code[:12] + code[12:15].translate(str.maketrans("0123456789", "LMNPQRSTUV"))
        spellings = (
            code,
            code.lower(),
            f"{code[:6]} {code[6:11]} {code[11:]}",
            f"{code[:6]}-{code[6:11]}.{code[11:]}".lower(),
            omocode + tables.encode_cin(omocode),
        )
        return spellings[self.number % len(spellings)]

    @property
    def on_the_card(self) -> str:
        """What is kept of what was typed: capitals and digits, nothing between them."""
        return "".join(each for each in self.typed.upper() if each.isalnum())

    @property
    def kept(self) -> dict[str, Any]:
        """The identity as it comes back."""
        return {**self.identity, "codice_fiscale": self.on_the_card}

    @property
    def identity(self) -> dict[str, Any]:
        return {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "codice_fiscale": self.typed,
            "birth_date": self.born.isoformat(),
            "address": {
                "street": f"vicolo dell'Unìcorno {self.number}/ter",
                "postal_code": "40199",
                "town": "Borgo Zwischenpizzo",
            },
            "telephone": f"+39 051 77.99.{self.number:02d}.31",
            "email": f"zwq.{LETTERS[self.number]}@canarino.example",
        }

    def strings(self) -> list[str]:
        """What may stand in the vault only, each as it was given."""
        given = self.identity
        address = given.pop("address")
        return [*given.values(), self.codice_fiscale, address["street"], address["town"]]

    def forms(self) -> set[bytes]:
        """The same, in every spelling, and the codice fiscale also as anybody could have hashed it."""
        spelled = {form for text in self.strings() for form in privacy.spellings(text)}
        return spelled | privacy.digests(self.codice_fiscale) | privacy.digests(self.typed)

    @property
    def job_profile(self) -> dict[str, Any]:
        """What the person looks for, and brings along."""
        return {
            "profiles": ["9.9.9.9.9"] if self.marked else ["8.1.4.3.0"],
            "comuni": ["037031"] if self.marked else ["037006"],
            "hours": ["part_time"] if self.marked else ["full_time"],
            "licences": ["be"] if self.marked else ["b"],
            "languages": [{"language": "zz" if self.marked else "it", "level": "c2" if self.marked else "b1"}],
        }

    def application(self, **changes: Any) -> dict[str, Any]:
        body = {
            "identity": self.identity,
            "channel_class": "self",
            "received_on": RECEIVED,
            "notice_version": "2024.1",
            "status": "inoccupato" if self.marked else "disoccupato",
            "evidence": "did",
            "evidence_on": "2024-03-01",
            "other_measure": {"kind": None},
            "comune": "037014" if self.marked else "037006",
            "quartiere": {0: None, 1: "savena"}.get(self.number, "navile"),
            "basis": "residence",
            "gender": "non_binary" if self.marked else "female" if self.female else "male",
            "citizenship": "stateless" if self.marked else "italian",
            "isced": "8" if self.marked else "3",
        }
        return {**body, **changes}


SEALED_OF_ONE = (
    "1931-07",
    "037014",
    "037031",
    "non_binary",
    "stateless",
    "inoccupato",
    "lr_14_2015",
    "savena",
    "high",
    "not_autonomous",
    "in_training",
    "2019-11",
    "self_employment_ended",
    "family_worker",
    "esf_plus",
    "9.9.9.9.9",
    "part_time",
    "zz:c2",
    "pre_a1",
    "not_reached",
    "wish_of_company",
    "health_service",
)
"""Readable values of sealed fields that only one canary has: the marked one, and number 1 for the quartiere."""
