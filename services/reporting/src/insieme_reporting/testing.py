"""Short histories for tests of facts and measures: events with their place in their streams, in order of recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from insieme_events.contracts import DomainEvent, intake, matching
from insieme_events.contracts.vocabulary import (
    ChannelClass,
    CitizenshipClass,
    CompanySize,
    ContractClass,
    Gender,
    Isced,
    WorkingTime,
)
from insieme_events.envelope import Stored

PERSON_ANYONE = UUID("00000000-0000-4000-8000-000000000001")
FIRST = datetime(2017, 1, 1, tzinfo=UTC)
CONTRACT_TYPES = {ContractClass.PERMANENT: "A.01.00", ContractClass.FIXED_TERM: "A.02.00"}


@dataclass
class History:
    """Records events one after the other; `at` is the instant of recording, by default noon of the business date."""

    events: list[Stored] = field(default_factory=list)
    _sequences: dict[str, int] = field(default_factory=dict)
    _recorded: dict[str, datetime] = field(default_factory=dict)

    def record(self, stream: str, event: DomainEvent, at: datetime | None = None) -> UUID:
        number = self._sequences[stream] = self._sequences.get(stream, 0) + 1
        # As the store does: within a stream the instant of recording never decreases.
        recorded = self._recorded[stream] = max(at or noon(event.occurred_on), self._recorded.get(stream, FIRST))
        event_id = uuid4()
        self.events.append(Stored(event_id, stream, number, recorded, event))
        return event_id

    def enrolled(
        self,
        on: date,
        gender: Gender = Gender.FEMALE,
        born: str = "1980-05",
        comune: str = "037006",
        person_id: UUID | None = None,
        **more: Any,
    ) -> tuple[UUID, UUID]:
        """An admitted application; answers (person_id, case_id)."""
        person_id, case_id = person_id or uuid4(), uuid4()
        ids = {"case_id": case_id, "person_id": person_id, "occurred_on": on}
        channel, version = ChannelClass.SELF, more.get("agreement_version", "2017.1")
        for event in (
            intake.ApplicationSubmitted(**ids, channel_class=channel),
            intake.EntryCharacteristicsRecorded(
                **ids,
                gender=gender,
                birth_month=born,
                citizenship=CitizenshipClass.ITALIAN,
                isced=Isced.UPPER_SECONDARY,
                comune=comune,
            ),
            intake.PersonEnrolled(**ids, channel_class=channel, agreement_version=version),
        ):
            self.of_case(event)
        return person_id, case_id

    def of_case(self, event: intake.CaseEvent, at: datetime | None = None) -> UUID:
        return self.record(f"case-{event.case_id}", event, at)

    def taken_in_charge(self, person_id: UUID, case_id: UUID, on: date, interviewed: date | None = None) -> None:
        ids = {"case_id": case_id, "person_id": person_id}
        held = interviewed or on
        self.of_case(
            intake.InterviewHeld(
                **ids,
                occurred_on=held,
                interview_id=uuid4(),
                kind=intake.InterviewKind.ACCESS,
                interviewer_id=PERSON_ANYONE,
            )
        )
        self.of_case(
            intake.PersonTakenInCharge(
                **ids,
                occurred_on=on,
                referent_id=PERSON_ANYONE,
                eligible_on=held,
                plan_due_on=on,
                agreement_version="2017.1",
            )
        )

    def company(self, on: date, size: CompanySize = CompanySize.SMALL) -> UUID:
        company_id = uuid4()
        self.record(
            f"company-{company_id}",
            matching.CompanyRegistered(
                company_id=company_id,
                occurred_on=on,
                size=size,
                ateco_version=matching.AtecoVersion.ATECO_2007,
                ateco_section="G",
                comune="037006",
            ),
        )
        return company_id

    def vacancy(self, company_id: UUID, on: date, positions: int = 1) -> UUID:
        """A vacancy that is worked on from the day on which it is opened."""
        vacancy_id = uuid4()
        stream = f"vacancy-{vacancy_id}"
        ids = {"vacancy_id": vacancy_id, "company_id": company_id, "occurred_on": on}
        self.record(stream, matching.VacancyOpened(**ids, profile="8.1.4", positions=positions, comune="037006"))
        self.record(stream, matching.SelectionOpened(**ids, selection_no=1))
        return vacancy_id

    def withdrawn(self, vacancy_id: UUID, on: date, reason: matching.VacancyWithdrawReason) -> None:
        event = matching.VacancyWithdrawn(vacancy_id=vacancy_id, occurred_on=on, reason=reason)
        self.record(f"vacancy-{vacancy_id}", event)

    def candidate(
        self, vacancy_id: UUID, person_id: UUID, on: date, presented: date, keyed_by_mistake: bool = False
    ) -> None:
        """Somebody shortlisted and presented."""
        ids = {"candidacy_id": uuid4(), "vacancy_id": vacancy_id, "person_id": person_id}
        stream = f"candidacy-{ids['candidacy_id']}"
        self.record(stream, matching.CandidateShortlisted(**ids, occurred_on=on))
        self.record(stream, matching.CandidatePresented(**ids, occurred_on=presented))
        if keyed_by_mistake:
            reason = matching.WithdrawalReason.KEYED_BY_MISTAKE
            self.record(stream, matching.CandidateWithdrawn(**ids, occurred_on=presented, reason=reason))

    def placed(
        self,
        person_id: UUID,
        company_id: UUID,
        on: date,
        ends_on: date | None = None,
        contract: ContractClass = ContractClass.FIXED_TERM,
        at: datetime | None = None,
    ) -> Employment:
        """A placement; answers its chain, to extend, transform and void."""
        chain = Employment(self, uuid4(), person_id, company_id)
        chain.start_id = chain.record(
            matching.PlacementStarted(
                **chain.ids,
                occurred_on=on,
                contract_type=CONTRACT_TYPES[contract],
                contract_class=contract,
                ends_on=ends_on,
                working_time=WorkingTime.FULL,
                comune="037006",
                entry_kind=matching.EntryKind.RE_ENTRY,
                agreement_version="2017.1",
            ),
            at,
        )
        return chain

    def __iter__(self) -> Iterator[Stored]:
        """In order of recording: what a subscription sees."""
        return iter(sorted(self.events, key=lambda stored: stored.recorded_at))


@dataclass
class Employment:
    """The chain of one employment."""

    history: History
    employment_id: UUID
    person_id: UUID
    company_id: UUID
    start_id: UUID = PERSON_ANYONE

    @property
    def ids(self) -> dict[str, Any]:
        return {"employment_id": self.employment_id, "person_id": self.person_id, "company_id": self.company_id}

    def record(self, event: matching.EmploymentEvent, at: datetime | None = None) -> UUID:
        return self.history.record(f"employment-{self.employment_id}", event, at)

    def extended(self, on: date, ends_on: date, link_no: int = 2, at: datetime | None = None) -> UUID:
        event = matching.PlacementExtended(**self.ids, occurred_on=on, link_no=link_no, ends_on=ends_on)
        return self.record(event, at)

    def made_permanent(self, on: date, at: datetime | None = None) -> UUID:
        return self.record(
            matching.PlacementTransformed(
                **self.ids,
                occurred_on=on,
                code=matching.TransformationCode.FIXED_TO_PERMANENT,
                contract_type="A.01.00",
                contract_class=ContractClass.PERMANENT,
                ends_on=None,
                working_time=WorkingTime.FULL,
            ),
            at,
        )

    def voided(self, on: date, from_link: int = 1, at: datetime | None = None) -> UUID:
        event = matching.PlacementVoided(
            **self.ids,
            occurred_on=on,
            voids=self.start_id,
            from_link=from_link,
            reason=matching.PlacementVoidReason.NEVER_STARTED,
        )
        return self.record(event, at)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
