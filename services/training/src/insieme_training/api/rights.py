"""What training holds of one person, for that person (GDPR art. 15, 20)."""

from __future__ import annotations

from typing import Any

from insieme_events import in_charge, subject_access
from insieme_events.subject_access import EXAMPLE_ID, Held

STREAMS = """
select 'participation-' || participation_id from views.participations where person_id = any(%(ids)s)
union all select 'sector_change-' || person_id from views.sector_changes where person_id = any(%(ids)s)
"""
JOB_LOSSES = "select case_id, person_id, told_on, pandemic from views.job_losses where person_id = any(%(ids)s)"
HELD = Held("training", STREAMS, {**in_charge.COPIES, "job_losses": JOB_LOSSES})

CASE = "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d02"
PARTICIPATION = "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d05"
EXAMPLE: dict[str, Any] = {
    "service": "training",
    "person_ids": [EXAMPLE_ID],
    "events": [
        {
            "stream": f"participation-{PARTICIPATION}",
            "sequence": 8,
            "type": "LanguageLevelAssessed",
            "recorded_at": "2024-06-14T15:00:00+00:00",
            "occurred_on": "2024-06-14",
            "by": {"party": "citta_metropolitana", "role": "operator", "purpose": "case_work"},
            "participation_id": PARTICIPATION,
            "course_id": "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d06",
            "person_id": EXAMPLE_ID,
            "strand": "2a",
            "skill": "speaking",
            "assessed_at": "exit",
            "method": "test",
            "level": "b1",
        }
    ],
    "copies": {
        "persons": [{"person_id": EXAMPLE_ID, "root": EXAMPLE_ID}],
        "in_charge": [{"case_id": CASE, "person_id": EXAMPLE_ID, "since": "2024-03-12", "until": None}],
        "job_losses": [{"case_id": CASE, "person_id": EXAMPLE_ID, "told_on": "2024-03-12", "pandemic": True}],
    },
}

router = subject_access.router(HELD, EXAMPLE)
