"""The links of an employment and its transformations as facts."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from insieme_events.contracts import matching
from insieme_events.contracts.vocabulary import ContractClass, WorkingTime
from insieme_reporting.v1.facts.placement_link import PlacementLinkVersion
from insieme_reporting.v1.facts.placement_transformation import PlacementTransformationVersion

IDS = {"employment_id": uuid4(), "person_id": uuid4(), "company_id": uuid4()}
VACANCY = uuid4()
START, SECOND, THIRD, END = date(2020, 1, 7), date(2020, 4, 1), date(2020, 7, 1), date(2020, 9, 30)


def started() -> matching.PlacementStarted:
    return matching.PlacementStarted(
        **IDS,
        occurred_on=START,
        vacancy_id=VACANCY,
        contract_type="A.02.00",
        contract_class=ContractClass.FIXED_TERM,
        ends_on=date(2020, 3, 31),
        working_time=WorkingTime.FULL,
        comune="037006",
        entry_kind=matching.EntryKind.RE_ENTRY,
        agreement_version="2017.1",
    )


def extended(link_no: int, on: date, ends_on: date = END) -> matching.PlacementExtended:
    return matching.PlacementExtended(**IDS, occurred_on=on, link_no=link_no, ends_on=ends_on)


def corrected(link_no: int, starts_on: date, comune: str = "037032") -> matching.PlacementCorrected:
    return matching.PlacementCorrected(
        **IDS,
        occurred_on=END,
        corrects=uuid4(),
        link_no=link_no,
        starts_on=starts_on,
        ends_on=END,
        contract_type="A.03.09",
        contract_class=ContractClass.APPRENTICESHIP,
        working_time=WorkingTime.HORIZONTAL,
        comune=comune,
    )


def voided(from_link: int) -> matching.PlacementVoided:
    return matching.PlacementVoided(
        **IDS,
        occurred_on=END,
        voids=uuid4(),
        from_link=from_link,
        reason=matching.PlacementVoidReason.NEVER_STARTED,
    )


def transformed(on: date) -> matching.PlacementTransformed:
    return matching.PlacementTransformed(
        **IDS,
        occurred_on=on,
        code=matching.TransformationCode.FIXED_TO_PERMANENT,
        contract_type="A.01.00",
        contract_class=ContractClass.PERMANENT,
        ends_on=None,
        working_time=WorkingTime.FULL,
    )


def ended(on: date) -> matching.PlacementEnded:
    return matching.PlacementEnded(**IDS, occurred_on=on, reason=matching.EndReason.RESIGNATION)


def test_a_start_is_link_one_with_the_contract_it_began_with(latest: Any) -> None:
    (link,) = latest(PlacementLinkVersion, started())
    assert (link.link_no, link.kind, link.starts_on, link.ends_on) == (1, "new", START, date(2020, 3, 31))
    assert (link.contract_class, link.vacancy_id, link.voided) == ("fixed_term", VACANCY, False)


def test_a_renewal_is_a_link_of_its_own_without_a_contract_of_its_own(latest: Any) -> None:
    first, second = latest(PlacementLinkVersion, started(), extended(2, SECOND))
    assert (second.link_no, second.kind, second.starts_on, second.ends_on) == (2, "renewal", SECOND, END)
    assert (second.contract_class, second.contract_type, second.vacancy_id) == (None, None, VACANCY)
    assert first.ends_on == date(2020, 3, 31)


def test_a_renewal_is_at_the_place_of_the_link_before_it(latest: Any) -> None:
    events = (started(), extended(2, SECOND, date(2020, 6, 30)), corrected(2, SECOND, "037039"), extended(3, THIRD))
    assert [link.comune for link in latest(PlacementLinkVersion, *events)] == ["037006", "037039", "037039"]


def test_a_correction_changes_its_link_and_no_other(versions: Any) -> None:
    rows = versions(PlacementLinkVersion, started(), extended(2, SECOND), corrected(2, THIRD))
    assert [row.link_no for row in rows] == [1, 2, 2]
    assert (rows[-1].starts_on, rows[-1].contract_class, rows[-1].comune) == (THIRD, "apprenticeship", "037032")
    assert (rows[-1].kind, rows[-1].voided) == ("renewal", False)


def test_voiding_from_a_link_on_leaves_the_links_before_it(latest: Any) -> None:
    events = (started(), extended(2, SECOND, date(2020, 6, 30)), extended(3, THIRD))
    assert [link.voided for link in latest(PlacementLinkVersion, *events, voided(2))] == [False, True, True]
    assert [link.voided for link in latest(PlacementLinkVersion, *events, voided(1))] == [True, True, True]


def test_a_link_that_is_voided_already_makes_no_second_version(versions: Any) -> None:
    rows = versions(PlacementLinkVersion, started(), extended(2, SECOND), voided(2), voided(1))
    assert [(row.link_no, row.voided) for row in rows] == [(1, False), (2, False), (2, True), (1, True)]


def test_the_end_closes_the_last_link_that_stands(latest: Any) -> None:
    events = (started(), extended(2, SECOND, date(2020, 6, 30)), extended(3, THIRD), voided(3))
    links = latest(PlacementLinkVersion, *events, ended(END))
    assert [(link.closed_on, link.end_reason) for link in links] == [(None, None), (END, "resignation"), (None, None)]


def test_a_transformation_is_no_link(versions: Any) -> None:
    events = (started(), transformed(date(2020, 2, 3)), transformed(date(2020, 3, 2)))
    assert len(versions(PlacementLinkVersion, *events)) == 1
    rows = versions(PlacementTransformationVersion, *events)
    assert [(row.transformation_no, row.transformed_on) for row in rows] == [
        (1, date(2020, 2, 3)),
        (2, date(2020, 3, 2)),
    ]
    assert (rows[0].code, rows[0].contract_class) == ("DI", "permanent")
