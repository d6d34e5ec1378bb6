"""What intake is told of each case: the commands, in the order in which they were recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from insieme_demo import lists, referral_story
from insieme_demo.funnel import Fate, Way
from insieme_demo.happening import Happening, Kind, Order, Phase, Refers
from insieme_demo.ids import made
from insieme_demo.referrals import Answer
from insieme_demo.story import Story
from insieme_events.contracts.intake import (
    AddressBasis,
    AutonomyLevel,
    EmploymentStatus,
    InterviewKind,
    MeasureKind,
    ReadyFor,
    RejectionReason,
    StatusEvidence,
    SuitabilityOutcome,
    SuspensionReason,
    VoidReason,
)
from insieme_events.contracts.vocabulary import CitizenshipClass, FragilityBand, Isced
from insieme_events.decider import Command
from insieme_intake.case import commands
from insieme_intake.person import GiveNotice
from insieme_intake.referral import AcceptReferral

NOTICE = "2017.1"
INSTRUMENT = "2017.1"


def happenings(chance: Random, seed: int, number: int, way: Way) -> Iterator[Happening]:
    story = Story(seed, chance, way)
    referral_story.arrival(story)
    _application(story)
    if way.fate in (Fate.REJECTED, Fate.WITHDRAWN, Fate.VOIDED):
        _turned_away(story)
    else:
        _interviews(story)
        _assessment(story)
        _charge(story)
        _end(story)
        _correction(story)
        referral_story.handing_over(story)
    return story.happenings(number)


def _application(story: Story) -> None:
    way, chance, on = story.way, story.chance, story.way.received_on
    person, came = way.person, way.referred
    wrong = _keyed(person.number, person.isced, person.citizenship, person.comune) if way.corrected_on else None
    isced, citizenship, comune = wrong or (person.isced, person.citizenship, person.comune)
    in_measure = way.fate is Fate.REJECTED and way.status is not EmploymentStatus.EMPLOYED
    submit = commands.SubmitApplication(
        on=on,
        case_id=way.case_id,
        person_id=story.person_id,
        channel_class=person.channel,
        referral_id=came.referral_id if came is not None and came.led_to_case else None,
        notice_version=NOTICE,
        status=way.status,
        other_measure=commands.OtherMeasureAnswer(kind=chance.choice(list(MeasureKind)) if in_measure else None),
        comune=comune,
        quartiere=person.quartiere if comune == person.comune else None,
        basis=AddressBasis.DOMICILE if person.number % 9 == 0 else AddressBasis.RESIDENCE,
        gender=person.gender,
        birth_month=person.birth_month,
        citizenship=citizenship,
        isced=isced,
    )
    known = [] if way.second else [story.person(GiveNotice(notice_version=NOTICE, on=on))]
    if not way.second and way.referred is None:
        known = [story.registered(on), *known]
    enrols = way.fate not in (Fate.REJECTED, Fate.WITHDRAWN)
    told = [submit, commands.Enrol(on=on)] if enrols else [submit]
    accepted = []
    if came is not None and came.answered == (on, Answer.ACCEPTED):
        accepted = [Order(Kind.REFERRAL, came.referral_id, AcceptReferral(on=on))]
    orders = (*known, *(Order(Kind.CASE, way.case_id, command) for command in told), *accepted)
    story.acts.append((on, 4, orders, Phase.CASES))


def _keyed(
    number: int, isced: Isced, citizenship: CitizenshipClass, comune: str
) -> tuple[Isced, CitizenshipClass, str]:
    """The characteristics with one of them keyed wrongly at first."""
    match number % 3:
        case 0:
            return Isced.PRIMARY if isced is not Isced.PRIMARY else Isced.LOWER_SECONDARY, citizenship, comune
        case 1:
            italian = citizenship is CitizenshipClass.ITALIAN
            return isced, CitizenshipClass.EU if italian else CitizenshipClass.ITALIAN, comune
        case _:
            return isced, citizenship, lists.BOLOGNA if comune != lists.BOLOGNA else "037032"


def _turned_away(story: Story) -> None:
    way, on = story.way, story.way.decided_on
    assert on is not None
    match way.fate:
        case Fate.REJECTED:
            employed = way.status is EmploymentStatus.EMPLOYED
            reason = RejectionReason.NOT_UNEMPLOYED if employed else RejectionReason.OTHER_MEASURE
            story.act(on, commands.RejectApplication(on=on, reason=reason))
        case Fate.WITHDRAWN:
            story.act(on, commands.WithdrawApplication(on=on))
        case _:
            void = commands.VoidEnrolment(on=on, voids=way.case_id, reason=story.chance.choice(list(VoidReason)))
            story.act(on, void, refers=Refers("voids", "PersonEnrolled"))


def _interviews(story: Story) -> None:
    way = story.way
    if way.fixed_on is None:
        return
    first, second = (made(story.seed, f"interview {way.case_id}", n) for n in (1, 2))
    access = InterviewKind.ACCESS
    fixed_for = way.missed_on or way.interviewed_on
    assert fixed_for is not None
    story.act(
        way.fixed_on,
        commands.ScheduleInterview(on=way.fixed_on, interview_id=first, kind=access, scheduled_for=fixed_for),
    )
    if way.missed_on is not None:
        missed = [commands.MissInterview(on=way.missed_on, interview_id=first)]
        again = [
            commands.ScheduleInterview(
                on=way.missed_on, interview_id=second, kind=access, scheduled_for=way.interviewed_on
            )
        ] if way.interviewed_on else []  # fmt: skip
        story.act(way.missed_on, *missed, *again)
    if way.interviewed_on is not None:
        held = second if way.missed_on is not None else first
        status = way.status
        story.act(
            way.interviewed_on,
            commands.HoldInterview(
                on=way.interviewed_on, interview_id=held, kind=access, interviewer_id=story.officer(5)
            ),
            commands.RecordEmploymentStatus(
                on=way.interviewed_on,
                status=status,
                evidence=StatusEvidence.DID if way.person.number % 4 else StatusEvidence.CPI_CERTIFICATE,
                evidence_on=way.interviewed_on - timedelta(days=story.chance.randint(0, 90)),
            ),
        )


def _assessment(story: Story) -> None:
    way, chance, on = story.way, story.chance, story.way.assessed_on
    if on is None:
        return
    in_charge = way.fate is Fate.IN_CHARGE
    bands = [FragilityBand.MEDIUM, FragilityBand.HIGH] if in_charge else list(FragilityBand)
    weights = [64, 36] if in_charge else [66, 24, 10]
    told: list[Command] = [
        commands.AssessFragility(on=on, band=chance.choices(bands, weights)[0], instrument_version=INSTRUMENT)
    ]
    if chance.random() < 0.6:
        level = chance.choices(list(AutonomyLevel), [22, 48, 30])[0]
        told.append(commands.AssessAutonomy(on=on, level=level))
    told.append(commands.AssessEligibility(on=on))
    if way.suitability is not None:
        handed_to = "associations" if way.suitability is SuitabilityOutcome.OUT_OF_TARGET else None
        told.append(
            commands.AssessSuitability(
                on=on, outcome=way.suitability, assessor_id=story.officer(5), handed_to=handed_to
            )
        )
    story.act(on, *told)


def _charge(story: Story) -> None:
    way, chance = story.way, story.chance
    if way.taken_on is None:
        return
    story.act(way.taken_on, commands.TakeInCharge(on=way.taken_on, referent_id=story.officer()))
    if way.planned_on is not None:
        ready = chance.choices(list(ReadyFor), [66, 34])[0]
        story.act(way.planned_on, commands.AgreePlan(on=way.planned_on, ready_for=ready))
    for n, day in enumerate(way.follow_ups, start=3):
        interview, kind = made(story.seed, f"interview {way.case_id}", n), InterviewKind.FOLLOW_UP
        fixed_on = day - timedelta(days=10)
        story.act(
            fixed_on,
            commands.ScheduleInterview(on=fixed_on, interview_id=interview, kind=kind, scheduled_for=day),
        )
        story.act(
            day, commands.HoldInterview(on=day, interview_id=interview, kind=kind, interviewer_id=story.officer())
        )
    if way.other_referent_on is not None:
        other = commands.AssignReferent(on=way.other_referent_on, referent_id=story.officer(7))
        story.act(way.other_referent_on, other)
    if way.suspended is not None:
        suspended_on, resumed_on = way.suspended
        reason = chance.choice(list(SuspensionReason))
        story.act(suspended_on, commands.SuspendCase(on=suspended_on, reason=reason))
        story.act(resumed_on, commands.ResumeCase(on=resumed_on))


def _end(story: Story) -> None:
    way = story.way
    if way.closed_on is None or way.exit_state is None:
        return
    story.act(way.closed_on, commands.CloseCase(on=way.closed_on, exit_state=way.exit_state))
    if way.followed_up is not None:
        on, outcome = way.followed_up
        story.act(on, commands.RecordFollowUp(on=on, months_after_exit=6, outcome=outcome))
    if way.reopened is not None:
        on, reason = way.reopened
        story.act(on, commands.ReopenCase(on=on, reason=reason))


def _correction(story: Story) -> None:
    way, person = story.way, story.way.person
    if way.corrected_on is None:
        return
    right = commands.CorrectCharacteristics(
        on=way.corrected_on,
        corrects=way.case_id,
        gender=person.gender,
        birth_month=person.birth_month,
        citizenship=person.citizenship,
        isced=person.isced,
        comune=person.comune,
    )
    story.act(way.corrected_on, right, refers=Refers("corrects", "EntryCharacteristicsRecorded"))
