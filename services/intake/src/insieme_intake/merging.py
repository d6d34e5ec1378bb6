"""The steps of a merge of two persons and of its reverting: both persons and a case in one append (P25, I8)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from insieme_events.contracts.intake_persons import DismissReason
from insieme_events.decider import RefusalKind, Refused
from insieme_events.store import Connection
from insieme_events.units import Step
from insieme_intake.aggregates import CASES, PERSONS
from insieme_intake.case.commands import MergeCase, UnmergeCase
from insieme_intake.person import BecomeAlias, DismissDuplicate, MergePersons, RevertMerge, SetApart

CASE_MEANWHILE = Refused(
    "intake.case_opened_meanwhile",
    "Another case of one of the two was opened or closed at the same moment. Send the same again.",
    clause="P25",
    kind=RefusalKind.RETRY,
)

OPEN_CASES = "select root_id, case_id, status from views.cases where root_id = any(%s) and is_open"
MERGED_CASES = """
select c.case_id from views.cases c join views.cases t on t.case_id = c.merged_into_case
where c.status = 'merged' and ((c.person_id = %(merged)s and t.root_id = %(kept)s and t.person_id <> %(merged)s)
    or (c.person_id <> %(merged)s and c.root_id = %(kept)s and t.person_id = %(merged)s))
order by c.case_id
"""
FURTHER = ("applied", "enrolled", "interviewed", "suspended", "in_charge")
"""What an open case may be, the least far on its way first."""


async def merge_steps(connection: Connection, kept: UUID, merged: UUID, on: date) -> tuple[Step, ...]:
    """The case first, so that no moment has two open ones; the person who stays last, so that the answer speaks of it.

    Of two open cases the one that is further on its way stays; of two equally far ones that of `kept`.
    """
    rows = await (await connection.execute(OPEN_CASES, ([kept, merged],))).fetchall()
    closing: tuple[Step, ...] = ()
    if len(rows) == 2 and kept != merged:
        ranked = sorted(rows, key=lambda row: (FURTHER.index(row[2]), row[0] == kept))
        (_, ending, _), (_, staying, _) = ranked
        closing = (Step(CASES, ending, MergeCase(into_case_id=staying, on=on)),)
    if kept == merged:
        return (Step(PERSONS, kept, MergePersons(merged_id=merged, on=on)),)
    return (
        *closing,
        Step(PERSONS, merged, BecomeAlias(of=kept, on=on)),
        Step(PERSONS, kept, MergePersons(merged_id=merged, on=on)),
    )


async def revert_steps(connection: Connection, kept: UUID, merged: UUID, on: date) -> tuple[Step, ...]:
    """The ids apart first, so that no moment has two open cases of one person; that it is two is a judgement, too."""
    rows = await (await connection.execute(MERGED_CASES, {"kept": kept, "merged": merged})).fetchall()
    apart = dismissal(kept, merged, DismissReason.MERGE_REVERTED, on)
    back = Step(PERSONS, kept, RevertMerge(merged_id=merged, on=on))
    return (
        Step(PERSONS, merged, SetApart(of=kept, on=on)),
        *(Step(CASES, case_id, UnmergeCase(on=on)) for (case_id,) in rows),
        *((back, apart) if apart.stream_id == kept else (apart, back)),
    )


def dismissal(one: UUID, other: UUID, reason: DismissReason, on: date) -> Step:
    """On the stream of the lesser id, so that a pair is told apart in one place."""
    person_id, other_id = sorted((one, other))
    return Step(PERSONS, person_id, DismissDuplicate(other_id=other_id, reason=reason, on=on))
