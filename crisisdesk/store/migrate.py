"""Bringing a data file to this version's tables: all steps in one transaction, ``user_version`` included."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from crisisdesk.store.schema import APPLICATION_ID, SCHEMA_VERSION


def migrate(connection: Connection) -> None:
    """Run every missing revision; on any failure the file is as it was."""
    config = Config()
    config.set_main_option("script_location", "crisisdesk.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    with connection.begin():
        command.upgrade(config, "head")
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
