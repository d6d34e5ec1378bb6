"""Months are written together as long as nothing in them has to be heard by everybody before what follows."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insieme_demo import load
from insieme_demo.happening import Happening, Phase
from insieme_demo.plan import Month

pytestmark = pytest.mark.unit

AT = datetime(2019, 1, 7, tzinfo=UTC)
ID = UUID(int=1)
USUAL = Happening(AT, ID, ())
ERASURE = Happening(AT, ID, (), erases=ID)
MERGE = Happening(AT, ID, (), Phase.MERGES)
ALONE = st.sampled_from([[ERASURE], [MERGE], [USUAL, ERASURE]])
SIZES = st.sampled_from([0, 1, load.SPAN // 3, load.SPAN - 1, load.SPAN, 2 * load.SPAN])
MONTHS = st.lists(st.one_of(SIZES.map(lambda count: [USUAL] * count), ALONE), max_size=8)


@given(MONTHS)
def test_every_month_is_in_one_span_and_in_its_order(counts: list[list[Happening]]) -> None:
    months = [Month(2017, number, told, []) for number, told in enumerate(counts)]
    assert [month for span in load.spans(months) for month in span] == months
    assert all(load.spans(months))


@given(MONTHS)
def test_a_month_with_an_erasure_or_a_merge_stands_alone(counts: list[list[Happening]]) -> None:
    months = [Month(2017, number, told, []) for number, told in enumerate(counts)]
    for span in load.spans(months):
        assert len(span) == 1 or all(month.intake == [USUAL] * len(month.intake) for month in span)


@given(MONTHS)
def test_a_span_ends_with_the_month_that_fills_it_and_not_before(counts: list[list[Happening]]) -> None:
    spans = list(load.spans(Month(2017, number, told, []) for number, told in enumerate(counts)))
    for span, following in pairwise(spans):
        assert sum(len(month.intake) for month in span[:-1]) < load.SPAN
        full = sum(len(month.intake) for month in span) >= load.SPAN
        assert full or any(one is not USUAL for month in (span[-1], following[0]) for one in month.intake)
