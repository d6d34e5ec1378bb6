"""What a day gives rise to in intake: lateness, questions after an exit, the end of a retention; each once.

P11, P18, P24; I9; GDPR art. 5, 17.
"""

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
from insieme_intake.aggregates import CASES, PARTICIPATIONS, PERSONS, REFERRALS
from insieme_intake.case.commands import NoteFollowUpDue, NoteInterviewOverdue, NotePlanOverdue
from insieme_intake.erasure import AWAITED
from insieme_intake.participation import NoteParticipationFollowUpDue
from insieme_intake.person import NoteErasureOverdue, NoteRetentionEnded
from insieme_intake.referral import ExpireReferral

DAY = timedelta(days=1)
REFERRALS_DUE = """
select referral_id, reply_due_on from views.referrals where status = 'pending' and reply_due_on < %s
order by reply_due_on, referral_id limit %s
"""
INTERVIEWS_DUE = """
with agreements (valid_from, days) as (select * from unnest(%(valid_from)s::date[], %(days)s::int[]))
select c.case_id, c.interview_awaited_since + a.days as due_on
from views.cases c join views.persons p on p.person_id = c.root_id and p.restricted_on is null
    cross join lateral (
        select days from agreements where valid_from <= c.interview_awaited_since order by valid_from desc limit 1
    ) a
where c.interview_awaited_since is distinct from c.interview_late_since
    and c.interview_awaited_since + a.days < %(today)s
order by 2, 1 limit %(at_most)s
"""
PLANS_DUE = """
select c.case_id, c.plan_due_on from views.cases c join views.persons p on p.person_id = c.root_id
where c.status in ('in_charge', 'suspended') and c.plan_version = 0 and not c.plan_overdue and c.plan_due_on < %s
    and p.restricted_on is null
order by c.plan_due_on, c.case_id limit %s
"""
FOLLOW_UPS_DUE = """
with limits (valid_from, days, later) as (
    select * from unnest(%(valid_from)s::date[], %(days)s::int[], %(later)s::int[])
),
exits as (
    select c.case_id as exit_id, c.case_id, c.root_id, c.closed_on as left_on, false as of_operation from views.cases c
    where c.status = 'closed' and c.closed_on < %(today)s
    union all
    select p.participation_id, p.case_id, coalesce(o.merged_into, o.person_id), p.closed_on, true
    from views.participations p join views.persons o on o.person_id = p.person_id where p.closed_on < %(today)s
)
select e.exit_id, e.of_operation, asked.months, asked.due_on
from exits e join views.persons p on p.person_id = e.root_id and p.erased_on is null and p.restricted_on is null
    cross join lateral (select days, later from limits where valid_from <= e.left_on order by valid_from desc limit 1) l
    cross join lateral (
        values (0, e.left_on + l.days), (l.later, (e.left_on + make_interval(months => l.later))::date)
    ) asked (months, due_on)
where asked.due_on <= %(today)s and not exists (
    select from views.follow_ups_due d
    where d.exit_id = e.exit_id and d.left_on = e.left_on and d.months = asked.months
) and not exists (
    select from views.follow_ups f
    where f.case_id = e.case_id and f.recorded_on >= e.left_on and (f.months < l.later) = (asked.months = 0)
) and not exists (
    select from views.participation_follow_ups f
    where f.participation_id = e.exit_id and (f.months < l.later) = (asked.months = 0)
)
order by asked.due_on, e.exit_id, asked.months limit %(at_most)s
"""
RETENTION_DUE = """
with agreements (valid_from, months) as (select * from unnest(%(valid_from)s::date[], %(months)s::int[]))
select r.person_id, kept.until
from views.retention r
    cross join lateral (
        select months from agreements where valid_from <= r.left_on order by valid_from desc limit 1
    ) a
    cross join lateral (
        select greatest((r.left_on + make_interval(months => a.months))::date, r.extended_to) as until
    ) kept
where r.restricted_on is null and r.registered_on < %(today)s and kept.until < %(today)s
    and (r.left_on, kept.until) is distinct from (r.noted_left_on, r.noted_kept_until)
order by 2, 1 limit %(at_most)s
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


async def interviews_due(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Persons enrolled whose access interview was due before today (P24)."""
    known = await parameters.agreements(connection)
    told = {
        "today": today,
        "at_most": at_most,
        "valid_from": [one.valid_from for one in known],
        "days": [one.interview_due_days for one in known],
    }
    rows = await (await connection.execute(INTERVIEWS_DUE, told)).fetchall()
    return [after(due_on, CASES, case_id, NoteInterviewOverdue) for case_id, due_on in rows]


async def plans_due(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Cases in charge whose plan was due before today (P24, I9)."""
    rows = await (await connection.execute(PLANS_DUE, (today, at_most))).fetchall()
    return [after(due_on, CASES, case_id, NotePlanOverdue) for case_id, due_on in rows]


async def follow_ups_due(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Exits, from a case or an operation, of which nobody recorded what came of them by the day it is asked (P18)."""
    known = await parameters.limits(connection)
    told = {
        "today": today,
        "at_most": at_most,
        "valid_from": [one.valid_from for one in known],
        "days": [one.follow_up_exit_days for one in known],
        "later": [one.follow_up_months for one in known],
    }
    steps = []
    for exit_id, of_operation, months, day in await (await connection.execute(FOLLOW_UPS_DUE, told)).fetchall():
        if of_operation:
            step = Step(PARTICIPATIONS, exit_id, NoteParticipationFollowUpDue(months=months, on=day))
        else:
            step = Step(CASES, exit_id, NoteFollowUpDue(months=months, on=day))
        steps.append(Due(day, step))
    return steps


async def retention_ended(connection: Connection, today: date, at_most: int) -> Sequence[Due]:
    """Persons of whom everything has ended and whose data were to be kept until before today (GDPR art. 5 (1) e)."""
    known = await parameters.agreements(connection)
    told = {
        "today": today,
        "at_most": at_most,
        "valid_from": [one.valid_from for one in known],
        "months": [one.retention_months for one in known],
    }
    rows = await (await connection.execute(RETENTION_DUE, told)).fetchall()
    return [after(until, PERSONS, person_id, NoteRetentionEnded) for person_id, until in rows]


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
    Timer("intake.interviews_overdue", interviews_due),
    Timer("intake.plans_overdue", plans_due),
    Timer("intake.follow_ups_due", follow_ups_due),
    Timer("intake.erasures_overdue", erasures_due),
    Timer("intake.retention_ended", retention_ended),
)
