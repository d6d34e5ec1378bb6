"""What a day gives rise to in intake: referrals that expire, plans and erasures that are late (P11, P24; I9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from insieme_events import metrics, parameters
from insieme_events.agreement import last_known
from insieme_events.store import Connection
from insieme_events.timers import Due, Timer
from insieme_events.units import Aggregate, Step
from insieme_intake.aggregates import CASES, PERSONS, REFERRALS
from insieme_intake.case.commands import NotePlanOverdue
from insieme_intake.erasure import AWAITED
from insieme_intake.person import NoteErasureOverdue
from insieme_intake.referral import ExpireReferral

DAY = timedelta(days=1)
REFERRALS_DUE = """
select referral_id, reply_due_on from views.referrals where status = 'pending' and reply_due_on < %s
order by reply_due_on, referral_id limit %s
"""
PLANS_DUE = """
select c.case_id, c.plan_due_on from views.cases c join views.persons p on p.person_id = c.root_id
where c.status in ('in_charge', 'suspended') and c.plan_version = 0 and not c.plan_overdue and c.plan_due_on < %s
    and p.restricted_on is null
order by c.plan_due_on, c.case_id limit %s
"""
ERASURES_OPEN = """
select person_id, erased_on, erasure_completed_by, erasure_overdue from views.persons
where erased_on is not null and not erasure_completed_by @> %s::text[] order by erased_on, person_id
"""


@dataclass(frozen=True, slots=True)
class OpenErasure:
    """An erasure that some services have not answered; `due_on` None where no agreement says by when."""

    person_id: UUID
    erased_on: date
    missing: tuple[str, ...]
    due_on: date | None
    noted: bool

    def late(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today


async def erasures_open(connection: Connection) -> list[OpenErasure]:
    """The erasures that wait for an answer, the oldest first (GDPR art. 17)."""
    known = await parameters.agreements(connection)
    rows = await connection.execute(ERASURES_OPEN, (list(AWAITED),))
    found = []
    for person_id, erased_on, completed, noted in await rows.fetchall():
        agreement = last_known(known, erased_on)
        due = None if agreement is None else erased_on + timedelta(days=agreement.erasure_due_days)
        found.append(OpenErasure(person_id, erased_on, tuple(sorted(set(AWAITED) - set(completed))), due, noted))
    return found


async def referrals_due(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Referrals whose answer was due before today (P11)."""
    rows = await (await connection.execute(REFERRALS_DUE, (today, at_most))).fetchall()
    return [after(due_on, REFERRALS, referral_id, ExpireReferral) for referral_id, due_on in rows]


async def plans_due(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Cases in charge whose plan was due before today (P24, I9)."""
    rows = await (await connection.execute(PLANS_DUE, (today, at_most))).fetchall()
    return [after(due_on, CASES, case_id, NotePlanOverdue) for case_id, due_on in rows]


async def erasures_due(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Erasures that are late and not noted as such; how many are late is a metric (GDPR art. 17)."""
    late = [each for each in await erasures_open(connection) if each.late(today)]
    metrics.ERASURES_OVERDUE.set(len(late))
    steps = []
    for each in late:
        assert each.due_on is not None, "only what has a deadline is late"
        if not each.noted:
            day = each.due_on + DAY
            note = NoteErasureOverdue(due_on=each.due_on, services=AWAITED, on=day)
            steps.append(Due(day, Step(PERSONS, each.person_id, note)))
    return sorted(steps, key=lambda due: due.day)[:at_most]


def after(due_on: date, aggregate: Aggregate[Any, Any, Any], stream_id: UUID, command: Callable[..., Any]) -> Due:
    """What is late on the day after the one on which it was due."""
    day = due_on + DAY
    return Due(day, Step(aggregate, stream_id, command(on=day)))


TIMERS = (
    Timer("intake.referrals_expire", referrals_due),
    Timer("intake.plans_overdue", plans_due),
    Timer("intake.erasures_overdue", erasures_due),
)
