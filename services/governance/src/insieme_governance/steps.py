"""Commands that concern several streams, as the steps of one unit each; and the lock around the register (I12).

The step of the record that a request names comes first: its version is what If-Match speaks of.

What reads the register and what changes it take the lock before anything is loaded: no meeting is convened or held, no
money is committed to a plan and nothing is entered for a party by a register that changes at the same time.
"""

from __future__ import annotations

from uuid import UUID

from insieme_events.store import Connection
from insieme_events.units import Step
from insieme_governance.aggregates import BODIES, MEETINGS, PROTOCOLS
from insieme_governance.body import NoteCancelled, NoteConvened, NoteHeld
from insieme_governance.meeting.commands import (
    CancelMeeting,
    ConveneMeeting,
    DeclareMeetingHeld,
    LapseInvitation,
    NewMeeting,
)
from insieme_governance.protocol.commands import NoticeWithdrawal, Signature, SignProtocol, SucceedProtocol, Withdrawal
from insieme_governance.views import meetings

REGISTER = ("governance.register",)


def signing(protocol_id: UUID, body: Signature) -> tuple[Step, ...]:
    """Signs a protocol and ends its predecessor, if it names one (P79)."""
    sign = Step(PROTOCOLS, protocol_id, SignProtocol(**body.model_dump()))
    if body.predecessor_id is None:
        return (sign,)
    succeed = SucceedProtocol(successor_id=protocol_id, on=body.on)
    return (sign, Step(PROTOCOLS, body.predecessor_id, succeed))


async def withdrawing(connection: Connection, protocol_id: UUID, body: Withdrawal) -> tuple[Step, ...]:
    """A withdrawal with the invitations that lapse by it. The decision refuses with RETRY where they have changed by
    the time that it is taken (P81).
    """
    convened, _ = await meetings.invited_on(connection, body.party, body.effective_on)
    lapse = LapseInvitation(party=body.party, effective_on=body.effective_on, on=body.on)
    notice = NoticeWithdrawal(**body.model_dump(), lapsing=convened)
    lapsing = (Step(MEETINGS, meeting_id, lapse) for meeting_id in sorted(convened))
    return (Step(PROTOCOLS, protocol_id, notice), *lapsing)


def convening(meeting_id: UUID, body: NewMeeting) -> tuple[Step, ...]:
    """Convenes a meeting; the open requests of the body are answered by it (P50, P55)."""
    convene = ConveneMeeting(meeting_id=meeting_id, **body.model_dump())
    noted = NoteConvened(meeting_id=meeting_id, on=body.on)
    return (Step(MEETINGS, meeting_id, convene), Step(BODIES, body.body_id, noted))


async def holding(connection: Connection, meeting_id: UUID, body: DeclareMeetingHeld) -> tuple[Step, ...]:
    """Declares a meeting held and starts the clock of its body anew (P50, P54)."""
    held = Step(MEETINGS, meeting_id, body)
    body_id = await meetings.body_of(connection, meeting_id)
    noted = NoteHeld(meeting_id=meeting_id, on=body.on)
    return (held,) if body_id is None else (held, Step(BODIES, body_id, noted))


async def cancelling(connection: Connection, meeting_id: UUID, body: CancelMeeting) -> tuple[Step, ...]:
    """Cancels a meeting; what it answered is open again (P55)."""
    cancelled = Step(MEETINGS, meeting_id, body)
    body_id = await meetings.body_of(connection, meeting_id)
    noted = NoteCancelled(meeting_id=meeting_id, on=body.on)
    return (cancelled,) if body_id is None else (cancelled, Step(BODIES, body_id, noted))
