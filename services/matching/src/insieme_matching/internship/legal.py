"""What the law asks of an internship: one function per check, all of them at the approval and at each extension.

LR Emilia-Romagna 17/2005 art. 24 to 26-novies, as replaced by LR 1/2019 (standards 2.6). Every number comes from the
legal limits of the day; days of suspension do not count towards the longest duration (I13).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from insieme_events.agreement import Limits, limits_on
from insieme_events.contracts import Erased
from insieme_events.contracts.matching import TargetClass
from insieme_events.days import add_months
from insieme_events.decider import RefusalKind, Refused
from insieme_matching.internship.commands import Grounds, InternshipCircumstances, Paper, Stay
from insieme_matching.internship.state import ONE_DAY, Project

LIMITS_UNKNOWN = Refused(
    code="matching.limits_unknown",
    sentence="Matching knows no legal limits for {on}: governance has to publish them first.",
    clause="P34",
    kind=RefusalKind.RETRY,
)
TOO_LONG = Refused(
    code="matching.internship_too_long",
    sentence="The law lets this internship last until {latest} at the most: give an earlier end.",
    clause="P34",
)
TOO_SHORT = Refused(
    code="matching.internship_too_short",
    sentence="The law asks for an internship until {earliest} at least: give a later end.",
    clause="P34",
)
ALLOWANCE_TOO_LOW = Refused(
    code="matching.allowance_too_low",
    sentence="The law asks for an allowance of at least {cents} cents a month: raise it.",
    clause="P34",
)
HOST_FULL = Refused(
    code="matching.host_quota_full",
    sentence="With that staff, and with the earlier interns that it hired, the host may have {places} interns at a "
    "time, and {found} others are there in these days: choose other days or another host.",
    clause="P34",
)
ONCE_PER_HOST = Refused(
    code="matching.once_per_host",
    sentence="The person was or is an intern at this host already, and the law allows it once: choose another host.",
    clause="P34",
)
OVERLAP = Refused(
    code="matching.internships_overlap",
    sentence="The person is an intern elsewhere from {starts_on} to {ends_on}: choose other days, or end that one.",
    clause="P34",
)
NOT_AUTHORISED = Refused(
    code="matching.not_authorised_before",
    sentence="The regional agency has to authorise before {first_day}, and its act has to be there by now: ask for it, "
    "and give its reference and its day.",
    clause="P34",
)
PAPERS_MISSING = Refused(
    code="matching.internship_papers_missing",
    sentence="These papers are missing: {missing}. Get them first.",
    clause="P34",
)
HOST_MAY_NOT = Refused(
    code="matching.host_may_not",
    sentence="A host that dismissed somebody in the same role, on a day that is not given, or that replaces staff, may "
    "have no intern: give the day of the latest dismissal, or choose another host.",
    clause="P34",
)
DISMISSED_LATELY = Refused(
    code="matching.host_dismissed_lately",
    sentence="The host dismissed somebody in the same role on {on}: an internship there begins on {from_day} at the "
    "earliest.",
    clause="P34",
)
STAFF_SUSPENDED = Refused(
    code="matching.host_suspends_staff",
    sentence="The host has staff of the same role suspended or on short time: it may have no intern until they are "
    "back. Choose another host.",
    clause="P34",
)
HOST_NOT_DECLARED = Refused(
    code="matching.host_not_declared",
    sentence="The host's declaration has to be there by {on}: get it first.",
    clause="P34",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The days and the money that are to be judged: the whole internship, and the part of it that is new.

    `starts_on` to `ends_on` is the whole, `from_day` the first day of the new part, `paused` the days of suspension.
    """

    project: Project
    starts_on: date
    from_day: date
    ends_on: date
    monthly_allowance: int
    paused: int = 0

    @property
    def first(self) -> bool:
        """Whether this is the approval, not an extension."""
        return self.from_day == self.starts_on


def judged(asked: Asked, grounds: Grounds, circumstances: InternshipCircumstances) -> Limits | Refused:
    """The limits by which all is well, or the first thing that is not."""
    limits = limits_on(circumstances.limits, asked.from_day)
    if limits is None:
        return LIMITS_UNKNOWN.about(on=asked.from_day)
    refused = (
        duration(asked, limits)
        or allowance(asked, limits)
        or authorisation(asked, grounds)
        or papers(grounds)
        or declaration(asked, grounds, limits)
        or once(asked, circumstances.of_person)
        or overlap(asked, circumstances.of_person)
        or quota(asked, grounds, circumstances.of_host, limits)
    )
    return limits if refused is None else refused


def noted(grounds: Grounds, limits: Limits) -> dict[str, Any]:
    """What an event keeps of the grounds of a decision."""
    kept = (
        "authorisation",
        "authorised_on",
        "host_staff",
        "host_declared_on",
        "host_dismissed_on",
        "host_hired_percent",
    )
    return {name: getattr(grounds, name) for name in kept} | {"limits_version": limits.version}


