"""From the application to the enrolment: I7a, each condition with its clause (P10, P25, P27, P29, P79).

SubmitApplication records what the person declares, admissible or not, so that nothing is lost; Enrol admits it. Both
may come in one unit: then a condition that is not met refuses the whole, and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import assert_never

from insieme_events.agreement import Agreement
from insieme_events.contracts import Erased
from insieme_events.contracts.intake import (
    ApplicationRejected,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    EmploymentStatus,
    EmploymentStatusRecorded,
    EnrolmentVoided,
    EntryCharacteristicsRecorded,
    OtherMeasureDeclared,
    PersonEnrolled,
    RejectionReason,
    ResidenceRecorded,
)
from insieme_events.decider import Decision, RefusalKind, Refused
from insieme_events.territory import comune as comune_of
from insieme_events.territory import in_territory
from insieme_intake.case.commands import (
    AdmissionCommand,
    CorrectCharacteristics,
    Enrol,
    RejectApplication,
    SubmitApplication,
    VoidEnrolment,
    WithdrawApplication,
)
from insieme_intake.case.file import CaseFile, as_of
from insieme_intake.case.states import (
    Applied,
    CaseState,
    Closed,
    Enrolled,
    InCharge,
    Interviewed,
    NoCase,
    Rejected,
    Suspended,
    Voided,
    Withdrawn,
    no_room,
)
from insieme_intake.circumstances import (
    BIRTH_IN_FUTURE,
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
COMUNE_UNKNOWN = Refused(
    "intake.comune_unknown",
    "{comune} is none of the comuni of the Città metropolitana on {day}: take the ISTAT code of one of the 55.",
    clause="P29",
    kind=RefusalKind.INVALID,
)
COMUNE_CEASED = Refused(
    "intake.comune_ceased",
    "The comune {comune} ceased on {ceased}: its territory is {successor} since.",
    clause="P29",
    kind=RefusalKind.INVALID,
)
NOT_UNEMPLOYED = Refused(
    "intake.not_unemployed",
    "The programme is for persons who are unemployed or have never worked: the declared status is another.",
    clause="P27",
)
MEASURES_UNANSWERED = Refused(
    "intake.other_measures_unanswered",
    "Ask whether another active-policy measure is under way and record the answer: it is needed to enrol.",
    clause="P10",
)
IN_OTHER_MEASURE = Refused(
    "intake.in_other_measure",
    "Another active-policy measure is under way, and the agreement {version} admits nobody who is in one.",
    clause="P10",
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

EVIDENCE_LATER = Refused(
    "intake.evidence_later",
    "The evidence of {evidence_on} is later than the {day} from which the status is recorded: correct one of the two.",
    clause="P27",
    kind=RefusalKind.INVALID,
)
NOT_THIS_EVENT = Refused(
    "intake.other_event",
    "The event named in {field} is not the last {event} of this case: read the case's events again and name that one.",
    clause="P25",
)

PROVINCE = "037"
UNEMPLOYED = frozenset(
    {EmploymentStatus.INOCCUPATO, EmploymentStatus.DISOCCUPATO, EmploymentStatus.EMPLOYED_BELOW_THRESHOLD}
)
"""P27, with the default of domain.md 4.3: whoever works below the threshold keeps the status of unemployed."""


def decide_admission(command: AdmissionCommand, state: CaseState, found: IntakeCircumstances) -> Decision:
    match command:
        case SubmitApplication():
            return submit(command, state)
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


def submit(command: SubmitApplication, state: CaseState) -> Decision:
    if not isinstance(state, NoCase):
        return CASE_EXISTS
    if command.notice_version is None:
        return NOTICE_MISSING
    wrong = (
        no_comune(command.comune, command.on)
        or born_later(command.birth_month, command.on)
        or evidence_later(command.evidence_on or command.on, command.on)
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


def no_comune(istat: str, day: date) -> Refused | None:
    """Where a person lives is recorded also when it is elsewhere in Italy; a code that names no place is not.

    Of the comuni elsewhere only the number of the province is known here (ISTAT: 001 to 119).
    """
    province = istat[:3]
    if province != PROVINCE and "001" <= province <= "119":
        return None
    return unknown_comune(istat, day)


def unknown_comune(istat: str, day: date) -> Refused | None:
    """Why the code is none of the 55 comuni on that day (P29)."""
    if in_territory(istat, day):
        return None
    known = comune_of(istat)
    if known is not None and known.valid_to is not None:
        return COMUNE_CEASED.about(comune=istat, ceased=known.valid_to, successor=known.successor)
    return COMUNE_UNKNOWN.about(comune=istat, day=day)


def born_later(birth_month: str, day: date) -> Refused | None:
    return BIRTH_IN_FUTURE if birth_month > f"{day:%Y-%m}" else None


def evidence_later(evidence_on: date, day: date) -> Refused | None:
    return EVIDENCE_LATER.about(evidence_on=evidence_on, day=day) if evidence_on > day else None


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


def unmet(file: CaseFile, agreement: Agreement | None) -> Iterator[Refused]:
    """The conditions of I7a that the application does not meet on its day of receipt, in the order of telling them."""
    day = file.received_on
    if agreement is None:
        yield OUT_OF_TERM.about(day=day)
    if file.erased:
        yield ERASED_PERSON
        return
    status, residence, measure = as_of(file.statuses, day), as_of(file.residences, day), as_of(file.measures, day)
    if status is None or status.status not in UNEMPLOYED:
        yield NOT_UNEMPLOYED
    if residence is None or isinstance(residence.comune, Erased) or not in_territory(residence.comune, day):
        yield COMUNE_UNKNOWN.about(comune=residence.comune if residence else "the comune", day=day)
    if measure is None:
        yield MEASURES_UNANSWERED
    elif measure.kind is not None and agreement is not None and agreement.other_measure_refuses:
        yield IN_OTHER_MEASURE.about(version=agreement.version)


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
    if isinstance(state, NoCase):
        return no_room(state)
    if isinstance(state, Voided):
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
