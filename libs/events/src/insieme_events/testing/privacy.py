"""Looks in a snapshot for what must not be readable (decision 10).

Three looks: identity strings in any spelling, readable values of sealed fields, and plaintext at the paths that the
catalogue declares sealed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from insieme_events.catalogue import BY_TYPE, CONTRACTS, Contract
from insieme_events.contracts import DomainEvent
from insieme_events.contracts.base import SEALED_PATTERN
from insieme_events.deadletters import ParkedRecord
from insieme_events.envelope import ce_type
from insieme_events.testing.snapshot import Column, Snapshot

Place = Column | str
"""A column, or `topic <name>`, or `log <name>`."""


SHORTEST = 10
"""A bare form that is shorter may stand in an id or a ciphertext by chance."""


def spellings(text: str) -> set[bytes]:
    """An identity string as somebody may have written it: without separators, in capitals, escaped, encoded."""
    bare = re.sub(r"[^\w@]", "", text)
    given = {text, bare} if len(bare) >= SHORTEST else {text}
    found: set[bytes] = set()
    for plain in given | {each.upper() for each in given}:
        raw = plain.encode()
        found |= {raw, quote(plain).encode(), json.dumps(plain)[1:-1].encode(), raw.hex().encode(), *_in_base64(raw)}
    return {form.lower() for form in found}


def _in_base64(raw: bytes) -> set[bytes]:
    """The characters that base64 must show of these bytes, wherever in a longer text they begin."""
    found = set()
    for shift in range(3):
        first, last = -(-shift * 8 // 6), (shift + len(raw)) * 8 // 6
        found.add(base64.b64encode(b"\0" * shift + raw)[first:last])
        found.add(base64.urlsafe_b64encode(b"\0" * shift + raw)[first:last])
    return found


def digests(text: str) -> set[bytes]:
    """The hashes without a key that somebody may have made of a codice fiscale: anybody could try them all."""
    found: set[bytes] = set()
    for plain in {text, text.upper(), text.lower(), re.sub(r"\W", "", text).upper(), re.sub(r"\W", "", text).lower()}:
        for make in (hashlib.sha256, hashlib.sha512, hashlib.sha1, hashlib.md5):
            found |= raw_forms(make(plain.encode()).digest())
    return found


def raw_forms(raw: bytes) -> set[bytes]:
    """Bytes as they are, in hexadecimal and in base64."""
    forms = {raw, raw.hex().encode(), base64.b64encode(raw), base64.urlsafe_b64encode(raw).rstrip(b"=")}
    return {form.lower() for form in forms}


FEW = 100
"""So many forms are looked for one after the other in the time that it takes to look at every position once."""


def holding(snapshot: Snapshot, forms: Collection[bytes]) -> set[Place]:
    """The places in which one of the forms stands, upper or lower case."""
    looks = _one_by_one(forms) if len(forms) < FEW else _by_beginning(forms)
    return {place for place, content in snapshot.places() if looks(content.lower())}


def _one_by_one(forms: Collection[bytes]) -> Callable[[bytes], bool]:
    return lambda content: any(form in content for form in forms)


def _by_beginning(forms: Collection[bytes]) -> Callable[[bytes], bool]:
    """Looks at each position whether a form may begin there, and only then at the forms that begin like that."""
    size = min(map(len, forms))
    beginning: dict[bytes, list[bytes]] = {}
    for form in forms:
        beginning.setdefault(form[:size], []).append(form)

    def look(content: bytes) -> bool:
        at = (n for n in range(len(content) - size + 1) if content[n : n + size] in beginning)
        return any(content.startswith(form, n) for n in at for form in beginning[content[n : n + size]])

    return look


def showing(snapshot: Snapshot, values: Collection[str]) -> dict[Place, set[str]]:
    """The places in which one of the values stands as a word of its own: codes and months, not identity strings.

    The server's statistics are left out: they count the values of a column, nobody's in particular.
    """
    words = re.compile(rb"(?<![\w.-])(" + b"|".join(re.escape(v.encode()) for v in values) + rb")(?![\w-])")
    places = ((p, c) for p, c in snapshot.places() if not (isinstance(p, Column) and p.table.startswith("pg_catalog.")))
    found = {place: {word.decode() for word in words.findall(content)} for place, content in places}
    return {place: shown for place, shown in found.items() if shown}


Steps = tuple[str, ...]


def sealed_paths(event: type[DomainEvent]) -> set[Steps]:
    """The paths that the contract's schema marks as sealed, at any depth; `*` is any element of a list.

    Read from the published schema and not from `sealed_fields`, which the sealing itself goes by.
    """
    schema = event.model_json_schema(mode="serialization")
    found: set[Steps] = set()

    def walk(node: Mapping[str, Any], path: Steps) -> None:
        if node.get("x-sealed"):
            found.add(path)
        if "$ref" in node:
            walk(schema["$defs"][node["$ref"].rsplit("/", 1)[1]], path)
        for name, inner in node.get("properties", {}).items():
            walk(inner, (*path, name))
        for inner in (*node.get("anyOf", ()), *node.get("allOf", ()), *node.get("oneOf", ())):
            walk(inner, path)
        if isinstance(node.get("items"), Mapping):
            walk(node["items"], (*path, "*"))

    walk(schema, ())
    return found


SEALED: Mapping[Contract, set[Steps]] = {c: paths for c in CONTRACTS if (paths := sealed_paths(c.event))}


@dataclass
class Walk:
    """What a walk over the catalogue met: how often each contract with sealed fields, and what was not ciphertext.

    `open` names place, type and path; `strangers` are places with something that the catalogue does not know.
    """

    met: dict[str, int] = field(default_factory=dict)
    open: set[tuple[str, str, Steps]] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)

    def look(self, place: str, kind: str, data: bytes | None) -> None:
        contract = BY_TYPE.get(kind)
        if contract is None:
            self.strangers.add(place)
            return
        paths = SEALED.get(contract, set())
        if paths:
            self.met[contract.name] = self.met.get(contract.name, 0) + 1
        content = orjson.loads(data or b"{}")
        for path in paths:
            if not all(isinstance(v, str) and re.fullmatch(SEALED_PATTERN, v) for v in _at(content, path)):
                self.open.add((place, contract.name, path))


_ABSENT = object()


def _at(content: Any, path: Steps) -> list[Any]:
    """The values at a path. A path that is not there is one value that is no ciphertext: sealed fields never miss."""
    if not path:
        return [content]
    if path[0] == "*":
        return [value for each in content for value in _at(each, path[1:])]
    return _at(content[path[0]], path[1:]) if isinstance(content, dict) and path[0] in content else [_ABSENT]


def walk_store(snapshot: Snapshot, database: str) -> Walk:
    """Every event in the store of one service, by its type."""
    walk = Walk()
    for name, version, data in snapshot.rows(database, "events.events", "type", "schema_version", "data"):
        assert name is not None
        assert version is not None
        walk.look(f"{database} store", ce_type(database, name.decode(), int(version)), data)
    return walk


def walk_dead_letters(snapshot: Snapshot, database: str) -> Walk:
    """Every dead letter of one service, by the type in its headers."""
    walk = Walk()
    for headers, value in snapshot.rows(database, "events.dead_letters", "headers", "value"):
        kind = dict(orjson.loads(headers or b"[]")).get("ce_type", "")
        walk.look(f"{database} dead letters", kind, value)
    return walk


def walk_topic(snapshot: Snapshot, topic: str) -> Walk:
    """Every record of one restricted topic, by the type in its headers."""
    walk = Walk()
    for record in snapshot.records:
        if record.topic == topic:
            walk.look(topic, _header(record, "ce_type"), record.value)
    return walk


def beyond_party_form(snapshot: Snapshot, topic: str) -> set[tuple[str, str]]:
    """Fields (type, name) of party records that the contract does not list for signatories, or that hold ciphertext."""
    found: set[tuple[str, str]] = set()
    for record in snapshot.records:
        if record.topic != topic:
            continue
        kind = _header(record, "ce_type")
        contract = BY_TYPE.get(kind)
        listed = set(contract.reduced or ()) if contract is not None else set()
        sealed = {path[0] for path in SEALED.get(contract, set())} if contract is not None else set()
        for name, value in orjson.loads(record.value or b"{}").items():
            if name not in listed - sealed or re.search(SEALED_PATTERN.strip("^$").encode(), orjson.dumps(value)):
                found.add((kind, name))
    return found


def _header(record: ParkedRecord, name: str) -> str:
    return next((value.decode("latin-1") for each, value in record.headers if each == name), "")
