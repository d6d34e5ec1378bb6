"""The tables that reads are written against are those that the migration makes."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from insieme_events.testing import tables
from insieme_intake import views


@pytest.mark.parametrize("table", list(views.METADATA.tables.values()), ids=str)
async def test_a_table_reads_as_it_was_made(intake: Any, table: sa.Table) -> None:
    assert set(tables.said(table)) == set(await tables.made(intake.rows, table))


async def test_every_column_with_a_readable_sealed_value_is_listed(intake: Any) -> None:
    """The list names columns that there are, and no view has another column that an opened value could stand in."""
    plain = {"status", "channel_class", "direction", "other_class", "decline_reason", "identity_kind"}
    plain |= {"party", "role", "reason", "operation", "exit_state", "override_reason", "ateco_version"}
    of_interviews = ("views.interviews", "kind")
    texts = await intake.rows(
        """select table_schema || '.' || table_name, column_name from information_schema.columns
           where table_schema = 'views' and data_type = 'text'"""
    )
    assert {each for each in texts if each[1] not in plain} - {of_interviews} == set(views.READABLE_SEALED)
