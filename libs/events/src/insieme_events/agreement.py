"""A service's own view of the agreement and of the legal limits: dated versions (decision 14; domain.md 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import TypeVar

from insieme_events.contracts import Code
from insieme_events.contracts.agreement import LegalLimits, Parameters, RoleRights
from insieme_events.contracts.vocabulary import PartyRole


class Agreement(Parameters):
    """One version: in force from `valid_from` to `valid_to`, both included, unless a later version began before.

    A decision stamps `version` and is never judged again by a later one.
    """

    version: Code
    valid_from: date
    valid_to: date

    def rights_of(self, role: PartyRole) -> RoleRights:
        """The row of the matrix; a role that the version does not name has no part in anything."""
        none = RoleRights(role=role, invited=False, may_request=False, consents=False, pays=False)
        return next((row for row in self.matrix if row.role is role), none)


class Limits(LegalLimits):
    """The legal limits from `valid_from` until the next version begins."""

    version: Code
    valid_from: date


Dated = TypeVar("Dated", Agreement, Limits)


def in_force(agreements: Sequence[Agreement], day: date) -> Agreement | None:
    """The version in force on that day; None outside every term (I11)."""
    return _latest([a for a in agreements if a.valid_from <= day <= a.valid_to])


def last_known(agreements: Sequence[Agreement], day: date) -> Agreement | None:
    """The latest version that had begun by that day, whether or not it had ended."""
    return _latest([a for a in agreements if a.valid_from <= day])


def limits_on(limits: Sequence[Limits], day: date) -> Limits | None:
    """The legal limits as they stood on that day; None before the first."""
    return _latest([one for one in limits if one.valid_from <= day])


def _latest(begun: Sequence[Dated]) -> Dated | None:
    return max(begun, key=lambda one: one.valid_from, default=None)


@lru_cache(maxsize=64)
def agreement_of(parameters: str) -> Agreement:
    """Read once per text: every command asks for the versions, and they hardly ever change."""
    return Agreement.model_validate_json(parameters)


@lru_cache(maxsize=64)
def limits_of(parameters: str) -> Limits:
    return Limits.model_validate_json(parameters)
