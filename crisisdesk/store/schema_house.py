"""Tables of the house and its friends: areas and what each was asked."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from crisisdesk.store.columns import Instant, Json, metadata, row_id, words

area = Table(
    "area",
    metadata,
    row_id(),
    Column("name", Text, nullable=False, unique=True),
    words("owner"),
    Column("minutes", Integer, nullable=False),
)

route = Table(
    "route",
    metadata,
    row_id(),
    Column("area_id", ForeignKey("area.id"), nullable=False, index=True),
    Column("incident_id", ForeignKey("incident.id"), index=True),
    Column("mention_id", ForeignKey("mention.id"), index=True),
    words("cause"),
    words("ask"),
    Column("due_at", Instant, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("sent_by", Text, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("signatures", Json, nullable=False),
    words("reason"),
)
