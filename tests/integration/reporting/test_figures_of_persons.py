"""Where persons come from and what becomes of them, on histories whose figures are known beforehand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from insieme_events.contracts import ERASED, intake
from insieme_events.contracts import intake_following as following
from insieme_events.contracts import intake_interventions as ledger
from insieme_events.contracts import intake_referrals as told
from insieme_events.contracts.vocabulary import ChannelClass, Gender, InterventionKind, Strand
from insieme_reporting.testing import History

MARCH, APRIL, MAY = date(2019, 3, 4), date(2019, 4, 1), date(2019, 5, 6)
YEAR = {"since": date(2019, 1, 1), "to": date(2019, 12, 31)}


def referred(
    history: History,
    on: date,
    channel: ChannelClass,
    *,
    out: bool = False,
    after: int | None = None,
    declined: bool = False,
) -> None:
    """A referral, answered so many days after it; None: not answered."""
    referral_id, due = uuid4(), on + timedelta(days=15)
    stream, ids = f"referral-{referral_id}", {"referral_id": referral_id}
    whole: dict[str, Any] = {**ids, "person_id": uuid4(), "reply_due_on": due, "occurred_on": on}
    history.record(
        stream,
        told.ReferralSent(**whole, receiver_class=channel)
        if out
        else told.ReferralReceived(**whole, channel_class=channel),
    )
    if after is None:
        history.record(stream, told.ReferralExpired(**ids, occurred_on=due + timedelta(days=1)))
        return
    day = on + timedelta(days=after)
    if declined:
        reason = told.DeclineReason.NO_CAPACITY
        history.record(stream, told.ReferralDeclined(**ids, reason=reason, occurred_on=day))
    else:
        history.record(stream, told.ReferralAccepted(**ids, occurred_on=day))


@pytest.mark.clause("P11", "P12", "P74")
async def test_referrals_by_channel_with_their_answers_and_the_days_they_took(facts: Any) -> None:
    history = History()
    third, public = ChannelClass.THIRD_SECTOR, ChannelClass.PUBLIC_SERVICE
    referred(history, MARCH, third, after=2)
    referred(history, MARCH, third, after=8, declined=True)
    referred(history, MARCH, public)
    referred(history, MAY, public, out=True, after=5)
    await facts.fill(history, batch=3)
    assert await facts.by("referrals", "channel", **YEAR) == {"third_sector": 2, "public_service": 2}
    assert await facts.by("referrals", "direction", **YEAR) == {"in": 3, "out": 1}
    assert await facts.by("referrals", "answer", **YEAR) == {"accepted": 2, "declined": 1, "expired": 1}
    rows = {row["channel"]: row for row in await facts.rows("days_to_referral_reply", by="channel", **YEAR)}
    assert {channel: (row["value"], row["count"]) for channel, row in rows.items()} == {
        "third_sector": (5.0, 2),
        "public_service": (5.0, 1),
    }
    assert await facts.by("referral_answer_rate", "direction", **YEAR) == {"in": 0.6667, "out": 1.0}


@pytest.mark.clause("P12", "P29")
async def test_who_enrols_is_counted_by_channel_and_unione(facts: Any) -> None:
    history = History()
    for comune in ("037006", "037006", "037032", "037039", "037001"):
        history.enrolled(MARCH, comune=comune)
    await facts.fill(history)
    assert await facts.by("enrolled_by_channel", "channel", **YEAR) == {"self": 5}
    assert await facts.by("enrolled_by_channel", "unione", **YEAR) == {
        "none": 3,
        "Nuovo Circondario Imolese": 1,
        "Terre d'Acqua": 1,
    }


def closed(history: History, on: date, state: intake.ExitState, **person: Any) -> tuple[UUID, UUID]:
    person_id, case_id = history.enrolled(MARCH, **person)
    history.taken_in_charge(person_id, case_id, MARCH)
    ids = {"case_id": case_id, "person_id": person_id}
    history.of_case(intake.CaseClosed(**ids, exit_state=state, occurred_on=on))
    return person_id, case_id


def asked(history: History, who: tuple[UUID, UUID], on: date, outcome: Any, months: int = 6) -> None:
    person_id, case_id = who
    event = intake.FollowUpRecorded(
        case_id=case_id, person_id=person_id, months_after_exit=months, outcome=outcome, occurred_on=on
    )
    history.of_case(event)


@pytest.mark.clause("P18")
async def test_exits_in_autonomy_and_what_became_of_persons_after_six_months(facts: Any) -> None:
    history = History()
    states = (
        intake.ExitState.STABLE_WORK,
        intake.ExitState.STABLE_WORK,
        intake.ExitState.SELF_EMPLOYED,
        intake.ExitState.TEMPORARY_WORK,
        intake.ExitState.WITHDREW,
        intake.ExitState.STABLE_WORK,
    )
    persons = [closed(history, MAY, state) for state in states]
    person_id, case_id = persons[-1]
    came_back = intake.ReopeningReason.CAME_BACK
    history.of_case(
        intake.CaseReopened(
            case_id=case_id, person_id=person_id, reason=came_back, agreement_version="2017.1", occurred_on=MAY
        )
    )
    reply, outcome = date(2019, 11, 6), intake.FollowUpOutcome
    # Recorded twice, the last answer counts; somebody was not reached; one answer is of the exit itself.
    asked(history, persons[0], reply, outcome.SEEKING)
    asked(history, persons[0], reply, outcome.EMPLOYED)
    asked(history, persons[1], reply, outcome.SELF_EMPLOYED)
    asked(history, persons[2], reply, outcome.SEEKING)
    asked(history, persons[3], reply, outcome.NOT_REACHED)
    asked(history, persons[4], MAY, outcome.EMPLOYED, months=0)
    await facts.fill(history, batch=11)

    assert await facts.by("exits", "exit_state", **YEAR) == {
        "stable_work": 2,
        "self_employed": 1,
        "temporary_work": 1,
        "withdrew": 1,
    }
    assert await facts.rows("autonomy_exit_rate", **YEAR) == [{"numerator": 3, "denominator": 5, "value": 0.6}]
    assert await facts.by("follow_ups", "months", **YEAR) == {"0": 1, "6": 4}
    assert await facts.rows("six_month_follow_up_rate", **YEAR) == [{"numerator": 4, "denominator": 5, "value": 0.8}]
    assert await facts.rows("working_at_six_months_rate", **YEAR) == [
        {"numerator": 2, "denominator": 3, "value": 0.6667}
    ]


@pytest.mark.clause("P18")
async def test_an_erased_answer_stays_a_follow_up_and_is_in_no_rate(facts: Any) -> None:
    history = History()
    kept, erased = (closed(history, MAY, intake.ExitState.STABLE_WORK) for _ in range(2))
    for who in (kept, erased):
        asked(history, who, date(2019, 11, 6), intake.FollowUpOutcome.EMPLOYED)
    person_id, _ = erased
    history.record(f"case-{erased[1]}", intake.SealedFieldsErased(person_id=person_id, occurred_on=date(2020, 2, 3)))
    asked(history, erased, date(2020, 3, 2), ERASED, months=12)
    await facts.fill(history)
    whole = {"since": date(2019, 1, 1), "to": date(2020, 12, 31)}
    assert await facts.value("follow_ups", **whole) == 3
    assert await facts.by("follow_ups", "outcome", **whole) == {"employed": 1, "unknown": 2}
    assert await facts.rows("working_at_six_months_rate", **whole) == [{"numerator": 1, "denominator": 1, "value": 1.0}]
    assert await facts.by("autonomy_exit_rate", "gender", **whole) == {"female": 1.0, "unknown": 1.0}


class Operation:
    """A person's participation in a funded operation, told event by event."""

    def __init__(self, history: History, who: tuple[UUID, UUID], operation: str, left: date | None = None) -> None:
        self.history, one = history, uuid4()
        self.ids: dict[str, Any] = {"participation_id": one, "person_id": who[0], "case_id": who[1]}
        self.ids["operation"] = operation
        self.record(following.ParticipationOpened(**self.ids, occurred_on=MARCH))
        if left is not None:
            self.record(following.ParticipationClosed(**self.ids, occurred_on=left))

    def record(self, event: following.ParticipationEvent | intake.SealedFieldsErased) -> None:
        self.history.record(f"participation-{self.ids['participation_id']}", event)

    def said(self, months: int, outcome: Any, on: date = date(2019, 11, 6)) -> None:
        """What became of the person, `months` after the exit."""
        told = {"months_after_exit": months, "outcome": outcome, "occurred_on": on}
        self.record(following.ParticipationFollowUpRecorded(**self.ids, **told))


