"""The check behind the kills finds whatever it is there to find: each fault alone, planted in what is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias
from uuid import UUID

import pytest
from tests.end_to_end.ledger import Acknowledged, Ledger
from tests.end_to_end.oracle import Carried, Findings, Row, compare

pytestmark = pytest.mark.end_to_end

Topic: TypeAlias = list[Carried]
Facts: TypeAlias = list[Row]

STREAM, OTHER = "company-1", "vacancy-1"
REGISTERED, CONTACTED, OPENED, FOREIGN = (UUID(int=number) for number in range(1, 5))


def told() -> Ledger:
    return Ledger(
        [
            Acknowledged("/v1/companies", STREAM, 1, (REGISTERED,), 1),
            Acknowledged("/v1/companies/contacts", STREAM, 2, (CONTACTED,), 3),
            Acknowledged("/v1/vacancies", OTHER, 1, (OPENED,), 1),
        ]
    )


def carried() -> Topic:
    return [
        Carried("CompanyRegistered", STREAM, 1, REGISTERED, None),
        Carried("CompanyContacted", STREAM, 2, CONTACTED, None),
        Carried("VacancyOpened", OTHER, 1, OPENED, None),
    ]


def rows() -> Facts:
    return [
        Row("company_versions", STREAM, 1, REGISTERED),
        Row("company_size_versions", STREAM, 1, REGISTERED),
        Row("company_versions", STREAM, 2, CONTACTED),
        Row("vacancy_versions", OTHER, 1, OPENED),
    ]


def test_what_is_right_has_no_findings() -> None:
    assert compare(told(), carried(), rows()) == Findings()


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (lambda topic, facts: topic.pop(2), {"missing_in_topics", "unasked_in_facts"}),
        (lambda topic, facts: topic.append(topic[2]), {"repeated_in_topics", "disordered_in_topics"}),
        (lambda topic, facts: topic.insert(0, topic.pop(1)), {"disordered_in_topics"}),
        (
            lambda topic, facts: topic.append(Carried("CompanyRegistered", "company-2", 1, FOREIGN, None)),
            {"unasked_in_topics"},
        ),
        (lambda topic, facts: facts.pop(3), {"missing_in_facts"}),
        (lambda topic, facts: facts.append(facts[3]), {"repeated_in_facts"}),
        (lambda topic, facts: facts.append(replace(facts.pop(3), sequence=2)), {"misplaced_in_facts"}),
        (
            lambda topic, facts: facts.append(Row("company_versions", "company-2", 1, FOREIGN)),
            {"unasked_in_facts", "misplaced_in_facts"},
        ),
    ],
    ids=[
        "lost record",
        "second record",
        "swapped",
        "second effect",
        "lost row",
        "second row",
        "moved row",
        "other row",
    ],
)
def test_each_fault_is_found(plant: Callable[[Topic, Facts], object], found: set[str]) -> None:
    topic, facts = carried(), rows()
    plant(topic, facts)

    assert set(compare(told(), topic, facts).counts()) == found
