"""What happens in matching because a day has come (P32)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from insieme_events.contracts.matching import WithdrawalReason
from insieme_events.store import Connection
from insieme_events.timers import Timer
from insieme_events.units import Step
from insieme_matching.aggregates import CANDIDACIES
from insieme_matching.candidacy import MarkReplyOverdue, WithdrawCandidate
from insieme_matching.views import candidacies


async def replies(connection: Connection, today: date) -> Sequence[Step]:
    """Presentations to which no company answered in the days that the agreement gives."""
    return [Step(CANDIDACIES, one, MarkReplyOverdue(on=today)) for one in await candidacies.overdue(connection, today)]


async def obsolete(connection: Connection, today: date) -> Sequence[Step]:
    """Candidacies whose vacancy is over: somebody else has the place, or there is none any more."""
    return [
        Step(
            CANDIDACIES,
            one,
            WithdrawCandidate(
                reason=WithdrawalReason.POSITION_TAKEN if filled else WithdrawalReason.VACANCY_GONE, on=today
            ),
        )
        for one, filled in await candidacies.obsolete(connection)
    ]


TIMERS = (Timer("matching.replies", replies), Timer("matching.obsolete_candidacies", obsolete))
