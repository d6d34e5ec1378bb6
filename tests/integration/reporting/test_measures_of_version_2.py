"""What the measures of version 2 count, on histories whose figures are known beforehand."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.contracts import governance_plan, matching
from insieme_events.contracts.vocabulary import CompanySize
from insieme_reporting.testing import History

MARCH, APRIL, MAY = date(2019, 3, 4), date(2019, 4, 1), date(2019, 5, 6)


def joined(history: History, company_id: UUID, on: date) -> None:
    event = governance_plan.CompanyJoinedBoard(company_id=company_id, occurred_on=on)
    history.record(f"board_membership-{company_id}", event)


def left(history: History, company_id: UUID, on: date) -> None:
    event = governance_plan.CompanyLeftBoard(company_id=company_id, occurred_on=on)
    history.record(f"board_membership-{company_id}", event)


@pytest.mark.clause("P59", "P21")
async def test_the_board_is_counted_as_it_stood_on_the_last_day(facts: Any) -> None:
    history = History()
    known = date(2018, 1, 8)
    stayed, gone, back = (history.company(known), history.company(known, CompanySize.LARGE), history.company(known))
    for company in (stayed, gone, back):
        joined(history, company, date(2018, 5, 7))
    left(history, gone, date(2019, 12, 31))
    left(history, back, date(2019, 2, 1))
    joined(history, back, date(2020, 3, 2))
    await facts.fill(history)
    at_the_end_of = {year: await facts.value("board_size", to=date(year, 12, 31)) for year in range(2017, 2022)}
    assert at_the_end_of == {2017: 0, 2018: 3, 2019: 1, 2020: 2, 2021: 2}
    assert await facts.by("board_size", "company_size", to=date(2018, 12, 31)) == {"small": 2, "large": 1}


@pytest.mark.clause("P59")
async def test_who_leaves_on_a_day_is_no_member_on_it(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    joined(history, company, MARCH)
    left(history, company, MAY)
    await facts.fill(history)
    days = (date(2019, 3, 3), MARCH, date(2019, 5, 5), MAY)
    assert [await facts.value("board_size", to=day) for day in days] == [0, 1, 1, 0]


@pytest.mark.clause("P14")
async def test_days_to_shortlist_are_those_from_the_opening_to_the_first_person(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    for first in (10, 20):
        vacancy = history.vacancy(company, MARCH)
        for after in (first, first + 30):
            on = date.fromordinal(MARCH.toordinal() + after)
            history.candidate(vacancy, uuid4(), on, presented=on)
    history.vacancy(company, MARCH)
    await facts.fill(history)
    (row,) = await facts.rows("days_to_shortlist")
    assert (row["value"], row["median"], row["p90"], row["count"]) == (15.0, 15.0, 19.0, 2)


@pytest.mark.clause("P14")
async def test_days_to_reply_are_those_from_the_presentation_to_the_answer_of_either_side(facts: Any) -> None:
    history = History()
    vacancy = history.vacancy(history.company(MARCH), MARCH)
    accepted, refused, waiting = uuid4(), uuid4(), uuid4()
    for candidacy in (accepted, refused, waiting):
        ids = {"candidacy_id": candidacy, "vacancy_id": vacancy, "person_id": uuid4()}
        stream = f"candidacy-{candidacy}"
        history.record(stream, matching.CandidateShortlisted(**ids, occurred_on=MARCH))
        history.record(stream, matching.CandidatePresented(**ids, occurred_on=APRIL))
        if candidacy == accepted:
            history.record(stream, matching.CandidateAccepted(**ids, occurred_on=date(2019, 4, 5)))
        if candidacy == refused:
            by, why = matching.RefusedBy.COMPANY, matching.RefusalReason.HOURS
            event = matching.CandidateRefused(**ids, occurred_on=date(2019, 4, 11), refused_by=by, reason=why)
            history.record(stream, event)
    await facts.fill(history)
    (row,) = await facts.rows("days_to_reply")
    assert (row["value"], row["median"], row["count"]) == (7.0, 7.0, 2)
