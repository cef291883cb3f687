"""The call centre's days: calls, time, cost, satisfaction and detraction, for the measures."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
TABLE = """
CREATE TABLE service_day (
    day TEXT NOT NULL,
    line TEXT NOT NULL,
    contacts INTEGER NOT NULL,
    seconds TEXT,
    cost TEXT,
    currency TEXT DEFAULT '' NOT NULL,
    asked INTEGER,
    satisfied INTEGER,
    rated INTEGER,
    detractors INTEGER,
    PRIMARY KEY (day, line)
)
"""


def upgrade() -> None:
    """Add the table."""
    op.execute(TABLE)
