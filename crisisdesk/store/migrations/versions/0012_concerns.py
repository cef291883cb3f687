"""Other signals than a rise: danger, reach, mood, silence; and what finds their mentions quickly."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
TABLE = """
CREATE TABLE concern (
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    return_days FLOAT NOT NULL,
    mention_ids TEXT NOT NULL,
    figures TEXT NOT NULL,
    seen_by TEXT DEFAULT '' NOT NULL,
    seen_at INTEGER,
    PRIMARY KEY (id)
)
"""
INDEXES = (
    "CREATE INDEX ix_concern_state ON concern (state)",
    "CREATE INDEX mention_danger ON mention (published_at) WHERE safety",
    "CREATE INDEX mention_loud ON mention (published_at, followers) WHERE followers >= 10000",
)


def upgrade() -> None:
    """Add the table and two small indexes."""
    op.execute(TABLE)
    for statement in INDEXES:
        op.execute(statement)
