"""Internships, needs and what courses gained, on histories whose figures are known beforehand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.integration.reporting.test_measures_of_version_2 import TARGETED, course, took_part

from insieme_events.contracts import ERASED, training, training_courses, training_participations
from insieme_events.contracts import matching_internships as told
from insieme_events.contracts import matching_vacancies as market
from insieme_events.contracts.matching_companies import CompanyIntroduced
from insieme_events.contracts.training import PositionSourceKind
from insieme_events.contracts.vocabulary import ChannelClass, InterventionKind
from insieme_reporting.testing import History

MARCH, APRIL, MAY, JULY = date(2019, 3, 4), date(2019, 4, 1), date(2019, 5, 6), date(2019, 7, 31)
YEAR = {"since": date(2019, 1, 1), "to": date(2019, 12, 31)}


class Internship:
    def __init__(self, history: History, company_id: UUID, person_id: UUID | None = None) -> None:
        self.history, self.internship_id, self.person_id = history, uuid4(), person_id or uuid4()
        self.ids: dict[str, Any] = {
            "internship_id": self.internship_id,
            "person_id": self.person_id,
            "company_id": company_id,
        }
        days: dict[str, Any] = {"starts_on": MAY, "ends_on": JULY}
        kind = InterventionKind.INTERNSHIP
        self.record(told.InternshipRequested(**self.ids, kind=kind, **days, occurred_on=MARCH))

    def record(self, event: told.InternshipEvent) -> None:
        self.history.record(f"internship-{self.internship_id}", event)

    def started(self, on: date = MAY) -> Internship:
        late: dict[str, Any] = {"communicated_on": on, "communicated_late": False, "limits_version": "2019.1"}
        self.record(told.InternshipStarted(**self.ids, **late, occurred_on=on))
        return self

    def ended(self, on: date = JULY, outcome: told.InternshipOutcome = told.InternshipOutcome.COMPLETED) -> Internship:
        self.record(told.InternshipEnded(**self.ids, outcome=outcome, occurred_on=on))
        return self

    def evaluated(self, *by: told.EvaluatedBy) -> None:
        for who in by:
            said: dict[str, Any] = {"evaluated_by": who, "result": ERASED, "would_again": ERASED}
            self.record(told.InternshipEvaluated(**self.ids, **said, occurred_on=JULY))


@pytest.mark.clause("P34", "P35")
async def test_an_internship_counts_by_its_days_its_outcome_and_what_followed_at_the_host(facts: Any) -> None:
    history = History()
    host, other = history.company(MARCH), history.company(MARCH)
    soon, late, elsewhere, _, early = (Internship(history, host).started() for _ in range(5))
    hired = told.InternshipOutcome.HIRED_BY_HOST
    for one, outcome in ((soon, hired), (late, hired), (elsewhere, told.InternshipOutcome.FOUND_OTHER_JOB)):
        one.ended(JULY, outcome)
    early.ended(JULY)
    for one, company, after in ((soon, host, 30), (late, host, 90), (elsewhere, other, 5), (early, host, -20)):
        history.placed(one.person_id, company, JULY + timedelta(days=after), date(2019, 12, 31))
    both = tuple(told.EvaluatedBy)
    soon.evaluated(*both)
    late.evaluated(both[0])
    wrong = Internship(history, host).started()
    mistake = told.InternshipWithdrawalReason.KEYED_BY_MISTAKE
    wrong.record(told.InternshipWithdrawn(**wrong.ids, reason=mistake, occurred_on=MAY))
    never = Internship(history, host)
    declined = told.InternshipWithdrawalReason.HOST_DECLINED
    never.record(told.InternshipWithdrawn(**never.ids, reason=declined, occurred_on=MAY))
    await facts.fill(history, batch=6)

    assert await facts.by("internships_started", "company_size", **YEAR) == {"small": 5}
    assert await facts.by("internships_ended", "outcome", **YEAR) == {
        "hired_by_host": 2,
        "found_other_job": 1,
        "completed": 1,
    }
    days = (date(2019, 5, 5), MAY, JULY, date(2019, 8, 1))
    assert [await facts.value("internships_running", to=day) for day in days] == [0, 5, 5, 1]
    for name, numerator in (("conversion_30", 1), ("conversion_90", 2), ("evaluated", 1)):
        (row,) = await facts.rows(
            f"internships_{name}_rate" if name == "evaluated" else f"internship_{name}_rate", **YEAR
        )
        assert (row["numerator"], row["denominator"]) == (numerator, 4), name
    # An internship is never a placement.
    assert await facts.value("placements", **YEAR) == 4


@pytest.mark.clause("P60")
async def test_needs_are_counted_in_positions_and_by_whether_they_became_vacancies(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    for profile, positions, converts in (("5.4.4", 3, True), ("5.4.4", 2, False), ("8.1.4", 1, False)):
        need_id = uuid4()
        stream = f"need-{need_id}"
        whole: dict[str, Any] = {"company_id": company, "profile": profile, "positions": positions}
        history.record(stream, market.NeedDeclared(need_id=need_id, **whole, horizon=JULY, occurred_on=MARCH))
        history.record(stream, market.NeedSigned(need_id=need_id, occurred_on=APRIL))
        if converts:
            history.record(stream, market.NeedConverted(need_id=need_id, vacancy_id=uuid4(), occurred_on=MAY))
        else:
            history.record(stream, market.NeedExpired(need_id=need_id, occurred_on=JULY))
    await facts.fill(history)
    assert await facts.by("needed_positions", "profile", **YEAR) == {"5.4.4": 5, "8.1.4": 1}
    assert await facts.rows("needs_converted_rate", **YEAR) == [{"numerator": 1, "denominator": 3, "value": 0.3333}]


@pytest.mark.clause("P76")
async def test_a_company_counts_for_the_party_that_brought_it(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    event = CompanyIntroduced(company_id=company, by_party="cna", occurred_on=APRIL)
    history.record(f"company-{company}", event)
    history.company(MARCH)
    await facts.fill(history)
    assert await facts.by("companies_introduced", "party", **YEAR) == {"cna": 1}


@pytest.mark.clause("P39")
async def test_positions_of_a_course_are_those_identified_and_those_that_placements_took(facts: Any) -> None:
    history = History()
    oss, company = course(history, "oss", MAY), history.company(MARCH)
    vacancy, reservations = history.vacancy(company, MARCH, 5), [uuid4(), uuid4()]
    ids: dict[str, Any] = {"course_id": oss, "strand": TARGETED, "occurred_on": APRIL}
    source: dict[str, Any] = {"source_kind": PositionSourceKind.VACANCY, "source_id": vacancy}
    for reservation, positions in zip(reservations, (3, 2), strict=True):
        identified = training_courses.PositionsIdentified(
            **ids, **source, reservation_id=reservation, company_id=company, positions=positions
        )
        history.record(f"course-{oss}", identified)
    withdrawn = training_courses.PositionsWithdrawn(**ids, reservation_id=reservations[1], positions=0)
    history.record(f"course-{oss}", withdrawn)
    taken, freed = uuid4(), uuid4()
    used: dict[str, Any] = {**source, "course_id": oss, "reservation_id": reservations[0], "occurred_on": JULY}
    for left, employment in ((2, taken), (1, freed)):
        history.record(
            f"vacancy-{vacancy}", market.ReservedPositionUsed(**used, employment_id=employment, positions=left)
        )
    # One that was never reserved is freed too; both are nothing to the course.
    for employment in (freed, uuid4()):
        event = market.PositionFreed(vacancy_id=vacancy, employment_id=employment, occurred_on=JULY)
        history.record(f"vacancy-{vacancy}", event)
    await facts.fill(history, batch=4)
    assert await facts.by("course_positions", "course", **YEAR) == {"oss": 3}
    assert await facts.rows("course_position_rate", **YEAR) == [{"numerator": 1, "denominator": 5, "value": 0.2}]


@pytest.mark.clause("P36", "P37", "P40")
async def test_seats_hours_and_attendance_of_courses(facts: Any) -> None:
    history = History()
    oss = course(history, "oss", MAY)
    course(history, "cleaning", None)
    for number in range(3):
        person, _ = history.enrolled(MARCH)
        took_part(history, oss, person, completed=number < 2)
    await facts.fill(history)
    whole = {"since": date(2019, 1, 1), "to": date(2020, 12, 31)}
    assert await facts.rows("course_fill_rate", **whole) == [{"numerator": 3, "denominator": 25, "value": 0.12}]
    assert await facts.by("course_hours", "course", **whole) == {"oss": 600, "cleaning": 600}
    assert await facts.rows("course_attendance_rate", **whole) == [
        {"numerator": 1800, "denominator": 2000, "value": 0.9}
    ]


@pytest.mark.clause("P38", "P41", "P42")
async def test_channel_priority_and_language_count_until_they_are_erased(facts: Any) -> None:
    history = History()
    oss = course(history, "oss", MAY)
    level = training_participations.LanguageLevel
    for score, levels, erased in (
        (1, (level.PRE_A1, level.A2), False),
        (0, (level.B1, level.A2), False),
        (1, (level.A1, level.B1), True),
    ):
        participation = uuid4()
        ids: dict[str, Any] = {"participation_id": participation, "course_id": oss, "person_id": uuid4()}
        ids["strand"] = TARGETED
        stream = f"participation-{participation}"
        kind: dict[str, Any] = {"kind": InterventionKind.VOCATIONAL_TRAINING, "starts_on": MAY, "ends_on": None}
        priority: dict[str, Any] = {"score": score, "pandemic": True, "sector_change_on": None}
        listening = training_participations.LanguageSkill.LISTENING
        test = training_participations.AssessmentMethod.TEST
        told_of: list[training.TrainingEvent | training.SealedFieldsErased] = [
            training.ParticipationRequested(**ids, **kind, occurred_on=APRIL),
            training_participations.PersonReferredToCourse(
                **ids, channel_class=ChannelClass.ASSOCIATION, association=None, occurred_on=APRIL
            ),
            training_participations.CoursePriorityApplied(
                **ids, **priority, agreement_version="2017.1", occurred_on=APRIL
            ),
            training_participations.ParticipantStarted(**ids, occurred_on=MAY),
            *(
                training_participations.LanguageLevelAssessed(
                    **ids, skill=listening, assessed_at=at, method=test, level=found, occurred_on=day
                )
                for at, found, day in zip(training_participations.AssessedAt, levels, (MAY, JULY), strict=True)
            ),
        ]
        if erased:
            told_of.append(training.SealedFieldsErased(person_id=ids["person_id"], occurred_on=date(2019, 9, 2)))
        for event in told_of:
            history.record(stream, event)
    await facts.fill(history, batch=5)
    assert await facts.by("course_participants", "channel", **YEAR) == {"association": 3}
    assert await facts.rows("course_priority_rate", **YEAR) == [{"numerator": 1, "denominator": 2, "value": 0.5}]
    assert await facts.rows("language_gain_rate", **YEAR) == [{"numerator": 1, "denominator": 2, "value": 0.5}]
