"""Every step of the road has its crash points, each stands once, and a step without one is found here."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from insieme_events.crash_points import Armed, Point

pytestmark = pytest.mark.unit

REPOSITORY = Path(__file__).parents[3]
ROAD = [
    REPOSITORY / "libs/events/src/insieme_events",
    REPOSITORY / "services/reporting/src/insieme_reporting",
]
BESIDE = {"testing", "migrations", "contracts"}
STEPS = {"commit", "transaction", "connection", "begin_transaction", "commit_transaction"}
"""Calls that begin or end a transaction: at the end of `async with pool.connection()` psycopg commits."""

ONLY_READS = {
    "housekeeping._check_limits",
    "timers.look",
    "reading.page",
    "reading.one",
    "service.readyz",
    "subscription._check_topics",
    "subscription._check_lasts",
    "subscription._let_go",
    "unrelayed.measure",
    "reactions._react",
    "reactions._handle_due",
    "letters_api.search",
    "letters_api.lines",
    "letters_api.retry_many",
    "letters_api.asked",
    "letters_api.show",
    "letters_api._ask",
    "vault.read",
    "vault.destroyed",
    "verifying.verify",
    "projection_worker._rows",
    "projection_operations.status",
    "projection_operations.history",
    "projection_operations.rollback",
    "projection_operations._there",
    "projection_operations._read_from",
    "versions.active",
    "waiting.applied",
    "forgetting.look",
    "persons_api.erasures",
    "subject_access.data",
    "vault.destroyed_of",
}
ELSEWHERE = {
    "refill._write_position": "an operator's command: one record, and begun again it does the same",
    "putting_back.recover": "an operator's command: one transaction, and run again it does the same",
    "recovering._read_again": "an operator's command: one transaction, and run again it does the same",
    "housekeeping.once": "measures only; what forgets has its points",
    "legacy_api.take_in": "one transaction of its own, and sent again it does the same",
    "migrate.upgrade": "runs before a process serves; a transaction per migration",
    "subscription._work": "the batch's transaction has its points in applying.py",
    "reactions._pass_over": "the batch's transaction has its points in applying.py",
    "reactions._go_on": "the transactions of its parts have their points in releasing.py",
    "subscription._release": "the release's transaction has its points in releasing.py",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for root in ROAD:
        for path in sorted(root.rglob("*.py")):
            if not BESIDE & set(path.relative_to(root).parts):
                yield path.stem, ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[tuple[str, list[ast.Call]]]:
    """Each function with the calls in it that stand in no function inside it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, list(calls(node))


def calls(function: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from calls(child)


def names(found: list[ast.Call]) -> set[str]:
    return {call.func.attr for call in found if isinstance(call.func, ast.Attribute)}


def points(found: list[ast.Call]) -> list[object]:
    return [
        call.args[0].value if isinstance(call.args[0], ast.Constant) else ast.unparse(call.args[0])
        for call in found
        if isinstance(call.func, ast.Name) and call.func.id == "reached"
    ]


def test_every_declared_point_stands_exactly_once_and_nothing_else_does() -> None:
    standing = Counter(point for _, tree in modules() for _, found in functions(tree) for point in points(found))
    assert standing == Counter(get_args(Point))


def test_every_step_that_commits_has_a_crash_point_in_its_function() -> None:
    """A new step fails here until it has points on both sides, or is named above with its reason."""
    steps = [
        (f"{module}.{name}", bool(points(found)))
        for module, tree in modules()
        for name, found in functions(tree)
        if names(found) & STEPS
    ]
    pointless = {step for step, has_points in steps if not has_points}
    exempt = ONLY_READS | ELSEWHERE.keys()
    assert pointless - exempt == set(), "give them crash points before and after, or name them in ONLY_READS"
    assert exempt - pointless == set(), "named above, but gone or with points of their own"


def test_a_step_without_a_point_would_be_found() -> None:
    tree = ast.parse(
        "async def forgotten(pool):\n    async with pool.connection() as c:\n        await c.execute('')\n"
    )
    assert [(name, names(found) & STEPS, points(found)) for name, found in functions(tree)] == [
        ("forgotten", {"connection"}, [])
    ]


@pytest.mark.parametrize(("passing", "printed"), [("1", ""), ("3", "1\n2\n")])
def test_a_process_ends_by_sigkill_at_the_named_passing(passing: str, printed: str) -> None:
    told = {"INSIEME_CRASH_POINT": "batch.after_fence", "INSIEME_CRASH_ON_PASSING": passing}
    program = (
        "from insieme_events.crash_points import reached\n"
        "for n in range(1, 6):\n"
        "    reached('batch.before_commit')\n"
        "    reached('batch.after_fence')\n"
        "    print(n, flush=True)"
    )
    done = subprocess.run([sys.executable, "-c", program], env=told, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (-9, printed)


def test_without_a_word_in_the_environment_nothing_is_armed() -> None:
    assert Armed.told({}) is None


def test_an_unknown_point_is_refused_with_the_ones_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"crash_points.unknown: relay.befor_commit .*relay.before_commit"):
        Armed.told({"INSIEME_CRASH_POINT": "relay.befor_commit"})
