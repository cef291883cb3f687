"""The tables of who is reached and how: contacts, rotations, ladders, calls, notifiers and what they sent."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from crisisdesk.store.columns import Instant, Json, incident_id, metadata, row_id, words

contact = Table(
    "contact",
    metadata,
    row_id(),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    words("title"),
    words("phone"),
    words("email"),
    Column("from_hour", Json),
    Column("to_hour", Json),
    Column("zone", Text, nullable=False),
    words("deputy"),
    Column("verified_at", Instant),
    Column("example", Boolean, nullable=False),
    Column("week", Json, nullable=False, default=list, server_default="[]"),
    Column("channels", Json, nullable=False, default=list, server_default="[]"),
)

escalation = Table(
    "escalation",
    metadata,
    row_id(),
    incident_id(),
    Column("role", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("step_due_at", Instant, index=True),
    words("ack_by"),
    Column("ack_at", Instant),
    Column("ack_expires_at", Instant, index=True),
    words("reason"),
)

attempt = Table(
    "attempt",
    metadata,
    row_id(),
    Column("escalation_id", ForeignKey("escalation.id"), nullable=False, index=True),
    Column("contact_slug", Text, nullable=False, index=True),
    Column("step", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("channels", Json, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("outcome", Text),
    Column("ended_at", Instant),
    words("note"),
)

rotation = Table(
    "rotation",
    metadata,
    row_id(),
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
    row_id(),
    Column("rotation_slug", Text, nullable=False, index=True),
    Column("contact_slug", Text, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    words("reason"),
)

notifier = Table(
    "notifier",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("values", Json, nullable=False),
    Column("enabled", Boolean, nullable=False),
    words("cursor"),
    Column("tested_at", Instant),
    words("tested"),
)

notification = Table(
    "notification",
    metadata,
    row_id(),
    incident_id(),
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
    words("provider_id"),
    words("error_key"),
    Column("error_fields", Json, nullable=False),
)
