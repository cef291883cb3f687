"""Who is called back, and until when their number is kept."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
TABLE = """
CREATE TABLE call_back (
    id INTEGER NOT NULL,
    mention_id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    phone TEXT DEFAULT '' NOT NULL,
    masked TEXT NOT NULL,
    salt TEXT NOT NULL,
    digest TEXT NOT NULL,
    consent TEXT NOT NULL,
    kept_by TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    keep_until INTEGER NOT NULL,
    commitment_id INTEGER,
    deleted_at INTEGER,
    deleted_by TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(mention_id) REFERENCES mention (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
"""


def upgrade() -> None:
    """Make the table."""
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_call_back_incident_id ON call_back (incident_id)")
