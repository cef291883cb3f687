"""Areas of the house, and what each was asked."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
TABLES = (
    """
CREATE TABLE area (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    owner TEXT DEFAULT '' NOT NULL,
    minutes INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
)
""",
    """
CREATE TABLE route (
    id INTEGER NOT NULL,
    area_id INTEGER NOT NULL,
    incident_id INTEGER,
    mention_id INTEGER,
    cause TEXT DEFAULT '' NOT NULL,
    ask TEXT DEFAULT '' NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    sent_by TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    signatures TEXT NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(area_id) REFERENCES area (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id),
    FOREIGN KEY(mention_id) REFERENCES mention (id)
)
""",
)
INDEXES = (
    "CREATE INDEX ix_route_area_id ON route (area_id)",
    "CREATE INDEX ix_route_incident_id ON route (incident_id)",
    "CREATE INDEX ix_route_mention_id ON route (mention_id)",
    "CREATE INDEX ix_route_state ON route (state)",
)


def upgrade() -> None:
    """Add both tables."""
    for statement in (*TABLES, *INDEXES):
        op.execute(statement)
