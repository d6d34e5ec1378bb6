"""What was put right in the history: nothing of it stands in the way of what is told later, and no total moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from tests.unit.demo.on_paper import Paper

from insieme_demo import ledger, plan
from insieme_demo.happening import Kind
from insieme_demo.mending import Mending
from insieme_events.contracts import ERASED
from insieme_events.contracts.intake import EntryCharacteristicsRecorded, PersonErased
from insieme_intake import codice_fiscale
from insieme_intake.codice_fiscale import TaxCode

WHOLE = plan.make()
MENDING = WHOLE.mending


def test_there_is_some_of_everything() -> None:
    assert len(MENDING.twice) == 12
    assert min(len(MENDING.mistaken), len(MENDING.companies), len(MENDING.erased), len(MENDING.known_as)) >= 3
    assert len(MENDING.renewals) >= 2
    assert sum(one.joined_on is not None for one in MENDING.companies) == 1
    assert sum(chain.told_late and chain.number not in WHOLE.offers.vacancy_of for chain in WHOLE.chains) > 10


def test_without_it_every_total_is_the_same() -> None:
    nothing = Mending((), (), (), {}, (), ())
    mended, plain = ledger.count(WHOLE), ledger.count(replace(WHOLE, mending=nothing))
    by_person = ("enrolled_by_gender", "enrolled_by_comune", "enrolled_over_50")
    told, untold = ({k: v for k, v in vars(one).items() if k not in by_person} for one in (mended, plain))
    assert told == untold


def test_who_stands_there_twice_has_another_valid_code_and_comes_later() -> None:
    codes = {person.identity.codice_fiscale for person in WHOLE.people}
    numbers = [person.number for person in WHOLE.everybody]
    assert numbers == list(range(len(numbers)))
    assert [company.number for company in WHOLE.companies] == list(range(len(WHOLE.companies)))
    for one in MENDING.twice:
        code = one.person.identity.codice_fiscale
        assert isinstance(codice_fiscale.parse(code, one.way.received_on), TaxCode)
        assert code not in codes
        assert one.of.received_on < one.way.received_on < one.merged_on
        assert one.person.gender == one.of.person.gender
        assert one.of.closed_on is None or one.of.closed_on > one.merged_on


def test_a_company_that_is_in_the_board_twice_is_found_before_the_year_ends() -> None:
    for one in MENDING.companies:
        assert one.of.registered_on < one.company.registered_on < one.merged_on
        if one.joined_on is not None:
            assert one.company.registered_on < one.joined_on < one.merged_on
            assert one.joined_on.year == one.merged_on.year
            assert any(each.company is one.of and each.holds(one.joined_on) for each in WHOLE.board)


def test_nothing_is_told_of_anybody_after_the_erasure() -> None:
    erased = {way.person.number: on for way, on in MENDING.erased}
    assert not {chain.way.person.number for chain in WHOLE.chains} & erased.keys()
    cases = {way.case_id: erased[way.person.number] for way in WHOLE.ways if way.person.number in erased}
    assert len(cases) == len(erased)
    for month in plan.months(WHOLE):
        for happening in month.intake:
            for order in happening.orders:
                if order.kind is Kind.CASE and order.stream_id in cases:
                    assert happening.erases is not None or happening.recorded_at.date() < cases[order.stream_id]


def test_the_services_take_it_as_it_is_told() -> None:
    """With the cases, companies and placements that it speaks of, and nothing else of the market."""
    ways = {one.of.case_id: one.of for one in MENDING.twice}
    ways |= {way.case_id: way for one in MENDING.mistaken for way in (one.kept, one.merged)}
    ways |= {way.case_id: way for way, _ in MENDING.erased}
    renewed = {one.chain.number for one in MENDING.renewals}
    chains = [chain for chain in WHOLE.chains if chain.number in renewed | MENDING.known_as.keys()]
    ways |= {chain.way.case_id: chain.way for chain in chains}
    companies = replace(WHOLE.offers, needs=[], vacancies=[], candidacies=[], vacancy_of={})
    made = replace(
        WHOLE, ways=list(ways.values()), chains=chains, offers=companies, courses=[], internships=[],
        money=replace(WHOLE.money, projects=(), activities=()),
    )  # fmt: skip
    paper = Paper()
    paper.write(plan.months(made))
    told = paper.told()
    types = Counter(type(event).__name__ for events in told.values() for event in events)
    assert types["PersonsMerged"] == types["PersonAliased"] == 12 + len(MENDING.mistaken)
    assert types["CaseMerged"] == 12
    assert types["MergeReverted"] == types["PersonSetApart"] == types["DuplicateDismissed"] == len(MENDING.mistaken)
    assert types["CompaniesMerged"] == types["CompanyMergedInto"] == len(MENDING.companies)
    assert types["PlacementExtended"] - types["PlacementVoided"] == sum(len(chain.ends) - 1 for chain in chains)
    assert types["PersonErased"] == len(MENDING.erased)
    assert types["CompanyJoinedBoard"] - types["CompanyLeftBoard"] == 109
    gone = {event.person_id for events in told.values() for event in events if isinstance(event, PersonErased)}
    entered = [one for events in told.values() for one in events if isinstance(one, EntryCharacteristicsRecorded)]
    assert {one.person_id for one in entered if one.gender is ERASED} == gone
