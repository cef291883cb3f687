"""What a fact stands on, who wrote a draft, who was asked to agree with it and what they said, and where it is out."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
STATEMENTS = (
    "ALTER TABLE fact ADD COLUMN proofs TEXT DEFAULT '[]' NOT NULL",
    "ALTER TABLE draft ADD COLUMN authors TEXT DEFAULT '[]' NOT NULL",
    "ALTER TABLE draft ADD COLUMN corrected TEXT DEFAULT '[]' NOT NULL",
    """
CREATE TABLE approval (
    id INTEGER NOT NULL,
    draft_id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    "by" TEXT DEFAULT '' NOT NULL,
    at INTEGER,
    expires_at INTEGER,
    reason TEXT DEFAULT '' NOT NULL,
    digest TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(draft_id) REFERENCES draft (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    "CREATE INDEX ix_approval_draft_id ON approval (draft_id)",
    "CREATE INDEX ix_approval_incident_id ON approval (incident_id)",
    """
CREATE TABLE publication (
    id INTEGER NOT NULL,
    draft_id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    channel TEXT DEFAULT '' NOT NULL,
    lang TEXT NOT NULL,
    text TEXT NOT NULL,
    digest TEXT NOT NULL,
    url TEXT DEFAULT '' NOT NULL,
    published_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    how TEXT NOT NULL,
    native_id TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(draft_id) REFERENCES draft (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    "CREATE INDEX ix_publication_draft_id ON publication (draft_id)",
    "CREATE INDEX ix_publication_incident_id ON publication (incident_id)",
    # Approvals given in the version before go on holding for their hour.
    """
INSERT INTO approval (draft_id, incident_id, role, state, asked_at, due_at, "by", at, expires_at)
SELECT draft.id, draft.incident_id, given.key, 'agreed', draft.updated_at, draft.updated_at,
       json_extract(given.value, '$[0]'), draft.updated_at, draft.updated_at + 3600000000
FROM draft, json_each(draft.approvals) AS given
WHERE draft.state IN ('writing', 'copied')
""",
)


def upgrade() -> None:
    """Add the columns and tables."""
    for statement in STATEMENTS:
        op.execute(statement)
