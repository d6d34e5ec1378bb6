"""The published contracts: their schemas do not drift, and nothing in them tells who somebody is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import jsonschema
import pytest

from insieme_events import schemas
from insieme_events.catalogue import CONTRACTS, Contract
from insieme_events.contracts import Sealed
from insieme_events.contracts.intake import IntakeEvent
from insieme_events.contracts.vocabulary import Gender

PERSONAL = frozenset(
    {"name", "first_name", "last_name", "surname", "codice_fiscale", "tax_code", "tax_id", "birth_date", "birthdate"}
    | {"address", "street", "phone", "telephone", "mobile", "email", "mail", "iban", "document_number"}
    | {"note", "notes", "comment", "comments", "text", "description", "remarks"}
)
# What tells little alone and much together (privacy.md 3.6): only sealed where the event is about a person.
QUASI = frozenset(
    {"gender", "birth_month", "birth_year", "age", "citizenship", "nationality", "isced", "education", "comune"}
    | {"quartiere", "district", "status", "band", "level", "score", "cause", "disability", "health"}
)
# The place of work is the employer's, not the person's.
NOT_OF_THE_PERSON = frozenset(
    {("matching", "PlacementStarted", "comune"), ("matching", "PlacementCorrected", "comune")}
)


def leaves(node: Any, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every leaf of a property's schema, references followed."""
    if "$ref" in node:
        yield from leaves(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], schema)
    elif "anyOf" in node:
        for part in node["anyOf"]:
            yield from leaves(part, schema)
    elif node.get("type") == "array":
        yield from leaves(node["items"], schema)
    elif node.get("type") == "object":
        for part in node["properties"].values():
            yield from leaves(part, schema)
    else:
        yield node


def violations(contract: Contract) -> list[str]:
    schema = schemas.schema_of(contract)
    found = []
    for name, node in schema["properties"].items():
        if name in PERSONAL:
            found.append(f"{name}: a personal field")
        for leaf in leaves(node, schema):
            closed = leaf.keys() & {"enum", "const", "format", "pattern"}
            if leaf.get("type") == "string" and not closed:
                found.append(f"{name}: free text")
        about_a_person = "person_id" in schema["properties"]
        place = (contract.event.context, contract.name, name)
        if about_a_person and name in QUASI and not node.get("x-sealed") and place not in NOT_OF_THE_PERSON:
            found.append(f"{name}: an unsealed quasi-identifier")
    return found


def test_the_committed_schemas_are_those_of_the_contracts() -> None:
    assert schemas.drift() == []


@pytest.mark.invariant("I15", "property")
@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.ce_type)
def test_a_contract_has_no_free_text_no_personal_field_and_no_unsealed_quasi_identifier(contract: Contract) -> None:
    assert violations(contract) == []


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.ce_type)
def test_its_schemas_are_valid(contract: Contract) -> None:
    for schema in (schemas.schema_of(contract), schemas.party_schema_of(contract)):
        if schema is not None:
            jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.ce_type)
def test_the_party_form_has_no_sealed_path_and_no_territory_of_a_person(contract: Contract) -> None:
    party = schemas.party_schema_of(contract)
    if party is None:
        return
    assert not any(node.get("x-sealed") for node in party["properties"].values())
    if "person_id" in party["properties"]:
        assert party["properties"].keys() & {"comune", "quartiere"} == set()


class TestPlantedMistakesAreFound:
    """The control of the rules above: each mistake is named."""

    def found_in(self, event: type[IntakeEvent]) -> list[str]:
        return violations(Contract(event))

    def test_free_text(self) -> None:
        class Noted(IntakeEvent):
            """Planted."""

            what_happened: str

        assert self.found_in(Noted) == ["what_happened: free text"]

    def test_a_personal_field(self) -> None:
        class Named(IntakeEvent):
            """Planted."""

            surname: Gender

        assert self.found_in(Named) == ["surname: a personal field"]

    def test_an_unsealed_quasi_identifier(self) -> None:
        class Told(IntakeEvent):
            """Planted."""

            person_id: UUID
            gender: Gender

        assert self.found_in(Told) == ["gender: an unsealed quasi-identifier"]

    def test_the_same_sealed_is_well(self) -> None:
        class Kept(IntakeEvent):
            """Planted."""

            person_id: UUID
            gender: Sealed[Gender]

        assert self.found_in(Kept) == []

    def test_a_sealed_field_without_a_person_cannot_be_declared(self) -> None:
        with pytest.raises(TypeError, match="no person_id"):

            class Lost(IntakeEvent):
                """Planted."""

                gender: Sealed[Gender]

    def test_a_sealed_field_cannot_be_part_of_the_party_form(self) -> None:
        with pytest.raises(TypeError, match="party form"):

            class Leaked(IntakeEvent):
                """Planted."""

                person_id: UUID
                gender: Sealed[Gender]
                party_fields = ("gender",)
