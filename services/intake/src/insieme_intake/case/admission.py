"""From the application to the enrolment: I7a, each condition with its clause (P10, P25, P27, P29, P79).

SubmitApplication records what the person declares, admissible or not, so that nothing is lost; Enrol admits it. Both
may come in one unit: then a condition that is not met refuses the whole, and nothing is stored.
"""

from __future__ import annotations

from typing import assert_never

from insieme_events.contracts.intake import (
    ApplicationRejected,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    EmploymentStatusRecorded,
    EnrolmentVoided,
    EntryCharacteristicsRecorded,
    OtherMeasureDeclared,
    PersonEnrolled,
    RejectionReason,
    ResidenceRecorded,
)
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_intake.case.commands import (
    AdmissionCommand,
    CorrectCharacteristics,
    Enrol,
    RejectApplication,
    SubmitApplication,
    VoidEnrolment,
    WithdrawApplication,
)
from insieme_intake.case.conditions import (
    COMUNE_UNKNOWN,
    IN_OTHER_MEASURE,
    NOT_UNEMPLOYED,
    born_later,
    evidence_later,
    no_home,
    no_such_referral,
    unknown_comune,
    unmet,
)
from insieme_intake.case.states import (
    Applied,
    CaseState,
    Closed,
    Enrolled,
    InCharge,
    Interviewed,
    MergedCase,
    NoCase,
    Rejected,
    Suspended,
    Voided,
    Withdrawn,
    no_room,
)
from insieme_intake.circumstances import (
    ERASED_PERSON,
    OUT_OF_TERM,
    IntakeCircumstances,
    misdated,
)

CASE_EXISTS = Refused("intake.case_exists", "This id belongs to a case already: use a new id.", "P25")
NOTICE_MISSING = Refused(
    "intake.notice_missing",
    "Hand the privacy notice over first and say which version: without it nothing may be written down.",
    kind=RefusalKind.INVALID,
)
NOT_RECEIPT_DAY = Refused(
    "intake.not_receipt_day",
    "A person is enrolled on the day on which the admitted application was received: {received_on}.",
    clause="P29",
    kind=RefusalKind.INVALID,
)
NO_SUCH_REASON = Refused(
    "intake.rejection_unfounded",
    "The data of the application do not show this reason: reject for one that they show, or enrol the person.",
    clause="P24",
)

NOT_THIS_EVENT = Refused(
    "intake.other_event",
    "The event named in {field} is not the last {event} of this case: read the case's events again and name that one.",
    clause="P25",
)


def decide_admission(command: AdmissionCommand, state: CaseState, found: IntakeCircumstances) -> Decision:
    match command:
        case SubmitApplication():
            return submit(command, state, found)
        case Enrol():
            return enrol(command, state, found)
        case RejectApplication():
            return reject(command, state, found)
        case WithdrawApplication():
            return withdraw(command, state)
        case VoidEnrolment():
            return void(command, state, found)
        case CorrectCharacteristics():
            return correct(command, state, found)
        case _:
            assert_never(command)


def submit(command: SubmitApplication, state: CaseState, found: IntakeCircumstances) -> Decision:
    if not isinstance(state, NoCase):
        return CASE_EXISTS
    if command.notice_version is None:
        return NOTICE_MISSING
    wrong = (
        no_home(command.comune, command.quartiere, command.on)
        or born_later(command.birth_month, command.on)
        or evidence_later(command.evidence_on or command.on, command.on)
        or (command.referral_id and no_such_referral(found.referral, command.person_id, command.on))
    )
    if wrong:
        return wrong
    case, on = {"case_id": command.case_id, "person_id": command.person_id}, command.on
    measures = (
        [OtherMeasureDeclared(**case, occurred_on=on, kind=command.other_measure.kind)]
        if command.other_measure is not None
        else []
    )
    return [
        ApplicationSubmitted(
            **case, occurred_on=on, channel_class=command.channel_class, referral_id=command.referral_id
        ),
        EmploymentStatusRecorded(
            **case,
            occurred_on=on,
            status=command.status,
            evidence=command.evidence,
            evidence_on=command.evidence_on or on,
        ),
        ResidenceRecorded(
            **case, occurred_on=on, comune=command.comune, quartiere=command.quartiere, basis=command.basis
        ),
        *measures,
        EntryCharacteristicsRecorded(
            **case,
            occurred_on=on,
            gender=command.gender,
            birth_month=command.birth_month,
            citizenship=command.citizenship,
            isced=command.isced,
            comune=command.comune,
        ),
    ]


