"""The service's own lists and details, written in the transaction of the append that changed them."""

from insieme_intake.views.cases import STATUS, write_cases
from insieme_intake.views.ledgers import write_ledgers
from insieme_intake.views.participations import write_participations
from insieme_intake.views.persons import write_persons
from insieme_intake.views.referrals import write_referrals
from insieme_intake.views.tables import (
    ACCESS_REQUESTS,
    CASE_GROUP,
    CASES,
    FAMILY_SUPPORTS,
    FOLLOW_UPS,
    FOLLOW_UPS_DUE,
    INTERVENTIONS,
    INTERVIEWS,
    METADATA,
    PARTICIPATION_FOLLOW_UPS,
    PARTICIPATIONS,
    PERSONS,
    READABLE_SEALED,
    REFERENTS,
    REFERRALS,
    RETENTION,
    TOLD_APART,
)

__all__ = [
    "ACCESS_REQUESTS",
    "CASES",
    "CASE_GROUP",
    "FAMILY_SUPPORTS",
    "FOLLOW_UPS",
    "FOLLOW_UPS_DUE",
    "INTERVENTIONS",
    "INTERVIEWS",
    "METADATA",
    "PARTICIPATIONS",
    "PARTICIPATION_FOLLOW_UPS",
    "PERSONS",
    "READABLE_SEALED",
    "REFERENTS",
    "REFERRALS",
    "RETENTION",
    "STATUS",
    "TOLD_APART",
    "write_cases",
    "write_ledgers",
    "write_participations",
    "write_persons",
    "write_referrals",
]
