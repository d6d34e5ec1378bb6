"""An application follows a referral that was received for this very person and still stands (P11, P12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from insieme_events.contracts.intake import ApplicationSubmitted
from insieme_events.contracts.vocabulary import ChannelClass
from insieme_events.testing import scenario
from insieme_intake.case import CASE
from insieme_intake.testing import (
    RECEIVED,
    REFERRAL_ID,
    applied,
    circumstances,
    of_case,
    received_referral,
    submit,
)

given = scenario(CASE, circumstances())
REFERRED = submit(referral_id=REFERRAL_ID, channel_class=ChannelClass.THIRD_SECTOR)
FOLLOWS = of_case(ApplicationSubmitted, RECEIVED, channel_class=ChannelClass.THIRD_SECTOR, referral_id=REFERRAL_ID)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"status": "accepted"},
        {"status": "accepted", "reply_due_on": RECEIVED - DAY},
        {"reply_due_on": RECEIVED},
        {"sent_on": RECEIVED},
    ],
)
def test_it_follows_a_referral_that_is_pending_in_time_or_accepted(found: dict[str, Any]) -> None:
    told = circumstances(referral=received_referral(**found))
    given().under(told).when(REFERRED).then(FOLLOWS, *applied()[1:])


@pytest.mark.parametrize(
    ("found", "code", "clause"),
    [
        ({"person_id": UUID(int=99)}, "intake.referral_of_another", "P12"),
        ({"received": False}, "intake.referral_was_sent", "P12"),
        ({"status": "declined"}, "intake.referral_declined", "P11"),
        ({"status": "expired"}, "intake.referral_expired", "P11"),
        ({"reply_due_on": RECEIVED - DAY}, "intake.referral_expired", "P11"),
        ({"sent_on": RECEIVED + DAY}, "intake.date_too_early", None),
    ],
)
def test_it_follows_no_other(found: dict[str, Any], code: str, clause: str | None) -> None:
    told = circumstances(referral=received_referral(**found))
    given().under(told).when(REFERRED).then_refused(code, clause=clause)


def test_it_follows_none_that_is_not_there() -> None:
    given().under(circumstances(referral=None)).when(REFERRED).then_refused("intake.referral_unknown", clause="P11")


def test_without_a_referral_none_is_asked_for() -> None:
    given().under(circumstances(referral=None)).when(submit()).then(*applied())
