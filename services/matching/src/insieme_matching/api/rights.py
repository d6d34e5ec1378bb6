"""What matching holds of one person, for that person (GDPR art. 15, 20)."""

from __future__ import annotations

from typing import Any

from insieme_events import in_charge, subject_access
from insieme_events.subject_access import EXAMPLE_ID, Held

STREAMS = """
select 'job_profile-' || person_id from views.job_profiles where person_id = any(%(ids)s)
union all select 'candidacy-' || candidacy_id from views.candidacies where person_id = any(%(ids)s)
union all select 'internship-' || internship_id from views.internships where person_id = any(%(ids)s)
union all select 'employment-' || employment_id from views.employments where person_id = any(%(ids)s)
"""
RESTRICTIONS = "select person_id, since, until from views.restricted_persons where person_id = any(%(ids)s)"
HELD = Held("matching", STREAMS, {**in_charge.COPIES, "restrictions": RESTRICTIONS})

CASE = "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d02"
CANDIDACY = "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d03"
EXAMPLE: dict[str, Any] = {
    "service": "matching",
    "person_ids": [EXAMPLE_ID],
    "events": [
        {
            "stream": f"candidacy-{CANDIDACY}",
            "sequence": 1,
            "type": "CandidateShortlisted",
            "recorded_at": "2024-03-20T09:30:00+00:00",
            "occurred_on": "2024-03-20",
            "by": {"party": "cna", "role": "operator", "purpose": "case_work"},
            "candidacy_id": CANDIDACY,
            "vacancy_id": "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d04",
            "person_id": EXAMPLE_ID,
        }
    ],
    "copies": {
        "persons": [{"person_id": EXAMPLE_ID, "root": EXAMPLE_ID}],
        "in_charge": [{"case_id": CASE, "person_id": EXAMPLE_ID, "since": "2024-03-12", "until": None}],
        "restrictions": [],
    },
}

router = subject_access.router(HELD, EXAMPLE)
