"""Every refusal of a meeting (P49-P51, P65, P70, P81)."""

from __future__ import annotations

from insieme_events.decider import RefusalKind, Refused
from insieme_governance.body import BODY_UNKNOWN
from insieme_governance.gates import AGREEMENT_UNKNOWN

__all__ = ["AGREEMENT_UNKNOWN", "BODY_UNKNOWN"]

MEETING_UNKNOWN = Refused(
    code="governance.meeting_unknown",
    sentence="There is no meeting with this id: convene it first.",
    clause="P50",
    kind=RefusalKind.NOT_FOUND,
)
ALREADY_CONVENED = Refused(
    code="governance.meeting_convened",
    sentence="Under this id another meeting was convened: convene this one under an id of its own.",
    clause="P50",
)
BEFORE_CONVENING = Refused(
    code="governance.before_convening",
    sentence="The meeting is convened on {convened_on}: nothing of it can be dated earlier.",
    clause="P50",
)
OUT_OF_TERM = Refused(
    code="governance.no_protocol_in_force",
    sentence="No protocol is in force on {day}, so there are no parties to meet.",
    clause="P79",
)
NOT_PARTY = Refused(
    code="governance.not_a_party",
    sentence="No party in force on {day}: {parties}. Leave them out of the invitations.",
    clause="P81",
)
NOT_INVITED = Refused(
    code="governance.parties_not_invited",
    sentence="Every party in force on {day} is to be invited; missing: {missing}.",
    clause="P50",
)
NOT_HELD = Refused(
    code="governance.meeting_not_held",
    sentence="The meeting was not declared held yet: declare that first.",
    clause="P50",
)
ALREADY_HELD = Refused(
    code="governance.meeting_held",
    sentence="The meeting was held on {held_on}: that stays as it is.",
    clause="P50",
)
WAS_CANCELLED = Refused(
    code="governance.meeting_cancelled",
    sentence="The meeting was cancelled: convene another one.",
    clause="P50",
)
NOT_AMONG_INVITED = Refused(
    code="governance.not_invited",
    sentence="{party} was not invited to this meeting as a party in force: only invited parties attend.",
    clause="P49",
)
ABSENT_BY_NOBODY = Refused(
    code="governance.absent_with_representative",
    sentence="A party that is absent has nobody there: leave the representative out, or record it as present.",
    clause="P49",
    kind=RefusalKind.INVALID,
)
NOT_SEATED = Refused(
    code="governance.not_nominated",
    sentence="{party} has nominated nobody with this id for {on}: nominate the person first.",
    clause="P50",
)
NO_SUCH_REFERENT = Refused(
    code="governance.not_a_technical_referent",
    sentence="{party} has no technical referent with this id on {on}: nominate the person first.",
    clause="P57",
)
DECISION_UNKNOWN = Refused(
    code="governance.decision_unknown",
    sentence="The meeting took no decision number {number}.",
    clause="P51",
    kind=RefusalKind.NOT_FOUND,
)
BEFORE_MEETING = Refused(
    code="governance.before_meeting",
    sentence="The meeting was held on {held_on}: choose that day or a later one.",
    clause="P51",
)
NO_OWNER = Refused(
    code="governance.no_such_owner",
    sentence="{owner} is neither a party in force on {on} nor a unit that holds a role then.",
    clause="P51",
)
