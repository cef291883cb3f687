"""What comes after an incident: its review, what was decided there, what people said, changes of the playbook."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
TABLES = (
    """
CREATE TABLE review_plan (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    set_by TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    held_at INTEGER,
    held_by TEXT DEFAULT '' NOT NULL,
    told_at INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id),
    UNIQUE (incident_id)
)
""",
    """
CREATE TABLE review_action (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    what TEXT NOT NULL,
    owner TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    public BOOLEAN NOT NULL,
    ended_at INTEGER,
    ended_by TEXT DEFAULT '' NOT NULL,
    words TEXT DEFAULT '' NOT NULL,
    told_at INTEGER,
    commitment_id INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id),
    FOREIGN KEY(commitment_id) REFERENCES commitment (id)
)
""",
    """
CREATE TABLE review_feedback (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    who TEXT NOT NULL,
    well TEXT DEFAULT '' NOT NULL,
    badly TEXT DEFAULT '' NOT NULL,
    change TEXT DEFAULT '' NOT NULL,
    noted_by TEXT NOT NULL,
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    """
CREATE TABLE playbook_proposal (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    action_id INTEGER,
    why TEXT NOT NULL,
    playbook_id TEXT NOT NULL,
    base_version INTEGER NOT NULL,
    base TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at INTEGER NOT NULL,
    decided_by TEXT DEFAULT '' NOT NULL,
    decided_at INTEGER,
    reason TEXT DEFAULT '' NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id),
    FOREIGN KEY(action_id) REFERENCES review_action (id)
)
""",
)
INDEXES = (
    ("review_action", "incident_id"),
    ("review_action", "state"),
    ("review_feedback", "incident_id"),
    ("playbook_proposal", "incident_id"),
    ("playbook_proposal", "state"),
)


def upgrade() -> None:
    """Make the tables."""
    for table in TABLES:
        op.execute(table)
    for table, column in INDEXES:
        op.execute(f"CREATE INDEX ix_{table}_{column} ON {table} ({column})")
