"""How long past incidents lasted; beside a promise what was known, its estimate, and the local time that it told."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
STATEMENTS = (
    "ALTER TABLE commitment ADD COLUMN known TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE commitment ADD COLUMN known_by TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE commitment ADD COLUMN foresight TEXT",
    "ALTER TABLE commitment ADD COLUMN wall TEXT DEFAULT '' NOT NULL",
    """
CREATE TABLE history (
    id INTEGER NOT NULL,
    incident_id INTEGER,
    playbook_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    level INTEGER NOT NULL,
    minutes FLOAT,
    open BOOLEAN NOT NULL,
    comparable BOOLEAN NOT NULL,
    noted_at INTEGER NOT NULL,
    noted_by TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (incident_id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    "CREATE INDEX ix_history_playbook_id ON history (playbook_id)",
)


def upgrade() -> None:
    """Add the columns and the table."""
    for statement in STATEMENTS:
        op.execute(statement)
