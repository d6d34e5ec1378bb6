"""Keys of persons, in a database of their own with a short backup retention (decision 10)."""

from alembic import op

revision = "keys_0001"
down_revision = None
branch_labels = ("keys",)
depends_on = None


def upgrade() -> None:
    op.execute("""
create schema keys;
create table keys.keys (
    key_id uuid primary key,
    wrapped bytea,
    made_at timestamptz not null,
    destroyed_at timestamptz,
    constraint a_key_or_its_end check ((wrapped is null) = (destroyed_at is not null))
);
grant usage on schema keys to keys_manage, keys_read;
grant select on keys.keys to keys_manage, keys_read;
grant insert, update on keys.keys to keys_manage;
""")
