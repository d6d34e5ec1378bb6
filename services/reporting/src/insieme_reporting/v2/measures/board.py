"""The Board and the network of companies (P21, P59)."""

from __future__ import annotations

from insieme_reporting.measure import Measure, Reading, Text

MEASURES: tuple[Measure, ...] = (
    Measure(
        "board_size",
        Text("Imprese nel Board", "Companies in the Board"),
        "companies",
        Text(
            "Imprese che fanno parte del Board l'ultimo giorno del periodo.",
            "Companies that are members of the Board on the last day of the period.",
        ),
        "joining",
        ("company_size",),
        reading=Reading.STOCK,
        clauses=("P21", "P59"),
    ),
)
