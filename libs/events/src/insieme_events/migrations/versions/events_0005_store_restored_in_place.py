"""A dump that is restored into the very server it came from is seen too: its tables are other ones (decision 2)."""

from alembic import op

revision = "events_0005"
down_revision = "events_0003"
branch_labels = None
depends_on = None

# System identifier and timeline say which server it is, and that one is the same. A dump makes the tables anew, so the
# row's own table has another id than the row, which came out of the dump, says.
STANDING = """
alter table events.epoch add column relation oid;
update events.epoch set relation = tableoid;
alter table events.epoch alter column relation set not null;

create or replace view events.standing as
select epoch, behind,
       system_identifier = (select system_identifier from pg_control_system())
       and timeline = ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer
       and relation = tableoid as at_home
from events.epoch;

create or replace function events.settle(p_epoch integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    lock table events.events in share mode;
    update events.epoch
    set epoch = greatest(epoch, p_epoch) + 1,
        behind = false,
        system_identifier = (select system_identifier from pg_control_system()),
        timeline = ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer,
        relation = tableoid
    where exists (select from events.standing where behind or not at_home);
    return (select epoch from events.epoch);
end $$;
"""


def upgrade() -> None:
    op.execute(STANDING)
