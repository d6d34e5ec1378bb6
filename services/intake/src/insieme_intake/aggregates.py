"""The aggregates of intake with their edges: what their decisions are told, and the views that they write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from insieme_events.decider import Refused
from insieme_events.store import Connection
from insieme_events.units import Aggregate, Asked
from insieme_intake import views
from insieme_intake.case import CASE
from insieme_intake.case.commands import CaseCommand
from insieme_intake.case.states import CaseState
from insieme_intake.circumstances import IntakeCircumstances
from insieme_intake.person import PERSON, PersonCommand, PersonState
from insieme_intake.referral import REFERRAL, ReferralCommand, ReferralState

ONE_OPEN_CASE = Refused(
    "intake.one_open_case",
    "This person has an open case already. Go on with that one, or close it first.",
    clause="P25",
)


async def circumstances(connection: Connection, asked: Sequence[Asked[Any]]) -> Sequence[IntakeCircumstances]:
    """The agreement of the command's business date, and all of them for other days."""
    return [
        IntakeCircumstances(
            each.situation.actor,
            each.situation.today,
            each.situation.agreement_on(each.command.on),
            each.situation.agreements,
        )
        for each in asked
    ]


PERSONS: Aggregate[PersonState, PersonCommand, IntakeCircumstances] = Aggregate(
    PERSON, circumstances, views.write_persons
)
CASES: Aggregate[CaseState, CaseCommand, IntakeCircumstances] = Aggregate(
    CASE, circumstances, views.write_cases, {"one_open_case": ONE_OPEN_CASE}
)
REFERRALS: Aggregate[ReferralState, ReferralCommand, IntakeCircumstances] = Aggregate(
    REFERRAL, circumstances, views.write_referrals
)