def duration(asked: Asked, limits: Limits) -> Refused | None:
    """No longer than the target class may, no shorter than the host may; calendar months from the first day."""
    latest = add_months(asked.starts_on, longest(asked.project.target, limits)) - ONE_DAY + asked.paused * ONE_DAY
    if asked.ends_on > latest:
        return TOO_LONG.about(latest=latest)
    months = limits.internship_min_months_seasonal if asked.project.seasonal else limits.internship_min_months
    earliest = add_months(asked.starts_on, months) - ONE_DAY
    return TOO_SHORT.about(earliest=earliest) if asked.ends_on < earliest else None


def longest(target: TargetClass | Erased, limits: Limits) -> int:
    """Months. Of somebody whose data are erased nothing is known that would allow more than the ordinary."""
    match target:
        case TargetClass.DISABLED:
            return limits.internship_max_months_disabled
        case TargetClass.DISADVANTAGED:
            return limits.internship_max_months_disadvantaged
        case _:
            return limits.internship_max_months


def allowance(asked: Asked, limits: Limits) -> Refused | None:
    if asked.monthly_allowance < limits.internship_min_allowance:
        return ALLOWANCE_TOO_LOW.about(cents=limits.internship_min_allowance)
    return None


def authorisation(asked: Asked, grounds: Grounds) -> Refused | None:
    """Prior: of a day before the first one, and in hand by the day of the decision."""
    if grounds.authorised_on >= asked.from_day or grounds.authorised_on > grounds.on:
        return NOT_AUTHORISED.about(first_day=asked.from_day)
    return None


def papers(grounds: Grounds) -> Refused | None:
    missing = [paper for paper in Paper if paper not in grounds.papers]
    return PAPERS_MISSING.about(missing=", ".join(missing)) if missing else None


def declaration(asked: Asked, grounds: Grounds, limits: Limits) -> Refused | None:
    """What the host declares of its own staff in the same role."""
    if grounds.host_declared_on > grounds.on:
        return HOST_NOT_DECLARED.about(on=grounds.on)
    dismissed_on = grounds.host_dismissed_on
    if not grounds.host_replaces_nobody or (dismissed_on is None and not grounds.host_dismissed_nobody):
        return HOST_MAY_NOT
    if grounds.host_suspends_staff:
        return STAFF_SUSPENDED
    if dismissed_on is None:
        return None
    free_from = add_months(dismissed_on, limits.internship_dismissal_months)
    return DISMISSED_LATELY.about(on=dismissed_on, from_day=free_from) if asked.from_day < free_from else None


def once(asked: Asked, of_person: Sequence[Stay]) -> Refused | None:
    return ONCE_PER_HOST if any(stay.same_host for stay in of_person) else None


def overlap(asked: Asked, of_person: Sequence[Stay]) -> Refused | None:
    for stay in of_person:
        if stay.starts_on <= asked.ends_on and asked.from_day <= stay.ends_on:
            return OVERLAP.about(starts_on=stay.starts_on, ends_on=stay.ends_on)
    return None


def quota(asked: Asked, grounds: Grounds, of_host: Sequence[Stay], limits: Limits) -> Refused | None:
    """No day of the new part has more interns at the host than its permanent staff and its hiring allow."""
    allowed = places(grounds.host_staff, limits) + bonus(grounds.host_hired_percent, limits)
    found = busiest(of_host, asked.from_day, asked.ends_on)
    return HOST_FULL.about(places=allowed, found=found) if found + 1 > allowed else None


def places(staff: int, limits: Limits) -> int:
    """How many interns at a time by the size of the host."""
    rows = sorted(limits.internship_host_quotas, key=lambda row: (row.staff_to is None, row.staff_to or 0))
    row = next((one for one in rows if one.staff_to is None or staff <= one.staff_to), None)
    if row is None:
        return 0
    if row.places is not None:
        return row.places
    hundredths = staff * (row.percent or 0)
    return -(-hundredths // 100) if limits.internship_quota_rounds_up else hundredths // 100


def bonus(hired_percent: int, limits: Limits) -> int:
    """Places above the quota for a host that hired earlier interns: those of the highest step that it reached."""
    return max(
        (step.places for step in limits.internship_bonus_places if step.hired_percent <= hired_percent), default=0
    )


def busiest(stays: Sequence[Stay], since: date, until: date) -> int:
    """The most stays that fall on one day of these; the number changes on first days only."""
    days = [since, *(stay.starts_on for stay in stays if since < stay.starts_on <= until)]
    return max(sum(stay.starts_on <= day <= stay.ends_on for stay in stays) for day in days)
