"""How long the data of a person are kept after everything of theirs has ended (GDPR art. 5 (1) e).

The months are those of the agreement in force when the last of it ended: what the person was told then holds, whatever
a later version says. A decision to keep them longer counts for every id of the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from insieme_events.agreement import Agreement
from insieme_events.days import add_months

LONGEST_YEARS = 10
"""No ground reaches further than the ordinary prescription (codice civile art. 2946)."""


@dataclass(frozen=True, slots=True)
class Left:
    """`on`: the day on which the last of what a person had ended, under any id; None while something goes on.

    `extended_to`: through which day somebody decided to keep the data.
    """

    on: date | None
    extended_to: date | None = None


def kept_until(left_on: date, extended_to: date | None, agreement: Agreement) -> date:
    """The last day through which the data are kept; `agreement` is the one of `left_on`."""
    regular = add_months(left_on, agreement.retention_months)
    return regular if extended_to is None else max(regular, extended_to)
