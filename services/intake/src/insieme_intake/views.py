"""Intake's own lists: ids, dates and states, and the few sealed values that a case worker must see.

Written in the transaction of the append. READABLE_SEALED names every column that holds an opened sealed value: an
erasure turns them into `unknown`, and the privacy test reads this list.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Any

import sqlalchemy as sa

from insieme_events.contracts import ERASED
from insieme_events.contracts.intake import ApplicationSubmitted, PersonRegistered
from insieme_events.contracts.intake_referrals import ReferralDeclined, ReferralReceived, ReferralSent
from insieme_events.projection import UNKNOWN
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
    NoCase,
    Rejected,
    Suspended,
    Voided,
    Withdrawn,
)
from insieme_intake.person import Erased, PersonState
from insieme_intake.referral import Accepted, Declined, Expired, NoReferral, Pending, ReferralState

READABLE_SEALED: tuple[tuple[str, str], ...] = (
    ("views.cases", "comune"),
    ("views.cases", "employment_status"),
    ("views.cases", "fragility_band"),
)

METADATA = sa.MetaData(schema="views")

PERSONS = sa.Table(
    "persons",
    METADATA,
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("identity_kind", sa.Text, nullable=False),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("erased_on", sa.Date),
    sa.Column("erasure_completed_by", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
)
CASES = sa.Table(
    "cases",
    METADATA,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("channel_class", sa.Text, nullable=False),
    sa.Column("referral_id", sa.Uuid),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("interviewed_on", sa.Date),
    sa.Column("taken_in_charge_on", sa.Date),
    sa.Column("referent_id", sa.Uuid),
    sa.Column("plan_due_on", sa.Date),
    sa.Column("plan_version", sa.Integer, nullable=False),
    sa.Column("eligible_until", sa.Date),
    sa.Column("last_event_on", sa.Date, nullable=False),
    sa.Column("comune", sa.Text),
    sa.Column("employment_status", sa.Text),
    sa.Column("fragility_band", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
)
INTERVIEWS = sa.Table(
    "interviews",
    METADATA,
    sa.Column("interview_id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
)
REFERRALS = sa.Table(
    "referrals",
    METADATA,
    sa.Column("referral_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("other_class", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("sent_on", sa.Date, nullable=False),
    sa.Column("reply_due_on", sa.Date, nullable=False),
    sa.Column("answered_on", sa.Date),
    sa.Column("decline_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
)

INSERT_PERSON = "insert into views.persons (person_id, identity_kind, registered_on, version) values (%s, %s, %s, 1)"
UPDATE_PERSON = """
update views.persons set erased_on = %s, erasure_completed_by = %s, version = %s where person_id = %s
"""
INSERT_CASE = """
insert into views.cases (case_id, person_id, status, is_open, channel_class, referral_id, received_on, last_event_on,
    version)
values (%s, %s, 'applied', true, %s, %s, %s, %s, 1)
"""
UPDATE_CASE = """
update views.cases set status = %s, is_open = %s, interviewed_on = %s, taken_in_charge_on = %s, referent_id = %s,
    plan_due_on = %s, plan_version = %s, eligible_until = %s, last_event_on = greatest(last_event_on, %s),
    comune = %s, employment_status = %s, fragility_band = %s, version = %s
where case_id = %s
"""
PUT_INTERVIEW = """
insert into views.interviews (interview_id, case_id, kind, status, day) values (%s, %s, %s, %s, %s)
on conflict (case_id, interview_id) do update set status = excluded.status, day = excluded.day
"""
INSERT_REFERRAL = """
insert into views.referrals (referral_id, person_id, direction, other_class, status, sent_on, reply_due_on, version)
values (%s, %s, %s, %s, 'pending', %s, %s, 1)
"""
UPDATE_REFERRAL = """
update views.referrals set status = %s, answered_on = %s, decline_reason = %s, version = %s where referral_id = %s
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
}
"""Per state its name in the view, and whether the case counts as the person's open one (I8)."""


