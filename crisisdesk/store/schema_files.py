"""Files that belong to entries of the timeline: in the data file itself, so that none can be without its row."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from crisisdesk.store.columns import metadata

attachment = Table(
    "attachment",
    metadata,
    Column("sha256", Text, primary_key=True),  # of the content, so that a file that comes twice is kept once
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
