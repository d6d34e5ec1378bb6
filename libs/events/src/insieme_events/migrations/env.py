"""Alembic environment of every service database: runs on the connection that `insieme_events.migrate` hands in."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=True, version_table="alembic_version")
with context.begin_transaction():
    context.run_migrations()
