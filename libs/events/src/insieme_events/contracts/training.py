"""Events of training: courses of the strands 2.a, 2.b, 2.c, and who takes part in them (P36-P42)."""

from __future__ import annotations

from insieme_events.contracts import base


class ErasureCompleted(base.ErasureCompleted):
    """Training holds nothing readable of the person any more (GDPR art. 17)."""

    context = "training"
