"""`insieme-reporting rebuild` of a build with the versions of versions_bed.py: a program of its own, to be killed."""

from __future__ import annotations

import typer
from tests.integration.reporting.versions_bed import DEFINITIONS

from insieme_reporting import rebuild, versions
from insieme_reporting.versions import VERSIONS, Version

if __name__ == "__main__":
    for number, definition in DEFINITIONS.items():
        versions.VERSIONS[number] = Version(definition, VERSIONS[1].measures)
    typer.run(rebuild.rebuild)
