"""What is told of what was put right: merges, a merge that is taken back, voided renewals, erasures.

The steps of a merge and of an erasure are those that the services themselves make one unit of. What an erasure sets in
motion in every service is left to their reactions, and the load waits for each one's answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from insieme_demo import intake_story
from insieme_demo.days import recorded
from insieme_demo.funnel import Way
from insieme_demo.happening import GovernancePhase, Happening, Kind, Order, Phase, Refers
from insieme_demo.ids import made
from insieme_demo.mending import Mending, Mistaken, Twice
from insieme_events.contracts.intake import ErasureGround
from insieme_events.contracts.intake_persons import DismissReason
from insieme_events.contracts.matching import AtecoVersion, PlacementVoidReason
from insieme_governance.board_membership import JoinBoard
from insieme_intake.case.commands import EraseFields, MergeCase
from insieme_intake.person import (
    BecomeAlias,
    DismissDuplicate,
    ErasePerson,
    MergePersons,
    PersonCommand,
    RevertMerge,
    SetApart,
)
from insieme_matching.company import MergeCompanies, NoteMerged, RegisterCompany
from insieme_matching.employment import ExtendPlacement, VoidPlacement


@dataclass
class Teller:
    """Makes happenings of what was put right; keys are numbered in the order of telling."""

    seed: int
    chance: Random
    part: str
    told: int = 0

    def when(self, on: date, delay: int = 0, after: datetime | None = None) -> tuple[datetime, UUID]:
        """The instant of the recording, and the key."""
        self.told += 1
        return recorded(self.chance, on, delay, after), made(self.seed, f"mending {self.part}", self.told)

    def person_id(self, way: Way) -> UUID:
        return made(self.seed, "person", way.person.number)

    def person(self, way: Way, command: PersonCommand) -> Order:
        return Order(Kind.PERSON, self.person_id(way), command)


def of_intake(chance: Random, seed: int, mending: Mending, cases: int) -> Iterator[Happening]:
    """`cases` are those that were told before: keys are numbered behind them."""
    teller = Teller(seed, chance, "persons")
    for n, twice in enumerate(mending.twice):
        told = list(intake_story.happenings(chance, seed, cases + n, twice.way))
        yield from told
        yield _merged(teller, twice, told[-1].recorded_at)
    for mistaken in mending.mistaken:
        yield from _mistaken(teller, mistaken)
    for way, on in mending.erased:
        instant, key = teller.when(on, delay=2)
        person_id = teller.person_id(way)
        orders = (
            Order(Kind.CASE, way.case_id, EraseFields(on=on)),
            teller.person(way, ErasePerson(ground=ErasureGround.REQUEST, on=on)),
        )
        yield Happening(instant, key, orders, Phase.AMENDMENTS, of_persons=(person_id,), erases=person_id)


def _merged(teller: Teller, twice: Twice, after: datetime) -> Happening:
    """The case that is further on its way stays (P25)."""
    on, kept, merged = twice.merged_on, teller.person_id(twice.of), teller.person_id(twice.way)
    orders = (
        Order(Kind.CASE, twice.way.case_id, MergeCase(into_case_id=twice.of.case_id, on=on)),
        teller.person(twice.way, BecomeAlias(of=kept, on=on)),
        teller.person(twice.of, MergePersons(merged_id=merged, on=on)),
    )
    instant, key = teller.when(on, after=after)
    return Happening(instant, key, orders, Phase.MERGES, of_persons=(kept, merged))


def _mistaken(teller: Teller, one: Mistaken) -> Iterator[Happening]:
    kept, merged = teller.person_id(one.kept), teller.person_id(one.merged)
    instant, key = teller.when(one.merged_on)
    both = (
        teller.person(one.merged, BecomeAlias(of=kept, on=one.merged_on)),
        teller.person(one.kept, MergePersons(merged_id=merged, on=one.merged_on)),
    )
    yield Happening(instant, key, both, Phase.AMENDMENTS, of_persons=(kept, merged))
    on, (lesser, greater) = one.reverted_on, sorted((kept, merged))
    dismiss = DismissDuplicate(other_id=greater, reason=DismissReason.MERGE_REVERTED, on=on)
    apart = (
        teller.person(one.merged, SetApart(of=kept, on=on)),
        teller.person(one.kept, RevertMerge(merged_id=merged, on=on)),
        Order(Kind.PERSON, lesser, dismiss),
    )
    instant, key = teller.when(on, after=instant)
    numbers = {kept: one.kept.person.number, merged: one.merged.person.number}
    yield Happening(
        instant,
        key,
        apart,
        Phase.AMENDMENTS,
        of_persons=(kept, merged),
        compared=(numbers[lesser], numbers[greater]),
    )


def of_matching(chance: Random, seed: int, mending: Mending) -> Iterator[Happening]:
    teller = Teller(seed, chance, "companies")
    for one in mending.companies:
        company = one.company
        register = RegisterCompany(
            company_id=company.company_id,
            size=company.size,
            ateco_version=AtecoVersion.ATECO_2007,
            ateco_section=company.section,
            comune=company.comune,
            on=company.registered_on,
        )
        instant, key = teller.when(company.registered_on)
        first = Order(Kind.COMPANY, company.company_id, register)
        yield Happening(instant, key, (first,), Phase.ARRIVALS, company=company.number)
        merged = (
            Order(Kind.COMPANY, company.company_id, NoteMerged(into_id=one.of.company_id, on=one.merged_on)),
            Order(Kind.COMPANY, one.of.company_id, MergeCompanies(merged_id=company.company_id, on=one.merged_on)),
        )
        instant, key = teller.when(one.merged_on, after=instant)
        yield Happening(instant, key, merged, Phase.AMENDMENTS)
    for renewal in mending.renewals:
        (end,) = renewal.chain.ends
        assert end is not None, "only a contract with a term is renewed"
        stream, begins = renewal.chain.employment_id, end + timedelta(days=1)
        extend = Order(Kind.EMPLOYMENT, stream, ExtendPlacement(ends_on=renewal.ends_on))
        instant, key = teller.when(begins, delay=6)
        yield Happening(instant, key, (extend,), Phase.PLACEMENTS)
        void = VoidPlacement(voids=stream, from_link=2, reason=PlacementVoidReason.NEVER_STARTED, on=renewal.voided_on)
        order = Order(Kind.EMPLOYMENT, stream, void, Refers("voids", "PlacementExtended"))
        instant, key = teller.when(renewal.voided_on, after=instant)
        yield Happening(instant, key, (order,), Phase.AMENDMENTS)


def of_governance(chance: Random, seed: int, mending: Mending) -> Iterator[Happening]:
    """A company that stands there twice joins the Board under the other id as well; that ends with the merge."""
    teller = Teller(seed, chance, "board")
    for one in mending.companies:
        if one.joined_on is None:
            continue
        company_id = one.company.company_id
        join = JoinBoard(company_id=company_id, adhesion_on=one.joined_on, on=one.joined_on)
        instant, key = teller.when(one.joined_on)
        needs = (f"{Kind.COMPANY}-{company_id}",)
        order = Order(Kind.BOARD, company_id, join)
        yield Happening(instant, key, (order,), GovernancePhase.CONVENED, needs=needs)
