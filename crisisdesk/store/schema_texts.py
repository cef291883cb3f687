"""The tables of what is known and said: facts, drafts, who agreed with them, and where they are out."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from crisisdesk.store.columns import Instant, Json, incident_id, metadata, row_id, words


def _draft_id() -> Column[int]:
    return Column("draft_id", ForeignKey("draft.id"), nullable=False, index=True)


fact = Table(
    "fact",
    metadata,
    row_id(),
    incident_id(),
    Column("section", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", Json, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    words("evidence"),
    Column("replaced_by", Integer),
    Column("proofs", Json, nullable=False, default=list, server_default="[]"),
)

draft = Table(
    "draft",
    metadata,
    row_id(),
    incident_id(),
    Column("template_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("values", Json, nullable=False),
    Column("body", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("approvals", Json, nullable=False),
    Column("answers", Integer),
    words("channel"),
    words("url"),
    Column("published_at", Instant),
    Column("authors", Json, nullable=False, default=list, server_default="[]"),
    Column("corrected", Json, nullable=False, default=list, server_default="[]"),
    Column("mention_id", Integer),
)

approval = Table(
    "approval",
    metadata,
    row_id(),
    _draft_id(),
    incident_id(),
    Column("role", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    words("by"),
    Column("at", Instant),
    Column("expires_at", Instant),
    words("reason"),
    words("digest"),
)

publication = Table(
    "publication",
    metadata,
    row_id(),
    _draft_id(),
    incident_id(),
    words("channel"),
    Column("lang", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("digest", Text, nullable=False),
    words("url"),
    Column("published_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("by", Text, nullable=False),
    Column("how", Text, nullable=False),
    words("native_id"),
)

call_back = Table(
    "call_back",
    metadata,
    row_id(),
    Column("mention_id", ForeignKey("mention.id"), nullable=False),
    incident_id(),
    words("name"),
    words("phone"),
    Column("masked", Text, nullable=False),
    Column("salt", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("kept_by", Text, nullable=False),
    Column("kept_at", Instant, nullable=False),
    Column("keep_until", Instant, nullable=False),
    Column("commitment_id", Integer),
    Column("deleted_at", Instant),
    words("deleted_by"),
)

reply_lock = Table(
    "reply_lock",
    metadata,
    row_id(),
    Column("mention_id", ForeignKey("mention.id"), nullable=False, unique=True),
    Column("by", Text, nullable=False),
    Column("seat", Text, nullable=False),
    Column("since", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("typed_at", Instant),
)

outgoing = Table(
    "outgoing",
    metadata,
    row_id(),
    _draft_id(),
    incident_id(),
    Column("mention_id", Integer),
    Column("source", Text, nullable=False),
    words("account"),
    Column("lang", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("plan", Json, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False, index=True),
    Column("confirmed_by", Text, nullable=False),
    Column("confirmed_at", Instant, nullable=False),
    Column("attempted_at", Instant),
    Column("ended_at", Instant),
    words("native_id"),
    words("url"),
    words("error_key"),
    Column("error_fields", Json, nullable=False, default=dict, server_default="{}"),
)
