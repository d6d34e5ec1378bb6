"""The HTTP API of intake: thin routes, one module per aggregate or question."""

from insieme_intake.api import (
    applications,
    cases,
    duties,
    interventions,
    merging,
    participations,
    persons,
    referrals,
    rights,
)

ROUTERS = (
    applications.router,
    cases.router,
    duties.router,
    referrals.router,
    interventions.router,
    participations.router,
    participations.follow_ups_router,
    persons.router,
    merging.router,
    merging.suggestions_router,
    rights.router,
    rights.erasures_router,
    rights.requests_router,
    rights.retention_router,
)
