"""Dead letters: what operators ask for and decide, and the attempts that failed (decision 7)."""

from alembic import context, op

revision = "events_0002"
down_revision = "events_0001"
branch_labels = None
depends_on = None

LETTERS = """
-- `subject` is what a decision is keyed by: the event's id, or a digest of a record that has none. `decision` is the
-- action whose decision was in force when the letter was last tried.
alter table events.dead_letters
    add column subject text not null default '',
    add column attempts integer not null default 0,
    add column decision bigint,
    add column stack text not null default '';
update events.dead_letters set subject = coalesce(event_id::text, 'letter-' || id);
drop index events.dead_letters_by_stream;
create index dead_letters_holding on events.dead_letters (subscription, stream, sequence, id)
    where reason <> 'out_of_order';
create index dead_letters_waiting on events.dead_letters (subscription, stream, sequence, id)
    where reason = 'out_of_order';

create table events.dead_letter_attempts (
    letter_id bigint not null,
    attempt integer not null,
    failed_at timestamptz not null,
    reason text not null,
    detail text not null,
    stack text not null,
    action_id bigint,
    constraint dead_letter_attempts_key primary key (letter_id, attempt)
);

-- What operators asked for: the request, and the row that audits it. Without an outcome it waits for the owner of
-- the partition.
create table events.dead_letter_actions (
    id bigint generated always as identity primary key,
    letter_id bigint not null,
    subscription text not null,
    topic text not null,
    partition integer not null,
    stream text not null,
    sequence integer not null,
    subject text not null,
    reason text not null,
    action text not null check (action in ('retry', 'skip', 'edit')),
    data json,
    why text not null,
    ticket text not null,
    party text not null,
    role text not null,
    purpose text not null,
    requested_at timestamptz not null,
    outcome text,
    finished_at timestamptz,
    constraint dead_letter_actions_edit check ((action = 'edit') = (data is not null)),
    constraint dead_letter_actions_end check ((outcome is null) = (finished_at is null))
);
create unique index dead_letter_actions_once on events.dead_letter_actions (letter_id) where outcome is null;
create index dead_letter_actions_waiting on events.dead_letter_actions (subscription, topic, partition)
    where outcome is null;
create index dead_letter_actions_of_letter on events.dead_letter_actions (letter_id);

-- Decisions hold for every version of a projection and for every rebuild, so nothing ever deletes them.
create table events.dead_letter_decisions (
    consumer text not null,
    subject text not null,
    decision text not null check (decision in ('skip', 'drop', 'edit')),
    data json,
    action_id bigint not null,
    decided_at timestamptz not null,
    constraint dead_letter_decisions_key primary key (consumer, subject)
);
"""

GRANTS = """
grant select, insert on events.dead_letter_attempts, events.dead_letter_actions, events.dead_letter_decisions to {role};
grant update (outcome, finished_at) on events.dead_letter_actions to {role};
grant update on events.dead_letter_decisions to {role};
"""


def upgrade() -> None:
    op.execute(LETTERS)
    op.execute(GRANTS.format(role=context.config.attributes["role"]))
