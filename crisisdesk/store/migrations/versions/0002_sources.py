"""Edits as versions, deletions, private mentions, reasons of gaps, settings and allowance of a source."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
STATEMENTS = (
    "ALTER TABLE mention ADD COLUMN version TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE mention ADD COLUMN author_id TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE mention ADD COLUMN parent_id TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE mention ADD COLUMN private BOOLEAN DEFAULT '0' NOT NULL",
    "ALTER TABLE mention ADD COLUMN reference TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE mention ADD COLUMN deleted_at INTEGER",
    """
CREATE TABLE mention_version (
    id INTEGER NOT NULL,
    mention_id INTEGER NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    replaced_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(mention_id) REFERENCES mention (id)
)
""",
    "CREATE INDEX ix_mention_version_mention_id ON mention_version (mention_id)",
    "ALTER TABLE gap ADD COLUMN reason TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE source ADD COLUMN settings TEXT DEFAULT '{}' NOT NULL",
    "ALTER TABLE source ADD COLUMN budget TEXT",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
