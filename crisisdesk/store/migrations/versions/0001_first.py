"""The first tables."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own.
STATEMENTS = (
    """
CREATE TABLE contact (
    id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT DEFAULT '' NOT NULL,
    phone TEXT DEFAULT '' NOT NULL,
    email TEXT DEFAULT '' NOT NULL,
    from_hour TEXT,
    to_hour TEXT,
    zone TEXT NOT NULL,
    deputy TEXT DEFAULT '' NOT NULL,
    verified_at INTEGER,
    example BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (slug)
)
""",
    """
CREATE TABLE detector (
    stream TEXT NOT NULL,
    until INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (stream)
)
""",
    """
CREATE TABLE gap (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER,
    PRIMARY KEY (id)
)
""",
    """
CREATE INDEX ix_gap_start ON gap (start)
""",
    """
CREATE TABLE incident (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    level INTEGER NOT NULL,
    phase TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    zone TEXT NOT NULL,
    playbook_id TEXT NOT NULL,
    playbook_version INTEGER NOT NULL,
    playbook_digest TEXT NOT NULL,
    alert_id INTEGER,
    resolved_at INTEGER,
    closed_at INTEGER,
    drill BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
)
""",
    """
CREATE INDEX ix_incident_state ON incident (state)
""",
    """
CREATE TABLE mention (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    account TEXT NOT NULL,
    native_id TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    fetched_at INTEGER NOT NULL,
    text TEXT DEFAULT '' NOT NULL,
    author TEXT DEFAULT '' NOT NULL,
    channel TEXT DEFAULT '' NOT NULL,
    lang TEXT DEFAULT '' NOT NULL,
    url TEXT DEFAULT '' NOT NULL,
    is_repost BOOLEAN NOT NULL,
    likes INTEGER,
    reposts INTEGER,
    followers INTEGER,
    date_doubtful BOOLEAN NOT NULL,
    type TEXT DEFAULT '' NOT NULL,
    sentiment TEXT NOT NULL,
    complaint BOOLEAN NOT NULL,
    safety BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (source, account, native_id)
)
""",
    """
CREATE INDEX mention_native ON mention (source, native_id)
""",
    """
CREATE INDEX mention_published ON mention (published_at, id)
""",
    """
CREATE TABLE meta (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY ("key")
)
""",
    """
CREATE TABLE minute_count (
    minute INTEGER NOT NULL,
    total INTEGER NOT NULL,
    reposts INTEGER NOT NULL,
    complaints INTEGER NOT NULL,
    negative INTEGER NOT NULL,
    history INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (minute)
)
""",
    """
CREATE TABLE playbook (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    text TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (id, version, digest)
)
""",
    """
CREATE TABLE source (
    source TEXT NOT NULL,
    account TEXT NOT NULL,
    label TEXT DEFAULT '' NOT NULL,
    cursor TEXT DEFAULT '' NOT NULL,
    added_at INTEGER NOT NULL,
    last_ok INTEGER,
    next_at INTEGER,
    failures INTEGER DEFAULT '0' NOT NULL,
    error_key TEXT DEFAULT '' NOT NULL,
    error_fields TEXT NOT NULL,
    polled BOOLEAN NOT NULL,
    PRIMARY KEY (source, account)
)
""",
    """
CREATE TABLE timeline (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    incident_id INTEGER,
    alert_id INTEGER,
    kind TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    offset_minutes INTEGER NOT NULL,
    actor TEXT NOT NULL,
    data TEXT NOT NULL,
    text TEXT DEFAULT '' NOT NULL,
    revises INTEGER
)
""",
    """
CREATE INDEX ix_timeline_alert_id ON timeline (alert_id)
""",
    """
CREATE INDEX ix_timeline_incident_id ON timeline (incident_id)
""",
    """
