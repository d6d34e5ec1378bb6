"""Writes the lists of cases and of what belongs to one: interviews, referents, group, follow-ups, family support."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from insieme_events.contracts.intake import (
    ApplicationSubmitted,
    CaseClosed,
    CaseReopened,
    FollowUpRecorded,
    PersonTakenInCharge,
    ReferentAssigned,
)
from insieme_events.contracts.intake_following import FollowUpDue, FollowUpGroupJoined, FollowUpGroupLeft
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_intake.case.file import CaseFile, as_of
from insieme_intake.case.states import (
    Applied,
    CaseState,
    Charge,
    Closed,
    Enrolled,
    InCharge,
    Interviewed,
    MergedCase,
    NoCase,
    Rejected,
    Suspended,
    Voided,
    Withdrawn,
)
from insieme_intake.views.sealed import text

INSERT_CASE = """
insert into views.cases (case_id, person_id, root_id, status, is_open, channel_class, referral_id, received_on,
    last_event_on, version)
values (%(case)s, %(person)s,
    coalesce((select merged_into from views.persons where person_id = %(person)s), %(person)s),
    'applied', true, %(channel)s, %(referral)s, %(on)s, %(on)s, 1)
"""
UPDATE_CASE = """
update views.cases set status = %s, is_open = %s, interviewed_on = %s, taken_in_charge_on = %s, referent_id = %s,
    plan_due_on = %s, plan_version = %s, plan_overdue = %s, eligible_until = %s, closed_on = %s, merged_into_case = %s,
    last_event_on = greatest(last_event_on, %s), comune = %s, employment_status = %s, fragility_band = %s,
    job_loss_cause = %s, job_loss_month = %s, ateco_version = %s, provenance_section = %s, previous_status = %s,
    interview_awaited_since = %s, interview_late_since = %s, version = %s
where case_id = %s
"""
CLOSED_AS = "update views.cases set exit_state = %s where case_id = %s"
PUT_INTERVIEW = """
insert into views.interviews (interview_id, case_id, kind, status, day) values (%s, %s, %s, %s, %s)
on conflict (case_id, interview_id) do update set status = excluded.status, day = excluded.day
"""
PUT_REFERENT = """
insert into views.referents (case_id, since, referent_id) values (%s, %s, %s)
on conflict (case_id, since) do update set referent_id = excluded.referent_id
"""
JOIN = """
insert into views.case_group (case_id, operator_id, joined_on) values (%s, %s, %s)
on conflict (case_id, operator_id, joined_on) do update set left_on = null
"""
LEAVE = "update views.case_group set left_on = %s where case_id = %s and operator_id = %s and left_on is null"
PUT_FOLLOW_UP = """
insert into views.follow_ups (case_id, months, recorded_on) values (%s, %s, %s) on conflict do nothing
"""
PUT_FOLLOW_UP_DUE = """
insert into views.follow_ups_due (exit_id, left_on, months, noted_on) values (%s, %s, %s, %s) on conflict do nothing
"""
PUT_SUPPORT = """
insert into views.family_supports (support_id, case_id, person_id, kind, offered_on, started_on)
values (%s, %s, %s, %s, %s, %s)
on conflict (support_id, case_id) do update set kind = excluded.kind, started_on = excluded.started_on
"""

STATUS: dict[type, tuple[str, bool]] = {
    Applied: ("applied", True),
    Rejected: ("rejected", False),
    Withdrawn: ("withdrawn", False),
    Enrolled: ("enrolled", True),
    Interviewed: ("interviewed", True),
    InCharge: ("in_charge", True),
    Suspended: ("suspended", True),
    Closed: ("closed", False),
    Voided: ("voided", False),
    MergedCase: ("merged", False),
}
"""Per state its name in the view, and whether the case counts as the person's open one (I8)."""


Rows = list[tuple[Any, ...]]