@pytest.mark.clause("P18")
async def test_the_results_of_an_operation_are_those_of_everybody_who_left_it(facts: Any) -> None:
    """Five left po.1, one of them after the year; one left po.2; one takes part still. Cases open and closed."""
    history, outcome = History(), intake.FollowUpOutcome
    at_work, gone, silent, of_case, late = [history.enrolled(MARCH) for _ in range(5)]
    other = closed(history, APRIL, intake.ExitState.STABLE_WORK)
    left = Operation(history, at_work, "po.1", MAY)
    left.said(0, outcome.SEEKING)
    left.said(6, outcome.SEEKING)
    left.said(6, outcome.EMPLOYED)  # The last answer counts.
    left.said(12, outcome.INACTIVE)  # Neither at the exit nor after six months.
    erased = Operation(history, gone, "po.1", MAY)
    erased.said(0, outcome.EMPLOYED)
    erased.record(intake.SealedFieldsErased(person_id=gone[0], occurred_on=date(2020, 2, 3)))
    Operation(history, silent, "po.1", MAY)
    # The case answers too, where it was asked since the exit and the operation itself has no answer.
    asked(history, of_case, APRIL, outcome.INACTIVE, months=0)
    asked(history, of_case, date(2019, 11, 6), outcome.IN_TRAINING)
    Operation(history, of_case, "po.1", MAY)
    asked(history, at_work, date(2019, 11, 7), outcome.NOT_REACHED)
    Operation(history, late, "po.1", date(2020, 1, 1)).said(0, outcome.EMPLOYED, date(2020, 1, 2))
    Operation(history, other, "po.2", MAY).said(0, outcome.SELF_EMPLOYED, MAY)
    Operation(history, other, "po.3")
    await facts.fill(history, batch=7)

    rows = await facts.rows("operation_results", by="operation,months,outcome", **YEAR)
    assert {(row["operation"], row["months"], row["outcome"]): row["value"] for row in rows} == {
        ("po.1", "0", "seeking"): 1,
        ("po.1", "0", "unknown"): 1,
        ("po.1", "0", "not_yet_known"): 2,
        ("po.1", "6", "employed"): 1,
        ("po.1", "6", "in_training"): 1,
        ("po.1", "6", "not_yet_known"): 2,
        ("po.2", "0", "self_employed"): 1,
        ("po.2", "6", "not_yet_known"): 1,
    }
    assert await facts.by("operation_results", "months", **YEAR) == {"0": 5, "6": 5}


