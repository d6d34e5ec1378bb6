"""`make figures`: the published cases, asked of reporting over HTTP after a whole load; its time, and its digest."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from insieme_demo.servers import House, house, load_command
from insieme_local import waiting
from insieme_local.errors import Interrupted, LocalError
from insieme_local.plan import program

TOLD = ("governance", "intake", "matching", "training", "funding", "reporting")
"""The services that the history speaks of; the others would only listen."""

DIGEST = ("insieme-demo", "digest")

EXPECTED = ("value", "percent", "values", "percents", "shares")
"""What is published of a figure: one number, one rate, one of either for each group, or how a whole is shared out."""

PATIENCE = 180.0
"""Seconds that reporting may take to apply what was loaded."""


@dataclass(frozen=True)
class Answer:
    """One published figure with what reporting says; both as text, percentages rounded as published."""

    title: str
    expected: str
    got: str

    @property
    def passed(self) -> bool:
        return self.expected == self.got


def published() -> list[dict[str, Any]]:
    """The figures of the published cases (figures.md) and of single years (domain.md), each with its question."""
    found: list[dict[str, Any]] = json.loads((files("insieme_demo") / "published.json").read_text(encoding="utf-8"))
    return found


def check(console: Console) -> int:
    """0 where every figure is as published, 1 on a difference or where something did not start, 130 on Ctrl-C."""
    with waiting.interruptible():
        try:
            with (
                console.status("Starting Kafka, PostgreSQL and every service …") as status,
                house("figures", TOLD) as all_of_it,
            ):
                status.stop()
                began = time.monotonic()
                _load(all_of_it)
                loaded = time.monotonic() - began
                answers = _when_applied(all_of_it.url("reporting"))
                digest = _digest(all_of_it)
        except Interrupted:
            console.print("Stopped; nothing is left running.")
            return 130
        except LocalError as problem:
            console.print(f"{problem.sentence} [{problem.code}]", style="bold red", markup=False, soft_wrap=True)
            return 1
    console.print(f"Loaded in {loaded:.0f} s. Digest of the history: {digest}", highlight=False, soft_wrap=True)
    return show(console, answers)


def _digest(all_of_it: House) -> str:
    """What `insieme-demo digest` says: the same history, the same digest, on any servers."""
    said = subprocess.run(program(DIGEST), env=all_of_it.environment, stdout=subprocess.PIPE, text=True, check=False)
    if said.returncode:
        raise SystemExit(1)
    return said.stdout.strip()


def _load(all_of_it: House) -> None:
    began = subprocess.Popen(load_command(), env=all_of_it.environment)
    try:
        while began.poll() is None:
            waiting.pause(0.2)
    finally:
        if began.poll() is None:
            began.terminate()
            began.wait(30)
    if began.returncode == 130:
        raise Interrupted
    if began.returncode:
        raise SystemExit(1)


def _when_applied(url: str) -> list[Answer]:
    """The answers once all are as published, or those that reporting gives when its time is over."""
    end = time.monotonic() + PATIENCE
    while True:
        answers = ask(url)
        if all(answer.passed for answer in answers) or time.monotonic() > end:
            return answers
        waiting.pause(1.0)


def ask(url: str) -> list[Answer]:
    """Every published figure, asked now."""
    with httpx.Client(base_url=url, timeout=30) as client:
        return [answer for figure in published() for answer in _ask(client, figure)]


def _ask(client: httpx.Client, figure: dict[str, Any]) -> list[Answer]:
    by = figure.get("by")
    query = {"from": figure["from"], "to": figure["to"], **({"by": by} if by else {})}
    said = client.get(f"/v1/measures/{figure['measure']}", params=query)
    if said.status_code != httpx.codes.OK:
        (expected,) = [figure[kind] for kind in EXPECTED if kind in figure]
        return [Answer(figure["title"], str(expected), f"status {said.status_code}")]
    rows = said.json()["rows"]
    if "value" in figure:
        return [Answer(figure["title"], str(figure["value"]), str(sum(row["value"] for row in rows)))]
    if "percent" in figure:
        return [Answer(figure["title"], f"{figure['percent']:.1f}", _rate(rows))]
    if "percents" in figure:
        return [
            Answer(f"{figure['title']}: {key}", f"{percent:.1f}", _rate([row for row in rows if row[by] == key]))
            for key, percent in figure["percents"].items()
        ]
    if "values" in figure:
        found = {row[by]: row["value"] for row in rows}
        return [
            Answer(f"{figure['title']}: {key}", str(value), str(found.get(key, 0)))
            for key, value in figure["values"].items()
        ]
    total = sum(row["value"] for row in rows)
    values = {row[by]: row["value"] for row in rows}
    return [
        Answer(f"{figure['title']}: {key}", str(share), str(round(100 * values.get(key, 0) / total)) if total else "-")
        for key, share in figure["shares"].items()
    ]


def _rate(rows: list[dict[str, Any]]) -> str:
    numerator, denominator = (sum(row[part] for row in rows) for part in ("numerator", "denominator"))
    return f"{100 * numerator / denominator:.1f}" if denominator else "-"


def show(console: Console, answers: list[Answer]) -> int:
    """A table, and as the last line how many passed; the exit code."""
    table = Table("figure", "published", "reporting", "")
    for answer in answers:
        mark = "[green]passed[/]" if answer.passed else "[bold red]FAILED[/]"
        table.add_row(answer.title, answer.expected, answer.got, mark)
    console.print(table)
    failed = sum(not answer.passed for answer in answers)
    console.print(f"{len(answers) - failed} passed, {failed} failed")
    return 1 if failed else 0
