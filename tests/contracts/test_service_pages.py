"""docs/services: the pages are those of the code, and their diagrams leave nothing out that aggregates do.

That each arrow is reached by a real history is held by tests/unit/conftest.py: the test on record for it has
to bring it about. Here other sources are asked: the text of the deciders, the unions of their states, the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.service_pages.page import MARK, generated, page_of, whole
from tests.service_pages.telling import anchors
from tests.transitions.record import _said_in_words, chosen, complaint, recorded
from tests.transitions.services import SERVICES, aggregates
from tests.transitions.watching import Transition, watched

from insieme_events.catalogue import CONTRACTS
from insieme_events.contracts.base import ErasureCompleted
from insieme_events.contracts.vocabulary import ProjectKind
from insieme_events.refusals import events_of, states_of
from insieme_funding import call, testing

ROOT = Path(__file__).resolve().parents[2]
ARROW = re.compile(r"    (\[\*\]|[A-Z]\w+) --> ([A-Z]\w+)(?:: ([A-Z]\w+))?")
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]+))?\)")
OPENED = Transition("funding", "call", "NotOpened", "CallOpened", "Open")
OPENING = call.OpenCall(
    call_id=testing.CALL_ID,
    kind=ProjectKind(testing.B3.value),
    closes_on=testing.call_opened().closes_on,
    on=testing.call_opened().occurred_on,
)

each_service = pytest.mark.parametrize("service", SERVICES)
each_aggregate = pytest.mark.parametrize("key", aggregates(), ids=" ".join)


@each_service
def test_the_committed_page_is_the_one_of_the_code(service: str) -> None:
    text = page_of(service).read_text(encoding="utf-8")
    assert text == whole(text, generated(service)), "run `make docs`"


@each_service
def test_somebody_wrote_what_the_service_is_for(service: str) -> None:
    by_hand = page_of(service).read_text(encoding="utf-8").partition(MARK)[0]
    assert by_hand.startswith(f"# {service}\n")
    assert 5 <= len([line for line in by_hand.splitlines() if line]) <= 25


@each_service
def test_every_link_of_a_page_leads_somewhere(service: str) -> None:
    page = page_of(service)
    text = page.read_text(encoding="utf-8")
    headings = set(anchors().values())
    links = LINK.findall(text)
    assert links
    for path, anchor in links:
        assert not path or (page.parent / path).resolve().exists(), path
        if path.endswith("clauses.md"):
            assert anchor in headings, anchor
        elif not path:
            assert f'<a id="{anchor}"></a>' in text, anchor


def test_the_headings_of_clauses_are_where_links_lead() -> None:
    page = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")
    titles = re.findall(r"^### (.+)$", page, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert set(anchors().values()) <= slugs


@each_aggregate
def test_every_state_and_every_event_that_the_code_names_is_drawn(key: tuple[str, str]) -> None:
    decider = aggregates()[key].decider
    found = [one for one in recorded() if (one.service, one.aggregate) == key]
    assert {one.before for one in found} | {one.after for one in found} == {s.__name__ for s in states_of(decider)}
    assert {event.__name__ for event in events_of(decider)} <= {one.event for one in found}


@each_service
def test_every_contract_of_the_service_is_on_a_diagram_of_it(service: str) -> None:
    published = {one.event for one in CONTRACTS if one.event.context == service}
    drawn = {one.event for one in recorded() if one.service == service}
    assert drawn == {event.__name__ for event in published if not issubclass(event, ErasureCompleted)}


@each_service
def test_every_diagram_can_be_read_and_every_state_is_come_to(service: str) -> None:
    diagrams = list(mermaid(page_of(service).read_text(encoding="utf-8")))
    assert len(diagrams) == sum(owner == service for owner, _ in aggregates())
    for head, *lines in diagrams:
        assert head == "stateDiagram-v2"
        arrows = [ARROW.fullmatch(line) for line in lines]
        leads = {(found.group(1), found.group(2)) for found in arrows if found is not None}
        assert len(arrows) == len([one for one in arrows if one is not None]), lines
        assert len([one for one in leads if one[0] == "[*]"]) == 1
        come_to = {"[*]"}
        while more := {after for before, after in leads if before in come_to} - come_to:
            come_to |= more
        assert {state for pair in leads for state in pair} == come_to


def test_every_test_on_record_is_there() -> None:
    for test in set(recorded().values()):
        path, _, name = test.partition("::")
        function = name.partition("[")[0].rpartition("::")[2]
        assert (ROOT / path).exists(), test
        # What hypothesis makes of a state machine is called runTest.
        text = (ROOT / path).read_text(encoding="utf-8")
        assert function == "runTest" or f"def {function}(" in text, test


def test_what_a_command_brings_about_is_watched_and_compared() -> None:
    with watched() as seen:
        decision = call.CALL.decide(OPENING, call.NotOpened(), testing.ACCOUNTS)
    assert seen == {OPENED}
    assert decision
    assert complaint("a test", seen, {OPENED: "another test"}) is None
    assert "not on record" in (complaint("a test", seen, {}) or "")
    assert "shows it no more" in (complaint("a test", set(), {OPENED: "a test"}) or "")


def test_after_watching_the_deciders_are_as_they_were() -> None:
    before = call.CALL.decide
    with watched() as seen:
        assert call.CALL.decide is not before
    assert call.CALL.decide is before
    assert not seen


def test_a_test_that_says_it_in_words_goes_before_one_that_draws() -> None:
    drawn, said = "tests/unit/a/test_every_state_answers.py::test_x", "tests/unit/a/test_call.py::test_y"
    assert chosen({OPENED: {drawn, said}}, {}) == {OPENED: said}
    assert chosen({OPENED: {drawn, said}}, {OPENED: drawn}) == {OPENED: said}
    assert chosen({OPENED: {said, f"{said}_z"}}, {OPENED: f"{said}_z"}) == {OPENED: f"{said}_z"}


def test_what_a_test_draws_at_random_is_not_held_against_the_record() -> None:
    drawn = "tests/unit/funding/test_every_state_answers.py::test_x"
    assert complaint(drawn, {OPENED}, {}) is None
    assert complaint(drawn, set(), {OPENED: drawn}) is None


SOME_DRAW = """
from hypothesis import given as for_all
from hypothesis import strategies as st

def walks(n):
    @for_all(st.integers())
    def walk(step): ...
    walk()

def test_in_words():
    assert True

@for_all(st.integers())
def test_drawn(n): ...

def test_drawn_inside():
    walks(1)
"""


def test_a_test_in_words_is_one_that_uses_nothing_drawn() -> None:
    assert _said_in_words(SOME_DRAW) == {"test_in_words"}


def mermaid(text: str) -> Iterator[list[str]]:
    for block in re.findall(r"^```mermaid\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield block.splitlines()
