"""The tables of the inbox: who has which mention."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from crisisdesk.store.columns import Instant, metadata

assignee = Table(
    "assignee",
    metadata,
    Column("mention_id", ForeignKey("mention.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("assignee_name", "name"),
)
