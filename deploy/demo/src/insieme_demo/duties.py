"""What the parties owe year by year after 2021, beside meetings, plans and money: the study of a legal form, the public
presentation, and what stands in the registers (P23, P26, P47, P48, P56, P71, P73, P76-P78, P82, P83).

All of it is invented. Nobody has frozen a set of figures for a presentation, so each year counts as not presented.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from insieme_demo.days import between, later
from insieme_demo.ids import made
from insieme_demo.tables import Year, parties_on
from insieme_events.contracts.governance_plan import LegalForm, StudyMilestone, StudyOutcome
from insieme_events.contracts.governance_registers import (
    ContributionKind,
    ExchangeLevel,
    OutreachKind,
    Scope,
    StaffProfile,
    TerritoryKind,
    Theme,
)
from insieme_events.contracts.vocabulary import InterventionKind, Strand
from insieme_governance.founding import Founding
from insieme_governance.registers.entry import AdoptPractice, ChangeEntry, CloseDesk, SharePractice
from insieme_governance.registers.facts import (
    AnyFact,
    CommitStaff,
    ProposePractice,
    RecordAssociationOutreach,
    RecordContribution,
    RecordExchange,
    RecordOutreach,
    RecordVisibilityEvent,
    RegisterDesk,
    RegisterRegionalMeasure,
)
from insieme_governance.registers.rules import DEBTORS, GUARANTORS
from insieme_governance.registers.territories import owed
from insieme_governance.study import ConcludeStudy, RecordStudyMilestone, StartStudy, StudyCommand

YEARS = range(2022, 2026)
COORDINATOR, REGION = "citta_metropolitana", "regione_emilia_romagna"
UNIONS_AND_ASSOCIATIONS = ("employer_association", "trade_union")
NOTED_ON = date(2022, 1, 12)
"""The study began in the September that the text names (P82), and came into the files months later."""
MILESTONES = (
    (date(2022, 2, 21), StudyMilestone.GROUP_SET_UP, None),
    (date(2022, 10, 11), StudyMilestone.OPTIONS_COMPARED, LegalForm.ASSOCIATION),
    (date(2022, 11, 22), StudyMilestone.OPTIONS_COMPARED, LegalForm.FOUNDATION),
    (date(2023, 1, 17), StudyMilestone.OPTIONS_COMPARED, LegalForm.SOCIAL_ENTERPRISE),
    (date(2023, 6, 8), StudyMilestone.LEGAL_OPINION, LegalForm.FOUNDATION),
    (date(2024, 3, 19), StudyMilestone.FINANCIAL_PLAN, LegalForm.FOUNDATION),
    (date(2024, 11, 12), StudyMilestone.DRAFT_STATUTE, LegalForm.FOUNDATION),
)
CONCLUDED = date(2025, 6, 10), StudyOutcome.FORM_PROPOSED, LegalForm.FOUNDATION
"""Proposed to the Tavolo, which decides nothing about it any more before the term is over."""
REACHED = {TerritoryKind.QUARTIERE: 0.95, TerritoryKind.UNIONE: 0.85, TerritoryKind.DISTRETTO: 0.9}
"""How often a territory is reached in a year: some are missing (P73)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`corrected` is the fact as it was said again and the day on which that was entered, `voided_on` when it was taken
    out as one that should never have been made.
    """

    entry_id: UUID
    fact: AnyFact
    changes: tuple[ChangeEntry, ...] = ()
    corrected: tuple[date, AnyFact] | None = None
    voided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Duties:
    """`not_presented` are the years whose end came without a presentation."""

    protocol_id: UUID
    study: tuple[StudyCommand, ...]
    not_presented: tuple[int, ...]
    entries: tuple[Entry, ...]


def make(chance: Random, seed: int, founding: Founding, plans: Iterable[Year], gone: Mapping[str, date]) -> Duties:
    """`plans` are those whose actions contributions may serve; `gone` are parties with their first day as none."""
    protocol_id = max(founding.protocols, key=lambda one: one.signature.on).protocol_id
    by_year = {one.year: one for one in plans}
    facts: list[AnyFact] = []
    for year in YEARS:
        parties = parties_on(founding, date(year, 12, 31), gone)
        facts += _capacity(chance, year)
        facts += _outreach(chance, year, parties)
        facts += _visible(chance, year, sorted(parties))
        facts += _contributed(chance, by_year[year], sorted(parties))
        facts += _exchanged(year)
    facts += _capacity(chance, 2026)
    entries = [Entry(made(seed, "register entry", n), fact) for n, fact in enumerate(facts)]
    entries = list(_put_right(chance, entries))
    entries += _lasting(seed)
    return Duties(protocol_id, tuple(_study(seed, protocol_id)), (2021, *YEARS), tuple(entries))


def _study(seed: int, protocol_id: UUID) -> Iterator[StudyCommand]:
    yield StartStudy(protocol_id=protocol_id, on=date(2021, 9, 27))
    for n, (on, milestone, option) in enumerate(MILESTONES):
        document_id = made(seed, "document of the study", n)
        yield RecordStudyMilestone(milestone=milestone, option=option, document_id=document_id, on=on)
    on, outcome, option = CONCLUDED
    document_id = made(seed, "document of the study", len(MILESTONES))
    yield ConcludeStudy(outcome=outcome, option=option, document_id=document_id, on=on)


def _capacity(chance: Random, year: int) -> Iterator[AnyFact]:
    """Staff that the three guarantee for the year (P71)."""
    for party in GUARANTORS:
        for profile in chance.sample(list(StaffProfile), 3):
            on = between(chance, date(year, 1, 12), date(year, 1, 31))
            fte = chance.choice((50, 100, 150, 200, 300))
            yield CommitStaff(party=party, year=year, profile=profile, fte_hundredths=fte, on=on)


def _outreach(chance: Random, year: int, parties: Mapping[str, str]) -> Iterator[AnyFact]:
    """In the quartieri it is the comune that reaches them, elsewhere the Città metropolitana; among companies every
    association and union its own members (P73, P76).
    """
    kinds = list(OutreachKind)
    metropolitan, city = DEBTORS
    for kind, names in owed().items():
        for name in names:
            on = between(chance, date(year, 2, 1), date(year, 11, 30))
            if chance.random() < REACHED[kind]:
                party = city if kind is TerritoryKind.QUARTIERE else metropolitan
                yield RecordOutreach(party=party, territory_kind=kind, territory=name, kind=chance.choice(kinds), on=on)
    for party in sorted(party for party, role in parties.items() if role in UNIONS_AND_ASSOCIATIONS):
        on = between(chance, date(year, 3, 1), date(year, 11, 30))
        reached = chance.randint(8, 90)
        if chance.random() < 0.9:
            kind_of_it = chance.choice(kinds)
            yield RecordAssociationOutreach(party=party, kind=kind_of_it, companies_reached=reached, on=on)


def _visible(chance: Random, year: int, parties: list[str]) -> Iterator[AnyFact]:
    """Public discussions of working poverty and fragility (P77, P78)."""
    for month in (5, 10, 11):
        promoters = tuple(sorted(chance.sample(parties, chance.randint(1, 3))))
        themes = tuple(sorted(chance.sample(list(Theme), chance.randint(1, 2))))
        on = between(chance, date(year, month, 5), date(year, month, 26))
        scope = chance.choices(list(Scope), [60, 25, 12, 3])[0]
        yield RecordVisibilityEvent(promoters=promoters, themes=themes, scope=scope, on=on)


def _contributed(chance: Random, plan: Year, parties: list[str]) -> Iterator[AnyFact]:
    """Hours or money's worth that each party makes available, some of it for an action of the plan (P26)."""
    for party in parties:
        for _ in range(chance.choice((1, 1, 2))):
            on = between(chance, date(plan.year, 4, 4), date(plan.year, 12, 15))
            kind, action = chance.choice(list(ContributionKind)), chance.choice(plan.budget.actions)
            serves, hourly = chance.random() < 0.5, chance.random() < 0.7
            hours, value = chance.randint(4, 60), chance.randrange(20_000, 300_001, 5_000)
            yield RecordContribution(
                party=party,
                kind=kind,
                strand=action.strand if serves else Strand.TRANSVERSAL,
                hours=hours if hourly else None,
                value=None if hourly else value,
                action_id=action.action_id if serves else None,
                on=on,
            )


