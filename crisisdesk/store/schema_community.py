"""The tables of the community."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from crisisdesk.store.columns import Instant, Json, incident_id, metadata, row_id, words

expert = Table(
    "expert",
    metadata,
    row_id(),
    Column("source", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("topics", Json, nullable=False),
    Column("consent", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("source", "author"),
)

kudos = Table(
    "kudos",
    metadata,
    row_id(),
    Column("mention_id", ForeignKey("mention.id")),
    Column("question_id", ForeignKey("question.id")),
    Column("source", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    words("undone_by"),
    Column("undone_at", Instant),
    words("undone_reason"),
    Index("kudos_mention", "mention_id", unique=True, sqlite_where=text("undone_at IS NULL")),
    Index("kudos_question", "question_id", unique=True, sqlite_where=text("undone_at IS NULL")),
)

question = Table(
    "question",
    metadata,
    row_id(),
    Column("incident_id", ForeignKey("incident.id"), index=True),
    Column("source", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("mention_id", ForeignKey("mention.id")),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    words("answer"),
    Column("answer_mention_id", ForeignKey("mention.id")),
    words("told_by"),
    Column("answered_at", Instant),
    Column("draft_id", Integer),
)

idea = Table(
    "idea",
    metadata,
    row_id(),
    incident_id(),
    Column("said", Json, nullable=False),
    Column("did", Json, nullable=False),
    Column("mention_ids", Json, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", Text, nullable=False, server_default="done"),
    Column("steps", Json, nullable=False, server_default="[]"),
)

rumour = Table(
    "rumour",
    metadata,
    row_id(),
    incident_id(),
    Column("claim", Text, nullable=False),
    Column("words", Json, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("noted_by", Text, nullable=False),
    Column("noted_at", Instant, nullable=False),
    words("evidence"),
    words("decided_by"),
    Column("decided_at", Instant),
    Column("correction", Integer),
    Column("past", Json, nullable=False, server_default="[]"),
)
