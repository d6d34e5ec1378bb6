"""What each measure counts, on histories whose figures are known beforehand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from insieme_events.contracts import ERASED, intake, matching
from insieme_events.contracts.vocabulary import (
    ChannelClass,
    CitizenshipClass,
    CompanySize,
    ContractClass,
    Gender,
    Isced,
)
from insieme_reporting.testing import PERSON_ANYONE, History, noon

MARCH, APRIL, MAY = date(2019, 3, 4), date(2019, 4, 1), date(2019, 5, 6)


def void_enrolment(history: History, person_id: UUID, case_id: UUID, on: date) -> None:
    history.of_case(
        intake.EnrolmentVoided(
            case_id=case_id,
            person_id=person_id,
            occurred_on=on,
            voids=PERSON_ANYONE,
            reason=intake.VoidReason.KEYED_TWICE,
        )
    )


async def test_nothing_recorded_is_nought_and_a_rate_over_nothing_has_no_value(facts: Any) -> None:
    await facts.fill([])
    assert await facts.rows("enrolled") == [{"value": 0}]
    assert await facts.rows("permanent_share") == [{"numerator": 0, "denominator": 0, "value": None}]
    assert await facts.rows("enrolled", by="year") == []


async def test_a_voided_enrolment_counts_nowhere(facts: Any) -> None:
    history = History()
    history.enrolled(MARCH)
    person, case = history.enrolled(MARCH)
    history.taken_in_charge(person, case, APRIL)
    void_enrolment(history, person, case, MAY)
    await facts.fill(history)
    assert await facts.value("enrolled") == 1
    assert await facts.value("taken_in_charge") == 0
    assert await facts.value("interviewed") == 0


async def test_a_second_case_is_a_re_enrolment_and_keeps_the_first_dimensions(facts: Any) -> None:
    history = History()
    person, _ = history.enrolled(MARCH, gender=Gender.MALE)
    history.enrolled(date(2020, 1, 7), gender=Gender.FEMALE, person_id=person)
    await facts.fill(history)
    assert await facts.by("enrolled", "year") == {2019: 1}
    assert await facts.by("enrolled", "gender") == {"male": 1}
    assert await facts.by("re_enrolled", "year") == {2020: 1}


async def test_a_person_whose_first_enrolment_was_voided_counts_by_the_next(facts: Any) -> None:
    history = History()
    person, case = history.enrolled(MARCH)
    void_enrolment(history, person, case, APRIL)
    history.enrolled(MAY, person_id=person)
    await facts.fill(history)
    assert await facts.by("enrolled", "month") == {"2019-05": 1}
    assert await facts.value("re_enrolled") == 0


async def test_only_a_correction_changes_the_dimensions(facts: Any) -> None:
    history = History()
    person, case = history.enrolled(MARCH, gender=Gender.MALE, comune="037006")
    history.of_case(
        intake.EntryCharacteristicsRecorded(
            case_id=case,
            person_id=person,
            occurred_on=MAY,
            gender=Gender.FEMALE,
            birth_month="1980-05",
            citizenship=CitizenshipClass.ITALIAN,
            isced=Isced.UPPER_SECONDARY,
            comune="037032",
            corrects=PERSON_ANYONE,
        )
    )
    await facts.fill(history)
    assert await facts.by("enrolled", "gender") == {"female": 1}
    assert await facts.by("enrolled", "distretto") == {"Imola": 1}
    assert await facts.by("enrolled", "gender", known_at=noon(APRIL)) == {"male": 1}


async def test_the_cohort_rate_looks_at_the_end_of_the_period(facts: Any) -> None:
    history = History()
    for taken in (date(2019, 6, 3), date(2020, 2, 3), None):
        person, case = history.enrolled(MARCH)
        if taken is not None:
            history.taken_in_charge(person, case, taken)
    await facts.fill(history)
    (row,) = await facts.rows("taken_in_charge_cohort_rate", to=date(2019, 12, 31))
    assert (row["numerator"], row["denominator"], row["value"]) == (1, 3, 0.3333)
    (row,) = await facts.rows("taken_in_charge_cohort_rate", to=date(2020, 12, 31))
    assert (row["numerator"], row["denominator"], row["value"]) == (2, 3, 0.6667)


async def test_the_age_is_that_of_the_date_of_the_state(facts: Any) -> None:
    history = History()
    person, case = history.enrolled(date(2019, 3, 4), born="1969-06")
    history.taken_in_charge(person, case, date(2019, 6, 3))
    await facts.fill(history)
    assert await facts.by("enrolled", "over_50") == {"no": 1}
    assert await facts.by("enrolled", "age_band") == {"40_49": 1}
    assert await facts.by("taken_in_charge", "over_50") == {"yes": 1}


async def test_a_chain_counts_its_start_and_each_renewal_but_no_transformation_and_no_void(facts: Any) -> None:
    history = History()
    person, case = history.enrolled(MARCH, gender=Gender.MALE)
    history.taken_in_charge(person, case, MARCH)
    company = history.company(MARCH)
    chain = history.placed(person, company, APRIL, date(2019, 6, 30))
    chain.extended(date(2019, 7, 1), date(2019, 12, 31), 2)
    chain.made_permanent(date(2019, 9, 1))
    gone = history.placed(person, company, date(2020, 1, 7), date(2020, 3, 31))
    gone.extended(date(2020, 4, 1), date(2020, 6, 30), 2)
    gone.voided(date(2020, 2, 3), from_link=1)
    half = history.placed(person, company, date(2020, 5, 4), date(2020, 6, 30))
    half.extended(date(2020, 7, 1), date(2020, 9, 30), 2)
    half.voided(date(2020, 7, 2), from_link=2)
    await facts.fill(history)
    assert await facts.value("placements") == 3
    assert await facts.value("placed_persons") == 1
    assert await facts.by("placed_persons", "year") == {2019: 1, 2020: 1}
    assert await facts.value("renewals") == 1
    assert await facts.value("new_relationships") == 2
    assert await facts.by("first_time", "month") == {"2019-04": 1}
    assert await facts.by("placements", "gender") == {"male": 3}


async def test_a_renewal_has_the_class_of_its_chain_at_that_date(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    before = history.placed(uuid4(), company, APRIL, date(2019, 6, 30))
    before.extended(date(2019, 7, 1), date(2019, 12, 31), 2)
    before.made_permanent(date(2019, 9, 1))
    await facts.fill(history)
    assert await facts.by("placements", "contract_class") == {"fixed_term": 2}


async def test_a_transformation_falls_with_the_link_that_was_voided_but_a_later_one_stands(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    fallen = history.placed(uuid4(), company, APRIL, date(2019, 6, 30))
    fallen.extended(date(2019, 7, 1), date(2019, 9, 30), 2)
    fallen.made_permanent(date(2019, 8, 1))
    fallen.voided(date(2019, 8, 5), from_link=2)
    fallen.extended(date(2019, 10, 1), date(2019, 12, 31), 3)
    later = history.placed(uuid4(), company, APRIL, date(2019, 6, 30))
    later.extended(date(2019, 7, 1), date(2019, 9, 30), 2)
    later.voided(date(2019, 7, 2), from_link=2)
    later.made_permanent(date(2019, 8, 1))
    later.extended(date(2019, 10, 1), date(2019, 12, 31), 3)
    await facts.fill(history)
    autumn = {"since": date(2019, 10, 1), "to": date(2019, 12, 31)}
    assert await facts.by("placements", "contract_class", **autumn) == {"fixed_term": 1, "permanent": 1}


async def test_a_placement_counts_under_the_size_of_its_start(facts: Any) -> None:
    history = History()
    company = history.company(MARCH, CompanySize.SMALL)
    chain = history.placed(uuid4(), company, APRIL, date(2019, 6, 30))
    history.record(
        f"company-{company}",
        matching.CompanySizeChanged(company_id=company, occurred_on=date(2019, 6, 1), size=CompanySize.MEDIUM),
    )
    chain.extended(date(2019, 7, 1), date(2019, 12, 31), 2)
    await facts.fill(history)
    assert await facts.by("placements", "company_size") == {"medium": 1, "small": 1}


async def test_a_figure_as_known_on_a_day_stays_what_it_was(facts: Any) -> None:
    """The restatement of 2020: late renewals and a void change the share, the earlier answer does not move."""
    history = History()
    company = history.company(MARCH)
    late = datetime(2021, 2, 1, 9, tzinfo=UTC)
    history.placed(uuid4(), company, date(2020, 2, 3), contract=ContractClass.PERMANENT)
    fixed = history.placed(uuid4(), company, date(2020, 3, 2), date(2020, 8, 31))
    fixed.extended(date(2020, 9, 1), date(2020, 12, 31), 2, at=late)
    wrong = history.placed(uuid4(), company, date(2020, 4, 1), contract=ContractClass.PERMANENT)
    wrong.voided(date(2020, 5, 4), at=late)
    await facts.fill(history)
    year = {"since": date(2020, 1, 1), "to": date(2020, 12, 31)}
    (then,) = await facts.rows("permanent_share", **year, known_at=datetime(2020, 10, 31, 22, tzinfo=UTC))
    (now,) = await facts.rows("permanent_share", **year)
    assert (then["numerator"], then["denominator"]) == (2, 3)
    assert (now["numerator"], now["denominator"]) == (1, 3)


async def test_not_yet_known_differs_from_unknown(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    history.placed(uuid4(), company, APRIL, MAY)
    erased, case = uuid4(), uuid4()
    ids = {"case_id": case, "person_id": erased, "occurred_on": MARCH}
    history.of_case(intake.ApplicationSubmitted(**ids, channel_class=ChannelClass.SELF))
    history.of_case(
        intake.EntryCharacteristicsRecorded(
            **ids, gender=ERASED, birth_month=ERASED, citizenship=ERASED, isced=ERASED, comune=ERASED
        )
    )
    history.of_case(intake.PersonEnrolled(**ids, channel_class=ChannelClass.SELF, agreement_version="2017.1"))
    history.placed(erased, company, APRIL, MAY)
    await facts.fill(history)
    assert await facts.by("placements", "gender") == {"not_yet_known": 1, "unknown": 1}
    assert await facts.by("placements", "over_50") == {"not_yet_known": 1, "unknown": 1}
    assert await facts.by("placements", "distretto") == {"not_yet_known": 1, "unknown": 1}


async def test_days_to_placement_are_those_to_the_first_contract_of_the_period(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    for days in (10, 20, 60):
        person, case = history.enrolled(MARCH)
        history.taken_in_charge(person, case, APRIL, interviewed=APRIL)
        first = date.fromordinal(APRIL.toordinal() + days)
        history.placed(person, company, first, date(2019, 12, 31))
        history.placed(person, company, date(2020, 1, 7), date(2020, 12, 31))
    await facts.fill(history)
    (row,) = await facts.rows("days_to_placement", to=date(2019, 12, 31))
    assert (row["value"], row["median"], row["count"]) == (30.0, 20.0, 3)


async def test_interviews_are_events_and_interviewed_are_persons(facts: Any) -> None:
    history = History()
    person, case = history.enrolled(MARCH)
    for day in (APRIL, MAY):
        history.of_case(
            intake.InterviewHeld(
                case_id=case,
                person_id=person,
                occurred_on=day,
                interview_id=uuid4(),
                kind=intake.InterviewKind.ACCESS,
                interviewer_id=PERSON_ANYONE,
            )
        )
    await facts.fill(history)
    assert await facts.by("interviews", "month") == {"2019-04": 1, "2019-05": 1}
    assert await facts.by("interviewed", "month") == {"2019-04": 1}


async def test_both_ends_of_the_period_count(facts: Any) -> None:
    history = History()
    for day in (date(2019, 2, 28), date(2019, 3, 1), date(2019, 3, 31), date(2019, 4, 1)):
        history.enrolled(day)
    await facts.fill(history)
    assert await facts.value("enrolled", since=date(2019, 3, 1), to=date(2019, 3, 31)) == 2


async def test_what_was_keyed_by_mistake_counts_nowhere(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    for mistaken in (False, True):
        vacancy = history.vacancy(company, APRIL, positions=3)
        history.candidate(vacancy, uuid4(), APRIL, presented=MAY, keyed_by_mistake=mistaken)
        if mistaken:
            history.withdrawn(vacancy, MAY, matching.VacancyWithdrawReason.KEYED_BY_MISTAKE)
    history.withdrawn(history.vacancy(company, APRIL), MAY, matching.VacancyWithdrawReason.NEED_CEASED)
    await facts.fill(history)
    assert await facts.value("vacancies_opened") == 2
    assert await facts.value("positions") == 4
    assert await facts.value("selections") == 2
    assert await facts.value("companies_with_selections") == 1
    assert await facts.by("shortlisted", "month") == {"2019-04": 1}
    assert await facts.by("presented", "month") == {"2019-05": 1}


async def test_a_renewal_is_at_the_place_of_the_link_before_it(facts: Any) -> None:
    history = History()
    chain = history.placed(uuid4(), history.company(MARCH), APRIL, date(2019, 6, 30))
    chain.extended(date(2019, 7, 1), date(2019, 12, 31), 2)
    await facts.fill(history)
    assert await facts.by("placements", "comune_of_work") == {"037006": 2}
