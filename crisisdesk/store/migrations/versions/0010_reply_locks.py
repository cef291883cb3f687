"""Who is answering which mention."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
TABLE = """
CREATE TABLE reply_lock (
    id INTEGER NOT NULL,
    mention_id INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    seat TEXT NOT NULL,
    since INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    typed_at INTEGER,
    PRIMARY KEY (id),
    UNIQUE (mention_id),
    FOREIGN KEY(mention_id) REFERENCES mention (id)
)
"""


def upgrade() -> None:
    """Make the table."""
    op.execute(TABLE)
