"""What goes out need not answer a mention: a post of our own."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own. SQLite cannot loosen a column, so the table is made anew.
COLUMNS = (
    'id, draft_id, incident_id, mention_id, source, account, lang, digest, "plan", "key", state, confirmed_by, '
    "confirmed_at, attempted_at, ended_at, native_id, url, error_key, error_fields"
)
STATEMENTS = (
    "ALTER TABLE outgoing RENAME TO outgoing_before",
    """
CREATE TABLE outgoing (
    id INTEGER NOT NULL,
    draft_id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    mention_id INTEGER,
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
    f"INSERT INTO outgoing ({COLUMNS}) SELECT {COLUMNS} FROM outgoing_before",
    "DROP TABLE outgoing_before",
    "CREATE INDEX ix_outgoing_draft_id ON outgoing (draft_id)",
    "CREATE INDEX ix_outgoing_incident_id ON outgoing (incident_id)",
    "CREATE INDEX ix_outgoing_state ON outgoing (state)",
)


def upgrade() -> None:
    """Make the column optional; every row stays."""
    for statement in STATEMENTS:
        op.execute(statement)
