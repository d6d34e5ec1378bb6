"""Two committees, each in its mandate, and members who declare conflicts (P63, P64)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from insieme_events.contracts.funding_committees import CommitteeEnded, CommitteeKind
from insieme_events.testing import scenario
from insieme_funding.committee import COMMITTEE, DeclareConflict, EndCommittee
from insieme_funding.testing import (
    EVALUATION_ID,
    EVALUATORS,
    PROJECT_ID,
    appoint,
    appointed,
    committee_circumstances,
    conflict,
    members,
)

given = scenario(COMMITTEE, committee_circumstances())
DECLARE = DeclareConflict(member_id=UUID(int=31), project_id=PROJECT_ID, on=date(2022, 4, 1))
END = EndCommittee(on=date(2022, 6, 1))
ENDED = CommitteeEnded(committee_id=EVALUATION_ID, kind=CommitteeKind.EVALUATION, occurred_on=date(2022, 6, 1))


@pytest.mark.clause("P63", "P64")
def test_a_committee_is_appointed_for_a_mandate_of_its_own() -> None:
    given().when(appoint()).then(appointed())
    given(appointed()).when(appoint()).then_refused("funding.committee_already_appointed")
    overlapping = given().under(committee_circumstances(overlaps=True))
    overlapping.when(appoint()).then_refused("funding.mandate_overlaps", clause="P63")
    given().when(appoint(mandate_to=date(2022, 1, 9))).then_refused("funding.mandate_empty")
    given().when(appoint(members=members(EVALUATORS) * 2)).then_refused("funding.member_twice")


@pytest.mark.clause("P63")
@pytest.mark.invariant("I2", "command")
def test_a_member_declares_a_conflict_with_a_project() -> None:
    given(appointed()).when(DECLARE).then(conflict())
    given(appointed(), conflict()).when(DECLARE).then_nothing()
    given().when(DECLARE).then_refused("funding.committee_unknown")
    stranger = DeclareConflict(member_id=UUID(int=99), project_id=PROJECT_ID, on=date(2022, 4, 1))
    given(appointed()).when(stranger).then_refused("funding.not_a_member", clause="P63")
    unknown = given(appointed()).under(committee_circumstances(project_known=False))
    unknown.when(DECLARE).then_refused("funding.conflict_project_unknown")
    early = DeclareConflict(member_id=UUID(int=31), project_id=PROJECT_ID, on=date(2022, 1, 9))
    given(appointed()).when(early).then_refused("funding.before_mandate")
    given(appointed(), ENDED).when(DECLARE).then(conflict())


def test_a_mandate_ends_early_once() -> None:
    given(appointed()).when(END).then(ENDED)
    given(appointed(), ENDED).when(END).then_nothing()
    given().when(END).then_refused("funding.committee_unknown")
    given(appointed()).when(EndCommittee(on=date(2022, 1, 9))).then_refused("funding.before_mandate")
    short = appointed(mandate_to=date(2022, 5, 31))
    given(short).when(END).then_refused("funding.mandate_over")
