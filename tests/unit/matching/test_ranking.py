"""The ranking is a sum that anybody can work out, names the reason of each point, and leaves nobody out (P32)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insieme_events.contracts.matching import CefrLevel, HoursClass, LanguageSkill, LicenceClass, RankReason
from insieme_matching.ranking import HOLDS, Offered, Wanted, judge, rank, rules

pytestmark = pytest.mark.clause("P32")
R = RankReason
BOLOGNA, ARGELATO, CASTEL_MAGGIORE, BUDRIO, MOLINELLA, IMOLA = (f"037{n:03d}" for n in (6, 2, 19, 8, 39, 32))
ITALIAN_B1 = LanguageSkill(language="it", level=CefrLevel.B1)


def person(number: int = 1, **changes: Any) -> Offered:
    values: dict[str, Any] = {
        "person_id": UUID(int=number),
        "since": date(2021, 2, number),
        "profiles": ("8.1.4.3.0",),
        "comuni": (BOLOGNA,),
        "hours": (HoursClass.FULL_TIME,),
        "licences": (LicenceClass.B,),
        "languages": (ITALIAN_B1,),
    }
    return Offered(**{**values, **changes})


WANTED = Wanted("8.1.4.3.0", BOLOGNA, HoursClass.FULL_TIME, LicenceClass.B, (ITALIAN_B1,))


def reasons(wanted: Wanted, offered: Offered) -> list[RankReason]:
    return [one.reason for one in judge(wanted, offered)]


def test_each_thing_that_is_asked_for_gives_one_reason_with_its_points() -> None:
    assert [(one.reason, one.points) for one in judge(WANTED, person())] == [
        (R.PROFILE_SAME, 40),
        (R.COMUNE_SAME, 20),
        (R.HOURS_FIT, 15),
        (R.LICENCE_FITS, 15),
        (R.LANGUAGE_FITS, 10),
    ]
    assert reasons(Wanted("8.1.4", BOLOGNA), person()) == [R.PROFILE_SAME, R.COMUNE_SAME]


@pytest.mark.parametrize(
    ("wanted", "profiles", "reason"),
    [
        ("8.1.4", ("8.1.4.3.0",), R.PROFILE_SAME),
        ("8.1.4.3.0", ("8.1.4",), R.PROFILE_NARROW),
        ("8.1.4.3.0", ("8.1.4.2.0",), R.PROFILE_NARROW),
        ("8.1.4.3.0", ("8.1.2",), R.PROFILE_NEAR),
        ("8.1.4.3.0", ("8.4.1",), R.PROFILE_WIDE),
        ("8.1.4.3.0", ("5.1.2",), R.PROFILE_OTHER),
        ("8.1.4.3.0", ("5.1.2", "8.1.4.3.0"), R.PROFILE_SAME),
        ("8.1.4.1.0", ("8.1.40",), R.PROFILE_NEAR),
    ],
)
def test_profiles_are_as_near_as_the_levels_that_they_share(
    wanted: str, profiles: tuple[str, ...], reason: RankReason
) -> None:
    assert reasons(Wanted(wanted, BOLOGNA), person(profiles=profiles))[0] is reason


@pytest.mark.parametrize(
    ("wanted", "comuni", "reason"),
    [
        (BOLOGNA, (BOLOGNA,), R.COMUNE_SAME),
        (ARGELATO, (CASTEL_MAGGIORE,), R.COMUNE_NEAR),
        (ARGELATO, (BUDRIO,), R.COMUNE_NEAR),
        (MOLINELLA, (BUDRIO,), R.COMUNE_NEAR),
        (BOLOGNA, (IMOLA,), R.COMUNE_OTHER),
        (BOLOGNA, (MOLINELLA,), R.COMUNE_OTHER),
        ("058091", (BOLOGNA,), R.COMUNE_OTHER),
    ],
)
def test_comuni_of_one_distretto_or_unione_are_near(wanted: str, comuni: tuple[str, ...], reason: RankReason) -> None:
    assert reasons(Wanted("8.1.4", wanted), person(comuni=comuni))[1] is reason


def test_hours_licence_and_language() -> None:
    part_time = Wanted("8.1.4", BOLOGNA, HoursClass.PART_TIME)
    assert reasons(part_time, person())[2:] == [R.HOURS_OTHER]
    lorry = Wanted("8.1.4", BOLOGNA, licence=LicenceClass.C)
    assert reasons(lorry, person())[2:] == [R.LICENCE_MISSING]
    assert reasons(lorry, person(licences=(LicenceClass.CE,)))[2:] == [R.LICENCE_FITS]
    fluent = Wanted("8.1.4", BOLOGNA, languages=(LanguageSkill(language="it", level=CefrLevel.B2), ITALIAN_B1))
    assert reasons(fluent, person())[2:] == [R.LANGUAGE_BELOW]
    assert reasons(fluent, person(languages=()))[2:] == [R.LANGUAGE_MISSING]
    native = person(languages=(LanguageSkill(language="it", level=CefrLevel.C2),))
    assert reasons(fluent, native)[2:] == [R.LANGUAGE_FITS]


def test_equal_points_are_an_equal_place_and_the_longest_waiting_is_told_first() -> None:
    ranked = rank(WANTED, [person(3), person(2), person(4, comuni=(IMOLA,)), person(5, profiles=("5.1",))])
    assert [(one.person_id.int, one.place, one.points) for one in ranked] == [
        (2, 1, 100),
        (3, 1, 100),
        (4, 3, 80),
        (5, 4, 60),
    ]


def test_a_licence_holds_what_the_licences_that_it_holds_hold() -> None:
    for holder, held in HOLDS.items():
        assert holder not in held
        assert all(HOLDS[one] <= held for one in held)


codes = st.sampled_from(["8", "8.1", "8.1.4", "8.1.4.3.0", "5.1.2", "9"])
comuni = st.sampled_from([BOLOGNA, ARGELATO, BUDRIO, MOLINELLA, IMOLA])
skills = st.lists(
    st.builds(LanguageSkill, language=st.sampled_from(["it", "en"]), level=st.sampled_from(CefrLevel)), max_size=3
).map(tuple)
persons = st.lists(
    st.builds(
        Offered,
        person_id=st.uuids(),
        since=st.dates(date(2020, 1, 1), date(2021, 1, 1)),
        profiles=st.lists(codes, min_size=1, max_size=3).map(tuple),
        comuni=st.lists(comuni, min_size=1, max_size=3).map(tuple),
        hours=st.lists(st.sampled_from(HoursClass), max_size=2).map(tuple),
        licences=st.lists(st.sampled_from(LicenceClass), max_size=3).map(tuple),
        languages=skills,
    ),
    max_size=12,
    unique_by=lambda one: one.person_id,
)
vacancies = st.builds(
    Wanted,
    profile=codes,
    comune=comuni,
    hours=st.none() | st.sampled_from(HoursClass),
    licence=st.none() | st.sampled_from(LicenceClass),
    languages=skills,
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(vacancies, persons)
def test_everybody_is_ranked_once_and_points_are_the_sum_of_the_reasons(wanted: Wanted, offered: list[Offered]) -> None:
    ranked = rank(wanted, offered)
    assert sorted(one.person_id for one in ranked) == sorted(one.person_id for one in offered)
    for one in ranked:
        assert one.points == sum(rules()[given.reason] for given in one.reasons)
        assert len({given.reason.split("_")[0] for given in one.reasons}) == len(one.reasons)
        assert one.place == 1 + sum(other.points > one.points for other in ranked)
    assert rank(wanted, reversed(offered)) == ranked
