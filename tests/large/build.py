"""Reporting's program of a later build: one version of the facts more, equal to the one before it."""

from __future__ import annotations

from dataclasses import replace

from insieme_reporting import app, versions

if __name__ == "__main__":
    definition, measures = versions.NEWEST.definition, versions.NEWEST.measures
    later = replace(definition, version=definition.version + 1, differences=())
    versions.VERSIONS[later.version] = versions.Version(later, measures)
    app.main()
