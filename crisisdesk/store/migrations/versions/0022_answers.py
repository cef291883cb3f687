"""What the networks answered, as it came."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
STATEMENTS = (
    """
CREATE TABLE answer (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    account TEXT NOT NULL,
    url TEXT NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    at INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    packed_size INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    gone TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id)
)
""",
    "CREATE INDEX answer_age ON answer (gone, at, packed_size)",
    "CREATE INDEX answer_first ON answer (first)",
    "CREATE INDEX answer_sha256 ON answer (sha256)",
    """
CREATE TABLE answer_body (
    sha256 TEXT NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (sha256)
)
""",
    """
CREATE TABLE answer_edited (
    mention_id INTEGER NOT NULL,
    answer_id INTEGER NOT NULL,
    PRIMARY KEY (mention_id, answer_id),
    FOREIGN KEY(answer_id) REFERENCES answer (id)
) WITHOUT ROWID
""",
)


def upgrade() -> None:
    """Make the tables; what came before was not kept."""
    for statement in STATEMENTS:
        op.execute(statement)
