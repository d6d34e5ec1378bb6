"""How far a year's outreach went: twenty territories by debtor, and every comune, three of them in no unione (P73)."""

from __future__ import annotations

from datetime import date

import pytest

from insieme_events.contracts.governance_registers import TerritoryKind
from insieme_governance.registers.coverage import Coverage, coverage
from insieme_governance.registers.territories import BOLOGNA, owed
from insieme_governance.testing.plan import CITY, COMUNE

pytestmark = pytest.mark.clause("P73")
MAY, JUNE = date(2024, 5, 2), date(2024, 6, 3)
ALONE = {"037039", "037054", "037062"}


def comuni_reached(found: Coverage) -> set[str]:
    return {each.comune for each in found.comuni if each.last_on is not None}


def test_there_are_twenty_territories_and_fifty_five_comuni() -> None:
    assert {kind: len(names) for kind, names in owed().items()} == {
        TerritoryKind.QUARTIERE: 6,
        TerritoryKind.UNIONE: 7,
        TerritoryKind.DISTRETTO: 7,
    }
    nothing = coverage(2024, [])
    assert (nothing.of, nothing.reached_by_any, nothing.reached) == (20, 0, {CITY: 0, COMUNE: 0})
    assert len(nothing.comuni) == 55
    assert {each.comune for each in nothing.comuni if each.unione is None} == {BOLOGNA, *ALONE}


def test_each_debtor_is_counted_for_itself_and_a_territory_once() -> None:
    found = coverage(
        2024,
        [
            (COMUNE, TerritoryKind.QUARTIERE, "navile", MAY),
            (CITY, TerritoryKind.QUARTIERE, "navile", JUNE),
            (CITY, TerritoryKind.DISTRETTO, "imola", JUNE),
            ("cna", TerritoryKind.UNIONE, "reno_galliera", JUNE),
        ],
    )
    assert (found.reached, found.reached_by_any) == ({CITY: 2, COMUNE: 1}, 2)
    (navile,) = [each for each in found.territories if each.territory == "navile"]
    assert navile.last_on == {COMUNE: MAY, CITY: JUNE}


def test_an_unione_reaches_its_comuni_and_a_quartiere_bologna() -> None:
    found = coverage(2024, [(CITY, TerritoryKind.UNIONE, "terre_d_acqua", MAY)])
    assert comuni_reached(found) == {"037001", "037009", "037024", "037050", "037053", "037056"}
    found = coverage(2024, [(COMUNE, TerritoryKind.QUARTIERE, "savena", MAY)])
    assert comuni_reached(found) == {BOLOGNA}


def test_the_comuni_without_an_unione_are_reached_only_in_themselves() -> None:
    everywhere = [(CITY, kind, name, MAY) for kind, names in owed().items() for name in names]
    assert {each.comune for each in coverage(2024, everywhere).comuni} - comuni_reached(
        coverage(2024, everywhere)
    ) == ALONE
    with_them = [*everywhere, *((CITY, TerritoryKind.COMUNE, istat, JUNE) for istat in ALONE)]
    assert len(comuni_reached(coverage(2024, with_them))) == 55
    assert coverage(2024, with_them).reached_by_any == 20
