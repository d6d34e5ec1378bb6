"""Every crash point is visited by a fault of the rig, or named with the reason why not."""

from __future__ import annotations

from random import Random
from typing import get_args

import pytest
from tests.chaos import plan, points

from insieme_events.crash_points import Point

pytestmark = pytest.mark.unit


def test_every_crash_point_is_visited_by_a_fault_or_named_with_its_reason() -> None:
    """Whoever adds a point says here, in points.py, which service passes it."""
    assert points.unknown() == []
    assert points.ELSEWHERE.keys() - set(get_args(Point)) == set(), "named, but gone"


def test_a_run_is_drawn_from_the_seed_and_its_number_alone() -> None:
    possible = list(plan.BY_NAME)
    drawn = [[plan.drawn(plan.chance(seed, number), possible) for number in range(1, 40)] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert Random("1/3").random() == plan.chance(1, 3).random()