@pytest.mark.clause("P18", "P75")
async def test_what_hangs_on_a_voided_enrolment_counts_nowhere(facts: Any) -> None:
    history = History()
    who = closed(history, MAY, intake.ExitState.STABLE_WORK)
    asked(history, who, date(2019, 11, 6), intake.FollowUpOutcome.EMPLOYED)
    ids = {"case_id": who[1], "person_id": who[0]}
    kind, strand = following.FamilySupportKind.CARE, Strand.TRANSVERSAL
    support = following.FamilySupportStarted(**ids, support_id=uuid4(), kind=kind, strand=strand, occurred_on=MAY)
    history.of_case(support)
    twice = intake.VoidReason.KEYED_TWICE
    history.of_case(intake.EnrolmentVoided(**ids, voids=uuid4(), reason=twice, occurred_on=date(2019, 12, 2)))
    await facts.fill(history)
    names = ("exits", "follow_ups", "family_support_started")
    assert [await facts.value(name, **YEAR) for name in names] == [0, 0, 0]
    assert await facts.rows("six_month_follow_up_rate") == [{"numerator": 0, "denominator": 0, "value": None}]


@pytest.mark.clause("P75")
async def test_family_support_is_offered_taken_up_and_followed_by_work(facts: Any) -> None:
    history = History()
    company = history.company(MARCH)
    for number, gender in enumerate((Gender.FEMALE, Gender.FEMALE, Gender.MALE)):
        person_id, case_id = history.enrolled(MARCH, gender=gender)
        history.taken_in_charge(person_id, case_id, MARCH)
        support: dict[str, Any] = {
            "case_id": case_id,
            "person_id": person_id,
            "support_id": uuid4(),
            "kind": following.FamilySupportKind.CHILDCARE,
            "strand": Strand.TRANSVERSAL,
        }
        history.of_case(following.FamilySupportOffered(**support, occurred_on=MARCH))
        if number < 2:
            history.of_case(following.FamilySupportStarted(**support, occurred_on=APRIL))
            # A placement from before the support is not one that it helped to.
            history.placed(person_id, company, MAY if number == 0 else MARCH, date(2019, 12, 31))
    await facts.fill(history)
    assert await facts.by("family_support_offered", "gender", **YEAR) == {"female": 2, "male": 1}
    assert await facts.by("family_support_started", "support_kind", **YEAR) == {"childcare": 2}
    assert await facts.rows("family_support_placed_rate", by="gender", **YEAR) == [
        {"gender": "female", "numerator": 1, "denominator": 2, "value": 0.5}
    ]


