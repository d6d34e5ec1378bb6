"""The fixtures that every other test builds on."""

from __future__ import annotations

import psycopg
import pytest

from insieme_local.provision import Provisioned

pytestmark = pytest.mark.integration


def test_a_service_connects_to_its_own_database_and_to_no_other(provisioned: Provisioned) -> None:
    with psycopg.connect(provisioned.urls["intake"]) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("intake",)
    database = provisioned.urls["matching"].rpartition("/")[2]
    stranger = provisioned.urls["intake"].rpartition("/")[0] + "/" + database
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stranger)
