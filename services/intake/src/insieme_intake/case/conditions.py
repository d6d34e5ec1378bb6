"""What an application must fulfil: places, dates, its referral, and I7a with its clauses (P10, P27, P29, P79)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from insieme_events.agreement import Agreement
from insieme_events.contracts import ERASED
from insieme_events.contracts.intake import EmploymentStatus
from insieme_events.contracts.vocabulary import Quartiere
from insieme_events.decider import RefusalKind, Refused
from insieme_events.territory import comune as comune_of
from insieme_events.territory import in_territory
from insieme_intake.case.file import CaseFile, as_of
from insieme_intake.circumstances import BIRTH_IN_FUTURE, ERASED_PERSON, OUT_OF_TERM, ReferralFound, misdated
from insieme_intake.referral import REFERRAL_EXPIRED, REFERRAL_UNKNOWN

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
QUARTIERE_ELSEWHERE = Refused(
    "intake.quartiere_elsewhere",
    "Only Bologna has quartieri, and {comune} is another comune: leave the quartiere out, or correct the comune.",
    clause="P29",
    kind=RefusalKind.INVALID,
)
EVIDENCE_LATER = Refused(
    "intake.evidence_later",
    "The evidence of {evidence_on} is later than the {day} from which the status is recorded: correct one of the two.",
    clause="P27",
    kind=RefusalKind.INVALID,
)
REFERRAL_OF_ANOTHER = Refused(
    "intake.referral_of_another",
    "This referral speaks of another person: name the one of this person, or send the application without one.",
    clause="P12",
)
REFERRAL_WAS_SENT = Refused(
    "intake.referral_was_sent",
    "The programme sent this person to another service by this referral: an application follows one that was received.",
    clause="P12",
)
REFERRAL_DECLINED = Refused(
    "intake.referral_declined",
    "This referral was declined: it must be sent anew, or the application comes without one.",
    clause="P11",
)

PROVINCE = "037"
BOLOGNA = "037006"
UNEMPLOYED = frozenset(
    {EmploymentStatus.INOCCUPATO, EmploymentStatus.DISOCCUPATO, EmploymentStatus.EMPLOYED_BELOW_THRESHOLD}
)
"""P27, with the default of domain.md 4.3: whoever works below the threshold keeps the status of unemployed."""


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


def no_home(istat: str, quartiere: Quartiere | None, day: date) -> Refused | None:
    """Why nobody lives there: the code names no place, or a quartiere of Bologna is given for another comune."""
    if wrong := no_comune(istat, day):
        return wrong
    return QUARTIERE_ELSEWHERE.about(comune=istat) if quartiere is not None and istat != BOLOGNA else None


def born_later(birth_month: str, day: date) -> Refused | None:
    return BIRTH_IN_FUTURE if birth_month > f"{day:%Y-%m}" else None


def evidence_later(evidence_on: date, day: date) -> Refused | None:
    return EVIDENCE_LATER.about(evidence_on=evidence_on, day=day) if evidence_on > day else None


def no_such_referral(referral: ReferralFound | None, person_id: UUID, day: date) -> Refused | None:
    """Why an application of that person, received on that day, does not follow the referral that it names (P11, P12).

    As with an answer, a pending referral is over once its date has passed, whether or not the expiry was recorded.
    """
    match referral:
        case None:
            return REFERRAL_UNKNOWN
        case ReferralFound(person_id=referred) if referred != person_id:
            return REFERRAL_OF_ANOTHER
        case ReferralFound(received=False):
            return REFERRAL_WAS_SENT
        case ReferralFound(status="declined"):
            return REFERRAL_DECLINED
        case ReferralFound(status="expired", reply_due_on=due):
            return REFERRAL_EXPIRED.about(due=due)
        case ReferralFound(status="pending", reply_due_on=due) if day > due:
            return REFERRAL_EXPIRED.about(due=due)
        case ReferralFound(sent_on=sent_on):
            return misdated(day, day, sent_on, "the referral")


def unmet(file: CaseFile, agreement: Agreement | None) -> Iterator[Refused]:
    """The conditions of I7a that the application does not meet on its day of receipt, in the order of telling them."""
    day = file.received_on
    if agreement is None:
        yield OUT_OF_TERM.about(day=day)
    status, residence, measure = as_of(file.statuses, day), as_of(file.residences, day), as_of(file.measures, day)
    if file.erased or ERASED in (status and status.status, residence and residence.comune, measure and measure.kind):
        yield ERASED_PERSON
        return
    if status is None or status.status not in UNEMPLOYED:
        yield NOT_UNEMPLOYED
    if residence is None or not in_territory(residence.comune, day):
        yield COMUNE_UNKNOWN.about(comune=residence.comune if residence else "the comune", day=day)
    if measure is None:
        yield MEASURES_UNANSWERED
    elif measure.kind is not None and agreement is not None and agreement.other_measure_refuses:
        yield IN_OTHER_MEASURE.about(version=agreement.version)
