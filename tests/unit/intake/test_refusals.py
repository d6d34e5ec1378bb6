"""Every refusal of intake: one code each, and a sentence that tells a person what to do."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter
from string import Formatter

import pytest

import insieme_intake
from insieme_events.decider import RefusalKind, Refused

ONE_RULE = "intake.codice_fiscale"
"""The one code with several sentences: each says what of the codice fiscale to compare with the card."""


def constants() -> dict[str, Refused]:
    """Every refusal that a module of the package defines, by module and name; an imported one stands once."""
    found: dict[int, tuple[str, Refused]] = {}
    for module in pkgutil.walk_packages(insieme_intake.__path__, "insieme_intake."):
        if ".migrations" in module.name:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Refused):
                found.setdefault(id(value), (f"{module.name}.{name}", value))
    return dict(found.values())


REFUSALS = constants()


def test_all_of_them_are_found() -> None:
    assert len(REFUSALS) > 40


def test_a_code_says_one_thing() -> None:
    codes = Counter(refused.code for refused in REFUSALS.values() if refused.code != ONE_RULE)
    assert [code for code, count in codes.items() if count > 1] == []


def test_the_one_rule_with_several_sentences_has_one_clause_and_one_remedy() -> None:
    same = [refused for refused in REFUSALS.values() if refused.code == ONE_RULE]
    assert {(refused.clause, refused.kind) for refused in same} == {("P25", RefusalKind.INVALID)}
    assert len({refused.sentence for refused in same}) == len(same) > 1


@pytest.mark.parametrize("refused", REFUSALS.values(), ids=list(REFUSALS))
def test_a_refusal_is_a_sentence_that_a_person_can_act_on(refused: Refused) -> None:
    assert re.fullmatch(r"intake\.[a-z]+(_[a-z]+)*", refused.code)
    assert refused.clause is None or re.fullmatch(r"P\d\d", refused.clause)
    assert re.match(r"[A-Z{]", refused.sentence)
    assert refused.sentence.endswith(".")
    assert len(refused.sentence.split()) >= 6
    assert "  " not in refused.sentence


@pytest.mark.parametrize("refused", REFUSALS.values(), ids=list(REFUSALS))
def test_its_placeholders_can_be_filled(refused: Refused) -> None:
    names = {name for _, name, _, _ in Formatter().parse(refused.sentence) if name is not None}
    assert all(name.isidentifier() for name in names)
    filled = refused.about(**dict.fromkeys(names, "x"))
    assert not set("{}") & set(filled.sentence)