async def write_persons(connection: Connection, changes: Sequence[Change[PersonState]]) -> None:
    inserts: list[tuple[Any, ...]] = []
    updates: list[tuple[Any, ...]] = []
    for change in changes:
        inserts += [
            (s.event.person_id, s.event.identity_kind, s.event.occurred_on)
            for s in change.events
            if isinstance(s.event, PersonRegistered)
        ]
        match change.after:
            case Erased(on=on, completed=completed):
                updates.append((on, sorted(completed), change.sequence, change.stream_id))
            case _:
                updates.append((None, [], change.sequence, change.stream_id))
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT_PERSON, inserts)
        await cursor.executemany(UPDATE_PERSON, updates)


async def write_cases(connection: Connection, changes: Sequence[Change[CaseState]]) -> None:
    inserts, updates, interviews = [], [], []
    for change in changes:
        if isinstance(change.after, NoCase):
            continue
        inserts += [
            (e.case_id, e.person_id, e.channel_class, e.referral_id, e.occurred_on, e.occurred_on)
            for e in (stored.event for stored in change.events)
            if isinstance(e, ApplicationSubmitted)
        ]
        updates.append(_case_row(change))
        interviews += [
            (i.interview_id, change.stream_id, i.kind, i.status, i.on)
            for i in change.after.file.interviews
            if isinstance(change.before, NoCase) or i not in change.before.file.interviews
        ]
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT_CASE, inserts)
        await cursor.executemany(UPDATE_CASE, updates)
        await cursor.executemany(PUT_INTERVIEW, interviews)


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
        eligibility.valid_until if eligibility is not None and eligibility.eligible else None,
        max(stored.event.occurred_on for stored in change.events),
        *_readable(file),
        change.sequence,
        change.stream_id,
    )


def charge_of(state: CaseState) -> Charge | None:
    """The charge of a case that is or was in charge."""
    match state:
        case InCharge(charge=charge) | Suspended(charge=charge):
            return charge
        case Closed(before=before):
            return charge_of(before)
        case _:
            return None


def _readable(file: CaseFile) -> tuple[str | None, str | None, str | None]:
    """The latest comune, status and band, as READABLE_SEALED has them."""
    residence = as_of(file.residences, date.max)
    status = as_of(file.statuses, date.max)
    fragility = as_of(file.fragilities, date.max)
    return (
        _text(residence.comune if residence else None),
        _text(status.status if status else None),
        _text(fragility.band if fragility else None),
    )


def _text(value: object) -> str | None:
    if value is None:
        return None
    if value is ERASED:
        return UNKNOWN
    return str(value.value) if isinstance(value, Enum) else str(value)


async def write_referrals(connection: Connection, changes: Sequence[Change[ReferralState]]) -> None:
    inserts, updates = [], []
    for change in changes:
        for event in (stored.event for stored in change.events):
            match event:
                case ReferralReceived(channel_class=other):
                    direction = "received"
                case ReferralSent(receiver_class=other):
                    direction = "sent"
                case _:
                    continue
            inserts.append(
                (event.referral_id, event.person_id, direction, other, event.occurred_on, event.reply_due_on)
            )
        declined = [s.event.reason for s in change.events if isinstance(s.event, ReferralDeclined)]
        status, answered = _answer(change.after)
        updates.append((status, answered, declined[0] if declined else None, change.sequence, change.stream_id))
    async with connection.cursor() as cursor:
        await cursor.executemany(INSERT_REFERRAL, inserts)
        await cursor.executemany(UPDATE_REFERRAL, updates)


def _answer(state: ReferralState) -> tuple[str, date | None]:
    match state:
        case NoReferral() | Pending():
            return "pending", None
        case Accepted(on=on):
            return "accepted", on
        case Declined(on=on):
            return "declined", on
        case Expired():
            return "expired", None
