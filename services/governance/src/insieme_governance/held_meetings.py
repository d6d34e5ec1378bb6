"""Which meeting took which decision: the one question that the plan asks of the bodies (P52)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from insieme_events.store import Connection
from insieme_governance.plan_year.facts import Meeting

MEETINGS = """
select a.meeting_id, a.decision_no, m.kind, m.status, m.held_on, d.subject
from unnest(%s::uuid[], %s::int[]) as a(meeting_id, decision_no)
join views.meetings m on m.meeting_id = a.meeting_id
left join views.decisions d on d.meeting_id = a.meeting_id and d.decision_no = a.decision_no
"""

Decided = tuple[UUID, int]


async def of(connection: Connection, asked: Collection[Decided]) -> dict[Decided, Meeting]:
    """The meetings of these decisions; one that nobody knows is left out."""
    if not asked:
        return {}
    meetings, numbers = [meeting for meeting, _ in asked], [number for _, number in asked]
    cursor = await connection.execute(MEETINGS, (meetings, numbers))
    return {
        (meeting_id, number): Meeting(body, status, held_on, subject)
        for meeting_id, number, body, status, held_on, subject in await cursor.fetchall()
    }
