"""Two ids that were one all along are counted once, from the day on which the merge was recorded (P21, P25)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.contracts import intake
from insieme_events.contracts import intake_following as following
from insieme_events.contracts import intake_persons as persons
from insieme_events.contracts.matching_companies import CompanyMergedInto
from insieme_events.contracts.vocabulary import CompanySize, Gender
from insieme_reporting.testing import History

MARCH, APRIL, MAY, JUNE = date(2019, 3, 4), date(2019, 4, 1), date(2019, 5, 6), date(2019, 6, 3)


def aliased(history: History, person_id: UUID, alias_of: UUID, on: date) -> None:
    event = persons.PersonAliased(person_id=person_id, alias_of=alias_of, occurred_on=on)
    history.record(f"person-{person_id}", event)


def case_merged(history: History, person_id: UUID, case_id: UUID, into: UUID, on: date) -> None:
    history.of_case(following.CaseMerged(case_id=case_id, person_id=person_id, into_case_id=into, occurred_on=on))


@pytest.mark.clause("P25")
async def test_a_merged_person_counts_once_by_the_earliest_date_of_each_state(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    first, first_case = history.enrolled(MARCH, gender=Gender.FEMALE)
    second, second_case = history.enrolled(APRIL, gender=Gender.MALE)
    history.taken_in_charge(second, second_case, MAY)
    for person in (first, second):
        history.placed(person, company, MAY, date(2019, 12, 31))
    case_merged(history, first, first_case, second_case, JUNE)
    aliased(history, first, second, JUNE)
    await facts.fill(history, batch=5)

    assert await facts.by("enrolled", "month") == {"2019-03": 1}
    assert await facts.by("enrolled", "gender") == {"female": 1}
    assert await facts.value("taken_in_charge") == 1
    # The case that goes on in the other one is no enrolment of its own, though it is the earlier one.
    assert await facts.value("re_enrolled") == 0
    assert (await facts.value("placements"), await facts.value("placed_persons")) == (2, 1)
    assert await facts.value("first_time") == 1
    before = datetime(2019, 6, 1, tzinfo=UTC)
    assert (await facts.value("enrolled", known_at=before), await facts.value("placed_persons", known_at=before)) == (
        2,
        2,
    )


@pytest.mark.clause("P25")
async def test_persons_set_apart_count_as_two_again(facts: Any) -> None:
    history = History()
    one, _ = history.enrolled(MARCH)
    other, other_case = history.enrolled(APRIL)
    case_merged(history, other, other_case, uuid4(), MAY)
    aliased(history, other, one, MAY)
    history.of_case(following.CaseUnmerged(case_id=other_case, person_id=other, occurred_on=JUNE))
    event = persons.PersonSetApart(person_id=other, alias_of=one, occurred_on=JUNE)
    history.record(f"person-{other}", event)
    await facts.fill(history)
    assert await facts.value("enrolled") == 2
    assert await facts.value("enrolled", known_at=datetime(2019, 5, 7, tzinfo=UTC)) == 1


@pytest.mark.clause("P25")
async def test_an_id_given_up_for_one_that_was_given_up_later_is_that_person_too(facts: Any) -> None:
    history = History()
    ids = [history.enrolled(day)[0] for day in (MARCH, APRIL, MAY)]
    aliased(history, ids[0], ids[1], JUNE)
    aliased(history, ids[1], ids[2], JUNE)
    await facts.fill(history)
    assert await facts.by("enrolled", "month") == {"2019-03": 1}
    assert await facts.by("re_enrolled", "month") == {"2019-04": 1, "2019-05": 1}


async def test_a_second_enrolment_of_the_same_person_is_still_a_re_enrolment(facts: Any) -> None:
    history = History()
    person, case = history.enrolled(MARCH)
    history.of_case(
        intake.CaseClosed(case_id=case, person_id=person, exit_state=intake.ExitState.WITHDREW, occurred_on=APRIL)
    )
    history.enrolled(MAY, person_id=person)
    await facts.fill(history)
    assert (await facts.value("enrolled"), await facts.by("re_enrolled", "month")) == (1, {"2019-05": 1})


@pytest.mark.clause("P21", "P59")
async def test_a_merged_company_counts_once_under_the_sizes_of_the_one_that_goes_on(facts: Any) -> None:
    history = History()
    kept, doubled = history.company(APRIL, CompanySize.SMALL), history.company(MARCH, CompanySize.LARGE)
    later = history.company(MAY, CompanySize.MEDIUM)
    for company, day in ((doubled, MARCH), (doubled, MAY), (kept, MAY)):
        history.placed(uuid4(), company, day, date(2019, 12, 31))
        history.vacancy(company, day)
    for other in (doubled, later):
        merged = CompanyMergedInto(company_id=other, into_id=kept, occurred_on=JUNE)
        history.record(f"company-{other}", merged)
    await facts.fill(history)

    assert await facts.value("hiring_companies") == 1
    assert await facts.value("companies_with_selections") == 1
    assert await facts.by("companies_in_network", "company_size", to=date(2019, 12, 31)) == {"small": 1}
    # The size of an id that was given up stands only for the days before the other one has any.
    assert await facts.by("placements", "company_size") == {"large": 1, "small": 2}
    before = datetime(2019, 6, 1, tzinfo=UTC)
    assert await facts.value("hiring_companies", known_at=before) == 2
    assert await facts.value("companies_in_network", known_at=before) == 3
