"""What goes wrong says so in one sentence with its remedy, and leaves nothing running."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from rich.console import Console

from insieme_local import folders, java, kafka, ladder, ports, processes, supervisor
from insieme_local.errors import Code, LocalError
from insieme_local.folders import Folders
from insieme_local.parts import Part
from insieme_local.plan import PLAN
from insieme_local.postgres import Postgres
from insieme_local.processes import Child
from insieme_local.run import running
from insieme_local.servers import Servers
from insieme_local.supervisor import Supervisor

pytestmark = pytest.mark.integration


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which the test itself listens."""
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    ("variable", "what"),
    [
        ("INSIEME_KAFKA_PORT", "Kafka"),
        ("INSIEME_POSTGRES_PORT", "PostgreSQL"),
        ("INSIEME_MATCHING_PORT", "the service matching"),
    ],
)
def test_a_taken_port_names_the_variable_that_moves_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, taken: int, variable: str, what: str
) -> None:
    free = ports.free(5)
    for name, port in zip(("KAFKA", "POSTGRES", "INTAKE", "MATCHING", "REPORTING"), free, strict=True):
        monkeypatch.setenv(f"INSIEME_{name}_PORT", str(port))
    monkeypatch.setenv(variable, str(taken))
    sentence = (
        f"Port {taken} of 127.0.0.1, which {what} needs, is taken: stop the program that listens there, "
        f"or choose another port with {variable}=NUMBER."
    )
    with pytest.raises(LocalError) as refused, running(PLAN, Folders(place), Console(quiet=True)):
        pytest.fail("it started")
    assert (refused.value.code, refused.value.sentence) == (Code.PORT_TAKEN, sentence)
    assert list(Folders(place).records.glob("*.pid")) == []


@pytest.mark.parametrize("said", ["http", "0", "70000", "-1"])
def test_a_port_that_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("INSIEME_KAFKA_PORT", said)
    with pytest.raises(LocalError, match="give it a number from 1 to 65534, or unset it"):
        ports.from_environment("INSIEME_KAFKA_PORT", 19092)


def test_too_little_disk_is_said_before_anything_starts(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 9 * 10**8, 10**8))
    sentence = r"Only 95 MB are free .* and 1024 MB are needed: make room"
    with (
        pytest.raises(LocalError, match=sentence) as refused,
        running(PLAN, Folders(place), Console(quiet=True)),
    ):
        pytest.fail("it started")
    assert refused.value.code is Code.DISK_FULL


