"""Databases and roles, one set per run or per test: each service its own database, and the key database apart.

| role | may |
|---|---|
| `<name>_owner` | owns the service's database; migrates it, nothing else connects as it |
| `<name>` | connects; what it may touch is granted by the migrations; `pg_monitor`, to name the oldest writer |
| `keys_owner` | owns the key database |
| `keys_manage`, `keys_read` | what the key database grants to: intake both, matching, training and reporting to read |

Roles belong to the server, databases to a set: sets differ by a suffix and share the roles.
"""

from __future__ import annotations

import base64
import os
import secrets as entropy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from insieme_local import ports
from insieme_local.errors import Code, LocalError
from insieme_local.servers import Servers

SERVICES = ("governance", "intake", "matching", "training", "funding", "reporting")
HTTP_PORTS: Mapping[str, int] = {
    "intake": 8001,
    "matching": 8002,
    "training": 8003,
    "funding": 8004,
    "governance": 8005,
    "reporting": 8006,
}
KEY_GROUPS: Mapping[str, Sequence[str]] = {
    "intake": ("keys_manage", "keys_read"),
    "matching": ("keys_read",),
    "training": ("keys_read",),
    "reporting": ("keys_read",),
}
_LOGIN_LIMITS = {"idle_in_transaction_session_timeout": "5s", "lock_timeout": "7s", "transaction_timeout": "30s"}
_OWNER_LIMITS = {"idle_in_transaction_session_timeout": "60s", "lock_timeout": "60s", "transaction_timeout": "15min"}


@dataclass(frozen=True)
class Provisioned:
    """One set of databases. `common` holds what every service is told, `urls` the connection of each role."""

    common: Mapping[str, str]
    urls: Mapping[str, str]
    services: tuple[str, ...] = SERVICES
    databases: tuple[str, ...] = field(default=())

    def environment(self, service: str | None = None, *, owner: bool = False) -> dict[str, str]:
        """The variables of one service, with its owner's connections when it is to migrate.

        Without a service: everything, for the programs that act for all of them (the demonstration, a second
        terminal); the key database is then seen as intake sees it.
        """
        answer = dict(self.common)
        wanted = self.services if service is None else (service,)
        for name in wanted:
            answer[f"DATABASE_URL_{name.upper()}"] = self.urls[name]
            if owner or service is None:
                answer[f"DATABASE_URL_{name.upper()}_OWNER"] = self.urls[f"{name}_owner"]
        for name in wanted:
            if f"{name}@keys" in self.urls:
                answer.setdefault("DATABASE_URL_KEYS", self.urls[f"{name}@keys"])
                if owner or service is None:
                    answer["DATABASE_URL_KEYS_OWNER"] = self.urls["keys_owner"]
        return answer

    @property
    def topic_prefix(self) -> str:
        return self.common["INSIEME_TOPIC_PREFIX"]


def provision(
    servers: Servers,
    services: Iterable[str] = SERVICES,
    suffix: str = "",
    *,
    topic_prefix: str = "insieme",
) -> Provisioned:
    """Make what is missing of one set; what is there stays as it is. Raises `LocalError` when the server refuses."""
    names = tuple(services)
    try:
        with psycopg.connect(servers.admin_url, autocommit=True, connect_timeout=10) as admin:
            make_roles(admin, servers, names)
            for name in (*names, "keys"):
                make_database(admin, f"insieme_{name}{suffix}", owner=f"{name}_owner", users=_users(name, names))
    except psycopg.Error as problem:
        raise LocalError(
            Code.PROVISION_FAILED,
            "PostgreSQL refused to make the databases and roles: give DATABASE_URL_ADMIN a role that may create both, "
            "or run `make reset`.",
            detail=str(problem),
        ) from problem
    return describe(servers, names, suffix, topic_prefix)


