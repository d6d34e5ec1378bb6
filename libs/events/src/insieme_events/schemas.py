"""The JSON Schema of every contract, generated from its class and committed; a test fails on drift (decision 9)."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from insieme_events.catalogue import CONTRACTS, Contract
from insieme_events.envelope import SCHEMA

FOLDER = Path(str(files("insieme_events") / "data" / "schemas"))


def schema_of(contract: Contract) -> dict[str, Any]:
    """The complete form, as the store and the restricted topic have it: sealed fields are ciphertext."""
    schema = contract.event.model_json_schema(mode="serialization")
    # In memory `by` is empty until the command runner stamps it; no record is without it.
    schema["properties"]["by"] = {"$ref": "#/$defs/Actor"}
    schema["required"] = [*schema["properties"]]
    return _headed(schema, contract, f"{SCHEMA}{contract.ce_type}")


def party_schema_of(contract: Contract) -> dict[str, Any] | None:
    """The reduced form for signatories; None where the event stays restricted."""
    if contract.reduced is None:
        return None
    schema = schema_of(contract)
    schema["properties"] = {name: schema["properties"][name] for name in contract.reduced}
    schema["required"] = list(contract.reduced)
    schema["$defs"] = _used(schema["properties"], schema.get("$defs", {}))
    return _headed(schema, contract, f"{SCHEMA}{contract.ce_type}.party")


def _used(properties: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    """The definitions that the properties name, and those that these name in turn."""
    found: dict[str, Any] = {}
    text = json.dumps(properties)
    while new := {name: d for name, d in defs.items() if name not in found and f'"#/$defs/{name}"' in text}:
        found |= new
        text = json.dumps(new)
    return {name: d for name, d in defs.items() if name in found}


def _headed(schema: dict[str, Any], contract: Contract, identifier: str) -> dict[str, Any]:
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        "title": contract.name,
    }
    return {**head, **{name: part for name, part in schema.items() if name not in head}}


def generated() -> dict[str, str]:
    """Every schema by its path below FOLDER, as text that is the same on every machine."""
    found: dict[str, str] = {}
    for contract in CONTRACTS:
        name = f"{contract.event.context}/{contract.name}.v{contract.event.schema_version}"
        found[f"{name}.json"] = _text(schema_of(contract))
        party = party_schema_of(contract)
        if party is not None:
            found[f"{name}.party.json"] = _text(party)
    return found


def write() -> list[str]:
    """Writes what has changed and answers the paths."""
    changed = drift()
    schemas = generated()
    for name in changed:
        path = FOLDER / name
        if name in schemas:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(schemas[name], encoding="utf-8")
        else:
            path.unlink()
    return changed


def drift() -> list[str]:
    """Paths that differ from the contracts, are missing, or have no contract any more."""
    schemas = generated()
    there = {str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.json")}
    return sorted(name for name in schemas.keys() | there.keys() if schemas.get(name) != there.get(name))


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=False) + "\n"
