"""The fixtures that every other test builds on."""

from __future__ import annotations

import psycopg
import pytest

from insieme_local.provision import Provisioned
from insieme_local.testing import Pool

pytestmark = pytest.mark.integration


def test_a_service_connects_to_its_own_database_and_to_no_other(provisioned: Provisioned) -> None:
    with psycopg.connect(provisioned.urls["intake"]) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("intake",)
    database = provisioned.urls["matching"].rpartition("/")[2]
    stranger = provisioned.urls["intake"].rpartition("/")[0] + "/" + database
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stranger)


def test_a_set_that_is_taken_again_is_as_if_it_were_new(database_pool: Pool) -> None:
    used = database_pool.take_set()
    with psycopg.connect(used.urls["intake_owner"], autocommit=True) as owner:
        fresh = owner.execute(SCHEMAS).fetchall()
        owner.execute("create schema events create table one (a int)")
        owner.execute("create table public.other (a int)")
        database_pool.give_back_set(used)
        with pytest.raises(psycopg.OperationalError):
            owner.execute("select 1")
    again = database_pool.take_set()
    assert again.databases == used.databases
    assert again.topic_prefix != used.topic_prefix
    with psycopg.connect(again.urls["intake_owner"]) as owner:
        assert owner.execute(SCHEMAS).fetchall() == fresh
        assert owner.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)
    database_pool.give_back_set(again)


SCHEMAS = "select nspname, nspowner, nspacl::text from pg_namespace where nspname !~ '^pg_' order by 1"