CREATE TABLE alert (
    id INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    signal TEXT NOT NULL,
    explanation TEXT NOT NULL,
    proposal TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    snoozed_until INTEGER,
    incident_id INTEGER,
    closed_reason TEXT DEFAULT '' NOT NULL,
    drill BOOLEAN NOT NULL,
    first TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    """
CREATE INDEX ix_alert_state ON alert (state)
""",
    """
CREATE TABLE assignment (
    incident_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    contact_slug TEXT DEFAULT '' NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (incident_id, role),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    """
CREATE TABLE commitment (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    what TEXT NOT NULL,
    to_whom TEXT DEFAULT '' NOT NULL,
    due_at INTEGER NOT NULL,
    zone TEXT NOT NULL,
    owner TEXT NOT NULL,
    giver TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    quoted TEXT NOT NULL,
    url TEXT DEFAULT '' NOT NULL,
    draft_id INTEGER,
    ended_at INTEGER,
    reason TEXT DEFAULT '' NOT NULL,
    moved_to INTEGER,
    apology_draft_id INTEGER,
    remedy_kind TEXT,
    remedy TEXT DEFAULT '' NOT NULL,
    fulfilled_at INTEGER,
    remedied_at INTEGER,
    warn_at INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    """
CREATE INDEX commitment_due ON commitment (state, due_at)
""",
    """
CREATE INDEX ix_commitment_incident_id ON commitment (incident_id)
""",
    """
CREATE TABLE draft (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    template_id TEXT NOT NULL,
    state TEXT NOT NULL,
    "values" TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    approvals TEXT NOT NULL,
    answers INTEGER,
    channel TEXT DEFAULT '' NOT NULL,
    url TEXT DEFAULT '' NOT NULL,
    published_at INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    """
CREATE INDEX ix_draft_incident_id ON draft (incident_id)
""",
    """
CREATE TABLE escalation (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    step INTEGER NOT NULL,
    round INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    step_due_at INTEGER,
    ack_by TEXT DEFAULT '' NOT NULL,
    ack_at INTEGER,
    ack_expires_at INTEGER,
    reason TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    """
CREATE INDEX ix_escalation_ack_expires_at ON escalation (ack_expires_at)
""",
    """
CREATE INDEX ix_escalation_incident_id ON escalation (incident_id)
""",
    """
CREATE INDEX ix_escalation_step_due_at ON escalation (step_due_at)
""",
    """
CREATE TABLE fact (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    section TEXT NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    said_by TEXT NOT NULL,
    said_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    evidence TEXT DEFAULT '' NOT NULL,
    replaced_by INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    """
CREATE INDEX ix_fact_incident_id ON fact (incident_id)
""",
    """
CREATE TABLE task (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    task_id TEXT NOT NULL,
    phase TEXT NOT NULL,
    do TEXT NOT NULL,
    owner TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    done_at INTEGER,
    evidence TEXT DEFAULT '' NOT NULL,
    template TEXT DEFAULT '' NOT NULL,
    needs_evidence BOOLEAN NOT NULL,
    min_level INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
)
""",
    """
CREATE INDEX ix_task_incident_id ON task (incident_id)
""",
    """
CREATE TABLE attempt (
    id INTEGER NOT NULL,
    escalation_id INTEGER NOT NULL,
    contact_slug TEXT NOT NULL,
    step INTEGER NOT NULL,
    round INTEGER NOT NULL,
    channels TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    outcome TEXT,
    ended_at INTEGER,
    note TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(escalation_id) REFERENCES escalation (id)
)
""",
    """
CREATE INDEX ix_attempt_escalation_id ON attempt (escalation_id)
""",
    """
CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline BEGIN
SELECT RAISE(ABORT, 'the timeline is append-only'); END
""",
    """
CREATE TRIGGER timeline_no_delete BEFORE DELETE ON timeline BEGIN
SELECT RAISE(ABORT, 'the timeline is append-only'); END
""",
)


def upgrade() -> None:
    """Make the tables of the first version."""
    for statement in STATEMENTS:
        op.execute(statement)
