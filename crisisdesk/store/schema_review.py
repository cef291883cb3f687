"""The tables of what comes after an incident: its review, what was decided there, and what people said."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from crisisdesk.store.columns import Instant, incident_id, metadata, row_id, words

review_plan = Table(
    "review_plan",
    metadata,
    row_id(),
    Column("incident_id", ForeignKey("incident.id"), nullable=False, unique=True),
    Column("due_at", Instant, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("held_at", Instant),
    words("held_by"),
    Column("told_at", Instant),
)

review_action = Table(
    "review_action",
    metadata,
    row_id(),
    incident_id(),
    Column("what", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("created_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("ended_at", Instant),
    words("ended_by"),
    words("words"),
    Column("told_at", Instant),
    Column("commitment_id", ForeignKey("commitment.id")),
)

review_feedback = Table(
    "review_feedback",
    metadata,
    row_id(),
    incident_id(),
    Column("who", Text, nullable=False),
    words("well"),
    words("badly"),
    words("change"),
    Column("noted_by", Text, nullable=False),
    Column("noted_at", Instant, nullable=False),
)

playbook_proposal = Table(
    "playbook_proposal",
    metadata,
    row_id(),
    incident_id(),
    Column("action_id", ForeignKey("review_action.id")),
    Column("why", Text, nullable=False),
    Column("playbook_id", Text, nullable=False),
    Column("base_version", Integer, nullable=False),
    Column("base", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    words("decided_by"),
    Column("decided_at", Instant),
    words("reason"),
    Column("version", Integer, nullable=False),
)
