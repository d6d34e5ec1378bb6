"""The rows that intake takes out of files (decision 27)."""

from __future__ import annotations

from insieme_events.importing.kinds import Kind
from insieme_intake.api.applications import Application
from insieme_intake.case.admission import CASE_EXISTS

PERSONS = Kind(
    name="persons",
    about="Applications: who applies becomes known and is enrolled, or the row is refused (P10, P25, P27, P29, P79)",
    service="intake",
    path="/v1/applications",
    body=Application,
    recorded=frozenset({CASE_EXISTS.code}),
    purpose="case_work",
    told="person_id",
    names={("other_measure", "kind"): "other_measure"},
    digits={"comune": 6, "postal_code": 5},
    in_order_by=("codice_fiscale",),
    words={"other_measure": {"none": None}},
    example={
        "row_key": "2024/118",
        "first_name": "Anna",
        "last_name": "Esempio",
        "codice_fiscale": "SMPNNA80A41A944O",
        "birth_date": "1980-01-01",
        "street": "via dell'Esempio 1",
        "postal_code": "40100",
        "town": "Bologna",
        "channel_class": "self",
        "received_on": "2024-11-04",
        "notice_version": "2024.1",
        "status": "disoccupato",
        "other_measure": "none",
        "comune": "037006",
        "quartiere": "navile",
        "basis": "residence",
        "gender": "female",
        "citizenship": "italian",
        "isced": "3",
        "enrol": "true",
    },
)