class Ledger:
    """The ledger of interventions of a person."""

    def __init__(self, history: History) -> None:
        self.history, self.person_id = history, uuid4()

    def said(
        self,
        kind: InterventionKind,
        party: str,
        starts_on: date,
        ends_on: date | None = None,
        measure: ledger.RegionalMeasure | None = None,
        blocked: bool = False,
    ) -> dict[str, Any]:
        ids = {"person_id": self.person_id, "intervention_id": uuid4()}
        line: dict[str, Any] = {**ids, "kind": kind, "party": party, "starts_on": starts_on, "ends_on": ends_on}
        line |= {"measure": measure, "occurred_on": starts_on}
        self.record(
            ledger.InterventionOverlapDetected(**line, overlaps=uuid4())
            if blocked
            else ledger.InterventionRegistered(**line)
        )
        return ids

    def record(self, event: ledger.InterventionEvent | intake.SealedFieldsErased) -> None:
        self.history.record(f"ledger-{self.person_id}", event)


@pytest.mark.clause("P25")
async def test_doubled_interventions_are_detected_avoided_or_let_go_on(facts: Any) -> None:
    history = History()
    one = Ledger(history)
    training = InterventionKind.VOCATIONAL_TRAINING
    one.said(training, "fondazione", MARCH)
    one.said(training, "cgil", APRIL, blocked=True)
    let_go = one.said(training, "cna", MAY, blocked=True)
    why = ledger.OverrideReason.AGREED_BY_BOTH
    one.record(ledger.OverlapOverridden(**let_go, reason=why, occurred_on=MAY))
    await facts.fill(history)
    assert await facts.by("interventions", "party", **YEAR) == {"fondazione": 1, "cna": 1}
    assert await facts.by("overlaps_detected", "party", **YEAR) == {"cgil": 1, "cna": 1}
    assert await facts.rows("overlap_override_rate", **YEAR) == [{"numerator": 1, "denominator": 2, "value": 0.5}]


@pytest.mark.clause("P48")
async def test_paths_are_combined_where_another_kind_runs_at_the_same_time(facts: Any) -> None:
    history = History()
    gol = ledger.RegionalMeasure.GOL
    search, course = InterventionKind.JOB_SEARCH, InterventionKind.BASIC_TRAINING
    both, after, same, erased = (Ledger(history) for _ in range(4))
    for one in (both, erased):
        one.said(search, "regione", MARCH, MAY, gol)
        one.said(course, "fondazione", APRIL)
    ended = after.said(search, "regione", MARCH, MAY, gol)
    after.record(ledger.InterventionEnded(**ended, occurred_on=MARCH))
    after.said(course, "fondazione", APRIL)
    same.said(course, "regione", MARCH, MAY, gol)
    same.said(course, "fondazione", APRIL)
    erased.record(intake.SealedFieldsErased(person_id=erased.person_id, occurred_on=MAY))
    await facts.fill(history)
    assert await facts.by("combined_paths", "month", **YEAR) == {"2019-04": 1}
    assert await facts.by("interventions", "intervention_kind", **YEAR) == {
        "job_search": 2,
        "basic_training": 4,
        "unknown": 2,
    }
