"""A value of a JSON schema, for documents: the examples that it declares, and where it declares none, one that fits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

UUID = "0b8a1a52-5a0e-4b0c-8f2b-2f1b8f3f9b11"
FORMATS = {"uuid": UUID, "date": "2024-03-04", "date-time": "2024-03-04T09:30:00Z"}
CODES = ("comune_bologna", "037006", "40100", "5.3.1", "A.02.00", "2024-03", "H", "ab" * 32, "G17H03000130001", UUID)
"""What the patterns of the vocabulary take: a code, a comune, a postal code, a profile, a kind of contract, a month, an
ATECO section, a hash, a CUP."""


def example_of(schema: Schema, components: Mapping[str, Schema], name: str = "text") -> Any:
    """`name` is that of the field: what a text says where nothing else is known of it."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components, name)
    for declared in ("examples", "enum"):
        if schema.get(declared):
            return schema[declared][0]
    for declared in ("example", "const"):
        if declared in schema:
            return schema[declared]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example_of(next(one for one in schema[choice] if one.get("type") != "null"), components, name)
    match schema.get("type"):
        case "object":
            known = schema.get("properties", {})
            if not known and isinstance(other := schema.get("additionalProperties"), Mapping):
                return {name: example_of(other, components, name)}
            return {one: example_of(of, components, one) for one, of in known.items()}
        case "array":
            return [example_of(schema.get("items", {}), components, name)]
        case "integer" | "number":
            return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return False
        case "string":
            return text_of(schema, name)
        case _:
            return {}


def text_of(schema: Schema, name: str) -> str:
    """A text that the schema takes: by its format, else its name or the first known code that fits the pattern."""
    if "format" in schema:
        return FORMATS.get(schema["format"], name)
    fitting = (code for code in (name, *CODES) if re.search(schema.get("pattern", ""), code))
    return next(fitting, name)
