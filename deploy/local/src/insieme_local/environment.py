"""Rung 1 without an administrator: every database exists, and the environment names each connection."""

from __future__ import annotations

import os
from collections.abc import Iterable

from insieme_local.errors import Code, LocalError
from insieme_local.provision import KEY_GROUPS, Provisioned, addresses


def provisioned_by_environment(services: Iterable[str]) -> Provisioned:
    """What the environment names, checked for holes. Raises `LocalError` naming every variable that is missing.

    The key database is seen by each service as a role of its own when DATABASE_URL_KEYS_<NAME> says so, else all as
    DATABASE_URL_KEYS.
    """
    names = tuple(services)
    missing: list[str] = []

    def get(*variables: str) -> str:
        for variable in variables:
            if os.environ.get(variable):
                return os.environ[variable]
        missing.append(variables[-1])
        return ""

    urls = {}
    for name in names:
        urls[name] = get(f"DATABASE_URL_{name.upper()}")
        urls[f"{name}_owner"] = get(f"DATABASE_URL_{name.upper()}_OWNER")
        if name in KEY_GROUPS:
            urls[f"{name}@keys"] = get(f"DATABASE_URL_KEYS_{name.upper()}", "DATABASE_URL_KEYS")
    urls["keys_owner"] = get("DATABASE_URL_KEYS_OWNER")
    common = {
        "KAFKA_BOOTSTRAP_SERVERS": get("KAFKA_BOOTSTRAP_SERVERS"),
        "INSIEME_TOPIC_PREFIX": os.environ.get("INSIEME_TOPIC_PREFIX", ""),
        "INSIEME_MASTER_KEY": get("INSIEME_MASTER_KEY"),
        **addresses(names),
    }
    if missing:
        raise LocalError(
            Code.ENVIRONMENT_INCOMPLETE,
            f"{', '.join(dict.fromkeys(missing))} must be set beside the others: set them, or set DATABASE_URL_ADMIN "
            "to have databases and roles made, or unset all of them to have local servers started.",
        )
    return Provisioned(common, urls, names)
