"""Which servers are used, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from insieme_local import ladder
from insieme_local.environment import provisioned_by_environment
from insieme_local.errors import Code, LocalError
from insieme_local.folders import Folders

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL_ADMIN", "DATABASE_URL_INTAKE", "INSIEME_TEST_SERVERS"):
        monkeypatch.delenv(name, raising=False)


def test_named_servers_are_used_and_nothing_is_started(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "elsewhere:9092")
    monkeypatch.setenv("DATABASE_URL_ADMIN", "postgresql://admin@elsewhere/postgres")
    for found in (ladder.for_run(Folders(place)), ladder.for_tests(Folders(place))):
        assert (found.bootstrap, found.admin_url) == ("elsewhere:9092", "postgresql://admin@elsewhere/postgres")
        assert found.parts == []
        assert ladder.line(found) == (
            "Servers: those of the environment, because KAFKA_BOOTSTRAP_SERVERS and DATABASE_URL_ADMIN are set."
        )


@pytest.mark.parametrize("only", ["KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL_INTAKE"])
def test_half_of_the_servers_named_is_a_mistake_and_said_so(
    place: Path, monkeypatch: pytest.MonkeyPatch, only: str
) -> None:
    monkeypatch.setenv(only, "elsewhere:9092")
    with pytest.raises(LocalError, match=f"{only} is set but") as refused:
        ladder.for_run(Folders(place))
    assert refused.value.code is Code.ENVIRONMENT_INCOMPLETE


def test_tests_never_touch_the_databases_of_a_run(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "elsewhere:9092")
    monkeypatch.setenv("DATABASE_URL_INTAKE", "postgresql://intake@elsewhere/intake")
    assert ladder.for_run(Folders(place)).parts == []
    with pytest.raises(LocalError, match="Tests make databases of their own: set DATABASE_URL_ADMIN"):
        ladder.for_tests(Folders(place))


def test_a_terminal_that_has_read_what_a_run_of_local_servers_wrote_starts_them_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = Folders(place / "run")
    where.environment.parent.mkdir(parents=True, exist_ok=True)
    where.environment.write_text("export INSIEME_ADMIN_URL=x\nexport KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:19092\n")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:19092")
    monkeypatch.setenv("DATABASE_URL_INTAKE", "postgresql://intake@127.0.0.1/intake")
    monkeypatch.setattr("insieme_local.ports.taken", lambda port: False)
    assert ladder.for_run(where).rung == "local processes"
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "elsewhere:9092")
    assert ladder.for_run(where).rung == "those of the environment"


def test_without_an_administrator_every_missing_connection_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "elsewhere:9092")
    monkeypatch.setenv("DATABASE_URL_INTAKE", "postgresql://intake@elsewhere/intake")
    monkeypatch.setenv("DATABASE_URL_INTAKE_OWNER", "postgresql://owner@elsewhere/intake")
    with pytest.raises(LocalError, match="DATABASE_URL_KEYS, DATABASE_URL_KEYS_OWNER, INSIEME_MASTER_KEY must be set"):
        provisioned_by_environment(["intake"])


def test_containers_are_used_by_tests_only_when_an_engine_answers(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSIEME_TEST_SERVERS", "docker")
    assert ladder.for_tests(Folders(place), engine_answers=lambda: True).rung == "containers"
    assert ladder.for_run(Folders(place)).rung == "local processes"
    with pytest.raises(LocalError, match="no engine answers: start it, or unset the variable") as refused:
        ladder.for_tests(Folders(place), engine_answers=lambda: False)
    assert refused.value.code is Code.ENGINE_SILENT


def test_otherwise_local_processes_on_free_ports(place: Path) -> None:
    first, second = (ladder.for_tests(Folders(place / name)) for name in ("first", "second"))
    assert first.rung == "local processes"
    assert first.bootstrap != second.bootstrap
    assert first.admin_url != second.admin_url
