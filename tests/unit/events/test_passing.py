"""What is waited for, what is tried a few times, and what is parked at once."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors
from psycopg_pool import PoolTimeout

from insieme_events.passing import TRIES, Passing, Patience, passing
from insieme_events.store import StoreError, VersionConflict
from insieme_events.vault import KeysUnavailable

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("the connection is lost"),
        psycopg.InterfaceError(),
        PoolTimeout(),
        KeysUnavailable("keys.missing", ""),
        ConnectionResetError(),
        errors.DiskFull(),
        errors.AdminShutdown(),
        errors.IdleInTransactionSessionTimeout(),
        errors.TransactionTimeout(),
        errors.TooManyConnections(),
        StoreError("events.clock", ""),
    ],
)
def test_the_surroundings_are_waited_for(error: Exception) -> None:
    assert passing(error) is Passing.SURELY


@pytest.mark.parametrize(
    "error",
    [
        errors.LockNotAvailable(),
        errors.SerializationFailure(),
        errors.DeadlockDetected(),
        errors.QueryCanceled(),
        TimeoutError(),
        VersionConflict(),
        FileNotFoundError(),
    ],
)
def test_what_passes_perhaps_is_tried_a_few_times(error: Exception) -> None:
    assert passing(error) is Passing.PERHAPS


@pytest.mark.parametrize(
    "error", [ValueError(), KeyError(), errors.NotNullViolation(), StoreError("events.too_large", "")]
)
def test_all_else_is_parked_at_once(error: Exception) -> None:
    assert passing(error) is Passing.NEVER


def test_patience_ends_after_so_many_tries_and_is_new_after_a_success() -> None:
    patience, error = Patience(), errors.LockNotAvailable()
    for _ in range(TRIES - 1):
        assert patience.left("a")
        patience.missed("a", error)
    assert not patience.left("a")
    assert patience.left("b")
    patience.met("a")
    assert patience.left("a")


def test_patience_with_the_surroundings_never_ends() -> None:
    patience = Patience()
    for _ in range(10 * TRIES):
        patience.missed("a", psycopg.OperationalError())
    assert patience.left("a")
