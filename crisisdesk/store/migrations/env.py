"""Alembic's environment: the connection and its transaction are the desk's."""

from __future__ import annotations

from alembic import context

from crisisdesk.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller holds one transaction around all steps
    render_as_batch=True,
)
context.run_migrations()
