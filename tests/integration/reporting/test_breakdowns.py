"""Parts add up to the whole, and equal a ledger that the test keeps."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from insieme_events.contracts.vocabulary import CompanySize, ContractClass, Gender
from insieme_reporting import measuring
from insieme_reporting.measuring import Question
from insieme_reporting.testing import History
from insieme_reporting.versions import NEWEST

MEASURES = NEWEST.measures.measures
ADDITIVE = ("enrolled", "taken_in_charge", "placements")
COMUNI = {"037006": "Città di Bologna", "037032": "Imola", "037039": "Pianura Est", "037062": "Appennino Bolognese"}


class Ledger:
    """Counts by itself what the history tells, while it is told."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.history, self.counted = History(), Counter[tuple[str, str, Any]]()
        companies = {size: self.history.company(date(2017, 6, 1), size) for size in CompanySize}
        for _ in range(60):
            day = date(2017, 6, 1) + timedelta(days=chance.randrange(1500))
            gender, comune = chance.choice(list(Gender)), chance.choice(list(COMUNI))
            year, month = chance.randrange(1950, 2000), chance.randrange(1, 13)
            person, case = self.history.enrolled(day, gender, f"{year}-{month:02}", comune)
            self.count("enrolled", day, gender, comune, year, month)
            if chance.random() < 0.7:
                taken = day + timedelta(days=chance.randrange(40))
                self.history.taken_in_charge(person, case, taken)
                self.count("taken_in_charge", taken, gender, comune, year, month)
                if chance.random() < 0.5:
                    size, contract = (
                        chance.choice(list(CompanySize)),
                        chance.choice([ContractClass.PERMANENT, ContractClass.FIXED_TERM]),
                    )
                    ends = None if contract is ContractClass.PERMANENT else taken + timedelta(days=90)
                    self.history.placed(person, companies[size], taken, ends, contract)
                    self.count("placements", taken, gender, comune, year, month)
                    self.counted["placements", "company_size", size.value] += 1
                    self.counted["placements", "contract_class", contract.value] += 1

    def count(self, measure: str, day: date, gender: Gender, comune: str, year: int, month: int) -> None:
        age = day.year - year - (day.month < month)
        band = next(
            n
            for low, n in (
                (60, "60_and_more"),
                (50, "50_59"),
                (40, "40_49"),
                (30, "30_39"),
                (25, "25_29"),
                (0, "under_25"),
            )
            if age >= low
        )
        for by, value in (
            ("year", day.year),
            ("half_year", f"{day.year}-H{1 if day.month < 7 else 2}"),
            ("quarter", f"{day.year}-Q{(day.month + 2) // 3}"),
            ("month", f"{day:%Y-%m}"),
            ("gender", gender.value),
            ("comune", comune),
            ("distretto", COMUNI[comune]),
            ("age_band", band),
            ("over_50", "yes" if age >= 50 else "no"),
        ):
            self.counted[measure, by, value] += 1

    def of(self, measure: str, by: str) -> dict[Any, int]:
        return {value: n for (m, b, value), n in self.counted.items() if (m, b) == (measure, by)}


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_breakdown_equals_the_ledger_and_adds_up(facts: Any, seed: int) -> None:
    ledger = Ledger(seed)
    await facts.fill(ledger.history, batch=37)
    for name in ADDITIVE:
        total = await facts.value(name)
        for by in next(m for m in MEASURES if m.name == name).by:
            parts = await facts.by(name, by)
            assert sum(parts.values()) == total, (name, by)
            if expected := ledger.of(name, by):
                assert parts == expected, (name, by)


async def test_two_breakdowns_at_once_add_up_to_one(facts: Any) -> None:
    ledger = Ledger(4)
    await facts.fill(ledger.history)
    rows = await facts.rows("placements", by="year,contract_class")
    years = Counter[int]()
    for row in rows:
        years[row["year"]] += row["value"]
    assert years == ledger.of("placements", "year")


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.name)
async def test_every_declared_breakdown_of_every_measure_answers(facts: Any, measure: Any) -> None:
    await facts.fill(Ledger(5).history)
    questions = [Question(measure, date(2017, 6, 1), date(2021, 12, 31), (by,)) for by in measure.by]
    answers = await measuring.answers(facts.connection, NEWEST.measures, questions) if questions else []
    for by, rows in zip(measure.by, answers, strict=True):
        assert all(by in row and "value" in row for row in rows)
