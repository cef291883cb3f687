"""Rows of the timeline bear a salt, and their words can be taken out by law; corrections are found by index."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
TRIGGER = (
    "CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline WHEN NOT ("
    "NEW.id IS OLD.id AND NEW.incident_id IS OLD.incident_id AND NEW.alert_id IS OLD.alert_id AND NEW.kind IS OLD.kind "
    "AND NEW.occurred_at IS OLD.occurred_at AND NEW.recorded_at IS OLD.recorded_at "
    "AND NEW.offset_minutes IS OLD.offset_minutes AND NEW.actor IS OLD.actor AND NEW.revises IS OLD.revises "
    "AND NEW.text = '' AND NEW.data = '{}' AND NEW.salt IS NULL AND EXISTS (SELECT 1 FROM timeline AS why "
    "WHERE why.kind = 'entry.redacted' AND why.id > OLD.id "
    "AND instr(why.data, '{\"entry\":' || coalesce(OLD.revises, OLD.id) || ',') = 1)) BEGIN "
    "SELECT RAISE(ABORT, 'the timeline is append-only'); END"
)


def upgrade() -> None:
    """Rows that are there keep their hash: they have no salt."""
    op.execute("DROP TRIGGER timeline_no_update")
    op.execute("ALTER TABLE timeline ADD COLUMN salt TEXT")
    op.execute("CREATE INDEX timeline_revises ON timeline (revises) WHERE revises IS NOT NULL")
    op.execute(TRIGGER)
