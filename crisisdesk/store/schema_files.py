"""Bytes as they came: files that belong to entries of the timeline, and the answers that mentions were read from."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from crisisdesk.store.columns import Instant, Json, metadata, row_id, words

attachment = Table(
    "attachment",
    metadata,
    Column("sha256", Text, primary_key=True),  # of the content, so that a file that comes twice is kept once
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

answer = Table(
    "answer",
    metadata,
    row_id(),
    Column("source", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("packed_size", Integer, nullable=False),
    Column("first", Integer, nullable=False),  # ids of the mentions that came with it
    Column("last", Integer, nullable=False),
    words("gone"),
    Index("answer_age", "gone", "at", "packed_size"),
    Index("answer_first", "first"),
    Index("answer_sha256", "sha256"),
)

answer_body = Table(
    "answer_body",
    metadata,
    Column("sha256", Text, primary_key=True),  # of the bytes as they came, so that what comes twice is kept once
    Column("packed", LargeBinary, nullable=False),
)

answer_edited = Table(
    "answer_edited",
    metadata,
    Column("mention_id", Integer, primary_key=True),
    Column("answer_id", ForeignKey("answer.id"), primary_key=True),
    sqlite_with_rowid=False,
)
