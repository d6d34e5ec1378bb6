"""A candidacy goes shortlisted, presented, interviewed, accepted; it may be refused or withdrawn on the way (P32)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

import pytest

from insieme_events.contracts.matching import (
    CandidacyEvent,
    CandidateAccepted,
    CandidateInterviewed,
    CandidatePresented,
    CandidateRefused,
    CandidateReplyOverdue,
    CandidateWithdrawn,
    ChoiceReason,
    RankReason,
    RefusalReason,
    RefusedBy,
    SelectionReasonsRecorded,
    WithdrawalReason,
)
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_matching.candidacy import (
    CANDIDACY,
    AcceptCandidate,
    CandidacyCircumstances,
    EndWithVacancy,
    MarkReplyOverdue,
    PresentCandidate,
    RankedAs,
    RecordInterview,
    RecordSelectionReasons,
    RefuseCandidate,
    ShortlistCandidate,
    VacancyEnd,
    WithdrawCandidate,
)
from insieme_matching.testing import CANDIDACY_ID, PERSON, VACANCY_ID, candidacy_circumstances, shortlisted

given = scenario(CANDIDACY, candidacy_circumstances())
DAY = date(2021, 3, 1)
REFUSE = RefuseCandidate(refused_by=RefusedBy.PERSON, reason=RefusalReason.DISTANCE, on=DAY)
WITHDRAW = WithdrawCandidate(reason=WithdrawalReason.VACANCY_GONE, on=DAY)


def shortlist(on: date = date(2021, 2, 10)) -> ShortlistCandidate:
    return ShortlistCandidate(candidacy_id=CANDIDACY_ID, vacancy_id=VACANCY_ID, person_id=PERSON, on=on)


E = TypeVar("E", bound=CandidacyEvent)


def of(event: type[E]) -> E:
    return event(candidacy_id=CANDIDACY_ID, vacancy_id=VACANCY_ID, person_id=PERSON, occurred_on=DAY)


PRESENTED, INTERVIEWED, ACCEPTED = of(CandidatePresented), of(CandidateInterviewed), of(CandidateAccepted)
REFUSED = CandidateRefused(
    candidacy_id=CANDIDACY_ID,
    vacancy_id=VACANCY_ID,
    person_id=PERSON,
    refused_by=RefusedBy.PERSON,
    reason=RefusalReason.DISTANCE,
    occurred_on=DAY,
)
WITHDRAWN = CandidateWithdrawn(
    candidacy_id=CANDIDACY_ID,
    vacancy_id=VACANCY_ID,
    person_id=PERSON,
    reason=WithdrawalReason.VACANCY_GONE,
    occurred_on=DAY,
)
LIVE: list[tuple[CandidacyEvent, ...]] = [
    (shortlisted(),),
    (shortlisted(), PRESENTED),
    (shortlisted(), PRESENTED, INTERVIEWED),
    (shortlisted(), PRESENTED, INTERVIEWED, ACCEPTED),
]


@pytest.mark.clause("P14", "P32")
def test_a_person_in_charge_is_shortlisted_presented_interviewed_and_accepted() -> None:
    given().when(shortlist()).then(shortlisted())
    given(*LIVE[0]).when(PresentCandidate(on=DAY)).then(PRESENTED)
    given(*LIVE[1]).when(RecordInterview(on=DAY)).then(INTERVIEWED)
    given(*LIVE[2]).when(AcceptCandidate(on=DAY)).then(ACCEPTED)


@pytest.mark.clause("P32")
def test_no_step_is_left_out_or_taken_twice() -> None:
    given(*LIVE[0]).when(RecordInterview(on=DAY)).then_refused("matching.present_first", clause="P32")
    given(*LIVE[0]).when(AcceptCandidate(on=DAY)).then_refused("matching.present_first")
    given(*LIVE[1]).when(AcceptCandidate(on=DAY)).then_refused("matching.interview_first")
    given(*LIVE[2]).when(PresentCandidate(on=DAY)).then_refused("matching.step_taken")
    given(*LIVE[0]).when(shortlist()).then_refused("matching.candidacy_already_shortlisted")
    given(*LIVE[3]).when(AcceptCandidate(on=DAY)).then_nothing()


@pytest.mark.clause("P32")
@pytest.mark.parametrize("history", LIVE)
def test_every_live_candidacy_can_be_refused_or_withdrawn(history: tuple[CandidacyEvent, ...]) -> None:
    given(*history).when(REFUSE).then(REFUSED)
    given(*history).when(WITHDRAW).then(WITHDRAWN)


@pytest.mark.clause("P32")
@pytest.mark.parametrize("end", [REFUSED, WITHDRAWN])
def test_what_is_over_goes_no_further(end: CandidacyEvent) -> None:
    for command in (PresentCandidate(on=DAY), RecordInterview(on=DAY), AcceptCandidate(on=DAY), REFUSE, WITHDRAW):
        given(shortlisted(), end).when(command).then_refused("matching.candidacy_over", clause="P32")


@pytest.mark.invariant("I7", "command")
def test_nobody_is_shortlisted_who_was_not_in_charge_on_that_day() -> None:
    given().when(shortlist(on=date(2021, 1, 9))).then_refused("matching.not_in_charge", clause="P33")
    given().when(shortlist(on=date(2021, 12, 1))).then_refused("matching.not_in_charge")
    never = candidacy_circumstances(in_charge=())
    given().under(never).when(shortlist()).then_refused("matching.not_in_charge")


@pytest.mark.invariant("I7", "command")
def test_a_person_not_heard_of_yet_is_a_matter_of_waiting() -> None:
    unheard = candidacy_circumstances(in_charge=None)
    refusal = given().under(unheard).when(shortlist()).then_refused("matching.person_unknown")
    assert refusal.kind is RefusalKind.RETRY


@pytest.mark.clause("P32")
def test_only_an_open_vacancy_takes_candidates() -> None:
    closed = candidacy_circumstances(vacancy_open=False)
    given().under(closed).when(shortlist()).then_refused("matching.vacancy_not_open", clause="P32")


def test_steps_do_not_go_back_in_time_or_ahead_of_today() -> None:
    early = PresentCandidate(on=date(2021, 2, 9))
    given(shortlisted()).when(early).then_refused("matching.before_last_step")
    given(shortlisted()).when(PresentCandidate(on=date(2022, 1, 1))).then_refused("matching.date_in_future")


def test_a_candidacy_that_nobody_started_is_not_found() -> None:
    given().when(PresentCandidate(on=DAY)).then_refused("matching.candidacy_unknown")


@pytest.mark.clause("P32")
def test_nobody_is_put_forward_whose_data_may_not_be_used() -> None:
    restricted = candidacy_circumstances(restricted=True)
    given().under(restricted).when(shortlist()).then_refused("matching.person_restricted", clause="P32")


RANKED = RankedAs(rules="rules-1", place=2, points=60, reasons=(RankReason.PROFILE_SAME, RankReason.COMUNE_SAME))


@pytest.mark.clause("P32")
def test_a_person_decides_on_a_ranking_and_the_reasons_are_kept() -> None:
    because = shortlist().model_copy(update={"chosen_for": (ChoiceReason.LIVES_NEAR,), "ranked": RANKED})
    reasons = SelectionReasonsRecorded(
        candidacy_id=CANDIDACY_ID,
        vacancy_id=VACANCY_ID,
        person_id=PERSON,
        chosen_for=(ChoiceReason.LIVES_NEAR,),
        rules="rules-1",
        place=2,
        points=60,
        ranked_for=RANKED.reasons,
        occurred_on=date(2021, 2, 10),
    )
    given().when(because).then(shortlisted(), reasons)
    by_rank_alone = shortlist().model_copy(update={"ranked": RANKED})
    given().when(by_rank_alone).then_refused("matching.reasons_missing", clause="P32")
    later = RecordSelectionReasons(chosen_for=(ChoiceReason.WISH_OF_PERSON,), on=DAY)
    for history in LIVE:
        given(*history).when(later).then_types(SelectionReasonsRecorded)
    given(shortlisted(), REFUSED).when(later).then_refused("matching.candidacy_over")
    given(shortlisted()).when(RecordSelectionReasons(chosen_for=(), on=DAY)).then_refused("matching.reasons_missing")


@pytest.mark.clause("P32")
def test_a_reply_is_overdue_after_the_days_that_the_agreement_of_the_presentation_gives() -> None:
    in_time, late = MarkReplyOverdue(on=date(2021, 3, 16)), MarkReplyOverdue(on=date(2021, 3, 17))
    given(*LIVE[1]).when(in_time).then_refused("matching.reply_not_due", clause="P32")
    overdue = CandidateReplyOverdue(
        candidacy_id=CANDIDACY_ID,
        vacancy_id=VACANCY_ID,
        person_id=PERSON,
        due_on=date(2021, 3, 16),
        agreement_version="2017.1",
        occurred_on=date(2021, 3, 17),
    )
    given(*LIVE[1]).when(late).then(overdue)
    given(*LIVE[1], overdue).when(late).then_nothing()
    given(*LIVE[1], overdue).when(RecordInterview(on=date(2021, 3, 20))).then_types(CandidateInterviewed)
    given(*LIVE[0]).when(late).then_refused("matching.reply_not_awaited")
    for history in (*LIVE[2:], (shortlisted(), REFUSED)):
        given(*history).when(late).then_nothing()
    given(*LIVE[1]).under(candidacy_circumstances(restricted=True)).when(late).then_nothing()


@pytest.mark.clause("P32")
def test_whoever_still_waits_when_the_vacancy_ended_is_withdrawn_by_the_later_of_the_two_days() -> None:
    before, after = date(2021, 2, 20), date(2021, 3, 9)  # Of the last step, which the last three made on 1 March.
    for history in LIVE[:3]:
        for ended_on in (before, after):
            day = max(ended_on, history[-1].occurred_on)
            for filled, reason in ((True, WithdrawalReason.POSITION_TAKEN), (False, WithdrawalReason.VACANCY_GONE)):
                over = given(*history).under(standing(VacancyEnd(ended_on, filled, placed=False)))
                over.when(EndWithVacancy(on=day)).then(
                    WITHDRAWN.model_copy(update={"reason": reason, "occurred_on": day})
                )
                over.when(EndWithVacancy(on=day - timedelta(days=1))).then_nothing()


@pytest.mark.clause("P32")
def test_a_vacancy_that_is_over_ends_nothing_that_is_decided_placed_open_or_not_to_be_used() -> None:
    end = EndWithVacancy(on=date(2021, 4, 1))
    over = standing(VacancyEnd(DAY, filled=True, placed=False))
    for history in (LIVE[3], (shortlisted(), REFUSED), (shortlisted(), WITHDRAWN)):
        given(*history).under(over).when(end).then_nothing()
    given(*LIVE[2]).under(standing(VacancyEnd(DAY, filled=True, placed=True))).when(end).then_nothing()
    given(*LIVE[2]).under(standing(None)).when(end).then_nothing()
    given(*LIVE[2]).under(replace(over, restricted=True)).when(end).then_nothing()
    given().under(over).when(end).then_refused("matching.candidacy_unknown")


@pytest.mark.clause("P32")
def test_an_answer_that_was_overdue_when_the_vacancy_ended_is_noted_with_the_end() -> None:
    """Presented on 1 March: the company had until the 16th."""
    for ended_on, noted in ((date(2021, 3, 16), False), (date(2021, 3, 17), True), (date(2021, 5, 3), True)):
        over = given(*LIVE[1]).under(standing(VacancyEnd(ended_on, filled=False, placed=False)))
        end = EndWithVacancy(on=ended_on)
        if noted:
            late, withdrawn = over.when(end).then_types(CandidateReplyOverdue, CandidateWithdrawn)
            assert (late.occurred_on, withdrawn.occurred_on) == (date(2021, 3, 17), ended_on)
            over.given(late).when(end).then_types(CandidateWithdrawn)
        else:
            over.when(end).then_types(CandidateWithdrawn)


def standing(end: VacancyEnd | None) -> CandidacyCircumstances:
    return replace(candidacy_circumstances(), vacancy_end=end)
