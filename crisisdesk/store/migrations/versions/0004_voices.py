"""Distinct people, and those of them who complain, in the rollup by minute."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
STATEMENTS = (
    "ALTER TABLE minute_count ADD COLUMN voices INTEGER",
    "ALTER TABLE minute_count ADD COLUMN complainers INTEGER",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
