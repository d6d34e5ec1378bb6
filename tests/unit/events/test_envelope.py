"""CloudEvents in Kafka's binary mode: what leaves comes back, and what is none of ours is named, never read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insieme_events.contracts.intake import PersonEnrolled
from insieme_events.contracts.intake_referrals import ReferralAccepted
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.envelope import UnknownType, Unreadable, metadata_of, outgoing, received
from insieme_events.store import Record
from insieme_events.testing.road import DAY, Wire, accepted, chain, on_wire

STREAM = "referral-7b0c7c0e-8f0e-4f6e-9d43-0d9f6f1c2a11"


def wire() -> Wire:
    return on_wire(chain(STREAM, accepted(uuid4()))[0], 4)


def with_header(record: Wire, name: str, value: bytes | None) -> Wire:
    others = [(n, v) for n, v in record.headers if n != name]
    return replace(record, headers=others if value is None else [*others, (name, value)])


@given(
    st.uuids(),
    st.integers(2, 2**31 - 1),
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.uuids(),
)
def test_what_leaves_comes_back(event_id: UUID, sequence: int, day: date, recorded: datetime, before: UUID) -> None:
    event = ReferralAccepted(referral_id=uuid4(), occurred_on=day)
    data, metadata = event.model_dump_json(), metadata_of("c-1", "cause", "00-aa-bb-01")
    stored = Record(event_id, STREAM, sequence, "ReferralAccepted", 1, data, metadata, day, recorded, before)
    sent, _ = outgoing(stored, "intake")
    found = received(Wire("t", 3, 9, sent.key, sent.value, sent.headers))
    opened = found.opened({})
    assert (opened.event_id, opened.stream, opened.sequence) == (event_id, STREAM, sequence)
    assert (opened.recorded_at, opened.event) == (recorded, event)
    assert (found.predecessor, found.correlation_id, found.traceparent) == (before, "c-1", "00-aa-bb-01")
    assert sent.timestamp_ms == int(recorded.timestamp() * 1000)


def test_the_party_form_has_the_listed_fields_and_no_predecessor() -> None:
    case, person = uuid4(), uuid4()
    event = PersonEnrolled(
        case_id=case,
        person_id=person,
        channel_class=next(iter(ChannelClass)),
        agreement_version="a-1",
        occurred_on=DAY,
    )
    complete, reduced = outgoing(chain(f"case-{case}", event, event)[1], "intake")
    assert reduced is not None
    found = received(Wire("t", 0, 0, reduced.key, reduced.value, reduced.headers))
    assert sorted(found.value.decode().split('"')[1::4]) == sorted(PersonEnrolled.party_fields or ())
    assert found.predecessor is None
    assert dict(reduced.headers)["ce_dataclassification"] == b"party"
    assert dict(complete.headers)["ce_dataclassification"] == b"restricted"
    assert "ce_predecessor" in dict(complete.headers)


def test_a_type_that_is_not_known_keeps_its_place_in_the_stream_but_cannot_be_opened() -> None:
    found = received(with_header(wire(), "ce_type", b"it.insiemeperillavoro.intake.FromTheFuture.v1"))
    assert (found.contract, found.sequence, found.stream) == (None, 1, STREAM)
    with pytest.raises(UnknownType):
        found.opened({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_id", b"no uuid"),
        ("ce_id", b"\xff\xfe"),
        ("ce_id", None),
        ("ce_sequence", b"0"),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"2147483648"),
        ("ce_sequence", b"many"),
        ("ce_recordedtime", b"2020-01-01T00:00:00"),
        ("ce_recordedtime", b"yesterday"),
        ("ce_correlationid", b"a\x00b"),
        ("ce_type", b"a\x00b"),
        ("ce_predecessor", b"x"),
        ("ce_subject", b"referral-b"),
    ],
)
def test_attributes_that_are_none_of_ours_make_the_record_unreadable(name: str, value: bytes | None) -> None:
    with pytest.raises(Unreadable):
        received(with_header(wire(), name, value))


@pytest.mark.parametrize("stream", [b"", b"A stream", b"x" * 5000, b"referral-\x00", "città".encode()])
def test_a_stream_name_that_no_table_would_take_is_unreadable(stream: bytes) -> None:
    with pytest.raises(Unreadable):
        received(replace(with_header(wire(), "ce_subject", stream), key=stream))


@pytest.mark.parametrize(
    "record",
    [
        replace(wire(), value=None),
        replace(wire(), key=None),
        replace(wire(), key=b"another"),
        replace(wire(), headers=[]),
    ],
)
def test_a_record_without_value_key_or_headers_is_unreadable(record: Wire) -> None:
    with pytest.raises(Unreadable):
        received(record)


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"null", b"\xff", b'{"referral_id": "canary-7"}'])
def test_data_that_do_not_fit_are_unreadable_and_not_quoted(value: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        received(replace(wire(), value=value)).opened({})
    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is None


@given(st.lists(st.tuples(st.sampled_from(["ce_id", "ce_type", "ce_subject", "x"]), st.binary(max_size=20))))
def test_reading_attributes_raises_nothing_else(headers: list[tuple[str, bytes]]) -> None:
    with pytest.raises(Unreadable):
        received(replace(wire(), headers=headers))
