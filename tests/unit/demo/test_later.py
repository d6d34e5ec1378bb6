"""The years after 2021: they change nothing of those before, and end with the term and what comes after it."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from tests.unit.demo.on_paper import Paper

from insieme_demo import later, ledger, plan
from insieme_demo.later import Later
from insieme_demo.plan import Plan
from insieme_events.clock import business_date
from insieme_events.contracts.governance import ProtocolExpired, RenewalConsentGiven
from insieme_events.contracts.intake import PersonEnrolled

SEED, SCALE = 3, 0.02


@pytest.fixture(scope="module")
def made() -> Plan:
    return plan.make(SEED, SCALE, onwards=True)


@pytest.fixture(scope="module")
def after(made: Plan) -> Later:
    assert made.later is not None
    return made.later


def test_the_years_to_2021_are_told_as_they_are_without_them(made: Plan) -> None:
    shorter = list(plan.months(plan.make(SEED, SCALE)))
    longer = list(plan.months(made))
    assert longer[: len(shorter)] == shorter
    assert (longer[-1].year, longer[-1].month) == (2026, 6)


def test_the_tavolo_meets_until_the_term_ends_without_the_party_that_left(after: Later) -> None:
    party, _, effective_on = later.WITHDREW
    held = sorted(
        one.meets_on for one in after.tables.meetings if one.kind == "coordination_table" and one.cancelled is None
    )
    assert all((following - one).days <= 184 for one, following in pairwise([date(2021, 11, 16), *held]))
    assert max(one.meets_on for one in after.tables.meetings) <= later.LAST_MEETING
    for one in after.tables.meetings:
        assert (party in one.invited) is (one.meets_on < effective_on)
        assert len(one.invited) == (14 if one.meets_on < effective_on else 13)


def test_nobody_is_placed_before_the_taking_in_charge_is_known(after: Later) -> None:
    assert after.placements
    for chain, company in after.placements:
        assert company.registered_on < chain.way.available_from < chain.starts_on
    numbers = [person.number for person in after.people]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_the_services_take_it_and_the_term_ends_for_want_of_one_consent(made: Plan, after: Later) -> None:
    paper = Paper()
    paper.write(plan.months(made))
    events = [event for told in paper.told().values() for event in told]
    types = Counter(type(event).__name__ for event in events)
    assert (types["PartyWithdrew"], types["RenewalProposed"], types["ProtocolExpiryWarned"]) == (1, 1, 3)
    consented = {event.party for event in events if isinstance(event, RenewalConsentGiven)}
    assert (len(consented), types["RenewalConsentRefused"], types["ProtocolRenewed"]) == (12, 1, 0)
    assert not {later.WITHDREW[0], later.REFUSED[0]} & consented
    (expired,) = (event for event in events if isinstance(event, ProtocolExpired))
    assert expired.occurred_on == date(2026, 3, 4)
    enrolled = [event.occurred_on for event in events if isinstance(event, PersonEnrolled)]
    beyond = [on for on in enrolled if on >= expired.occurred_on]
    assert beyond
    assert max(beyond) < expired.occurred_on + timedelta(days=365), "the transitional rule lasts twelve months"
    counted = ledger.count_later(after)
    assert sum(counted.enrolled.values()) == sum(on.year > 2021 for on in enrolled) == len(after.ways)
    assert types["MeetingHeld"] == sum(counted.meetings.values()) + sum(ledger.count(made).meetings_by_year.values())


def test_nothing_is_recorded_before_it_happens_or_after_june_2026(made: Plan) -> None:
    for month in plan.months(made):
        for happening in month.told:
            recorded = business_date(happening.recorded_at)
            assert recorded <= date(2026, 6, 30)
            for order in happening.orders:
                assert getattr(order.command, "on", recorded) <= recorded
