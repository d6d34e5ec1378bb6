"""The service reporting: facts from every service's events, measures over them, the coordination table."""

from __future__ import annotations

from pathlib import Path

from insieme_events.service import ServiceDefinition
from insieme_reporting import api, legacy_api, persons_api, projections_api, versions
from insieme_reporting.forgetting import ERASURES
from insieme_reporting.settings import ReportingSettings

SERVICE = ServiceDefinition(
    name="reporting",
    title="Insieme per il lavoro: reporting",
    description="Figures that can be explained and recomputed, as known on any day.",
    settings=ReportingSettings,
    routers=(
        api.router,
        legacy_api.router,
        persons_api.router,
        persons_api.erasures_router,
        projections_api.router,
    ),
    migrations=Path(__file__).parent / "migrations",
    reads_keys=True,
    aggregates=(ERASURES,),
    subscriptions=versions.subscriptions,
    before_serving=versions.prepare,
    edits_letters=False,
)
