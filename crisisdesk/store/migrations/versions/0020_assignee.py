"""Who has which mention."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
STATEMENTS = (
    """
CREATE TABLE assignee (
    mention_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (mention_id),
    FOREIGN KEY(mention_id) REFERENCES mention (id)
)
""",
    "CREATE INDEX assignee_name ON assignee (name)",
)


def upgrade() -> None:
    """Make the table; nobody has anything yet."""
    for statement in STATEMENTS:
        op.execute(statement)
