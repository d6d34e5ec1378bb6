"""Writes the list of referrals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from insieme_events.contracts.intake_referrals import ReferralDeclined, ReferralReceived, ReferralSent
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_intake.referral import Accepted, Declined, Expired, NoReferral, Pending, ReferralState

INSERT_REFERRAL = """
insert into views.referrals (referral_id, person_id, direction, other_class, status, sent_on, reply_due_on, version)
values (%s, %s, %s, %s, 'pending', %s, %s, 1)
"""
UPDATE_REFERRAL = """
update views.referrals set status = %s, answered_on = %s, decline_reason = %s, version = %s where referral_id = %s
"""


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
