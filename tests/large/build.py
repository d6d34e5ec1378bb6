"""Reporting's program of a later build: version 2 of the facts beside version 1, equal to it."""

from __future__ import annotations

from dataclasses import replace

from insieme_reporting import app, versions
from insieme_reporting.v1.facts import DEFINITION

if __name__ == "__main__":
    first = versions.VERSIONS[1]
    versions.VERSIONS[2] = versions.Version(replace(DEFINITION, version=2), first.measures)
    app.main()
