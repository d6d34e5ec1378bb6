"""What reporting keeps and counts: the facts and the measures of its newest version."""

from __future__ import annotations

from collections.abc import Iterator

from tests.service_pages.telling import cell, code, first_sentence, linked_all

from insieme_reporting.versions import NEWEST

REPORTING = "reporting"


def of_service(service: str) -> Iterator[str]:
    if service != REPORTING:
        return
    yield "## Facts\n"
    yield f"Version {NEWEST.definition.version}; every table keeps each version of its rows.\n"
    yield "| table | of the streams | sealed columns | what a row is |"
    yield "|---|---|---|---|"
    for fact in NEWEST.definition.facts:
        row = fact.row
        sealed = ", ".join(map(code, row.sealed))
        streams = f"{row.context} {code(row.stream_name)}"
        yield f"| {code(row.table)} | {streams} | {cell(sealed)} | {cell(first_sentence(row))} |"
    yield ""
    yield "## Measures\n"
    yield "| measure | titolo | title | unit | clauses |"
    yield "|---|---|---|---|---|"
    for one in sorted(NEWEST.measures.measures, key=lambda measure: measure.name):
        title = f"{cell(one.title.it)} | {cell(one.title.en)}"
        yield f"| {code(one.name)} | {title} | {one.unit} | {linked_all(one.clauses)} |"
    yield ""


def clauses(service: str) -> Iterator[str]:
    """The clauses that its measures are reads of."""
    if service == REPORTING:
        for one in NEWEST.measures.measures:
            yield from one.clauses
