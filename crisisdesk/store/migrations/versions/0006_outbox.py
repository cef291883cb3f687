"""Replies on their way out through a source, and the mention that a draft replies to."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
STATEMENTS = (
    "ALTER TABLE draft ADD COLUMN mention_id INTEGER",
    """
CREATE TABLE outgoing (
    id INTEGER NOT NULL,
    draft_id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    mention_id INTEGER NOT NULL,
    source TEXT NOT NULL,
    account TEXT DEFAULT '' NOT NULL,
    lang TEXT NOT NULL,
    digest TEXT NOT NULL,
    "plan" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    state TEXT NOT NULL,
    confirmed_by TEXT NOT NULL,
    confirmed_at INTEGER NOT NULL,
    attempted_at INTEGER,
    ended_at INTEGER,
    native_id TEXT DEFAULT '' NOT NULL,
    url TEXT DEFAULT '' NOT NULL,
    error_key TEXT DEFAULT '' NOT NULL,
    error_fields TEXT DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id),
    UNIQUE ("key"),
    FOREIGN KEY(draft_id) REFERENCES draft (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    "CREATE INDEX ix_outgoing_draft_id ON outgoing (draft_id)",
    "CREATE INDEX ix_outgoing_incident_id ON outgoing (incident_id)",
    "CREATE INDEX ix_outgoing_state ON outgoing (state)",
)


def upgrade() -> None:
    """Add the table."""
    for statement in STATEMENTS:
        op.execute(statement)
