"""Sealed fields: readable with the person's key alone, bound to their event and field, erased with the key."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import orjson
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from insieme_events.contracts import ERASED
from insieme_events.contracts.base import SEALED_PATTERN
from insieme_events.contracts.intake import EmploymentStatus, EmploymentStatusRecorded, StatusEvidence
from insieme_events.envelope import Unreadable, received
from insieme_events.sealing import open_fields, to_json
from insieme_events.testing.road import DAY, chain, on_wire
from insieme_events.vault import KeyDestroyed, KeysUnavailable, MasterKey

PERSON = UUID("0f2d3c52-5e6c-4b6e-a2a5-0a7f9f0c7c11")


def key() -> AESGCM:
    return AESGCM(AESGCM.generate_key(256))


def recorded(person: UUID = PERSON) -> EmploymentStatusRecorded:
    return EmploymentStatusRecorded(
        case_id=uuid4(),
        person_id=person,
        occurred_on=DAY,
        status=EmploymentStatus.DISOCCUPATO,
        evidence=StatusEvidence.DID,
        evidence_on=DAY,
    )


def test_sealed_fields_leave_as_ciphertext_and_come_back() -> None:
    keys, event = {PERSON: key()}, recorded()
    record = chain("case-a", event, keys=keys)[0]
    assert "disoccupato" not in record.data
    assert received(on_wire(record, 0)).opened(keys).event == event


def test_ciphertext_fits_the_published_pattern() -> None:
    data = orjson.loads(to_json(recorded(), uuid4(), {PERSON: key()}))
    assert re.fullmatch(SEALED_PATTERN, data["status"])


def test_under_a_destroyed_key_the_field_reads_erased_and_the_rest_stays() -> None:
    event = recorded()
    record = chain("case-a", event, keys={PERSON: key()})[0]
    opened = received(on_wire(record, 0)).opened({PERSON: None}).event
    assert opened == event.model_copy(update={"status": ERASED})


def test_nothing_is_sealed_under_a_destroyed_key() -> None:
    with pytest.raises(KeyDestroyed):
        to_json(recorded(), uuid4(), {PERSON: None})


def test_ciphertext_is_bound_to_its_event_and_its_field() -> None:
    keys, event_id = {PERSON: key()}, uuid4()
    data = orjson.loads(to_json(recorded(), event_id, keys))
    with pytest.raises(InvalidTag):
        open_fields(EmploymentStatusRecorded, dict(data), uuid4(), keys)

    class Renamed(EmploymentStatusRecorded):
        @classmethod
        def sealed_fields(cls) -> tuple[str, ...]:
            return ("evidence",)

    with pytest.raises(InvalidTag):
        open_fields(Renamed, data | {"evidence": data["status"]}, event_id, keys)
    assert open_fields(EmploymentStatusRecorded, data, event_id, keys)["status"] == "disoccupato"


def test_what_another_key_sealed_is_unreadable_not_erased() -> None:
    record = chain("case-a", recorded(), keys={PERSON: key()})[0]
    with pytest.raises(Unreadable):
        received(on_wire(record, 0)).opened({PERSON: key()})


def test_a_key_unwraps_under_its_master_key_and_its_id_only() -> None:
    master, raw = MasterKey(bytes(32)), AESGCM.generate_key(256)
    wrapped = master.wrap(PERSON, raw)
    assert raw not in wrapped
    sealed = AESGCM(raw).encrypt(b"0" * 12, b"text", None)
    assert master.unwrap(PERSON, wrapped).decrypt(b"0" * 12, sealed, None) == b"text"
    for stranger, person in ((MasterKey(b"1" * 32), PERSON), (master, uuid4())):
        with pytest.raises(KeysUnavailable) as refused:
            stranger.unwrap(person, wrapped)
        assert refused.value.code == "keys.wrong_master"


def test_keyed_hashes_differ_by_purpose_and_master() -> None:
    hashes = {MasterKey(seed * 32).keyed_hash(purpose, b"x") for seed in (b"1", b"2") for purpose in ("a", "b")}
    assert len(hashes) == 4
    assert MasterKey(b"1" * 32).keyed_hash("a", b"x") in hashes


def test_a_master_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="master_length"):
        MasterKey(b"short")
