"""given / when / then for deciders, projections and reactions."""

from insieme_events.testing.deciders import Scenario, scenario

__all__ = ["Scenario", "scenario"]
