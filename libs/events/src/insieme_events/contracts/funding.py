"""Events of funding: budgets, projects, committees and what was paid (P43-P45, P61, P63, P64, P66, P69)."""

from __future__ import annotations

from insieme_events.contracts import base


class ErasureCompleted(base.ErasureCompleted):
    """Funding holds nothing readable of the person any more (GDPR art. 17)."""

    context = "funding"