def describe(servers: Servers, names: tuple[str, ...], suffix: str, topic_prefix: str) -> Provisioned:
    """The connections of a set that exists."""
    urls = {}
    for name in names:
        urls[name] = role_url(servers, name, f"insieme_{name}{suffix}")
        urls[f"{name}_owner"] = role_url(servers, f"{name}_owner", f"insieme_{name}{suffix}")
        if name in KEY_GROUPS:
            urls[f"{name}@keys"] = role_url(servers, name, f"insieme_keys{suffix}")
    urls["keys_owner"] = role_url(servers, "keys_owner", f"insieme_keys{suffix}")
    common = {
        "KAFKA_BOOTSTRAP_SERVERS": servers.bootstrap,
        "INSIEME_TOPIC_PREFIX": topic_prefix,
        "INSIEME_MASTER_KEY": servers.secrets.get("master_key", _master_key),
        # The demonstration tells of past years: what is due today would fall into them while it is loaded.
        "INSIEME_TIMERS_SECONDS": os.environ.get("INSIEME_TIMERS_SECONDS", "0"),
        **addresses(names),
    }
    return Provisioned(common, urls, names, tuple(f"insieme_{name}{suffix}" for name in (*names, "keys")))


def addresses(names: Iterable[str] = SERVICES) -> dict[str, str]:
    """Where the services listen: INSIEME_HOST and INSIEME_<NAME>_PORT, each moved by its variable."""
    answer = {"INSIEME_HOST": ports.HOST}
    for name in names:
        variable = f"INSIEME_{name.upper()}_PORT"
        answer[variable] = str(ports.from_environment(variable, HTTP_PORTS[name]))
    return answer


def make_roles(admin: psycopg.Connection, servers: Servers, names: Iterable[str]) -> None:
    """The roles that are missing, each with its password and its limits of time."""
    known = {row[0] for row in admin.execute("SELECT rolname FROM pg_roles")}
    for group in ("keys_manage", "keys_read"):
        if group not in known:
            admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(group)))
    if "keys_owner" not in known:
        _make_login(admin, servers, "keys_owner", _OWNER_LIMITS)
    for name in names:
        if f"{name}_owner" not in known:
            _make_login(admin, servers, f"{name}_owner", _OWNER_LIMITS)
        if name not in known:
            _make_login(admin, servers, name, _LOGIN_LIMITS)
        for group in ("pg_monitor", *KEY_GROUPS.get(name, ())):
            admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(name)))


def make_database(admin: psycopg.Connection, name: str, *, owner: str, users: Iterable[str]) -> bool:
    """An empty database of `owner`, to which only `users` connect; answers whether it had to be made."""
    database = sql.Identifier(name)
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None:
        made = False
    else:
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {} STRATEGY WAL_LOG").format(database, sql.Identifier(owner)))
        made = True
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    for user in users:
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(user)))
    return made


def role_url(servers: Servers, role: str, database: str) -> str:
    """The libpq URL of a role of ours on one database."""
    where = urlsplit(servers.admin_url)
    host = where.netloc.rpartition("@")[2]
    secret = servers.secrets.get(f"role:{role}")
    return urlunsplit((where.scheme, f"{quote(role)}:{quote(secret)}@{host}", f"/{database}", where.query, ""))


def _users(name: str, services: Iterable[str]) -> list[str]:
    return [service for service in services if service in KEY_GROUPS] if name == "keys" else [name]


def _make_login(admin: psycopg.Connection, servers: Servers, role: str, limits: Mapping[str, str]) -> None:
    identifier = sql.Identifier(role)
    secret = sql.Literal(servers.secrets.get(f"role:{role}"))
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(identifier, secret))
    for setting, value in limits.items():
        statement = sql.SQL("ALTER ROLE {} SET {} = {}")
        admin.execute(statement.format(identifier, sql.Identifier(setting), sql.Literal(value)))


def _master_key() -> str:
    return base64.b64encode(entropy.token_bytes(32)).decode()
