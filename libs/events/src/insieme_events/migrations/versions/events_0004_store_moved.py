"""A store that was restored, or whose server was replaced, takes no event until it was compared with Kafka."""

from alembic import context, op

revision = "events_0004"
down_revision = "events_0002"
branch_labels = None
depends_on = None

STANDING = """
alter table events.epoch add column behind boolean not null default false;

-- The timeline is asked of the running server: pg_control_checkpoint() has the one of the last checkpoint, which after
-- a promotion is the old one for a while. And a session that was opened before the promotion outlives it.
create view events.standing as
select epoch, behind,
       system_identifier = (select system_identifier from pg_control_system())
       and timeline = ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer as at_home
from events.epoch;

create or replace function events.append(
    p_event_id uuid[], p_stream text[], p_version integer[], p_type text[], p_schema_version smallint[],
    p_data text[], p_metadata text[], p_occurred_on date[], p_recorded_at timestamptz[], p_predecessor uuid[]
) returns xid8 language plpgsql as $$
declare
    v_at_home boolean;
    v_behind boolean;
begin
    if pg_current_xact_id_if_assigned() is not null then
        raise exception 'events.append_not_first: something was written before the append in this transaction'
            using errcode = 'EV001';
    end if;
    select at_home, behind into v_at_home, v_behind from events.standing;
    if v_behind then
        raise exception using errcode = 'EV004', message =
            'events.store_behind: Kafka has events that this store has not; the operators put them back with '
            '`insieme store recover --service {role}`';
    elsif not v_at_home then
        raise exception using errcode = 'EV003', message =
            'events.store_moved: this store was restored or its server was replaced; nothing is appended until its '
            'relay has compared it with Kafka. If the relay says relay.store_behind, the operators run '
            '`insieme store recover --service {role}`';
    end if;
    insert into events.events
        (event_id, stream, version, type, schema_version, data, metadata, occurred_on, recorded_at, predecessor, epoch)
    select e.event_id, e.stream, e.version, e.type, e.schema_version, e.data::json, e.metadata::json,
           e.occurred_on, e.recorded_at, e.predecessor, (select epoch from events.epoch)
    from unnest(p_event_id, p_stream, p_version, p_type, p_schema_version, p_data, p_metadata,
                p_occurred_on, p_recorded_at, p_predecessor) with ordinality
         as e(event_id, stream, version, type, schema_version, data, metadata, occurred_on, recorded_at,
              predecessor, n)
    order by e.n;
    return pg_current_xact_id();
end $$;

-- The service's role may say two things of its store, and write neither the epoch nor where the store is at home:
-- Kafka has what it has not; and nothing is missing, so its transaction ids count anew. A store that is at home and not
-- behind stays as it is. The lock waits for appends under the old epoch: readers take an old epoch for finished.
create function events.hold() returns void language sql security definer set search_path = pg_catalog, pg_temp as $$
    update events.epoch set behind = true where not behind;
$$;

create function events.settle(p_epoch integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    lock table events.events in share mode;
    update events.epoch
    set epoch = greatest(epoch, p_epoch) + 1,
        behind = false,
        system_identifier = (select system_identifier from pg_control_system()),
        timeline = ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer
    where exists (select from events.standing where behind or not at_home);
    return (select epoch from events.epoch);
end $$;
"""

GRANTS = """
revoke all on function events.hold(), events.settle(integer) from public;
grant execute on function events.hold(), events.settle(integer) to {role};
grant select on events.standing to {role};
"""


def upgrade() -> None:
    role = context.config.attributes["role"]
    op.execute(STANDING.format(role=role))
    op.execute(GRANTS.format(role=role))
