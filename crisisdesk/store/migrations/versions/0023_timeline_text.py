"""Full text of the timeline, what each row says in both languages, and one index for its order."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta

from alembic import op

from crisisdesk.model.timeline import Entry
from crisisdesk.texts import LANGUAGES, Texts
from crisisdesk.words import entry_sentence

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# Frozen as it was: later changes are revisions of their own. What is indexed is derived, so today's words say it.
INDEX = "CREATE INDEX timeline_order ON timeline (incident_id, kind, occurred_at, revises)"
TABLE = "CREATE VIRTUAL TABLE timeline_text USING fts5(es, en, who, tokenize='unicode61 remove_diacritics 2')"
ROWS = (
    "SELECT t.id, t.kind, t.occurred_at, t.recorded_at, t.actor, t.data, t.text, coalesce(i.zone, a.zone, 'UTC') "
    "FROM timeline t LEFT JOIN incident i ON i.id = t.incident_id "
    "LEFT JOIN alert ON alert.id = t.alert_id LEFT JOIN incident a ON a.id = alert.incident_id ORDER BY t.id"
)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def upgrade() -> None:
    """Index what is there; a row that cannot be read is not found, and stays as it is."""
    op.execute("DROP INDEX ix_timeline_incident_id")
    op.execute(INDEX)
    op.execute(TABLE)
    connection = op.get_bind()
    spoken = [Texts(lang) for lang in LANGUAGES]
    for number, kind, occurred, recorded, actor, data, text, zone in connection.exec_driver_sql(ROWS).fetchall():
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
            entry = Entry(
                id=number, incident_id=None, kind=kind, occurred_at=EPOCH + timedelta(microseconds=occurred),
                recorded_at=EPOCH + timedelta(microseconds=recorded), offset_minutes=0, actor=actor,
                data=json.loads(data), text=text,
            )  # fmt: skip
            said = [entry_sentence(entry, texts, zone) for texts in spoken]
            connection.exec_driver_sql(
                "INSERT INTO timeline_text (rowid, es, en, who) VALUES (?, ?, ?, ?)", (number, *said, actor)
            )
