"""Where a key stands: the same as aiokafka's partitioner says, whatever the key."""

from __future__ import annotations

import pytest
from aiokafka.partitioner import murmur2
from hypothesis import given
from hypothesis import strategies as st

from insieme_events import placing

pytestmark = pytest.mark.unit


@given(st.binary(max_size=120), st.integers(1, 64))
def test_a_key_stands_where_the_clients_of_kafka_put_it(key: bytes, partitions: int) -> None:
    assert placing.partition_of(key, partitions) == (murmur2(key) & 0x7FFFFFFF) % partitions
