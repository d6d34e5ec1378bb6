"""An internship goes the whole way only within the law, once the ledger has confirmed it (P25, P34, P35, P64; I13)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from insieme_events.agreement import Limits
from insieme_events.contracts import ERASED, DomainEvent
from insieme_events.contracts.matching import (
    EvaluatedBy,
    EvaluationResult,
    InternshipApproved,
    InternshipBlocked,
    InternshipConfirmed,
    InternshipEnded,
    InternshipEvaluated,
    InternshipExtended,
    InternshipOutcome,
    InternshipProjectRecorded,
    InternshipPurpose,
    InternshipRequested,
    InternshipResumed,
    InternshipStarted,
    InternshipSuspended,
    PauseReason,
    TargetClass,
)
from insieme_events.contracts.vocabulary import InterventionKind, Strand
from insieme_events.decider import RefusalKind
from insieme_events.testing import scenario
from insieme_events.testing.agreements import LEGAL
from insieme_matching.internship import (
    INTERNSHIP,
    BlockInternship,
    ConfirmInternship,
    EndInternship,
    Paper,
    RecordInternshipEvaluation,
    ResumeInternship,
    StartInternship,
    Stay,
    SuspendInternship,
)
from insieme_matching.testing import (
    COMPANY_ID,
    INTERNSHIP_ID,
    PERSON,
    approve_internship,
    extend_internship,
    internship_circumstances,
    request_internship,
)

given = scenario(INTERNSHIP, internship_circumstances())
MARCH_1 = date(2021, 3, 1)
WHO: dict[str, Any] = {"internship_id": INTERNSHIP_ID, "person_id": PERSON, "company_id": COMPANY_ID}


def requested(**changes: Any) -> tuple[DomainEvent, DomainEvent]:
    """What `request_internship` leads to."""
    days = {"starts_on": MARCH_1, "ends_on": date(2021, 8, 31), **changes}
    project = {
        "target": TargetClass.ORDINARY,
        "purposes": (InternshipPurpose.TRAINING, InternshipPurpose.MUTUAL_KNOWLEDGE),
        "monthly_allowance": 60_000,
        "seasonal": False,
        "funded_by_programme": True,
    }
    project.update({name: days.pop(name) for name in list(days) if name in project})
    on = date(2021, 2, 1)
    return (
        InternshipRequested(**WHO, **days, kind=InterventionKind.INTERNSHIP, occurred_on=on),
        InternshipProjectRecorded(**WHO, **project, occurred_on=on),
    )


CONFIRMED = InternshipConfirmed(**WHO, occurred_on=date(2021, 2, 2))
BLOCKED = InternshipBlocked(**WHO, occurred_on=date(2021, 2, 2))
APPROVED = InternshipApproved(
    **WHO,
    starts_on=MARCH_1,
    ends_on=date(2021, 8, 31),
    monthly_allowance=60_000,
    authorisation="arl-2021-00042",
    authorised_on=date(2021, 2, 10),
    host_staff=12,
    host_declared_on=date(2021, 2, 5),
    limits_version="2010.1",
    occurred_on=date(2021, 2, 12),
)
STARTED = InternshipStarted(
    **WHO,
    communicated_on=date(2021, 2, 26),
    communicated_late=False,
    limits_version="2010.1",
    occurred_on=MARCH_1,
)
ENDED = InternshipEnded(**WHO, outcome=InternshipOutcome.COMPLETED, occurred_on=date(2021, 8, 31))
START = StartInternship(communicated_on=date(2021, 2, 26), on=MARCH_1)
RUNNING = (*requested(), CONFIRMED, APPROVED, STARTED)


def running(**changes: Any) -> tuple[DomainEvent, ...]:
    """A running internship with another project or other days than the usual ones."""
    ends_on = changes.get("ends_on", date(2021, 8, 31))
    return (*requested(**changes), CONFIRMED, APPROVED.model_copy(update={"ends_on": ends_on}), STARTED)


def elsewhere(starts_on: date, ends_on: date, same_host: bool = False, number: int = 777) -> Stay:
    return Stay(UUID(int=number), same_host, starts_on, ends_on)


@pytest.mark.clause("P34", "P35")
@pytest.mark.invariant("I13", "command")
def test_the_whole_way() -> None:
    given().when(request_internship()).then(*requested())
    given(*requested()).when(ConfirmInternship(on=date(2021, 2, 2))).then(CONFIRMED)
    given(*requested(), CONFIRMED).when(approve_internship()).then(APPROVED)
    given(*requested(), CONFIRMED, APPROVED).when(START).then(STARTED)
    pause = SuspendInternship(reason=PauseReason.HOST_CLOSED, on=date(2021, 5, 3))
    paused = given(*RUNNING).when(pause).then_types(InternshipSuspended)
    resumed = given(*RUNNING, *paused).when(ResumeInternship(on=date(2021, 5, 17))).then_types(InternshipResumed)
    end = EndInternship(outcome=InternshipOutcome.COMPLETED, on=date(2021, 8, 31))
    given(*RUNNING, *paused, *resumed).when(end).then(ENDED)
    for evaluated_by in EvaluatedBy:
        evaluation = RecordInternshipEvaluation(
            evaluated_by=evaluated_by, result=EvaluationResult.GOALS_REACHED, would_again=True, on=date(2021, 9, 6)
        )
        said = given(*RUNNING, ENDED).when(evaluation).then_types(InternshipEvaluated)
        given(*RUNNING, ENDED, *said).when(evaluation).then_nothing()
        given(*RUNNING).when(evaluation).then_refused("matching.internship_end_first", clause="P35")


@pytest.mark.clause("P25", "P34")
def test_it_waits_for_intakes_ledger_and_stops_where_it_is_doubled() -> None:
    waiting = given(*requested()).when(approve_internship()).then_refused("matching.intervention_unconfirmed", "P25")
    assert waiting.kind is RefusalKind.RETRY
    given(*requested()).when(START).then_refused("matching.internship_not_approved", clause="P34")
    given(*requested()).when(BlockInternship(on=date(2021, 2, 2))).then(BLOCKED)
    blocked = (*requested(), BLOCKED)
    given(*blocked).when(approve_internship()).then_refused("matching.intervention_doubled", clause="P25")
    given(*blocked).when(START).then_refused("matching.intervention_doubled", clause="P25")
    overridden = given(*blocked).when(ConfirmInternship(on=date(2021, 2, 3))).then_types(InternshipConfirmed)
    given(*blocked, *overridden).when(approve_internship()).then(APPROVED)
    given(*blocked).when(BlockInternship(on=date(2021, 2, 4))).then_nothing()
    given(*RUNNING).when(ConfirmInternship(on=date(2021, 4, 4))).then_nothing()
    given(*RUNNING).when(BlockInternship(on=date(2021, 4, 4))).then_nothing()


@pytest.mark.clause("P30", "P34", "P35")
@pytest.mark.invariant("I10", "command")
def test_it_is_asked_for_a_person_in_charge_at_a_known_host_for_a_purpose() -> None:
    given().when(request_internship(purposes=())).then_refused("matching.internship_purpose_missing", clause="P35")
    backwards = request_internship(ends_on=date(2021, 2, 28))
    given().when(backwards).then_refused("matching.internship_days_reversed", clause="P34")
    nowhere = internship_circumstances(company_known=False)
    given().under(nowhere).when(request_internship()).then_refused("matching.company_unknown")
    given(*requested()).when(request_internship()).then_refused("matching.internship_already_requested")
    transversal = request_internship(strand=Strand.TRANSVERSAL)
    given().when(transversal).then_refused("matching.internship_transversal", clause="P30")
    restricted = internship_circumstances(restricted=True)
    given().under(restricted).when(request_internship()).then_refused("matching.person_restricted", clause="P34")


@pytest.mark.invariant("I7", "command")
def test_it_needs_the_charge_when_it_is_asked_for_approved_and_started() -> None:
    never = internship_circumstances(in_charge=())
    for history, command in (
        ((), request_internship()),
        ((*requested(), CONFIRMED), approve_internship()),
        ((*requested(), CONFIRMED, APPROVED), START),
    ):
        given(*history).under(never).when(command).then_refused("matching.not_in_charge", clause="P34")
    unheard = internship_circumstances(in_charge=None)
    found = given().under(unheard).when(request_internship()).then_refused("matching.person_unknown", clause="P34")
    assert found.kind is RefusalKind.RETRY


ASKED = (*requested(), CONFIRMED)


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "command")
@pytest.mark.parametrize(
    ("target", "latest"),
    [
        (TargetClass.ORDINARY, date(2021, 8, 31)),
        (TargetClass.DISADVANTAGED, date(2022, 2, 28)),
        (TargetClass.DISABLED, date(2023, 2, 28)),
        (ERASED, date(2021, 8, 31)),
    ],
)
def test_it_lasts_as_long_as_its_target_class_may_at_approval_and_extension(target: Any, latest: date) -> None:
    too_long = latest + timedelta(days=1)
    code = "matching.internship_too_long"
    given(*requested(target=target, ends_on=latest), CONFIRMED).when(approve_internship()).then_types(
        InternshipApproved
    )
    history = (*requested(target=target, ends_on=too_long), CONFIRMED)
    given(*history).when(approve_internship()).then_refused(code, clause="P34")
    runs = running(target=target, ends_on=date(2021, 7, 31))
    grounds = {"authorised_on": date(2021, 7, 10), "on": date(2021, 7, 12), "host_declared_on": date(2021, 7, 5)}
    given(*runs).when(extend_internship(**grounds, ends_on=latest)).then_types(InternshipExtended)
    given(*runs).when(extend_internship(**grounds, ends_on=too_long)).then_refused(code, clause="P34")


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "command")
def test_days_of_suspension_do_not_count_towards_the_longest() -> None:
    paused = (
        *RUNNING,
        InternshipSuspended(**WHO, reason=PauseReason.PERSON_AWAY, occurred_on=date(2021, 5, 3)),
        InternshipResumed(**WHO, occurred_on=date(2021, 5, 17)),
    )
    given(*paused).when(extend_internship(ends_on=date(2021, 9, 14))).then_types(InternshipExtended)
    longer = extend_internship(ends_on=date(2021, 9, 15))
    given(*paused).when(longer).then_refused("matching.internship_too_long", clause="P34")


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "command")
def test_it_is_no_shorter_than_the_law_asks_for_or_a_season_is() -> None:
    april = (*requested(ends_on=date(2021, 4, 29)), CONFIRMED)
    given(*april).when(approve_internship()).then_refused("matching.internship_too_short", clause="P34")
    given(*requested(ends_on=date(2021, 4, 30)), CONFIRMED).when(approve_internship()).then_types(InternshipApproved)
    seasonal = (*requested(ends_on=date(2021, 3, 31), seasonal=True), CONFIRMED)
    given(*seasonal).when(approve_internship()).then_types(InternshipApproved)
    shorter = (*requested(ends_on=date(2021, 3, 30), seasonal=True), CONFIRMED)
    given(*shorter).when(approve_internship()).then_refused("matching.internship_too_short")


def dearer(since: date) -> tuple[Limits, ...]:
    return (
        Limits(version="2010.1", valid_from=date(2010, 1, 1), **LEGAL),
        Limits(version="2021.2", valid_from=since, **{**LEGAL, "internship_min_allowance": 70_000}),
    )


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "command")
@pytest.mark.invariant("I13", "clock")
def test_the_allowance_is_the_least_of_the_date_at_approval_and_at_each_extension() -> None:
    poor = (*requested(monthly_allowance=44_999), CONFIRMED)
    given(*poor).when(approve_internship()).then_refused("matching.allowance_too_low", clause="P34")
    given(*requested(monthly_allowance=45_000), CONFIRMED).when(approve_internship()).then_types(InternshipApproved)
    for since, code in ((MARCH_1, "matching.allowance_too_low"), (date(2021, 3, 2), None)):
        by_then = given(*ASKED).under(internship_circumstances(limits=dearer(since))).when(approve_internship())
        by_then.then_refused(code) if code else by_then.then(APPROVED)
    runs = running(ends_on=date(2021, 6, 30))
    grounds = {"authorised_on": date(2021, 6, 10), "on": date(2021, 6, 12), "ends_on": date(2021, 8, 31)}
    grounds["host_declared_on"] = date(2021, 6, 1)
    new = internship_circumstances(limits=dearer(date(2021, 7, 1)))
    given(*runs).under(new).when(extend_internship(**grounds)).then_refused("matching.allowance_too_low")
    (event,) = (
        given(*runs)
        .under(new)
        .when(extend_internship(**grounds, monthly_allowance=70_000))
        .then_types(InternshipExtended)
    )
    assert isinstance(event, InternshipExtended)
    assert (event.from_day, event.monthly_allowance, event.limits_version) == (date(2021, 7, 1), 70_000, "2021.2")


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "command")
@pytest.mark.parametrize(("staff", "places"), [(0, 1), (5, 1), (6, 2), (20, 2), (21, 2), (29, 2), (30, 3), (100, 10)])
def test_the_host_has_no_more_interns_at_a_time_than_its_staff_allows(staff: int, places: int) -> None:
    others = tuple(elsewhere(date(2021, 8, 30), date(2021, 12, 1), number=800 + n) for n in range(places))
    code = "matching.host_quota_full"
    for history, command in (
        (ASKED, approve_internship(host_staff=staff)),
        (running(ends_on=date(2021, 7, 31)), later(host_staff=staff)),
    ):
        full = internship_circumstances(of_host=others)
        given(*history).under(full).when(command).then_refused(code, clause="P34")
        one_less = internship_circumstances(of_host=others[1:])
        given(*history).under(one_less).when(command).then_types(
            InternshipExtended if history is not ASKED else InternshipApproved
        )


def later(**changes: Any) -> Any:
    """An extension to 31 August of an internship that runs until 31 July."""
    grounds = {"authorised_on": date(2021, 7, 10), "on": date(2021, 7, 12), "host_declared_on": date(2021, 7, 5)}
    return extend_internship(**{**grounds, "ends_on": date(2021, 8, 31), **changes})


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "command")
def test_interns_who_follow_one_another_take_one_place() -> None:
    turns = (elsewhere(date(2021, 1, 1), date(2021, 4, 30)), elsewhere(date(2021, 5, 1), date(2021, 9, 1), number=801))
    circumstances = internship_circumstances(of_host=turns)
    given(*ASKED).under(circumstances).when(approve_internship(host_staff=6)).then(
        APPROVED.model_copy(update={"host_staff": 6})
    )
    given(*ASKED).under(circumstances).when(approve_internship(host_staff=5)).then_refused("matching.host_quota_full")


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "command")
def test_once_at_a_host_and_nowhere_else_at_the_same_time() -> None:
    before = internship_circumstances(of_person=(elsewhere(date(2019, 1, 1), date(2019, 3, 1), same_host=True),))
    given(*ASKED).under(before).when(approve_internship()).then_refused("matching.once_per_host", clause="P34")
    over = internship_circumstances(of_person=(elsewhere(date(2021, 1, 1), date(2021, 2, 28)),))
    given(*ASKED).under(over).when(approve_internship()).then(APPROVED)
    code = "matching.internships_overlap"
    at_once = internship_circumstances(of_person=(elsewhere(date(2021, 8, 31), date(2021, 12, 31)),))
    given(*ASKED).under(at_once).when(approve_internship()).then_refused(code, clause="P34")
    given(*running(ends_on=date(2021, 7, 31))).under(at_once).when(later()).then_refused(code, clause="P34")
    until_then = later(ends_on=date(2021, 8, 30))
    given(*running(ends_on=date(2021, 7, 31))).under(at_once).when(until_then).then_types(InternshipExtended)


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "command")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"host_dismissed_nobody": False}, "matching.host_may_not"),
        ({"host_replaces_nobody": False}, "matching.host_may_not"),
        ({"papers": tuple(paper for paper in Paper if paper is not Paper.HOST_TUTOR)}, "papers_missing"),
        ({"papers": ()}, "papers_missing"),
    ],
)
def test_host_and_papers_are_looked_at_again_at_each_extension(changes: dict[str, Any], code: str) -> None:
    code = code if "." in code else f"matching.internship_{code}"
    given(*ASKED).when(approve_internship(**changes)).then_refused(code, clause="P34")
    given(*running(ends_on=date(2021, 7, 31))).when(later(**changes)).then_refused(code, clause="P34")


@pytest.mark.clause("P34")
@pytest.mark.invariant("I13", "command")
def test_the_authorisation_is_there_before_the_first_day_of_what_it_authorises() -> None:
    code = "matching.not_authorised_before"
    on_the_day = approve_internship(authorised_on=MARCH_1, on=MARCH_1)
    given(*ASKED).when(on_the_day).then_refused(code, clause="P34")
    given(*ASKED).when(approve_internship(authorised_on=date(2021, 2, 28), on=MARCH_1)).then_types(InternshipApproved)
    given(*ASKED).when(approve_internship(authorised_on=date(2021, 2, 13))).then_refused(code)
    runs = running(ends_on=date(2021, 7, 31))
    given(*runs).when(later(authorised_on=date(2021, 7, 13))).then_refused(code, clause="P34")
    undeclared = approve_internship(host_declared_on=date(2021, 2, 13))
    given(*ASKED).when(undeclared).then_refused("matching.host_not_declared", clause="P34")


@pytest.mark.clause("P34")
def test_an_extension_comes_while_it_runs_and_makes_it_longer() -> None:
    given(*ASKED).when(extend_internship()).then_refused("matching.internship_not_running")
    given(*RUNNING).when(extend_internship(ends_on=date(2021, 8, 31))).then_nothing()
    shorter = extend_internship(ends_on=date(2021, 8, 30))
    given(*RUNNING).when(shorter).then_refused("matching.internship_already_longer")
    too_late = extend_internship(on=date(2021, 9, 1))
    given(*RUNNING).when(too_late).then_refused("matching.internship_term_passed", clause="P34")
    given(*RUNNING, ENDED).when(extend_internship()).then_refused("matching.internship_over")


@pytest.mark.clause("P34")
def test_without_legal_limits_nobody_judges() -> None:
    unknown = internship_circumstances(limits=())
    for history, command in ((ASKED, approve_internship()), ((*ASKED, APPROVED), START)):
        found = given(*history).under(unknown).when(command).then_refused("matching.limits_unknown", clause="P34")
        assert found.kind is RefusalKind.RETRY


@pytest.mark.clause("P64")
def test_one_that_the_programme_pays_for_waits_for_the_comitato_di_gestione() -> None:
    undecided = internship_circumstances(funding_known=False)
    history = (*requested(), CONFIRMED, APPROVED)
    found = given(*history).under(undecided).when(START).then_refused("matching.funding_undecided", clause="P64")
    assert found.kind is RefusalKind.RETRY
    paid_by_the_host = (*requested(funded_by_programme=False), CONFIRMED, APPROVED)
    given(*paid_by_the_host).under(undecided).when(START).then(STARTED)


@pytest.mark.clause("P34")
def test_it_starts_on_an_approved_day_and_a_late_communication_shows() -> None:
    history = (*requested(), CONFIRMED, APPROVED)
    early = StartInternship(communicated_on=date(2021, 2, 26), on=date(2021, 2, 28))
    given(*history).when(early).then_refused("matching.internship_start_outside", clause="P34")
    same_day = StartInternship(communicated_on=MARCH_1, on=MARCH_1)
    (started,) = given(*history).when(same_day).then_types(InternshipStarted)
    assert isinstance(started, InternshipStarted)
    assert started.communicated_late
    given(*RUNNING).when(START).then_nothing()
    again = StartInternship(communicated_on=MARCH_1, on=date(2021, 3, 2))
    given(*RUNNING).when(again).then_refused("matching.internship_started")