def _exchanged(year: int) -> Iterator[AnyFact]:
    """The Regione gets the placements of each half-year as aggregates (P47)."""
    for on in (date(year, 1, 25), date(year, 7, 20)):
        yield RecordExchange(
            from_party=COORDINATOR,
            to_party=REGION,
            what="placements_by_half_year",
            purpose="evaluation",
            level=ExchangeLevel.AGGREGATE,
            on=on,
        )


def _put_right(chance: Random, entries: list[Entry]) -> Iterator[Entry]:
    """Of each year one contribution was keyed with ten times its hours, and one discussion was entered twice."""
    slips = dict.fromkeys(YEARS, False)
    twice = dict.fromkeys(YEARS, False)
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, RecordContribution) and fact.hours is not None and not slips[fact.on.year]:
            slips[fact.on.year] = True
            found_on = later(chance, fact.on, 40, 70, date.max)
            wrong = fact.model_copy(update={"hours": fact.hours * 10})
            yield Entry(entry.entry_id, wrong, corrected=(found_on, fact))
            continue
        yield entry
        if isinstance(fact, RecordVisibilityEvent) and not twice[fact.on.year]:
            twice[fact.on.year] = True
            again = UUID(int=entry.entry_id.int ^ 1)
            yield Entry(again, fact, voided_on=later(chance, fact.on, 40, 70, date.max))


def _lasting(seed: int) -> Iterator[Entry]:
    """A regional measure, a practice that went round, and a desk that was open for two years (P23, P48, P71)."""
    measure = RegisterRegionalMeasure(
        measure="gol", kind=InterventionKind.VOCATIONAL_TRAINING, valid_from=date(2022, 1, 1), on=date(2022, 1, 24)
    )
    yield Entry(made(seed, "lasting entry", 0), measure)
    practice = ProposePractice(
        proposed_by="cna", practice="visite_in_azienda", strand=Strand.MATCHING, on=date(2022, 5, 16)
    )
    went_round: tuple[ChangeEntry, ...] = (
        AdoptPractice(adopted_by="confartigianato", on=date(2022, 11, 21)),
        SharePractice(shared_with=REGION, on=date(2023, 3, 15)),
        AdoptPractice(adopted_by="alleanza_cooperative", on=date(2024, 2, 26)),
    )
    yield Entry(made(seed, "lasting entry", 1), practice, went_round)
    desk = RegisterDesk(party=COORDINATOR, desk="infopoint_imola", comune="037032", on=date(2022, 9, 5))
    closed_on = desk.on + timedelta(days=730)
    yield Entry(made(seed, "lasting entry", 2), desk, (CloseDesk(on=closed_on),))
