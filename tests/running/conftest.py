"""A folder that PostgreSQL's user can reach, and `make run` with tiny programs in the place of the services.

What `make run` is made of: its servers, its start and end, the load of the demonstration, and the pages that are
followed on it.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from tests.end_to_end.conftest import platform, prepared, young

from insieme_local import folders, ports, processes
from insieme_local.folders import Folders
from insieme_local.testing import session_folders

__all__ = ["platform", "prepared", "young"]

LONG = 120.0
"""Seconds that a step of `make run` may take on a busy machine; longer than it waits itself for a server."""

_numbers = itertools.count()

SERVICE = """
    import http.server, os, sys, time
    from pathlib import Path
    name, place = sys.argv[1], Path(__file__).parent
    print(f"{name} starts", flush=True)
    if (place / f"{name}.dies").exists():
        sys.exit(f"{name} has no database: the sentence that matters")
    time.sleep(float(os.environ.get("SLOW_SERVICE", "0")))
    class Ready(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/readyz" else 404)
            self.end_headers()
        def log_message(self, *_):
            pass
    port = int(os.environ[f"INSIEME_{name.upper()}_PORT"])
    http.server.HTTPServer(("127.0.0.1", port), Ready).serve_forever()
"""
STEP = """
    import os, sys, time
    name = sys.argv[1]
    print(f"{name} begins", flush=True)
    time.sleep(float(os.environ.get("SLOW_" + name.upper(), "0")))
    print(f"{name} is done", flush=True)
"""
RUNNER = """
    import os, sys
    from pathlib import Path
    from rich.console import Console
    from insieme_local.folders import Folders
    from insieme_local.plan import Command, Plan
    from insieme_local.run import run, run_servers
    place = Path(__file__).parent
    def step(name, **more):
        return Command(name, (sys.executable, str(place / "step.py"), name), **more)
    plan = Plan(
        migrations=(step("migration", service="intake", owner=True),),
        topics=step("topics"),
        services={name: (sys.executable, str(place / "service.py"), name) for name in ("intake", "matching")},
        attached=(step("demonstration"), step("table")),
    )
    begin = run_servers if "ONLY_SERVERS" in os.environ else run
    sys.exit(begin(plan, Folders(place / "run"), Console(width=400)))
"""


@dataclass
class Run:
    """A `make run` of a folder and ports of its own, with programs that do nothing but start, answer and end."""

    place: Path
    variables: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    _outputs: Iterator[int] = field(default_factory=itertools.count)
    output: Path = Path()

    @property
    def where(self) -> Folders:
        return Folders(self.place / "run")

    def begin(self, **variables: str) -> None:
        """Start it, as a terminal would: a session of its own."""
        self.output = self.place / f"output-{next(self._outputs)}.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, str(self.place / "runner.py")],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.variables, **variables},
                start_new_session=True,
            )

    def wait_for(self, words: str, seconds: float = LONG) -> None:
        """Wait until it has said these words."""
        end = time.monotonic() + seconds
        while words not in self.said():
            assert self.process is not None
            assert self.process.poll() is None, f"ended before it said {words!r}:\n{self.said()}"
            assert time.monotonic() < end, f"never said {words!r}:\n{self.said()}"
            time.sleep(0.02)

    def said(self) -> str:
        return self.output.read_text()

    def control_c(self) -> None:
        """Ctrl-C: the terminal sends it to the whole foreground group."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self, seconds: float = LONG) -> int:
        """Wait for its end; the exit code."""
        assert self.process is not None
        return self.process.wait(timeout=seconds)

    def pid_of(self, name: str) -> int:
        process = processes.recorded(self.where.records / f"{name}.pid")
        assert process is not None, f"{name} does not run"
        return process.pid

    def left_running(self) -> list[str]:
        """Every process that names our folder in its command line; PostgreSQL's own children go with their parent."""
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            line = " ".join(process.info["cmdline"] or ())
            if str(self.place) in line and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(line[:200])
        return found


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of the test's own that every user can reach."""
    folder = session_folders().root / f"place-{next(_numbers)}"
    folder.mkdir(parents=True)
    yield folder
    folders.forget(Folders(folder))


@pytest.fixture
def make_run(place: Path) -> Iterator[Run]:
    """A `make run` that has not begun yet."""
    for name, text in {"service.py": SERVICE, "step.py": STEP, "runner.py": RUNNER}.items():
        (place / name).write_text(textwrap.dedent(text))
    postgres, intake, matching, *candidates = ports.free(12)
    kafka = next(port for port in candidates if not ports.taken(port + 1))
    made = Run(
        place,
        {
            "INSIEME_KAFKA_PORT": str(kafka),
            "INSIEME_POSTGRES_PORT": str(postgres),
            "INSIEME_INTAKE_PORT": str(intake),
            "INSIEME_MATCHING_PORT": str(matching),
        },
    )
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
    processes.stop_leftovers(made.where.records)
