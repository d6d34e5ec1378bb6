"""Every clause has code and a marked test, and docs/clauses.md says so as it is (`make clauses`)."""

from __future__ import annotations

import json

import pytest
from tests.clauses import judging
from tests.clauses.judging import Clause, missing_of
from tests.clauses.page import PAGE, look, written
from tests.clauses.scanning import Kind, Place, Proof, clauses_in

from insieme_reporting.versions import NEWEST

PROOF = Proof("P39", "", "tests/unit/training/test_course.py", "test_it")


def test_nothing_is_missing_and_the_page_is_as_the_code_is() -> None:
    found = look()
    assert found.missing == {}
    assert PAGE.read_text(encoding="utf-8") == written(found), "run `make clauses`"


def test_there_are_84_clauses_and_15_invariants() -> None:
    assert [clause.id for clause in judging.clauses()] == [f"P{n:02}" for n in range(1, 85)]
    assert [one.id for one in judging.invariants()] == [f"I{n}" for n in range(1, 16)]


@pytest.mark.parametrize(
    ("way", "kinds", "proofs", "missing"),
    [
        ("enforced", (Kind.REFUSAL,), (PROOF,), []),
        ("enforced", (Kind.EVENT, Kind.READ), (PROOF,), ["a refusal that names it"]),
        ("enforced", (Kind.REFUSAL,), (), ["a test marked with it"]),
        ("tracked", (Kind.EVENT, Kind.READ), (PROOF,), []),
        ("tracked", (Kind.EVENT,), (PROOF,), ["a read that names it"]),
        ("tracked", (Kind.READ,), (PROOF,), ["an event or command that names it"]),
    ],
)
def test_what_a_clause_lacks_is_named(
    way: str, kinds: tuple[Kind, ...], proofs: tuple[Proof, ...], missing: list[str]
) -> None:
    clause = Clause("P39", "Modalità", "si attiva solo laddove …", way, "training")
    places = [Place("P39", kind, "services/training/src/insieme_training/course.py", "x") for kind in kinds]
    assert missing_of(clause, places, proofs) == missing


def test_a_range_names_every_clause_in_it() -> None:
    assert clauses_in("(P27-P29, P33; I7) and P6 or XP12") == {"P27", "P28", "P29", "P33"}


def test_nothing_else_may_be_pending(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "loads", lambda _: {"P39": "later"})
    with pytest.raises(ValueError, match="P39 may not be pending"):
        judging.pending()


def test_a_clause_lists_the_measures_that_are_reads_of_it() -> None:
    found = look()
    known = {clause.id for clause in judging.clauses()}
    named = [(clause, measure.name) for measure in NEWEST.measures.measures for clause in measure.clauses]
    assert len(named) > 90
    assert {clause for clause, _ in named} <= known
    for clause, name in named:
        assert f"GET /v1/measures/{name}" in {place.what for place in found.places[clause] if place.kind is Kind.READ}
