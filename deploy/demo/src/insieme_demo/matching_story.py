"""What matching is told: companies, vacancies with their selections, candidacies, employments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from insieme_demo.chains import Chain
from insieme_demo.days import later, recorded
from insieme_demo.happening import Happening, Kind, Order, Phase, Refers
from insieme_demo.ids import made
from insieme_demo.offers import Candidacy, Company, Need, Offers, Vacancy
from insieme_demo.quotas import LAST_DAY
from insieme_events.contracts.intake import EmploymentStatus
from insieme_events.contracts.matching import (
    AtecoVersion,
    ContactKind,
    EntryKind,
    RefusalReason,
    TransformationCode,
    VacancyCloseReason,
    VacancyWithdrawReason,
    WithdrawalReason,
)
from insieme_events.contracts.vocabulary import WorkingTime
from insieme_events.decider import Command
from insieme_matching.candidacy import (
    AcceptCandidate,
    PresentCandidate,
    RecordInterview,
    RefuseCandidate,
    ShortlistCandidate,
    WithdrawCandidate,
)
from insieme_matching.company import NoteVacancy, RecordCompanyContact, RegisterCompany
from insieme_matching.employment import (
    CorrectPlacement,
    EndPlacement,
    ExtendPlacement,
    StartPlacement,
    TransformPlacement,
    VoidPlacement,
)
from insieme_matching.need import ConvertNeed, DeclareNeed, ExpireNeed
from insieme_matching.vacancy import (
    CloseVacancy,
    FillPosition,
    FreePosition,
    OpenSelection,
    OpenVacancy,
    WithdrawVacancy,
)

LATE = 80
"""Days until a placement that came about without a vacancy reaches the office at the latest; one of nine comes late."""


@dataclass
class Teller:
    """Makes happenings of matching; keys are numbered in the order of telling."""

    seed: int
    chance: Random
    told: int = 0

    def tell(
        self,
        on: date,
        phase: Phase,
        *orders: Order,
        delay: int = 0,
        after: datetime | None = None,
        company: int | None = None,
    ) -> Happening:
        self.told += 1
        key = made(self.seed, "matching act", self.told)
        return Happening(recorded(self.chance, on, delay, after), key, orders, phase, company=company)


def happenings(
    chance: Random, seed: int, offers: Offers, chains: list[Chain], known_as: Mapping[int, Company]
) -> Iterator[Happening]:
    """`known_as` is the company under which a placement was entered where that id was given up later."""
    teller = Teller(seed, chance)
    for company in offers.companies:
        yield from _company(teller, company)
    for need in offers.needs:
        yield from _need(teller, need)
    for vacancy in offers.vacancies:
        yield from _vacancy(teller, vacancy)
    for candidacy in offers.candidacies:
        yield from _candidacy(teller, candidacy)
    for chain in chains:
        company = known_as.get(chain.number, offers.employers[chain.number])
        yield from _employment(teller, chain, company, offers.vacancy_of.get(chain.number))


def placements(chance: Random, seed: int, contracts: Iterable[tuple[Chain, Company]], told: int) -> Iterator[Happening]:
    """Contracts that came about without a vacancy; `told` is how many acts may have been told before."""
    teller = Teller(seed, chance, told)
    for chain, company in contracts:
        yield from _employment(teller, chain, company, None)


def _company(teller: Teller, company: Company) -> Iterator[Happening]:
    chance, day, stream = teller.chance, company.registered_on, company.company_id
    register = RegisterCompany(
        company_id=stream,
        size=company.size,
        ateco_version=AtecoVersion.ATECO_2007,
        ateco_section=company.section,
        comune=company.comune,
        introduced_by="associations" if company.introduced else None,
        on=day,
    )
    first = teller.tell(day, Phase.ARRIVALS, Order(Kind.COMPANY, stream, register), company=company.number)
    yield first
    after = first.recorded_at
    for _ in range(chance.choices([0, 1, 2, 3], [35, 35, 20, 10])[0]):
        day = later(chance, day, 5, 300)
        if day >= LAST_DAY:
            return
        contact = RecordCompanyContact(kind=chance.choice(list(ContactKind)), on=day)
        met = teller.tell(day, Phase.AMENDMENTS, Order(Kind.COMPANY, stream, contact), after=after)
        after = met.recorded_at
        yield met


def _vacancy(teller: Teller, vacancy: Vacancy) -> Iterator[Happening]:
    chance, day, stream, company = teller.chance, vacancy.opened_on, vacancy.vacancy_id, vacancy.company
    orders = [
        Order(
            Kind.VACANCY,
            stream,
            OpenVacancy(
                vacancy_id=stream,
                company_id=company.company_id,
                need_id=_need_id(teller, vacancy),
                profile=vacancy.profile,
                positions=vacancy.positions,
                comune=company.comune,
                on=day,
            ),
        ),
        Order(Kind.COMPANY, company.company_id, NoteVacancy(vacancy_id=stream, on=day)),
    ]
    need_id, after = _need_id(teller, vacancy), None
    if need_id is not None:
        declared_on = max(company.registered_on, day - timedelta(days=40))
        need = DeclareNeed(
            need_id=need_id,
            company_id=company.company_id,
            profile=vacancy.profile,
            positions=vacancy.positions,
            horizon=day + timedelta(days=90),
            on=declared_on,
        )
        declared = teller.tell(declared_on, Phase.VACANCIES, Order(Kind.NEED, need_id, need))
        yield declared
        after = declared.recorded_at
        orders.append(Order(Kind.NEED, need_id, ConvertNeed(vacancy_id=stream, on=day)))
    if chance.random() < 0.62:
        orders.append(Order(Kind.VACANCY, stream, OpenSelection(on=day)))
    yield teller.tell(day, Phase.VACANCIES, *orders, after=after)
    if vacancy.closed_on is not None:
        over: Command = CloseVacancy(reason=chance.choice(list(VacancyCloseReason)), on=vacancy.closed_on)
        if chance.random() < 0.2 and not vacancy.chains:
            over = WithdrawVacancy(reason=chance.choice(list(VacancyWithdrawReason)), on=vacancy.closed_on)
        # Whoever started before was recorded before: a placement is recorded within four days.
        on = min(vacancy.closed_on + timedelta(days=6), LAST_DAY)
        yield teller.tell(on, Phase.AMENDMENTS, Order(Kind.VACANCY, stream, over))


def _need(teller: Teller, need: Need) -> Iterator[Happening]:
    """One that no vacancy came out of."""
    declare = DeclareNeed(
        need_id=need.need_id,
        company_id=need.company.company_id,
        profile=need.profile,
        positions=need.positions,
        horizon=need.horizon,
        on=need.declared_on,
    )
    first = teller.tell(need.declared_on, Phase.VACANCIES, Order(Kind.NEED, need.need_id, declare), delay=3)
    yield first
    on = need.horizon + timedelta(days=1)
    if on <= LAST_DAY:
        order = Order(Kind.NEED, need.need_id, ExpireNeed(on=on))
        yield teller.tell(on, Phase.VACANCIES, order, delay=10, after=first.recorded_at)


def _need_id(teller: Teller, vacancy: Vacancy) -> UUID | None:
    return made(teller.seed, "need", vacancy.number) if vacancy.from_need else None


def _candidacy(teller: Teller, candidacy: Candidacy) -> Iterator[Happening]:
    stream, after = candidacy.candidacy_id, None
    person_id = made(teller.seed, "person", candidacy.way.person.number)
    shortlist = ShortlistCandidate(
        candidacy_id=stream, vacancy_id=candidacy.vacancy.vacancy_id, person_id=person_id, on=candidacy.steps[0]
    )
    made_of: list[tuple[date, Command]] = [(candidacy.steps[0], shortlist)]
    for step, on in zip((PresentCandidate, RecordInterview, AcceptCandidate), candidacy.steps[1:], strict=False):
        made_of.append((on, step(on=on)))
    if candidacy.over is not None:
        on, by, reason = candidacy.over
        if isinstance(reason, WithdrawalReason):
            made_of.append((on, WithdrawCandidate(reason=reason, on=on)))
        else:
            assert by is not None
            assert isinstance(reason, RefusalReason)
            made_of.append((on, RefuseCandidate(refused_by=by, reason=reason, on=on)))
    for on, command in made_of:
        happening = teller.tell(on, Phase.CANDIDACIES, Order(Kind.CANDIDACY, stream, command), after=after)
        after = happening.recorded_at
        yield happening


def _employment(teller: Teller, chain: Chain, company: Company, vacancy: Vacancy | None) -> Iterator[Happening]:
    stream = chain.employment_id
    keyed_hours, keyed_comune = chain.working_time, company.comune
    if chain.corrected is not None and chain.corrected[1] == "working_time":
        keyed_hours = WorkingTime.FULL if chain.working_time is not WorkingTime.FULL else WorkingTime.HORIZONTAL
    elif chain.corrected is not None:
        keyed_comune = "037032" if company.comune != "037032" else "037006"
    start = StartPlacement(
        employment_id=stream,
        person_id=made(teller.seed, "person", chain.way.person.number),
        company_id=company.company_id,
        vacancy_id=vacancy.vacancy_id if vacancy is not None else None,
        starts_on=chain.starts_on,
        ends_on=chain.ends[0],
        contract_type=chain.contract_type,
        working_time=keyed_hours,
        comune=keyed_comune,
        entry_kind=EntryKind.FIRST_JOB if chain.way.status is EmploymentStatus.INOCCUPATO else EntryKind.RE_ENTRY,
    )
    fill = (
        [
            Order(
                Kind.VACANCY,
                vacancy.vacancy_id,
                FillPosition(employment_id=stream, company_id=company.company_id, on=chain.starts_on),
            )
        ]
        if vacancy is not None
        else []
    )
    delay = LATE if vacancy is None and chain.told_late else 4
    last = teller.tell(chain.starts_on, Phase.PLACEMENTS, *fill, Order(Kind.EMPLOYMENT, stream, start), delay=delay)
    yield last
    acts: list[tuple[date, Command]] = [
        (begins, ExtendPlacement(ends_on=ends_on))
        for begins, ends_on in zip(chain.starts[1:], chain.ends[1:], strict=True)
        if ends_on is not None
    ]
    if chain.transformed is not None:
        acts.append((chain.transformed[0], _transformation(chain)))
    if chain.ended is not None:
        acts.append((chain.ended[0], EndPlacement(reason=chain.ended[1], on=chain.ended[0])))
    for on, command in acts:
        order = Order(Kind.EMPLOYMENT, stream, command)
        last = teller.tell(on, Phase.PLACEMENTS, order, delay=4, after=last.recorded_at)
        yield last
    if chain.corrected is not None:
        yield _correction(teller, chain, company)
    if chain.voided is not None:
        on, reason = chain.voided
        void = VoidPlacement(voids=stream, reason=reason, on=on)
        free = (
            [Order(Kind.VACANCY, vacancy.vacancy_id, FreePosition(employment_id=stream, on=on))]
            if vacancy is not None
            else []
        )
        order = Order(Kind.EMPLOYMENT, stream, void, Refers("voids", "PlacementStarted"))
        yield teller.tell(on, Phase.AMENDMENTS, *free, order, after=last.recorded_at)


def _transformation(chain: Chain) -> TransformPlacement:
    assert chain.transformed is not None
    on, code = chain.transformed
    if code is TransformationCode.PART_TO_FULL_TIME:
        return TransformPlacement(code=code, on=on)
    return TransformPlacement(
        code=code, on=on, contract_type="A.06.00" if chain.contract_type == "A.06.01" else "A.01.00"
    )


def _correction(teller: Teller, chain: Chain, company: Company) -> Happening:
    """The first link as it should have read."""
    assert chain.corrected is not None
    on = chain.corrected[0]
    correct = CorrectPlacement(
        corrects=chain.employment_id,
        link_no=1,
        starts_on=chain.starts_on,
        ends_on=chain.ends[0],
        contract_type=chain.contract_type,
        working_time=chain.working_time,
        comune=company.comune,
        on=on,
    )
    order = Order(Kind.EMPLOYMENT, chain.employment_id, correct, Refers("corrects", "PlacementStarted"))
    return teller.tell(on, Phase.AMENDMENTS, order)
