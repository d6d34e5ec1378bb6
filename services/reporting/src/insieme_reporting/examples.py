"""Examples of answers for the API's documentation; a test compares their keys with those of real answers."""

from __future__ import annotations

from typing import Any

from pydantic.config import JsonDict

CUT: JsonDict = {"matching": {"topic_generation": "xE2…", "offsets": {"0": 1234}, "last_event_id": "0192…"}}

FIGURE: JsonDict = {
    "measure": "placements",
    "version": 1,
    "title": {"it": "Inserimenti", "en": "Placements"},
    "unit": "contract links",
    "from": "2017-06-01",
    "to": "2021-12-31",
    "by": ["year"],
    "known_at": "2022-01-31T23:00:00Z",
    "cut": CUT,
    "rows": [{"year": 2021, "value": 552}],
}

MEASURES: list[JsonDict] = [
    {
        "version": 1,
        "name": "renewals",
        "title": {"it": "Proroghe", "en": "Renewals"},
        "unit": "contract links",
        "definition": {
            "it": "Inserimenti che prorogano un rapporto.",
            "en": "Placements that extend an employment.",
        },
        "event_time": "start of the link",
        "by": ["year", "gender", "contract_class"],
        "value": "count",
        "reading": "flow",
        "population": "renewals.sql",
        "clauses": [],
    }
]

GAPS: JsonDict = {
    "measure": "placement_rate",
    "version": 2,
    "from": "2021-01-01",
    "to": "2021-12-31",
    "by": "gender",
    "known_at": None,
    "all": {"numerator": 300, "denominator": 750, "value": 0.4},
    "rows": [{"gender": "female", "numerator": 126, "denominator": 350, "value": 0.36, "ratio": 0.9}],
}

UNITS: JsonDict = {
    "items": [{"unit": "5f0c6a52-6c0a-4f57-9a3e-2d1b7c9e8f10/2", "on_date": "2021-03-01"}],
    "next": "2021-03-01~5f0c6a52-6c0a-4f57-9a3e-2d1b7c9e8f10/2",
}

STATEMENT: JsonDict = {
    "measure": "budget",
    "version": 2,
    "schema": "facts_2",
    "parameters": {"from": "2021-01-01", "to": "2021-12-31", "known_at": "infinity"},
    "sql": "with recursive budget_lines as (…), population_budget as (…) select …",
}

TABLE: JsonDict = {
    "from": "2017-06-01",
    "to": "2021-12-31",
    "known_at": None,
    "version": 1,
    "cut": CUT,
    "lines": [
        {
            "measure": "taken_in_charge_cohort_rate",
            "title": {"it": "Iscritti presi in carico", "en": "Enrolled who were taken in charge"},
            "unit": "share of persons",
            "value": "rate",
            "definition": {
                "it": "Degli iscritti nel periodo, la quota presa in carico entro la fine dello stesso (coorte).",
                "en": "Of those enrolled in the period, the share taken in charge by its end (cohort).",
            },
            "total": {"numerator": 4012, "denominator": 5297, "value": 0.7574},
            "by_year": [{"year": 2021, "numerator": 700, "denominator": 1000, "value": 0.7}],
        }
    ],
    "breakdowns": [
        {
            "measure": "placements",
            "title": {"it": "Inserimenti", "en": "Placements"},
            "unit": "contract links",
            "value": "count",
            "definition": {"it": "Avviamenti e proroghe di contratti.", "en": "Starts and renewals of contracts."},
            "by": "gender",
            "total": 1410,
            "rows": [{"gender": "female", "value": 635}, {"gender": "male", "value": 775}],
        }
    ],
}


def shown(example: JsonDict | list[JsonDict]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: what an answer looks like."""
    return {200: {"content": {"application/json": {"example": example}}}}


PERSON_DATA: JsonDict = {
    "service": "reporting",
    "person_ids": ["0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d01"],
    "events": [],
    "copies": {
        "interview_versions": [
            {
                "interview_id": "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d09",
                "case_id": "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d02",
                "person_id": "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d01",
                "kind": "access",
                "scheduled_for": "2024-03-11",
                "held_on": "2024-03-11",
                "sequence": 6,
                "recorded_at": "2024-03-11T10:15:00+00:00",
            }
        ]
    },
}

WAITING_ERASURE: JsonDict = {
    "person_id": "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d01",
    "erased_on": "2024-11-04",
    "waits_for": ["version 3 is being built"],
}
