"""The views of the studies on a new legal form (P82, P83)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from insieme_events.contracts.governance_plan import (
    LegalFormStudyStarted,
    StudyConcluded,
    StudyMilestoneReached,
    StudyStartOverdue,
)
from insieme_events.store import Connection
from insieme_events.units import Change
from insieme_governance.study import Study

METADATA = sa.MetaData(schema="views")
STUDIES = sa.Table(
    "studies",
    METADATA,
    sa.Column("protocol_id", sa.Uuid, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("overdue_since", sa.Date),
    sa.Column("started_on", sa.Date),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("concluded_on", sa.Date),
    sa.Column("outcome", sa.Text),
    sa.Column("option", sa.Text),
    sa.Column("document_id", sa.Uuid),
    sa.Column("version", sa.Integer, nullable=False),
)
MILESTONES = sa.Table(
    "study_milestones",
    METADATA,
    sa.Column("protocol_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("milestone", sa.Text, nullable=False),
    sa.Column("option", sa.Text),
    sa.Column("document_id", sa.Uuid),
    sa.Column("reached_on", sa.Date, nullable=False),
)

OVERDUE = """
insert into views.studies (protocol_id, status, overdue_since, late, version) values (%s, 'overdue', %s, true, %s)
"""
STARTED = """
insert into views.studies (protocol_id, status, started_on, late, version) values (%s, 'under_way', %s, %s, %s)
on conflict (protocol_id) do update set
    status = excluded.status, started_on = excluded.started_on, late = excluded.late, version = excluded.version
"""
REACHED = """
insert into views.study_milestones (protocol_id, number, milestone, option, document_id, reached_on)
values (%s, %s, %s, %s, %s, %s)
"""
VERSION = "update views.studies set version = %s where protocol_id = %s"
CONCLUDED = """
update views.studies
set status = 'concluded', concluded_on = %s, outcome = %s, option = %s, document_id = %s, version = %s
where protocol_id = %s
"""


async def write(connection: Connection, changes: Sequence[Change[Study]]) -> None:
    async with connection.cursor() as cursor:
        for change in changes:
            for stored in change.events:
                number = stored.sequence
                match stored.event:
                    case StudyStartOverdue(protocol_id=study, due_on=due_on):
                        await cursor.execute(OVERDUE, (study, due_on, number))
                    case LegalFormStudyStarted(protocol_id=study, late=late, occurred_on=on):
                        await cursor.execute(STARTED, (study, on, late, number))
                    case StudyMilestoneReached(protocol_id=study) as e:
                        reached = (study, number, e.milestone, e.option, e.document_id, e.occurred_on)
                        await cursor.execute(REACHED, reached)
                        await cursor.execute(VERSION, (number, study))
                    case StudyConcluded(protocol_id=study) as e:
                        conclusion = (e.occurred_on, e.outcome, e.option, e.document_id, number, study)
                        await cursor.execute(CONCLUDED, conclusion)
                    case _:
                        continue
