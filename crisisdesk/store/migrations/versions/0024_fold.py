"""Mentions that say the same, and the flood of one person, fold into one row of the inbox."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
STATEMENTS = (
    "ALTER TABLE mention ADD COLUMN fold INTEGER",
    "DROP INDEX mention_published",
    "CREATE INDEX mention_published ON mention "
    "(published_at, id, type, sentiment, complaint, safety, language, source, is_repost, deleted_at, fold)",
    "CREATE INDEX mention_fold ON mention (fold, safety, published_at) WHERE fold IS NOT NULL",
)


def upgrade() -> None:
    """What is stored already stays unfolded; only what comes in is compared."""
    for statement in STATEMENTS:
        op.execute(statement)
