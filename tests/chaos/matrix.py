"""What ran, counted: per fault its runs, the commands acknowledged meanwhile, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.chaos.plan import Outcome

KINDS = ("lost", "doubled", "reordered", "stuck", "other")


@dataclass
class Row:
    runs: int = 0
    acknowledged: int = 0
    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    def add(self, outcome: Outcome) -> None:
        self.runs += 1
        self.acknowledged += outcome.acknowledged
        for kind, count in outcome.verdict.counts().items():
            self.found[kind] += count

    def cells(self) -> list[str]:
        return [str(self.runs), str(self.acknowledged), *(str(self.found[kind]) for kind in KINDS)]


def rows(outcomes: Iterable[Outcome]) -> dict[str, Row]:
    """Per label; a run with several labels (services cut at different points at once) counts for each of them."""
    found: dict[str, Row] = {}
    for outcome in outcomes:
        for label in dict.fromkeys(outcome.labels):
            found.setdefault(label, Row()).add(outcome)
    return dict(sorted(found.items()))


def total(outcomes: Iterable[Outcome]) -> Row:
    row = Row()
    for outcome in outcomes:
        row.add(outcome)
    return row


def markdown(outcomes: Sequence[Outcome], heading: str, notes: Sequence[str]) -> str:
    """The page that `make chaos` leaves behind."""
    head = ["fault", "runs", "acknowledged commands", *KINDS]
    table = [head, ["---", *["---:"] * (len(head) - 1)]]
    table += [[label, *row.cells()] for label, row in rows(outcomes).items()]
    table.append(["**all runs**", *total(outcomes).cells()])
    lines = [f"| {' | '.join(row)} |" for row in table]
    bad = [f"- run {one.seed} ({one.fault}): {said}" for one in outcomes for said in one.verdict.said]
    found = ["", "## Found", "", *bad] if bad else []
    return "\n".join([f"# {heading}", "", *lines, *found, "", *(f"- {note}" for note in notes), ""])
