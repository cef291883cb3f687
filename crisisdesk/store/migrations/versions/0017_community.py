"""The community: experts, kudos, what people asked for, rumours."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
TABLES = (
    """
CREATE TABLE expert (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    topics TEXT NOT NULL,
    consent TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (source, author)
)
""",
    """
CREATE TABLE kudos (
    id INTEGER NOT NULL,
    mention_id INTEGER NOT NULL,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (mention_id),
    FOREIGN KEY(mention_id) REFERENCES mention (id)
)
""",
    """
CREATE TABLE deed (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    said TEXT NOT NULL,
    did TEXT NOT NULL,
    mention_ids TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    """
CREATE TABLE rumour (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    claim TEXT NOT NULL,
    words TEXT NOT NULL,
    verdict TEXT NOT NULL,
    noted_by TEXT NOT NULL,
    noted_at INTEGER NOT NULL,
    evidence TEXT DEFAULT '' NOT NULL,
    decided_by TEXT DEFAULT '' NOT NULL,
    decided_at INTEGER,
    correction INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
)


def upgrade() -> None:
    """Make the tables."""
    for table in TABLES:
        op.execute(table)
    for name in ("deed", "rumour"):
        op.execute(f"CREATE INDEX ix_{name}_incident_id ON {name} (incident_id)")
