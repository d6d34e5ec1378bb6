"""The Ministry's table leads from a contract type to the class it is reported under (standards 2.2)."""

from __future__ import annotations

import pytest

from insieme_events.contracts.vocabulary import ContractClass
from insieme_matching.contract_types import Term, contract_kind, table


@pytest.mark.parametrize(
    ("code", "klass", "term", "subordinate"),
    [
        ("A.01.00", ContractClass.PERMANENT, Term.PERMANENT, True),
        ("A.02.00", ContractClass.FIXED_TERM, Term.FIXED, True),
        ("A.03.09", ContractClass.APPRENTICESHIP, Term.EITHER, True),
        ("A.04.00", ContractClass.DOMESTIC, Term.PERMANENT, True),
        ("A.05.02", ContractClass.ON_CALL, Term.EITHER, True),
        ("A.06.01", ContractClass.AGENCY, Term.FIXED, True),
        ("B.03.00", ContractClass.COLLABORATION, Term.EITHER, False),
        ("H.02.00", ContractClass.OTHER, Term.EITHER, False),
        ("I.01.00", ContractClass.OTHER, Term.EITHER, True),
        ("L.02.00", ContractClass.OTHER, Term.EITHER, False),
        ("N.02.00", ContractClass.FIXED_TERM, Term.FIXED, True),
    ],
)
def test_a_code_has_a_class_a_term_and_a_nature(code: str, klass: ContractClass, term: Term, subordinate: bool) -> None:
    kind = contract_kind(code)
    assert kind is not None
    assert (kind.contract_class, kind.term, kind.subordinate) == (klass, term, subordinate)


@pytest.mark.clause("P34")
@pytest.mark.parametrize("code", ["C.01.00", "C.02.00", "C.03.00", "C.04.00"])
def test_internships_and_public_utility_work_have_no_class_of_placements(code: str) -> None:
    kind = contract_kind(code)
    assert kind is not None
    assert kind.contract_class is None


def test_every_class_of_the_programme_is_reachable() -> None:
    assert {kind.contract_class for kind in table().values()} - {None} == set(ContractClass)


def test_subordinate_work_follows_the_prefix_rule() -> None:
    subordinate = ("A", "F", "G.01", "G.02", "H.01", "H.03", "I", "N")
    for kind in table().values():
        assert kind.subordinate == kind.code.startswith(subordinate), kind.code


def test_a_code_outside_the_table_is_unknown() -> None:
    assert contract_kind("A.99.99") is None
    assert contract_kind("Z.01.00") is None
