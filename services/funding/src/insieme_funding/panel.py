"""A committee at the moment of a decision: who sits in it, who has a conflict, and how a spending is agreed.

Projects and decisions on activities ask it, so that both are judged alike (I2; P63, P64, P69).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from insieme_events.agreement import Agreement
from insieme_events.contracts.agreement import SpendingRule
from insieme_events.contracts.funding_committees import CommitteeKind, Consent, PartyConsent
from insieme_events.decider import Command, Refused
from insieme_funding.committee import COMMITTEE_UNKNOWN

WRONG_COMMITTEE = {
    CommitteeKind.EVALUATION: Refused(
        code="funding.not_evaluation_committee",
        sentence="Projects are evaluated by a Comitato di valutazione: name one that is in its mandate.",
        clause="P63",
    ),
    CommitteeKind.MANAGEMENT: Refused(
        code="funding.not_management_committee",
        sentence="The Comitato di gestione approves and funds: name one that is in its mandate.",
        clause="P64",
    ),
}
NOT_IN_MANDATE = Refused(
    code="funding.not_in_mandate",
    sentence="On {on} this committee is not in its mandate, which runs from {since} to {until}: name the one that is.",
    clause="P63",
)
STRANGER_PRESENT = Refused(
    code="funding.stranger_present",
    sentence="Somebody who took part is no member of the committee, or is named twice: check the ids.",
    clause="P63",
)
CONFLICTED_MEMBER = Refused(
    code="funding.conflicted_member",
    sentence="A member that declared a conflict with this project took part: decide without that member.",
    clause="P63",
)
NOT_AGREED = Refused(
    code="funding.spending_not_agreed",
    sentence="The agreement asks for a {rule} consent of the committee to a spending: take the vote again.",
    clause="P69",
)

Members = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=50)]


class Vote(Command):
    """Who was in favour and who against; members who are named in neither abstained. `meeting_id` and `decision_no`
    are those of the minutes (P69).
    """

    in_favour: Members
    against: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()
    meeting_id: UUID
    decision_no: Annotated[int, Field(ge=1, le=999)]

    @property
    def present(self) -> tuple[UUID, ...]:
        return (*self.in_favour, *self.against)


@dataclass(frozen=True, slots=True)
class Panel:
    """A committee as its view has it: `until` is the last day of its mandate; members with the party of each."""

    committee_id: UUID
    kind: CommitteeKind
    since: date
    until: date
    members: Mapping[UUID, str]


def sitting(
    panel: Panel | None,
    kind: CommitteeKind,
    present: Collection[UUID],
    conflicted: Collection[UUID],
    agreement: Agreement,
    on: date,
) -> Panel | Refused:
    """The committee if it may decide: of that kind, in its mandate, only members present, none in conflict (I2)."""
    if panel is None:
        return COMMITTEE_UNKNOWN
    if panel.kind is not kind:
        return WRONG_COMMITTEE[kind]
    if not panel.since <= on <= panel.until:
        return NOT_IN_MANDATE.about(on=on, since=panel.since, until=panel.until)
    if len(set(present)) < len(present) or not panel.members.keys() >= set(present):
        return STRANGER_PRESENT
    if agreement.conflicted_abstain and set(present) & set(conflicted):
        return CONFLICTED_MEMBER
    return panel


def agreed_by(panel: Panel, vote: Vote, conflicted: Collection[UUID], agreement: Agreement) -> Refused | None:
    """Refuses where the agreement's rule on shared choices is not met; who must abstain counts nowhere (P69)."""
    voting = panel.members.keys() - set(conflicted) if agreement.conflicted_abstain else panel.members.keys()
    in_favour = len(set(vote.in_favour) & voting)
    match agreement.spending_rule:
        case SpendingRule.UNANIMOUS:
            met = in_favour == len(voting)
        case SpendingRule.MAJORITY:
            met = in_favour * 2 > len(voting)
    return None if met else NOT_AGREED.about(rule=agreement.spending_rule.value)


def consents(panel: Panel, vote: Vote) -> tuple[PartyConsent, ...]:
    """How the member of each party stood, sorted by party: no id leaves the committee's own records (P69)."""
    in_favour, against = set(vote.in_favour), set(vote.against)
    found = [
        (
            party,
            Consent.IN_FAVOUR if member in in_favour else Consent.AGAINST if member in against else Consent.ABSTAINED,
        )
        for member, party in panel.members.items()
    ]
    return tuple(PartyConsent(party=party, consent=consent) for party, consent in sorted(found))
