"""A call takes projects of one kind from its first to its last day (P43)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts.funding_projects import CallClosed
from insieme_events.contracts.vocabulary import ProjectKind
from insieme_events.testing import scenario
from insieme_funding.call import CALL, CloseCall, OpenCall
from insieme_funding.testing import ACCOUNTS, B3, CALL_ID, call_opened

given = scenario(CALL, ACCOUNTS)
CLOSE = CloseCall(on=date(2022, 2, 20))
CLOSED = CallClosed(call_id=CALL_ID, strand=B3, occurred_on=date(2022, 2, 20))


def open_call(closes_on: date = date(2022, 2, 28)) -> OpenCall:
    return OpenCall(call_id=CALL_ID, kind=ProjectKind.SOCIAL_INNOVATION, closes_on=closes_on, on=date(2022, 2, 1))


@pytest.mark.clause("P43")
def test_a_call_is_opened_and_closed_once() -> None:
    given().when(open_call()).then(call_opened())
    given(call_opened()).when(open_call()).then_refused("funding.call_already_opened", clause="P43")
    given().when(open_call(date(2022, 1, 31))).then_refused("funding.call_ends_before_it_begins")
    given(call_opened()).when(CLOSE).then(CLOSED)
    given(call_opened(), CLOSED).when(CLOSE).then_nothing()
    given().when(CLOSE).then_refused("funding.call_unknown")
    given(call_opened()).when(CloseCall(on=date(2022, 1, 31))).then_refused("funding.before_call")
