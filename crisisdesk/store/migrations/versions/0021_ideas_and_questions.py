"""Questions to experts with their answers, the states of ideas, and credits and verdicts taken back, not erased."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
QUESTION = """
CREATE TABLE question (
    id INTEGER NOT NULL,
    incident_id INTEGER,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    topic TEXT NOT NULL,
    text TEXT NOT NULL,
    mention_id INTEGER,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    answer TEXT DEFAULT '' NOT NULL,
    answer_mention_id INTEGER,
    told_by TEXT DEFAULT '' NOT NULL,
    answered_at INTEGER,
    draft_id INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id),
    FOREIGN KEY(mention_id) REFERENCES mention (id),
    FOREIGN KEY(answer_mention_id) REFERENCES mention (id)
)
"""
KUDOS = """
CREATE TABLE kudos_new (
    id INTEGER NOT NULL,
    mention_id INTEGER,
    question_id INTEGER,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at INTEGER NOT NULL,
    undone_by TEXT DEFAULT '' NOT NULL,
    undone_at INTEGER,
    undone_reason TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(mention_id) REFERENCES mention (id),
    FOREIGN KEY(question_id) REFERENCES question (id)
)
"""


def upgrade() -> None:
    """What was credited and done stays as it was."""
    op.execute(QUESTION)
    op.execute("CREATE INDEX ix_question_incident_id ON question (incident_id)")
    op.execute(KUDOS)
    op.execute(
        'INSERT INTO kudos_new (id, mention_id, source, author, reason, "by", at) '
        'SELECT id, mention_id, source, author, reason, "by", at FROM kudos'
    )
    op.execute("DROP TABLE kudos")
    op.execute("ALTER TABLE kudos_new RENAME TO kudos")
    for name in ("mention", "question"):
        op.execute(f"CREATE UNIQUE INDEX kudos_{name} ON kudos ({name}_id) WHERE undone_at IS NULL")
    op.execute("ALTER TABLE deed RENAME TO idea")
    op.execute("DROP INDEX ix_deed_incident_id")
    op.execute("CREATE INDEX ix_idea_incident_id ON idea (incident_id)")
    op.execute("ALTER TABLE idea ADD COLUMN state TEXT DEFAULT 'done' NOT NULL")
    op.execute("ALTER TABLE idea ADD COLUMN steps TEXT DEFAULT '[]' NOT NULL")
    op.execute("ALTER TABLE rumour ADD COLUMN past TEXT DEFAULT '[]' NOT NULL")
