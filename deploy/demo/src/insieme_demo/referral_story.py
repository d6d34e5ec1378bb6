"""What intake is told of referrals, as part of the case of the person."""

from __future__ import annotations

from insieme_demo.happening import Kind, Order, Phase
from insieme_demo.referrals import Answer, Referral
from insieme_demo.story import Story
from insieme_events.contracts.intake_referrals import DeclineReason
from insieme_intake.referral import (
    AcceptReferral,
    DeclineReferral,
    ExpireReferral,
    ReceiveReferral,
    ReferralCommand,
    SendReferral,
)

DELAY = 3
REASONS = (DeclineReason.NO_CAPACITY, DeclineReason.NOT_REACHABLE, DeclineReason.PERSON_DECLINED)


def arrival(story: Story) -> None:
    """Who is sent by others is known from that day on. An acceptance comes with the application."""
    came = story.way.referred
    if came is None or came.answered is None:
        return
    receive = ReceiveReferral(
        referral_id=came.referral_id, person_id=story.person_id, channel_class=came.other, on=came.sent_on
    )
    orders = (story.registered(came.sent_on), _order(came, receive))
    story.acts.append((came.sent_on, DELAY, orders, Phase.ARRIVALS))
    day, answer = came.answered
    if answer is Answer.EXPIRED:
        story.acts.append((day, DELAY, (_order(came, ExpireReferral(on=day)),), Phase.CASES))
    elif answer is Answer.DECLINED:
        decline = DeclineReferral(reason=DeclineReason.NOT_IN_TARGET, on=day)
        story.acts.append((day, DELAY, (_order(came, decline),), Phase.CASES))


def handing_over(story: Story) -> None:
    """Told behind all else, when the person stands in the store."""
    gone = story.way.handed_over
    if gone is None:
        return
    send = SendReferral(
        referral_id=gone.referral_id, person_id=story.person_id, receiver_class=gone.other, on=gone.sent_on
    )
    story.acts.append((gone.sent_on, DELAY, (_order(gone, send),), Phase.AMENDMENTS))
    if gone.answered is not None:
        day, answer = gone.answered
        reply: dict[Answer, ReferralCommand] = {
            Answer.ACCEPTED: AcceptReferral(on=day),
            Answer.DECLINED: DeclineReferral(reason=story.chance.choice(REASONS), on=day),
            Answer.EXPIRED: ExpireReferral(on=day),
        }
        story.acts.append((day, DELAY, (_order(gone, reply[answer]),), Phase.AMENDMENTS))


def _order(referral: Referral, command: ReferralCommand) -> Order:
    return Order(Kind.REFERRAL, referral.referral_id, command)
