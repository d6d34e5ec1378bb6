"""What reporting publishes: that it has forgotten a person. Its figures are read, not published."""

from __future__ import annotations

from insieme_events.contracts import base


class ErasureCompleted(base.ErasureCompleted):
    """No version of the facts holds anything readable of the person any more (GDPR art. 17)."""

    context = "reporting"
