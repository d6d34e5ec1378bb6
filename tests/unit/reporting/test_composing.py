"""Which sets a statement carries: those that it stands on, each of the latest version that names it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from insieme_reporting.measuring import Question
from insieme_reporting.versions import VERSIONS


def statement(measure: str, *by: str, version: int = 2) -> str:
    measures = VERSIONS[version].measures
    return measures.statement([Question(measures.by_name[measure], date(2019, 1, 1), date(2019, 12, 31), by)])


def test_a_statement_has_no_set_that_it_does_not_stand_on() -> None:
    assert "budget_lines as (" in statement("budget")
    assert "cases as (" not in statement("budget")
    assert "persons as (" not in statement("enrolled")
    assert "persons as (" in statement("enrolled", "gender")


def test_a_set_that_the_later_version_names_again_takes_the_place_of_the_earlier_one() -> None:
    assert "person_roots" in statement("enrolled")
    assert "person_roots" not in statement("enrolled", version=1)
    assert statement("enrolled").count("\ncases as (") + statement("enrolled").count("recursive cases as (") == 1


def test_a_population_of_the_later_version_takes_the_place_of_the_earlier_one() -> None:
    assert "merged_cases" in statement("re_enrolled")
    assert "merged_cases" not in statement("re_enrolled", version=1)


@pytest.mark.parametrize("version", sorted(VERSIONS))
def test_every_measure_has_its_population_and_a_name_of_its_own(version: int) -> None:
    found = VERSIONS[version].measures.measures
    assert len({measure.name for measure in found}) == len(found)
    for measure in found:
        population = f"population_{measure.file.removesuffix('.sql')} as ("
        assert population in statement(measure.name, version=version)


def test_a_measure_without_its_population_says_which_file_is_missing() -> None:
    measures = VERSIONS[2].measures
    lost = replace(measures.by_name["calls_opened"], name="lost")
    with pytest.raises(FileNotFoundError, match=r"there is no lost\.sql in insieme_reporting"):
        measures.statement([Question(lost, date(2019, 1, 1), date(2019, 12, 31))])
