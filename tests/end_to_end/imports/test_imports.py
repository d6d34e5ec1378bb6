"""Files of every kind through the command line: verdicts, a repetition, a kill -9 in the middle, and the store.

`make imports` runs it with ROWS=10000 of each kind; `make test-platforms` with fewer.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.end_to_end.imports import files
from tests.end_to_end.imports.files import Made
from tests.end_to_end.nursery import Command
from tests.end_to_end.platform import Platform

from insieme_local.service import inherited

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]

ROWS = int(os.environ.get("INSIEME_IMPORT_ROWS", "300"))
INSIEME = Path(sys.executable).parent / "insieme"
LONG = 300
SOME_REFUSED = 3
KILLED_AFTER = 0.3
SECONDS_FOR_TEN_THOUSAND = 120


@pytest.fixture(scope="module")
def desks(prepared: Platform) -> Platform:
    """Intake and matching."""
    prepared.start_all(("intake", "matching"))
    return prepared


@dataclass(frozen=True)
class Road:
    """Kind, service, the events of which a recorded row leaves exactly one, and whatever else the command is told.

    `apart`: every row makes a stream of its own.
    """

    kind: str
    service: str
    events: tuple[str, ...]
    options: tuple[str, ...] = ()
    apart: bool = True


def begun(platform: Platform, road: Road, path: Path, *options: str) -> Command:
    """`insieme import run`, as it is at work."""
    assert platform.nursery is not None
    told = ("import", "run", road.kind, str(path), "--url", platform.url(road.service), *road.options, *options)
    return platform.nursery.command("insieme", *told, environment=inherited(), folder=path.parent / "said")


def imported(platform: Platform, road: Road, path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    code, said, complained = begun(platform, road, path, "--json", *options).ended(LONG)
    assert code in (0, 1, SOME_REFUSED), complained
    return code, json.loads(said)


def streams(platform: Platform, road: Road) -> list[str]:
    """The streams that have such an event, one for each time that it stands in the store."""
    with psycopg.connect(platform.provisioned.urls[f"{road.service}_owner"]) as connection:
        rows = connection.execute("select stream from events.events where type = any(%s)", (list(road.events),))
        return [stream for (stream,) in rows]


def compare(made: Made, told: list[dict[str, str]], verdict: str) -> None:
    """Every row in its order, with its own cells, and judged as the file's maker wrote it down."""
    assert len(told) == len(made.rows)
    for row, wanted, said in zip(made.rows, made.expected, told, strict=True):
        assert {name: said[name] for name in row} == row
        assert said["import_line"] == str(wanted.line)
        found = (said["import_verdict"], said["import_code"], said["import_column"])
        assert found == ((verdict, "", "") if wanted.good else ("refused", wanted.code, wanted.column)), said
        assert bool(said["import_sentence"]) != wanted.good


def kill_in_the_middle(platform: Platform, road: Road, made: Made, before: int) -> None:
    """kill -9 of the importer when so many rows of the file stand in the store."""
    child = begun(platform, road, made.path).process
    try:
        until = time.monotonic() + LONG
        while len(streams(platform, road)) < before + KILLED_AFTER * made.good():
            assert child.poll() is None, "it ended before it was killed"
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(LONG)
    assert not made.path.with_name(f"{made.path.stem}.verdicts.csv").exists(), "verdicts of half a file"


def killed_repeated_and_again(platform: Platform, road: Road, made: Made) -> None:
    before = streams(platform, road)
    verdicts = made.path.with_name(f"{made.path.stem}.verdicts.csv")

    code, told = imported(platform, road, made.path, "--dry-run")
    assert code == SOME_REFUSED
    assert told["imported"] == told["unchanged"] == 0
    assert streams(platform, road) == before
    verdicts.unlink()

    kill_in_the_middle(platform, road, made, len(before))
    at_the_kill = streams(platform, road)

    code, told = imported(platform, road, made.path)
    assert code == SOME_REFUSED
    assert told["imported"] + told["unchanged"] == made.good()
    assert told["unchanged"] >= KILLED_AFTER * made.good()
    after = streams(platform, road)
    assert len(after) - len(before) == made.good()
    assert not road.apart or len(set(after)) == len(after)
    assert not Counter(at_the_kill) - Counter(after)
    rows_a_second = told["imported"] / told["seconds"]
    print(f"{road.kind}: {told['imported']} rows in {told['seconds']} s, {rows_a_second:.0f} a second")
    if ROWS >= 10_000:
        assert made.good() / rows_a_second < SECONDS_FOR_TEN_THOUSAND

    code, told = imported(platform, road, made.path)
    assert code == SOME_REFUSED
    assert told["imported"] == 0
    compare(made, files.verdicts(verdicts), "unchanged")
    assert streams(platform, road) == after
    print(f"{road.kind}: again in {told['seconds']} s")


def a_month_later(platform: Platform, road: Road, made: Made) -> list[dict[str, str]]:
    """Once the stored answers are forgotten: nothing is recorded. Gives the verdicts."""
    after = streams(platform, road)
    with psycopg.connect(platform.provisioned.urls[f"{road.service}_owner"]) as connection:
        connection.execute("delete from events.idempotency")
    code, _ = imported(platform, road, made.path)
    assert code == SOME_REFUSED
    assert streams(platform, road) == after
    return files.verdicts(made.path.with_name(f"{made.path.stem}.verdicts.csv"))


def corrected(platform: Platform, road: Road, made: Made, right: Callable[[int], Any]) -> None:
    """The verdict file itself, with the wrong rows put right, sent again."""
    verdicts = made.path.with_name(f"{made.path.stem}.verdicts.csv")
    before = streams(platform, road)
    told = files.verdicts(verdicts)
    for place, row in enumerate(told):
        if row["import_verdict"] == "refused":
            row.update({name: str(value) for name, value in right(place + 1).items()})
    files.put(verdicts, told, delimiter=";")
    code, said = imported(platform, road, verdicts)
    assert code == 0, said
    assert (said["imported"], said["unchanged"]) == (len(made.rows) - made.good(), made.good())
    assert len(streams(platform, road)) - len(before) == said["imported"]
    assert {row["import_verdict"] for row in files.verdicts(verdicts)} == {"imported", "unchanged"}


def test_persons(desks: Platform, tmp_path: Path) -> None:
    road = Road("persons", "intake", ("ApplicationSubmitted",))
    made = files.write(tmp_path / "persons.csv", ROWS, files.person, files.wrong_persons, delimiter=";")
    killed_repeated_and_again(desks, road, made)
    compare(made, a_month_later(desks, road, made), "unchanged")
    corrected(desks, road, made, files.person)


def test_companies_and_their_vacancies(desks: Platform, tmp_path: Path) -> None:
    road = Road("companies", "matching", ("CompanyRegistered",))
    made = files.write(tmp_path / "companies.csv", ROWS, files.registration, files.wrong_companies, encoding="cp1252")
    killed_repeated_and_again(desks, road, made)
    compare(made, a_month_later(desks, road, made), "unchanged")
    corrected(desks, road, made, files.registration)

    road = Road("vacancies", "matching", ("VacancyOpened",))
    right = files.vacancy(companies=ROWS // 4)
    made = files.write(tmp_path / "vacancies.xlsx", ROWS, right, files.wrong_vacancies)
    killed_repeated_and_again(desks, road, made)
    compare(made, a_month_later(desks, road, made), "unchanged")
    corrected(desks, road, made, right)
