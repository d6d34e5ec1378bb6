"""Where clauses are named: in code by refusals and docstrings, in tests by the marks `clause` and `invariant`.

Only the text of the files is read, nothing is imported: the page is the same on every machine.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXACTLY = re.compile(r"P\d\d")
NAMED = re.compile(r"\bP(\d\d)(?:-P(\d\d))?\b")
READS, WRITES = {"get"}, {"post", "put", "delete"}


class Kind(StrEnum):
    """What a place in the code is to a clause."""

    REFUSAL = "refusal"
    EVENT = "event"
    COMMAND = "command"
    ROUTE = "route"
    READ = "read"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A named thing that speaks of a clause; `what` is a class, a function, a refusal's code, or a route."""

    clause: str
    kind: Kind
    path: str
    what: str


@dataclass(frozen=True, slots=True, order=True)
class Proof:
    """A test that proves a clause, or an invariant in one of its ways."""

    subject: str
    way: str
    path: str
    test: str


def clauses_in(text: str) -> set[str]:
    """The clauses that a text names; `P27-P29` is three of them."""
    found: set[str] = set()
    for first, last in NAMED.findall(text):
        found |= {f"P{n:02}" for n in range(int(first), int(last or first) + 1)}
    return found


def sources() -> Iterator[Path]:
    for folder in ("services", "libs"):
        yield from sorted((ROOT / folder).glob("*/src/**/*.py"))


def places() -> list[Place]:
    """Every place in the code of services and libraries, tests' own helpers left out."""
    found: set[Place] = set()
    for path in sources():
        name = str(path.relative_to(ROOT))
        if "testing" in name or "/migrations/" in name:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.update(_of_module(name, tree))
    return sorted(found)


def _of_module(name: str, tree: ast.Module) -> Iterator[Place]:
    for clause in clauses_in(ast.get_docstring(tree) or ""):
        yield Place(clause, Kind.OTHER, name, "")
    prefixes = _prefixes(tree)
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            kind, what = _kind(name, node, prefixes)
            for clause in clauses_in(ast.get_docstring(node) or ""):
                yield Place(clause, kind, name, what)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and "/measures/" in name:
            yield from _of_measure(name, call)
        if isinstance(call, ast.Call) and (code := _code_of(call)) is not None:
            values = [*call.args, *(keyword.value for keyword in call.keywords)]
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and EXACTLY.fullmatch(value.value):
                    yield Place(value.value, Kind.REFUSAL, name, code)


def _of_measure(name: str, call: ast.Call) -> Iterator[Place]:
    """A measure is a read of the clauses that its declaration names."""
    first = call.args[0] if call.args else None
    for keyword in call.keywords:
        if keyword.arg == "clauses" and isinstance(keyword.value, ast.Tuple) and isinstance(first, ast.Constant):
            for value in keyword.value.elts:
                if isinstance(value, ast.Constant):
                    yield Place(str(value.value), Kind.READ, name, f"GET /v1/measures/{first.value!s}")


def _code_of(call: ast.Call) -> str | None:
    """The code of a Refused that is made here, or the name of the gate."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "gate":
        return "in-charge gate"
    if name != "Refused":
        return None
    first = call.args[0] if call.args else next(k.value for k in call.keywords if k.arg == "code")
    return str(first.value) if isinstance(first, ast.Constant) else ast.unparse(first)


def _kind(
    name: str, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, prefixes: Mapping[str, str]
) -> tuple[Kind, str]:
    if isinstance(node, ast.ClassDef):
        bases = {ast.unparse(base) for base in node.bases}
        if "/contracts/" in name and bases and not bases & {"StrEnum", "BaseModel", "Part"}:
            return Kind.EVENT, node.name
        if "Command" in bases or any(base.startswith("New") for base in bases):
            return Kind.COMMAND, node.name
        return Kind.OTHER, node.name
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.args:
            method = decorator.func.attr
            path = decorator.args[0]
            if method in READS | WRITES and isinstance(path, ast.Constant):
                kind = Kind.READ if method in READS else Kind.ROUTE
                prefix = prefixes.get(ast.unparse(decorator.func.value), "")
                return kind, f"{method.upper()} {prefix}{path.value!s}"
    return Kind.OTHER, node.name


def _prefixes(tree: ast.Module) -> dict[str, str]:
    """The prefix of each router of the module, by its name."""
    return {
        ast.unparse(node.targets[0]): str(keyword.value.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func) == "APIRouter"
        for keyword in node.value.keywords
        if keyword.arg == "prefix" and isinstance(keyword.value, ast.Constant)
    }


def proofs() -> list[Proof]:
    """Every test that carries a mark; a module's `pytestmark` counts for all tests of the module."""
    found: set[Proof] = set()
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = str(path.relative_to(ROOT))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        of_all = [mark for node in tree.body if isinstance(node, ast.Assign) for mark in _marks_assigned(node)]
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
                continue
            for call in [*of_all, *(d for d in node.decorator_list if isinstance(d, ast.Call))]:
                found.update(Proof(subject, way, name, node.name) for subject, way in _mark(call))
    return sorted(found)


def _marks_assigned(node: ast.Assign) -> list[ast.Call]:
    if not any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets):
        return []
    return [call for call in ast.walk(node.value) if isinstance(call, ast.Call)]


def _mark(call: ast.Call) -> list[tuple[str, str]]:
    """What a mark says: (clause, "") each, or (invariant, way)."""
    name = ast.unparse(call.func)
    values = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if name == "pytest.mark.clause":
        return [(value, "") for value in values]
    if name == "pytest.mark.invariant":
        return [(values[0], way) for way in values[1:]]
    return []
