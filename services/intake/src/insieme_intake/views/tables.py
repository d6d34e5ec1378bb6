"""Intake's own lists: ids, dates and states, and the few sealed values that a case worker must see.

READABLE_SEALED names every column that holds an opened sealed value: an erasure turns them into `unknown`, and the
privacy test reads this list.
"""

from __future__ import annotations

import sqlalchemy as sa

READABLE_SEALED: tuple[tuple[str, str], ...] = (
    ("views.cases", "comune"),
    ("views.cases", "employment_status"),
    ("views.cases", "fragility_band"),
    ("views.cases", "job_loss_cause"),
    ("views.cases", "job_loss_month"),
    ("views.cases", "previous_status"),
    ("views.cases", "provenance_section"),
    ("views.family_supports", "kind"),
    ("views.interventions", "kind"),
    ("views.interventions", "measure"),
)

METADATA = sa.MetaData(schema="views")

PERSONS = sa.Table(
    "persons",
    METADATA,
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("identity_kind", sa.Text, nullable=False),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("erased_on", sa.Date),
    sa.Column("erasure_completed_by", sa.ARRAY(sa.Text), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("restricted_on", sa.Date),
    sa.Column("merged_into", sa.Uuid),
    sa.Column("erasure_refused_on", sa.Date),
    sa.Column("erasure_overdue", sa.Boolean, nullable=False),
    sa.Column("extended_to", sa.Date),
    sa.Column("retention_left_on", sa.Date),
    sa.Column("retention_kept_until", sa.Date),
)
RETENTION = sa.Table(
    "retention",
    sa.MetaData(schema="views"),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("left_on", sa.Date),
    sa.Column("extended_to", sa.Date),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("restricted_on", sa.Date),
    sa.Column("noted_left_on", sa.Date),
    sa.Column("noted_kept_until", sa.Date),
)
"""Derived by the database from the tables here: it is no table to write, so it stands outside METADATA."""
CASES = sa.Table(
    "cases",
    METADATA,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("channel_class", sa.Text, nullable=False),
    sa.Column("referral_id", sa.Uuid),
    sa.Column("received_on", sa.Date, nullable=False),
    sa.Column("interviewed_on", sa.Date),
    sa.Column("taken_in_charge_on", sa.Date),
    sa.Column("referent_id", sa.Uuid),
    sa.Column("plan_due_on", sa.Date),
    sa.Column("plan_version", sa.Integer, nullable=False),
    sa.Column("eligible_until", sa.Date),
    sa.Column("last_event_on", sa.Date, nullable=False),
    sa.Column("comune", sa.Text),
    sa.Column("employment_status", sa.Text),
    sa.Column("fragility_band", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("root_id", sa.Uuid, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("exit_state", sa.Text),
    sa.Column("merged_into_case", sa.Uuid),
    sa.Column("plan_overdue", sa.Boolean, nullable=False),
    sa.Column("interview_awaited_since", sa.Date),
    sa.Column("interview_late_since", sa.Date),
    sa.Column("job_loss_cause", sa.Text),
    sa.Column("job_loss_month", sa.Text),
    sa.Column("ateco_version", sa.Text),
    sa.Column("provenance_section", sa.Text),
    sa.Column("previous_status", sa.Text),
)
INTERVIEWS = sa.Table(
    "interviews",
    METADATA,
    sa.Column("interview_id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("day", sa.Date, nullable=False),
)
REFERRALS = sa.Table(
    "referrals",
    METADATA,
    sa.Column("referral_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("other_class", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("sent_on", sa.Date, nullable=False),
    sa.Column("reply_due_on", sa.Date, nullable=False),
    sa.Column("answered_on", sa.Date),
    sa.Column("decline_reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
)
TOLD_APART = sa.Table(
    "told_apart",
    METADATA,
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("other_id", sa.Uuid, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("dismissed_on", sa.Date, nullable=False),
    sa.Column("party", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
)
ACCESS_REQUESTS = sa.Table(
    "access_requests",
    METADATA,
    sa.Column("request_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("asked_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("answered_on", sa.Date),
)
CASE_GROUP = sa.Table(
    "case_group",
    METADATA,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("operator_id", sa.Uuid, primary_key=True),
    sa.Column("joined_on", sa.Date, primary_key=True),
    sa.Column("left_on", sa.Date),
)
REFERENTS = sa.Table(
    "referents",
    METADATA,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("since", sa.Date, primary_key=True),
    sa.Column("referent_id", sa.Uuid, nullable=False),
)
FOLLOW_UPS = sa.Table(
    "follow_ups",
    METADATA,
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("months", sa.Integer, primary_key=True),
    sa.Column("recorded_on", sa.Date, primary_key=True),
)
FOLLOW_UPS_DUE = sa.Table(
    "follow_ups_due",
    METADATA,
    sa.Column("exit_id", sa.Uuid, primary_key=True),
    sa.Column("left_on", sa.Date, primary_key=True),
    sa.Column("months", sa.Integer, primary_key=True),
    sa.Column("noted_on", sa.Date, nullable=False),
)
"""`exit_id`: the case, or the participation, that the person left."""
FAMILY_SUPPORTS = sa.Table(
    "family_supports",
    METADATA,
    sa.Column("support_id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("offered_on", sa.Date, nullable=False),
    sa.Column("started_on", sa.Date),
)
INTERVENTIONS = sa.Table(
    "interventions",
    METADATA,
    sa.Column("intervention_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("measure", sa.Text),
    sa.Column("party", sa.Text, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("effective", sa.Boolean, nullable=False),
    sa.Column("registered_on", sa.Date, nullable=False),
    sa.Column("overlaps_id", sa.Uuid),
    sa.Column("overlap_found_on", sa.Date),
    sa.Column("overridden_on", sa.Date),
    sa.Column("override_reason", sa.Text),
    sa.Column("ended_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
)
PARTICIPATIONS = sa.Table(
    "participations",
    METADATA,
    sa.Column("participation_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("version", sa.Integer, nullable=False),
)
PARTICIPATION_FOLLOW_UPS = sa.Table(
    "participation_follow_ups",
    METADATA,
    sa.Column("participation_id", sa.Uuid, primary_key=True),
    sa.Column("months", sa.Integer, primary_key=True),
    sa.Column("recorded_on", sa.Date, primary_key=True),
)
