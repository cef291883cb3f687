"""The tables. A column is named like the field of the dataclass that it holds (``crisisdesk/model``)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

APPLICATION_ID: Final = 0x43444B31  # "CDK1", so that the file says whose it is
SCHEMA_VERSION: Final = 2  # PRAGMA user_version; one more with every migration

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as whole microseconds since 1970 in UTC."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse naive instants: the desk has none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the data file")
        return (value - _EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Whole microseconds back into an aware UTC instant."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Json(TypeDecorator[Any]):
    """Nested values as JSON text, readable without us."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        """Any dataclass, tuple, mapping or plain value as JSON."""
        return msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Plain lists, mappings and values; the row mapper types them."""
        return None if value is None else msgspec.json.decode(value)


metadata = MetaData()


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _incident(index: bool = True) -> Column[int]:
    return Column("incident_id", ForeignKey("incident.id"), nullable=False, index=index)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, default="", server_default="")


meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Json, nullable=False))

mention = Table(
    "mention",
    metadata,
    _id(),
    Column("source", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    _text("text"),
    _text("author"),
    _text("channel"),
    _text("lang"),
    _text("url"),
    Column("is_repost", Boolean, nullable=False),
    Column("likes", Integer),
    Column("reposts", Integer),
    Column("followers", Integer),
    Column("date_doubtful", Boolean, nullable=False),
    _text("version"),
    _text("author_id"),
    _text("parent_id"),
    Column("private", Boolean, nullable=False, default=False, server_default="0"),
    _text("reference"),
    Column("deleted_at", Instant),
    _text("type"),
    Column("sentiment", Text, nullable=False),
    Column("complaint", Boolean, nullable=False),
    Column("safety", Boolean, nullable=False),
    Column("words", Json, nullable=False),
    UniqueConstraint("source", "account", "native_id"),
    Index("mention_published", "published_at", "id"),
    Index("mention_native", "source", "native_id"),
)

mention_version = Table(
    "mention_version",
    metadata,
    _id(),
    Column("mention_id", ForeignKey("mention.id"), nullable=False, index=True),
    Column("version", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("replaced_at", Instant, nullable=False),
)

minute_count = Table(
    "minute_count",
    metadata,
    Column("minute", Instant, primary_key=True),
    Column("total", Integer, nullable=False),
    Column("reposts", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
    Column("negative", Integer, nullable=False),
    Column("history", Integer, nullable=False, default=0, server_default="0"),
)

detector = Table(
    "detector",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("until", Instant, nullable=False),
    Column("state", Json, nullable=False),
)

gap = Table(
    "gap",
    metadata,
    _id(),
    Column("source", Text, nullable=False),
    Column("start", Instant, nullable=False, index=True),
    Column("end", Instant),
    _text("reason"),
)

source = Table(
    "source",
    metadata,
    Column("source", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    _text("label"),
    _text("cursor"),
    Column("added_at", Instant, nullable=False),
    Column("last_ok", Instant),
    Column("next_at", Instant),
    Column("failures", Integer, nullable=False, default=0, server_default="0"),
    _text("error_key"),
    Column("error_fields", Json, nullable=False),
    Column("polled", Boolean, nullable=False),
    Column("settings", Json, nullable=False, default=dict, server_default="{}"),
    Column("budget", Json),
)

alert = Table(
    "alert",
    metadata,
    _id(),
    Column("opened_at", Instant, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("signal", Json, nullable=False),
    Column("explanation", Json, nullable=False),
    Column("proposal", Json, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("snoozed_until", Instant),
    Column("incident_id", ForeignKey("incident.id")),
    _text("closed_reason"),
    Column("drill", Boolean, nullable=False),
    Column("first", Json),
)

playbook = Table(
    "playbook",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("used_at", Instant, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("level", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("zone", Text, nullable=False),
    Column("playbook_id", Text, nullable=False),
    Column("playbook_version", Integer, nullable=False),
    Column("playbook_digest", Text, nullable=False),
    Column("alert_id", Integer),
    Column("resolved_at", Instant),
    Column("closed_at", Instant),
    Column("drill", Boolean, nullable=False),
)

assignment = Table(
    "assignment",
    metadata,
    Column("incident_id", ForeignKey("incident.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    _text("contact_slug"),
    Column("since", Instant, nullable=False),
)

task = Table(
    "task",
    metadata,
    _id(),
    _incident(),
    Column("task_id", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("do", Json, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("done_at", Instant),
    _text("evidence"),
    _text("template"),
    Column("needs_evidence", Boolean, nullable=False),
    Column("min_level", Integer, nullable=False, default=0, server_default="0"),
)

contact = Table(
    "contact",
    metadata,
    _id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    _text("title"),
    _text("phone"),
    _text("email"),
    Column("from_hour", Json),
    Column("to_hour", Json),
    Column("zone", Text, nullable=False),
    _text("deputy"),
    Column("verified_at", Instant),
    Column("example", Boolean, nullable=False),
    Column("week", Json, nullable=False, default=list, server_default="[]"),
    Column("channels", Json, nullable=False, default=list, server_default="[]"),
)

escalation = Table(
    "escalation",
    metadata,
    _id(),
    _incident(),
    Column("role", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("step_due_at", Instant, index=True),
    _text("ack_by"),
    Column("ack_at", Instant),
    Column("ack_expires_at", Instant, index=True),
    _text("reason"),
)

attempt = Table(
    "attempt",
    metadata,
    _id(),
    Column("escalation_id", ForeignKey("escalation.id"), nullable=False, index=True),
    Column("contact_slug", Text, nullable=False, index=True),
    Column("step", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("channels", Json, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("outcome", Text),
    Column("ended_at", Instant),
    _text("note"),
)

rotation = Table(
    "rotation",
    metadata,
    _id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("members", Json, nullable=False),
    Column("zone", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("turn_hours", Integer, nullable=False),
)

rotation_override = Table(
    "rotation_override",
    metadata,
    _id(),
    Column("rotation_slug", Text, nullable=False, index=True),
    Column("contact_slug", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    _text("reason"),
)

notifier = Table(
    "notifier",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("values", Json, nullable=False),
    Column("enabled", Boolean, nullable=False),
    _text("cursor"),
    Column("tested_at", Instant),
    _text("tested"),
)

notification = Table(
    "notification",
    metadata,
    _id(),
    _incident(),
    Column("escalation_id", ForeignKey("escalation.id"), nullable=False, index=True),
    Column("attempt_id", ForeignKey("attempt.id"), nullable=False, index=True),
    Column("contact_slug", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("next_at", Instant, index=True),
    Column("tries", Integer, nullable=False),
    Column("attempted_at", Instant),
    Column("accepted_at", Instant),
    Column("delivered_at", Instant),
    Column("acknowledged_at", Instant),
    _text("provider_id"),
    _text("error_key"),
    Column("error_fields", Json, nullable=False),
)

fact = Table(
    "fact",
    metadata,
    _id(),
    _incident(),
    Column("section", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", Json, nullable=False),
    Column("said_by", Text, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    _text("evidence"),
    Column("replaced_by", Integer),
)

draft = Table(
    "draft",
    metadata,
    _id(),
    _incident(),
    Column("template_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("values", Json, nullable=False),
    Column("body", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("approvals", Json, nullable=False),
    Column("answers", Integer),
    _text("channel"),
    _text("url"),
    Column("published_at", Instant),
)

commitment = Table(
    "commitment",
    metadata,
    _id(),
    _incident(),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("what", Json, nullable=False),
    _text("to_whom"),
    Column("due_at", Instant, nullable=False),
    Column("zone", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("giver", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("quoted", Json, nullable=False),
    _text("url"),
    Column("draft_id", Integer),
    Column("ended_at", Instant),
    _text("reason"),
    Column("moved_to", Integer),
    Column("apology_draft_id", Integer),
    Column("remedy_kind", Text),
    _text("remedy"),
    Column("fulfilled_at", Instant),
    Column("remedied_at", Instant),
    Column("warn_at", Instant),
    Index("commitment_due", "state", "due_at"),
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, index=True),
    Column("alert_id", Integer, index=True),
    Column("kind", Text, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("offset_minutes", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("data", Json, nullable=False),
    _text("text"),
    Column("revises", Integer),
    sqlite_autoincrement=True,
)

# The timeline is append-only for this program too: the file itself refuses.
TRIGGERS: Final = (
    "CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline BEGIN "
    "SELECT RAISE(ABORT, 'the timeline is append-only'); END",
    "CREATE TRIGGER timeline_no_delete BEFORE DELETE ON timeline BEGIN "
    "SELECT RAISE(ABORT, 'the timeline is append-only'); END",
)
