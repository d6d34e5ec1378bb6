"""`make run`: up in order, back after a kill, and gone without a trace."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from pathlib import Path
from typing import Protocol

import psycopg
import pytest

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]


class Run(Protocol):
    """What the fixture `make_run` gives."""

    place: Path
    process: subprocess.Popen[bytes]

    def begin(self, **variables: str) -> None: ...
    def wait_for(self, words: str) -> None: ...
    def said(self) -> str: ...
    def control_c(self) -> None: ...
    def ended(self) -> int: ...
    def pid_of(self, name: str) -> int: ...
    def left_running(self) -> list[str]: ...


def test_it_comes_up_in_order_comes_back_after_every_kill_even_its_own_and_keeps_its_data(make_run: Run) -> None:
    make_run.begin()
    make_run.wait_for("Everything serves")
    said = make_run.said()
    steps = ["Servers: local", "Kafka and PostgreSQL:", "migrations, topics:", "services intake, matching:"]
    steps += ["demonstration is done", "table is done", "/docs", "Everything serves"]
    assert sorted(steps, key=said.index) == steps
    environment = make_run.place / "env"
    assert stat.S_IMODE(environment.stat().st_mode) == 0o600
    with psycopg.connect(_variable(environment, "DATABASE_URL_INTAKE_OWNER")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")

    for name in ("intake", "kafka", "postgres"):
        os.kill(make_run.pid_of(name), signal.SIGKILL)
    for name in ("intake", "kafka", "postgres"):
        make_run.wait_for(f"{name} serves again")
    os.kill(make_run.pid_of("matching"), signal.SIGKILL)
    make_run.wait_for("matching died (exit code -9)")

    make_run.process.kill()
    make_run.ended()

    make_run.begin()
    make_run.wait_for("Everything serves")
    with psycopg.connect(_variable(environment, "DATABASE_URL_INTAKE_OWNER")) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)
    make_run.control_c()
    assert make_run.ended() == 0
    assert make_run.left_running() == []


def test_the_servers_alone_run_nothing_of_the_plan_and_make_a_database_that_was_dropped_again(make_run: Run) -> None:
    make_run.begin(ONLY_SERVERS="1")
    make_run.wait_for("Kafka and PostgreSQL serve, and nothing else")
    assert "migration" not in make_run.said()
    assert "demonstration" not in make_run.said()
    _in_second_terminal(make_run, 'psql "$INSIEME_ADMIN_URL" --command="drop database insieme_intake"')
    make_run.control_c()
    assert make_run.ended() == 0

    make_run.begin(ONLY_SERVERS="1")
    make_run.wait_for("Kafka and PostgreSQL serve, and nothing else")
    assert "1 row" in _in_second_terminal(make_run, 'psql "$DATABASE_URL_INTAKE_OWNER" --command="select 1"')
    make_run.control_c()
    assert make_run.ended() == 0
    assert make_run.left_running() == []


@pytest.mark.parametrize(
    ("moment", "variables"),
    [
        ("Servers: local", {}),
        ("Kafka and PostgreSQL:", {"SLOW_MIGRATION": "600"}),
        ("migrations, topics:", {"SLOW_SERVICE": "600"}),
        ("demonstration begins", {"SLOW_DEMONSTRATION": "600"}),
    ],
    ids=["servers", "migrations", "services", "demonstration"],
)
def test_ctrl_c_during_the_start_leaves_nothing_running(make_run: Run, moment: str, variables: dict[str, str]) -> None:
    make_run.begin(**variables)
    make_run.wait_for(moment)
    time.sleep(0.3)
    make_run.control_c()
    assert make_run.ended() == 130
    assert "Stopped; nothing is left running." in make_run.said()
    assert make_run.left_running() == []


def test_a_service_that_dies_at_its_start_shows_its_last_lines_and_stops_everything(make_run: Run) -> None:
    (make_run.place / "matching.dies").touch()
    make_run.begin()
    assert make_run.ended() == 1
    assert "matching has no database: the sentence that matters" in make_run.said()
    assert "matching died at its start (exit code 1)" in make_run.said()
    assert make_run.left_running() == []


def test_a_second_run_of_the_checkout_is_refused(make_run: Run) -> None:
    make_run.begin(SLOW_MIGRATION="600")
    make_run.wait_for("Servers: local")
    first = make_run.process
    make_run.begin()
    assert make_run.ended() == 1
    assert f"This checkout already runs (process {first.pid}): stop that one first." in make_run.said()
    first.send_signal(signal.SIGTERM)
    assert first.wait(120) == 130


def _variable(environment: Path, name: str) -> str:
    lines = dict(line.removeprefix("export ").split("=", 1) for line in environment.read_text().splitlines())
    return lines[name].strip("'")


def _in_second_terminal(make_run: Run, line: str) -> str:
    """What an operator's command says after `. .local/env`."""
    told = [f". {make_run.place / 'env'} && {line}"]
    return subprocess.run(["sh", "-c", *told], check=True, capture_output=True, text=True, timeout=120).stdout