def test_jars_that_cannot_be_fetched_are_tried_again_and_then_named(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INSIEME_CACHE", str(place / "cache"))
    monkeypatch.setenv("INSIEME_MAVEN_REPOSITORY", f"http://{ports.HOST}:{ports.free(1)[0]}")
    with pytest.raises(LocalError, match=r"could not be fetched from Maven Central in 2 tries: check the") as refused:
        java.kafka_jars(place / "logs", place / "records", tries=2, back_off=0.01)
    assert refused.value.code is Code.FETCH_FAILED
    assert "Connection refused" in refused.value.detail
    assert (place / "logs" / "fetch.log").read_text().count("Traceback (most recent call last):\n  File") >= 2
    assert not folders.complete(place / "cache" / f"kafka-{java.kafka_version()}")


def test_a_half_written_folder_is_made_again_and_killed_servers_come_back(
    own_servers: Callable[[Callable[[Folders], None]], Servers],
) -> None:
    def spoil(where: Folders) -> None:
        for half in (where.postgres / "data", where.kafka / "data"):
            half.mkdir(parents=True)
            (half / "half-written").write_text("a start that was cut short")

    servers = own_servers(spoil)
    assert servers.kafka is not None
    assert not (servers.kafka.data / "half-written").exists()

    said: list[str] = []
    watch = Supervisor(said.append)
    watch.watch(servers.parts)
    servers.kill_kafka()
    servers.kill_postgres()
    end = time.monotonic() + 40
    watch.run_while(lambda: sum("serves again" in line for line in said) < 2 and time.monotonic() < end)
    assert sorted(line.split()[0] for line in said if "serves again" in line) == ["kafka", "postgres"]


def test_databases_without_their_passwords_are_not_tried(place: Path) -> None:
    home = Postgres(Folders(place), 1, "").home
    home.mkdir(parents=True)
    (home / folders.MARKER).touch()
    with pytest.raises(LocalError, match="run `make reset` and start again") as refused:
        ladder.for_tests(Folders(place))
    assert refused.value.code is Code.STATE_BROKEN


def test_damaged_passwords_are_named(place: Path) -> None:
    Folders(place).secrets.write_text('{"postgres": "cut sho')
    with pytest.raises(LocalError, match="is damaged, so the databases are locked: run `make reset`"):
        ladder.for_tests(Folders(place))


def test_a_program_that_is_not_there_is_named(place: Path) -> None:
    with pytest.raises(LocalError, match=r"no-such-program does not exist: run `make setup`") as refused:
        start(place, [str(place / "no-such-program")])
    assert refused.value.code is Code.COMMAND_MISSING


def test_what_dies_at_its_start_shows_its_last_twenty_lines(place: Path) -> None:
    child = start(place, [sys.executable, "-c", "for n in range(30): print('line', n)\nraise SystemExit(3)"])
    with pytest.raises(LocalError, match=r"died at its start \(exit code 3\)") as refused:
        child.wait_ready(lambda: False, 20)
    assert refused.value.detail.splitlines() == [f"line {number}" for number in range(10, 30)]


def test_what_dies_too_often_is_given_up_with_its_last_lines(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)

    class Hopeless(Part):
        name = "hopeless"

        def spawn(self) -> Child:
            self.child = start(place, [sys.executable, "-c", "print('no hope')"])
            return self.child

        def ready(self) -> bool:
            return False

    said: list[str] = []
    watch = Supervisor(said.append)
    watch.watch([Hopeless()])
    with pytest.raises(LocalError, match="hopeless died 6 times within 120 s") as refused:
        watch.run_while(lambda: True)
    assert refused.value.code is Code.DIED_TOO_OFTEN
    assert "no hope" in refused.value.detail
    pauses = [float(line.split()[-2]) for line in said if "started again in" in line]
    assert len(pauses) == supervisor.MOST_DEATHS - 1
    assert pauses == sorted(pauses)


def test_a_leftover_is_stopped_and_a_stranger_with_its_pid_is_left_alone(place: Path) -> None:
    leftover = start(place, [sys.executable, "-c", "import time; time.sleep(60)"])
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        record = place / "records" / "stranger.pid"
        record.write_text(json.dumps({"pid": stranger.pid, "started": psutil.Process(stranger.pid).create_time() - 99}))
        assert processes.stop_leftovers(place / "records") == ["part"]
        leftover.process.wait(5)
        assert not psutil.pid_exists(leftover.pid)
        assert stranger.poll() is None
        assert list((place / "records").glob("*.pid")) == []
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.skipif(
    sys.platform != "linux", reason="the kernel's death signal is Linux's; elsewhere the record is used"
)
@pytest.mark.parametrize("other", [False, True], ids=["same user", "other user"])
def test_a_child_does_not_outlive_a_killed_parent(place: Path, other: bool) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time\nfrom pathlib import Path\nfrom insieme_local import folders, processes\n"
            f"place = Path({str(place)!r})\n"
            "processes.start('part', ['/bin/sleep', '60'], log=place / 'log', records=place / 'records', "
            f"user=folders.server_user() if {other} else None)\ntime.sleep(60)",
        ]
    )
    record = place / "records" / "part.pid"
    until(lambda: processes.recorded(record) is not None)
    parent.kill()
    parent.wait()
    until(lambda: processes.recorded(record) is None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands PostgreSQL to another user")
def test_as_root_a_checkout_that_hides_its_folders_gets_a_place_outside(tmp_path: Path) -> None:
    where = Folders(tmp_path / "hidden" / "run")
    (tmp_path / "hidden").mkdir(mode=0o700)
    database = Postgres(where, ports.free(1)[0], "secret")
    try:
        database.prepare()
        database.start()
        assert database.home == folders.outside(where.postgres)
        assert database.child is not None
        assert psutil.Process(database.child.pid).uids().real != 0
    finally:
        database.stop()
        folders.forget(where)
    assert not folders.outside(where.postgres).exists()


def start(place: Path, command: list[str]) -> Child:
    return processes.start("part", command, log=place / "log", records=place / "records")


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 15
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_an_id_of_a_cluster_is_no_option_of_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([UUID(bytes=b"\xfb" * 16), UUID(bytes=b"\x00" * 16)])
    monkeypatch.setattr(uuid, "uuid4", lambda: next(drawn))
    assert kafka.cluster_id() == "A" * 22
