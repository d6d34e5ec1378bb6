"""The rows that funding takes out of files (decision 27)."""

from __future__ import annotations

from typing import Any

from insieme_events.contracts.base import Code
from insieme_events.contracts.funding import Year
from insieme_events.importing.kinds import Kind
from insieme_funding.api.budgets import EXPENDITURE_EXAMPLE, NewExpenditure
from insieme_funding.gates import budget_id


class ExpenditureRow(NewExpenditure):
    """Money spent out of the budget of a year and a source."""

    year: Year
    source: Code


def to_command(row: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    spent = {name: value for name, value in row.items() if name in NewExpenditure.model_fields}
    return f"/v1/budgets/{budget_id(row['year'], row['source'])}/expenditures", spent


EXPENDITURE = Kind(
    name="expenditure",
    about="Money spent out of a budget, named by year and source; amounts in euro cents (P66)",
    service="funding",
    path="/v1/budgets/{budget_id}/expenditures",
    body=ExpenditureRow,
    recorded=frozenset(),
    in_order_by=("source",),
    together=True,
    request=to_command,
    example={
        "row_key": "2024/SP/17",
        **{name: str(value) for name, value in EXPENDITURE_EXAMPLE.items()},
        "year": "2024",
        "source": "comune_bologna",
    },
)
