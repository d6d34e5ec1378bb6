"""The road: events, idempotency, cursors, sequences, dead letters, projection versions."""

from alembic import context, op

revision = "events_0001"
down_revision = None
branch_labels = ("events",)
depends_on = None

STORE = """
create schema events;
create table events.epoch (
    only_row boolean primary key default true check (only_row),
    epoch integer not null,
    system_identifier bigint not null,
    timeline integer not null
);
insert into events.epoch
select true, 1, (select system_identifier from pg_control_system()), (select timeline_id from pg_control_checkpoint());

create table events.events (
    position bigint generated always as identity,
    event_id uuid not null,
    stream text not null,
    version integer not null check (version > 0),
    type text not null,
    schema_version smallint not null,
    data json not null,
    metadata json not null,
    occurred_on date not null,
    recorded_at timestamptz not null,
    predecessor uuid,
    epoch integer not null,
    transaction_id xid8 not null default pg_current_xact_id(),
    constraint events_event_id primary key (event_id),
    constraint events_stream_version unique (stream, version),
    constraint events_predecessor check ((version = 1) = (predecessor is null))
);
create unique index events_in_commit_order on events.events (epoch, transaction_id, position);

-- The first write of a transaction. It refuses one that has its transaction id already: the id must be given
-- after the streams were loaded, or transaction order and version order of a stream could differ, and the relay
-- would send a stream out of order. The check is a statement of its own: the INSERT below assigns the id.
create function events.append(
    p_event_id uuid[], p_stream text[], p_version integer[], p_type text[], p_schema_version smallint[],
    p_data text[], p_metadata text[], p_occurred_on date[], p_recorded_at timestamptz[], p_predecessor uuid[]
) returns xid8 language plpgsql as $$
begin
    if pg_current_xact_id_if_assigned() is not null then
        raise exception 'events.append_not_first: something was written before the append in this transaction'
            using errcode = 'EV001';
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

create table events.idempotency (
    scope text not null,
    key text not null,
    fingerprint bytea not null,
    answer json not null,
    stored_at timestamptz not null,
    constraint idempotency_key primary key (scope, key)
);
create index idempotency_age on events.idempotency (stored_at);

-- The service's own view of the agreement's versions: what a decision on a business date is judged by.
create table events.agreements (
    version text primary key,
    valid_from date not null,
    valid_to date not null,
    parameters json not null
);
"""

CONSUMER = """
create table events.cursors (
    subscription text not null,
    topic text not null,
    partition integer not null,
    next_offset bigint not null,
    epoch integer not null,
    generation text not null,
    last_event_id uuid,
    last_recorded_at timestamptz,
    constraint cursors_key primary key (subscription, topic, partition)
);
-- The fence of a reaction is its last statement, in a pipeline that fetches nothing: so it raises.
create function events.advance_cursor(
    p_subscription text, p_topic text, p_partition integer, p_epoch integer, p_from bigint, p_to bigint,
    p_last_event_id uuid, p_last_recorded_at timestamptz
) returns void language plpgsql as $$
begin
    update events.cursors set next_offset = p_to, last_event_id = coalesce(p_last_event_id, last_event_id),
        last_recorded_at = coalesce(p_last_recorded_at, last_recorded_at)
    where subscription = p_subscription and topic = p_topic and partition = p_partition
      and epoch = p_epoch and next_offset = p_from;
    if not found then
        raise exception 'events.fenced: another owner has moved this cursor' using errcode = 'EV002';
    end if;
end $$;
create table events.sequences (
    subscription text not null,
    stream text not null,
    sequence integer not null,
    event_id uuid not null,
    constraint sequences_key primary key (subscription, stream)
);
create table events.dead_letters (
    id bigint generated always as identity primary key,
    subscription text not null,
    topic text not null,
    partition integer not null,
    record_offset bigint not null,
    stream text not null,
    sequence integer not null,
    event_id uuid,
    type text not null,
    reason text not null,
    detail text not null,
    headers json not null,
    value bytea,
    parked_at timestamptz not null,
    constraint dead_letters_once unique (subscription, topic, partition, record_offset)
);
create index dead_letters_by_stream on events.dead_letters (subscription, stream, sequence);
create table events.projection_versions (
    projection text not null,
    version integer not null,
    schema text not null,
    made_at timestamptz not null,
    constraint projection_versions_key primary key (projection, version)
);
create table events.active_version (
    projection text primary key,
    version integer not null
);
"""

GRANTS = """
grant usage on schema events to {role};
grant select on all tables in schema events to {role};
grant insert on events.events, events.idempotency, events.cursors, events.sequences, events.dead_letters,
    events.projection_versions, events.active_version to {role};
grant update on events.cursors, events.sequences, events.dead_letters, events.active_version to {role};
grant delete on events.idempotency, events.dead_letters to {role};
"""


def upgrade() -> None:
    op.execute(STORE)
    op.execute(CONSUMER)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
