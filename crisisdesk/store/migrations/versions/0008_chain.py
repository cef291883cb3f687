"""The timeline's tamper-evident chain; rows from before are chained now, without a seal, and marked so."""

from __future__ import annotations

import hashlib

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
TABLE = """
CREATE TABLE link (
    row INTEGER NOT NULL,
    prev TEXT NOT NULL,
    content TEXT NOT NULL,
    digest TEXT NOT NULL,
    seal TEXT DEFAULT '' NOT NULL,
    key_id TEXT DEFAULT '' NOT NULL,
    migrated BOOLEAN DEFAULT 0 NOT NULL,
    PRIMARY KEY (row),
    UNIQUE (prev),
    UNIQUE (digest)
)
"""
TRIGGERS = (
    "CREATE TRIGGER link_no_update BEFORE UPDATE ON link BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END",
    "CREATE TRIGGER link_no_delete BEFORE DELETE ON link BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END",
)
ROWS = (
    "SELECT id, incident_id, alert_id, kind, occurred_at, recorded_at, offset_minutes, actor, data, text, revises "
    "FROM timeline ORDER BY id"
)


def upgrade() -> None:
    """Make the table and chain what is there."""
    op.execute(TABLE)
    connection = op.get_bind()
    prev = hashlib.sha256(b"CrisisDesk timeline 1").hexdigest()
    for row in connection.exec_driver_sql(ROWS).fetchall():
        body = hashlib.sha256()
        for value in row:
            raw = str("" if value is None else value).encode("utf-8", "surrogatepass")
            body.update(type(value).__name__[:1].encode() + len(raw).to_bytes(8, "big") + raw)
        content = body.hexdigest()
        digest = hashlib.sha256(b"\x00" + bytes.fromhex(prev) + body.digest()).hexdigest()
        connection.exec_driver_sql(
            "INSERT INTO link (row, prev, content, digest, migrated) VALUES (?, ?, ?, ?, 1)",
            (row[0], prev, content, digest),
        )
        prev = digest
    for trigger in TRIGGERS:
        op.execute(trigger)
