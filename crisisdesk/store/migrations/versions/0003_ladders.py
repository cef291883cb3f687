"""Contacts with several channels and a week of hours; rotations; notifiers and what they sent."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
STATEMENTS = (
    "ALTER TABLE contact ADD COLUMN week TEXT DEFAULT '[]' NOT NULL",
    "ALTER TABLE contact ADD COLUMN channels TEXT DEFAULT '[]' NOT NULL",
    "CREATE INDEX ix_attempt_contact_slug ON attempt (contact_slug)",
    """
CREATE TABLE rotation (
    id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    members TEXT NOT NULL,
    zone TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    turn_hours INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (slug)
)
""",
    """
CREATE TABLE rotation_override (
    id INTEGER NOT NULL,
    rotation_slug TEXT NOT NULL,
    contact_slug TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id)
)
""",
    "CREATE INDEX ix_rotation_override_rotation_slug ON rotation_override (rotation_slug)",
    """
CREATE TABLE notifier (
    kind TEXT NOT NULL,
    "values" TEXT NOT NULL,
    enabled BOOLEAN NOT NULL,
    cursor TEXT DEFAULT '' NOT NULL,
    tested_at INTEGER,
    tested TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (kind)
)
""",
    """
CREATE TABLE notification (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    escalation_id INTEGER NOT NULL,
    attempt_id INTEGER NOT NULL,
    contact_slug TEXT NOT NULL,
    kind TEXT NOT NULL,
    address TEXT NOT NULL,
    token TEXT NOT NULL,
    state TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    next_at INTEGER,
    tries INTEGER NOT NULL,
    attempted_at INTEGER,
    accepted_at INTEGER,
    delivered_at INTEGER,
    acknowledged_at INTEGER,
    provider_id TEXT DEFAULT '' NOT NULL,
    error_key TEXT DEFAULT '' NOT NULL,
    error_fields TEXT NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id),
    FOREIGN KEY(escalation_id) REFERENCES escalation (id),
    FOREIGN KEY(attempt_id) REFERENCES attempt (id),
    UNIQUE (token)
)
""",
    "CREATE INDEX ix_notification_attempt_id ON notification (attempt_id)",
    "CREATE INDEX ix_notification_escalation_id ON notification (escalation_id)",
    "CREATE INDEX ix_notification_incident_id ON notification (incident_id)",
    "CREATE INDEX ix_notification_next_at ON notification (next_at)",
)


def upgrade() -> None:
    """Add the columns and tables."""
    for statement in STATEMENTS:
        op.execute(statement)