async def write_cases(connection: Connection, changes: Sequence[Change[CaseState]]) -> None:
    inserts: list[dict[str, Any]] = []
    updates: Rows = []
    interviews: Rows = []
    supports: Rows = []
    for change in changes:
        state, before = change.after, change.before
        if isinstance(state, NoCase):
            continue
        inserts += [
            {
                "case": e.case_id,
                "person": e.person_id,
                "channel": e.channel_class,
                "referral": e.referral_id,
                "on": e.occurred_on,
            }
            for e in (stored.event for stored in change.events)
            if isinstance(e, ApplicationSubmitted)
        ]
        updates.append(_case_row(change))
        interviews += [
            (i.interview_id, change.stream_id, i.kind, i.status, i.on)
            for i in state.file.interviews
            if isinstance(before, NoCase) or i not in before.file.interviews
        ]
        supports += [
            (s.support_id, change.stream_id, state.file.person_id, text(s.kind), s.offered_on, s.started_on)
            for s in state.file.supports
            if isinstance(before, NoCase) or s not in before.file.supports
        ]
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT_CASE, inserts)
        await cursor.executemany(UPDATE_CASE, updates)
        await cursor.executemany(PUT_INTERVIEW, interviews)
        await cursor.executemany(PUT_SUPPORT, supports)
        for statement, rows in _happened(changes).items():
            await cursor.executemany(statement, rows)


def _happened(changes: Sequence[Change[CaseState]]) -> dict[str, Rows]:
    """Per statement the rows of events that the state keeps nothing of."""
    found: dict[str, Rows] = {}
    for change in changes:
        case_id = change.stream_id
        for event in (stored.event for stored in change.events):
            match event:
                case PersonTakenInCharge(referent_id=referent_id) | ReferentAssigned(referent_id=referent_id):
                    found.setdefault(PUT_REFERENT, []).append((case_id, event.occurred_on, referent_id))
                case FollowUpGroupJoined(operator_id=operator_id):
                    found.setdefault(JOIN, []).append((case_id, operator_id, event.occurred_on))
                case FollowUpGroupLeft(operator_id=operator_id):
                    found.setdefault(LEAVE, []).append((event.occurred_on, case_id, operator_id))
                case FollowUpRecorded(months_after_exit=months):
                    found.setdefault(PUT_FOLLOW_UP, []).append((case_id, months, event.occurred_on))
                case FollowUpDue(left_on=left_on, months_after_exit=months):
                    found.setdefault(PUT_FOLLOW_UP_DUE, []).append((case_id, left_on, months, event.occurred_on))
                case CaseClosed(exit_state=exit_state):
                    found.setdefault(CLOSED_AS, []).append((exit_state, case_id))
                case CaseReopened():
                    found.setdefault(CLOSED_AS, []).append((None, case_id))
                case _:
                    continue
    return found


def _case_row(change: Change[CaseState]) -> tuple[Any, ...]:
    state = change.after
    assert not isinstance(state, NoCase)
    file, charge = state.file, charge_of(state)
    name, is_open = STATUS[type(state)]
    eligibility = as_of(file.eligibilities, date.max)
    return (
        name,
        is_open,
        file.first_access_on(),
        charge.taken_on if charge else None,
        charge.referent_id if charge else None,
        charge.plan_due_on if charge else None,
        charge.plan_version if charge else 0,
        charge.overdue if charge else False,
        eligibility.valid_until if eligibility is not None and eligibility.eligible else None,
        state.on if isinstance(state, Closed | MergedCase) else None,
        state.into_case_id if isinstance(state, MergedCase) else None,
        max(stored.event.occurred_on for stored in change.events),
        *_readable(file),
        state.since if isinstance(state, Enrolled) else None,
        max(file.late_interviews, default=None),
        change.sequence,
        change.stream_id,
    )


def charge_of(state: CaseState) -> Charge | None:
    """The charge of a case that is or was in charge."""
    match state:
        case InCharge(charge=charge) | Suspended(charge=charge):
            return charge
        case Closed(before=before) | MergedCase(before=before):
            return charge_of(before)
        case _:
            return None


def _readable(file: CaseFile) -> tuple[str | None, ...]:
    """The latest of each fact, as READABLE_SEALED has them, and the version that the section is of."""
    residence = as_of(file.residences, date.max)
    status = as_of(file.statuses, date.max)
    fragility = as_of(file.fragilities, date.max)
    loss = as_of(file.job_losses, date.max)
    history = as_of(file.histories, date.max)
    return (
        text(residence.comune if residence else None),
        text(status.status if status else None),
        text(fragility.band if fragility else None),
        text(loss.cause if loss else None),
        text(loss.month if loss else None),
        history.ateco_version if history else None,
        text(history.section if history else None),
        text(history.previous_status if history else None),
    )
