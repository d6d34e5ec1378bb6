"""What funding holds of one person, for that person: who proposed a project, whose placement counts for one.

Members of committees are no persons of the programme: they hold an office for a party (decision 24).
"""

from __future__ import annotations

from typing import Any

from insieme_events import in_charge, subject_access
from insieme_events.subject_access import EXAMPLE_ID, Held

STREAMS = "select 'project-' || project_id from views.projects where proposer_id = any(%(ids)s)"
PLACEMENTS = """
select p.employment_id, p.person_id, p.starts_on, p.voided, l.project_id, l.suitability, l.linked_on, l.active
from views.placements p left join views.project_placements l using (employment_id)
where p.person_id = any(%(ids)s) order by p.starts_on, p.employment_id, l.linked_on
"""
HELD = Held("funding", STREAMS, {**in_charge.COPIES, "placements": PLACEMENTS})

CASE = "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d02"
PROJECT = "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d07"
EXAMPLE: dict[str, Any] = {
    "service": "funding",
    "person_ids": [EXAMPLE_ID],
    "events": [],
    "copies": {
        "persons": [{"person_id": EXAMPLE_ID, "root": EXAMPLE_ID}],
        "in_charge": [{"case_id": CASE, "person_id": EXAMPLE_ID, "since": "2024-03-12", "until": None}],
        "placements": [
            {
                "employment_id": "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d08",
                "person_id": EXAMPLE_ID,
                "starts_on": "2024-04-02",
                "voided": False,
                "project_id": PROJECT,
                "suitability": "suitable",
                "linked_on": "2024-05-06",
                "active": True,
            }
        ],
    },
}

router = subject_access.router(HELD, EXAMPLE)
