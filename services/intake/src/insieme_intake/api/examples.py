"""What a client may send to each command route, as the API's documentation shows it; the ids in it are invented.

No value is null: FastAPI leaves nulls out of what it documents, and a field that is required would be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Body = dict[str, Any]

INTERVIEW = "8f7a4e0c-3d52-4c36-9b1e-2f60d1a7c001"
OFFICER = "8f7a4e0c-3d52-4c36-9b1e-2f60d1a7c002"
REFERENT = "8f7a4e0c-3d52-4c36-9b1e-2f60d1a7c003"
SUPPORT = "8f7a4e0c-3d52-4c36-9b1e-2f60d1a7c007"
EVENT = "01938a6e-7c00-7000-8000-2f60d1a7c004"

CASE_COMMANDS: Mapping[str, Body] = {
    "enrol": {"on": "2024-10-05"},
    "reject-application": {"reason": "outside_territory", "on": "2024-10-07"},
    "withdraw-application": {"on": "2024-10-07"},
    "void-enrolment": {"voids": EVENT, "reason": "keyed_twice", "on": "2024-10-07"},
    "correct-characteristics": {
        "corrects": EVENT,
        "gender": "female",
        "birth_month": "1980-01",
        "citizenship": "italian",
        "isced": "4",
        "comune": "037006",
        "on": "2024-10-07",
    },
    "record-employment-status": {
        "status": "disoccupato",
        "evidence": "did",
        "evidence_on": "2024-09-21",
        "on": "2024-10-15",
    },
    "record-residence": {"comune": "037006", "quartiere": "navile", "basis": "domicile", "on": "2024-10-15"},
    "declare-other-measure": {"kind": "gol", "on": "2024-10-15"},
    "record-job-loss": {"cause": "pandemic", "month": "2020-05", "on": "2024-10-15"},
    "record-work-history": {
        "ateco_version": "ateco_2007",
        "section": "I",
        "previous_status": "self_employed",
        "on": "2024-10-15",
    },
    "assess-fragility": {"band": "medium", "instrument_version": "isf.2", "on": "2024-10-15"},
    "assess-autonomy": {"level": "partial", "on": "2024-10-15"},
    "schedule-interview": {
        "interview_id": INTERVIEW,
        "kind": "access",
        "scheduled_for": "2024-10-15",
        "on": "2024-10-07",
    },
    "hold-interview": {
        "interview_id": INTERVIEW,
        "kind": "access",
        "interviewer_id": OFFICER,
        "on": "2024-10-15",
    },
    "miss-interview": {"interview_id": INTERVIEW, "on": "2024-10-15"},
    "assess-eligibility": {"on": "2024-10-15"},
    "assess-suitability": {"outcome": "in_target", "assessor_id": OFFICER, "on": "2024-10-15"},
    "take-in-charge": {"referent_id": REFERENT, "on": "2024-10-19"},
    "assign-referent": {"referent_id": REFERENT, "on": "2024-10-21"},
    "agree-plan": {"ready_for": "training", "on": "2024-11-02"},
    "add-to-follow-up-group": {"operator_id": OFFICER, "on": "2024-10-21"},
    "leave-follow-up-group": {"operator_id": OFFICER, "on": "2024-11-21"},
    "offer-family-support": {"support_id": SUPPORT, "kind": "childcare", "on": "2024-10-21"},
    "start-family-support": {"support_id": SUPPORT, "on": "2024-10-28"},
    "suspend": {"reason": "short_contract", "on": "2024-11-04"},
    "resume": {"on": "2024-11-06"},
    "close": {"exit_state": "stable_work", "on": "2024-11-09"},
    "reopen": {"reason": "lost_work", "on": "2024-11-16"},
    "record-follow-up": {"months_after_exit": 6, "outcome": "employed", "on": "2025-05-10"},
}
"""By the path of the command, below /v1/cases/{case_id}."""

REFERRAL_COMMANDS: Mapping[str, Body] = {
    "accept": {"on": "2024-11-09"},
    "decline": {"reason": "no_capacity", "on": "2024-11-09"},
    "expire": {"on": "2024-11-18"},
}
"""By the path of the answer, below /v1/referrals/{referral_id}."""

PERSON_DATA: Body = {
    "service": "intake",
    "person_ids": ["0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d01"],
    "events": [
        {
            "stream": "person-0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d01",
            "sequence": 1,
            "type": "PersonRegistered",
            "recorded_at": "2024-03-04T09:30:00+00:00",
            "occurred_on": "2024-03-04",
            "by": {"party": "comune_bologna", "role": "operator", "purpose": "case_work"},
            "person_id": "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d01",
            "identity_kind": "codice_fiscale",
        }
    ],
    "copies": {},
    "identities": [
        {
            "first_name": "Canaria",
            "last_name": "Esempietti",
            "codice_fiscale": "SMPCNR80A41A944X",
            "birth_date": "1980-01-01",
        }
    ],
    "referrals": [{"referral_id": "0192f0a1-7b1e-7c3d-9a52-0f8a3b1c7d10", "channel": "caritas"}],
}
"""Intake's part of what is held of a person."""