def enrol(command: Enrol, state: CaseState, found: IntakeCircumstances) -> Decision:
    match state:
        case Applied(file=file):
            if command.on != file.received_on:
                return NOT_RECEIPT_DAY.about(received_on=file.received_on)
            agreement = found.agreement_on(file.received_on)
            if (refused := next(unmet(file, agreement), None)) is not None:
                return refused
            assert agreement is not None, "outside of every term something is unmet"
            return [
                PersonEnrolled(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=file.received_on,
                    channel_class=file.channel_class,
                    agreement_version=agreement.version,
                )
            ]
        case Enrolled() if command.on == state.file.received_on:
            return []
        case _:
            return no_room(state)


SHOWN_BY = {
    RejectionReason.NOT_UNEMPLOYED: NOT_UNEMPLOYED.code,
    RejectionReason.OUTSIDE_TERRITORY: COMUNE_UNKNOWN.code,
    RejectionReason.OTHER_MEASURE: IN_OTHER_MEASURE.code,
    RejectionReason.OUT_OF_TERM: OUT_OF_TERM.code,
}
"""The condition that each reason names: a person is not turned away for one that the application meets (P24)."""


def reject(command: RejectApplication, state: CaseState, found: IntakeCircumstances) -> Decision:
    match state:
        case Applied(file=file):
            if wrong := misdated(command.on, found.today, file.received_on, "the application"):
                return wrong
            shown = {refused.code for refused in unmet(file, found.agreement_on(file.received_on))}
            if SHOWN_BY[command.reason] not in shown:
                return ERASED_PERSON if file.erased else NO_SUCH_REASON
            return [
                ApplicationRejected(
                    case_id=file.case_id, person_id=file.person_id, occurred_on=command.on, reason=command.reason
                )
            ]
        case Rejected():
            return []
        case _:
            return no_room(state)


def withdraw(command: WithdrawApplication, state: CaseState) -> Decision:
    match state:
        case Applied(file=file):
            if wrong := misdated(command.on, command.on, file.received_on, "the application"):
                return wrong
            return [ApplicationWithdrawn(case_id=file.case_id, person_id=file.person_id, occurred_on=command.on)]
        case Withdrawn():
            return []
        case _:
            return no_room(state)


def void(command: VoidEnrolment, state: CaseState, found: IntakeCircumstances) -> Decision:
    match state:
        case (
            Enrolled(file=file)
            | Interviewed(file=file)
            | InCharge(file=file)
            | Suspended(file=file)
            | Closed(file=file)
        ):
            if wrong := misdated(command.on, command.on, file.received_on, "the enrolment"):
                return wrong
            if found.event_ids.get("PersonEnrolled") != command.voids:
                return NOT_THIS_EVENT.about(field="voids", event="PersonEnrolled")
            return [
                EnrolmentVoided(
                    case_id=file.case_id,
                    person_id=file.person_id,
                    occurred_on=command.on,
                    voids=command.voids,
                    reason=command.reason,
                )
            ]
        case Voided():
            return []
        case _:
            return no_room(state)


def correct(command: CorrectCharacteristics, state: CaseState, found: IntakeCircumstances) -> Decision:
    if isinstance(state, NoCase | Voided | MergedCase):
        return no_room(state)
    if state.file.erased:
        return ERASED_PERSON
    received = state.file.received_on
    wrong = (
        misdated(command.on, command.on, received, "the application")
        or unknown_comune(command.comune, received)
        or born_later(command.birth_month, received)
    )
    if wrong:
        return wrong
    if found.event_ids.get("EntryCharacteristicsRecorded") != command.corrects:
        return NOT_THIS_EVENT.about(field="corrects", event="EntryCharacteristicsRecorded")
    return [
        EntryCharacteristicsRecorded(
            case_id=state.file.case_id,
            person_id=state.file.person_id,
            occurred_on=command.on,
            gender=command.gender,
            birth_month=command.birth_month,
            citizenship=command.citizenship,
            isced=command.isced,
            comune=command.comune,
            corrects=command.corrects,
        )
    ]
