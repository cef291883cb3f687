"""People's labels on mentions; who gave a verdict, the language that it was read in, and what else it shows."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
COLUMNS = (
    "ALTER TABLE mention ADD COLUMN signs TEXT DEFAULT '[]' NOT NULL",
    "ALTER TABLE mention ADD COLUMN language TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE mention ADD COLUMN judge TEXT DEFAULT 'small' NOT NULL",
)
TABLE = """
CREATE TABLE label (
    id INTEGER NOT NULL,
    mention_id INTEGER NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at INTEGER NOT NULL,
    undone_at INTEGER,
    undone_by TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(mention_id) REFERENCES mention (id)
)
"""


def upgrade() -> None:
    """Add the columns and the table; what was judged before stays as it is."""
    for statement in COLUMNS:
        op.execute(statement)
    op.execute(TABLE)
    op.execute("CREATE INDEX ix_label_mention_id ON label (mention_id)")
