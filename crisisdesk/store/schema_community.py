"""The tables of the community."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint

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
    Column("mention_id", ForeignKey("mention.id"), nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

deed = Table(
    "deed",
    metadata,
    row_id(),
    incident_id(),
    Column("said", Json, nullable=False),
    Column("did", Json, nullable=False),
    Column("mention_ids", Json, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
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
)
