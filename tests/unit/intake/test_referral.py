"""A referral goes out or comes in with a date by which an answer is due (P11, P12, P74)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts.intake_referrals import (
    DeclineReason,
    ReferralAccepted,
    ReferralDeclined,
    ReferralExpired,
    ReferralReceived,
    ReferralSent,
)
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_intake.referral import (
    REFERRAL,
    AcceptReferral,
    DeclineReferral,
    ExpireReferral,
    ReceiveReferral,
    ReferralCommand,
    SendReferral,
)
from insieme_intake.testing import BEFORE_ANY_TERM, PERSON, REFERRAL_ID, TOMORROW, circumstances

given = scenario(REFERRAL, circumstances())
SENT, DUE, DAY_AFTER = date(2021, 4, 1), date(2021, 4, 16), date(2021, 4, 17)
RECEIVE = ReceiveReferral(referral_id=REFERRAL_ID, person_id=PERSON, channel_class=ChannelClass.THIRD_SECTOR, on=SENT)
SEND = SendReferral(referral_id=REFERRAL_ID, person_id=PERSON, receiver_class=ChannelClass.PUBLIC_SERVICE, on=SENT)
ACCEPT, EXPIRE = AcceptReferral(on=DUE), ExpireReferral(on=DAY_AFTER)
DECLINE = DeclineReferral(reason=DeclineReason.NO_CAPACITY, on=DUE)

CAME = ReferralReceived(
    referral_id=REFERRAL_ID,
    person_id=PERSON,
    channel_class=ChannelClass.THIRD_SECTOR,
    reply_due_on=DUE,
    occurred_on=SENT,
)
WENT = ReferralSent(
    referral_id=REFERRAL_ID,
    person_id=PERSON,
    receiver_class=ChannelClass.PUBLIC_SERVICE,
    reply_due_on=DUE,
    occurred_on=SENT,
)
ACCEPTED = ReferralAccepted(referral_id=REFERRAL_ID, occurred_on=DUE)
DECLINED = ReferralDeclined(referral_id=REFERRAL_ID, reason=DeclineReason.NO_CAPACITY, occurred_on=DUE)
EXPIRED = ReferralExpired(referral_id=REFERRAL_ID, occurred_on=DAY_AFTER)
BOTH_WAYS = pytest.mark.parametrize("opened", [CAME, WENT], ids=["received", "sent"])


@pytest.mark.clause("P11")
def test_an_answer_is_due_so_many_days_after_as_the_agreement_says() -> None:
    given().when(RECEIVE).then(CAME)
    given().when(SEND).then(WENT)


@BOTH_WAYS
@pytest.mark.clause("P11")
def test_it_is_accepted_declined_or_expires(opened: ReferralReceived | ReferralSent) -> None:
    given(opened).when(ACCEPT).then(ACCEPTED)
    given(opened).when(DECLINE).then(DECLINED)
    given(opened).when(EXPIRE).then(EXPIRED)


@BOTH_WAYS
def test_an_answer_is_in_time_by_its_own_date(opened: ReferralReceived | ReferralSent) -> None:
    given(opened).when(ACCEPT.model_copy(update={"on": SENT})).then_types(ReferralAccepted)
    for late in (AcceptReferral(on=DAY_AFTER), DECLINE.model_copy(update={"on": DAY_AFTER})):
        refusal = given(opened).when(late).then_refused("intake.referral_expired", clause="P11")
        assert str(DUE) in refusal.sentence


@BOTH_WAYS
def test_it_does_not_expire_before_its_due_date_is_over(opened: ReferralReceived | ReferralSent) -> None:
    given(opened).when(ExpireReferral(on=DUE)).then_refused("intake.referral_not_due", clause="P11")


@pytest.mark.parametrize("answer", [ACCEPTED, DECLINED])
def test_an_answer_is_given_once(answer: ReferralAccepted | ReferralDeclined) -> None:
    for command in (ACCEPT, DECLINE, EXPIRE):
        given(CAME, answer).when(command).then_refused("intake.referral_answered", clause="P11")


def test_what_has_expired_stays_so() -> None:
    given(CAME, EXPIRED).when(EXPIRE).then_nothing()
    for command in (ACCEPT, DECLINE):
        given(CAME, EXPIRED).when(command).then_refused("intake.referral_expired")


@pytest.mark.parametrize("history", [(CAME,), (WENT,), (CAME, ACCEPTED), (CAME, DECLINED), (CAME, EXPIRED)])
def test_an_id_is_one_referral(history: tuple[ReferralReceived, ...]) -> None:
    for command in (RECEIVE, SEND):
        given(*history).when(command).then_refused("intake.referral_exists", clause="P11")


@pytest.mark.clause("P12")
def test_who_comes_alone_was_not_referred() -> None:
    alone = RECEIVE.model_copy(update={"channel_class": ChannelClass.SELF})
    to_nobody = SEND.model_copy(update={"receiver_class": ChannelClass.SELF})
    for command in (alone, to_nobody):
        given().when(command).then_refused("intake.referral_by_self", clause="P12")


def test_nobody_is_referred_outside_the_term_of_the_protocol() -> None:
    for command in (RECEIVE, SEND):
        early = command.model_copy(update={"on": BEFORE_ANY_TERM})
        outside = circumstances(on=BEFORE_ANY_TERM)
        given().under(outside).when(early).then_refused("intake.out_of_term", clause="P79")


@pytest.mark.parametrize("command", [ACCEPT, DECLINE, EXPIRE], ids=lambda command: type(command).__name__)
def test_a_referral_that_nobody_made_is_not_found(command: ReferralCommand) -> None:
    assert given().when(command).then_refused("intake.referral_unknown").kind is RefusalKind.NOT_FOUND


@pytest.mark.parametrize(
    "command", [RECEIVE, SEND, ACCEPT, DECLINE, EXPIRE], ids=lambda command: type(command).__name__
)
def test_nothing_happens_in_the_future(command: ReferralCommand) -> None:
    given().when(command.model_copy(update={"on": TOMORROW})).then_refused("intake.date_in_future")


def test_no_answer_comes_before_the_question() -> None:
    for command in (ACCEPT, DECLINE):
        early = command.model_copy(update={"on": date(2021, 3, 31)})
        given(CAME).when(early).then_refused("intake.date_too_early")


@pytest.mark.parametrize("command", [RECEIVE, SEND], ids=["received", "sent"])
def test_who_is_not_known_or_erased_is_not_referred(command: ReferralCommand) -> None:
    nobody = circumstances(person_known=False)
    refusal = given().under(nobody).when(command).then_refused("intake.person_unknown")
    assert refusal.kind is RefusalKind.NOT_FOUND
