"""The tables. A column is named like the field of the dataclass that it holds (``crisisdesk/model``)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from crisisdesk.store.columns import Instant as Instant
from crisisdesk.store.columns import Json as Json
from crisisdesk.store.columns import incident_id, row_id, words
from crisisdesk.store.columns import metadata as metadata
from crisisdesk.store.schema_community import expert as expert
from crisisdesk.store.schema_community import idea as idea
from crisisdesk.store.schema_community import kudos as kudos
from crisisdesk.store.schema_community import question as question
from crisisdesk.store.schema_community import rumour as rumour
from crisisdesk.store.schema_files import answer as answer
from crisisdesk.store.schema_files import answer_body as answer_body
from crisisdesk.store.schema_files import answer_edited as answer_edited
from crisisdesk.store.schema_files import attachment as attachment
from crisisdesk.store.schema_house import area as area
from crisisdesk.store.schema_house import route as route
from crisisdesk.store.schema_ladders import attempt as attempt
from crisisdesk.store.schema_ladders import contact as contact
from crisisdesk.store.schema_ladders import escalation as escalation
from crisisdesk.store.schema_ladders import notification as notification
from crisisdesk.store.schema_ladders import notifier as notifier
from crisisdesk.store.schema_ladders import rotation as rotation
from crisisdesk.store.schema_ladders import rotation_override as rotation_override
from crisisdesk.store.schema_review import playbook_proposal as playbook_proposal
from crisisdesk.store.schema_review import review_action as review_action
from crisisdesk.store.schema_review import review_feedback as review_feedback
from crisisdesk.store.schema_review import review_plan as review_plan
from crisisdesk.store.schema_texts import approval as approval
from crisisdesk.store.schema_texts import call_back as call_back
from crisisdesk.store.schema_texts import draft as draft
from crisisdesk.store.schema_texts import fact as fact
from crisisdesk.store.schema_texts import outgoing as outgoing
from crisisdesk.store.schema_texts import publication as publication
from crisisdesk.store.schema_texts import reply_lock as reply_lock
from crisisdesk.store.schema_triage import assignee as assignee

APPLICATION_ID: Final = 0x43444B31  # "CDK1", so that the file says whose it is
SCHEMA_VERSION: Final = 25  # PRAGMA user_version; one more with every migration

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Json, nullable=False))

mention = Table(
    "mention",
    metadata,
    row_id(),
    Column("source", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("native_id", Text, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    words("text"),
    words("author"),
    words("channel"),
    words("lang"),
    words("url"),
    Column("is_repost", Boolean, nullable=False),
    Column("likes", Integer),
    Column("reposts", Integer),
    Column("followers", Integer),
    Column("date_doubtful", Boolean, nullable=False),
    words("version"),
    words("author_id"),
    words("parent_id"),
    Column("private", Boolean, nullable=False, default=False, server_default="0"),
    words("reference"),
    Column("deleted_at", Instant),
    words("type"),
    Column("sentiment", Text, nullable=False),
    Column("complaint", Boolean, nullable=False),
    Column("safety", Boolean, nullable=False),
    Column("words", Json, nullable=False),
    Column("signs", Json, nullable=False, default=(), server_default="[]"),
    words("language"),
    Column("judge", Text, nullable=False, default="small", server_default="small"),
    Column("fold", Integer),  # what it is folded with in the inbox: store/folds.py
    UniqueConstraint("source", "account", "native_id"),
    # covers what the inbox filters by, so that a walk through a million reads no text; full text: store/inbox.py
    Index(
        "mention_published",
        *("published_at", "id", "type", "sentiment", "complaint", "safety", "language", "source"),
        *("is_repost", "deleted_at", "fold"),
    ),
    Index("mention_fold", "fold", "safety", "published_at", sqlite_where=text("fold IS NOT NULL")),
    Index("mention_person", "source", "author_id", "published_at", sqlite_where=text("author_id != ''")),
    Index(
        "mention_named", "source", "author", "published_at", sqlite_where=text("author_id = '' AND author != ''")
    ),
    Index("mention_native", "source", "native_id"),
    Index("mention_danger", "published_at", sqlite_where=text("safety")),
    Index("mention_loud", "published_at", "followers", sqlite_where=text("followers >= 10000")),
)

label = Table(
    "label",
    metadata,
    row_id(),
    Column("mention_id", ForeignKey("mention.id"), nullable=False, index=True),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
    words("undone_by"),
)

mention_version = Table(
    "mention_version",
    metadata,
    row_id(),
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
    Column("voices", Integer),  # empty until the minute has been looked at
    Column("complainers", Integer),
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
    row_id(),
    Column("source", Text, nullable=False),
    Column("start", Instant, nullable=False, index=True),
    Column("end", Instant),
    words("reason"),
)

source = Table(
    "source",
    metadata,
    Column("source", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    words("label"),
    words("cursor"),
    Column("added_at", Instant, nullable=False),
    Column("last_ok", Instant),
    Column("next_at", Instant),
    Column("failures", Integer, nullable=False, default=0, server_default="0"),
    words("error_key"),
    Column("error_fields", Json, nullable=False),
    Column("polled", Boolean, nullable=False),
    Column("settings", Json, nullable=False, default=dict, server_default="{}"),
    Column("budget", Json),
)

alert = Table(
    "alert",
    metadata,
    row_id(),
    Column("opened_at", Instant, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("signal", Json, nullable=False),
    Column("explanation", Json, nullable=False),
    Column("proposal", Json, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("snoozed_until", Instant),
    Column("incident_id", ForeignKey("incident.id")),
    words("closed_reason"),
    Column("drill", Boolean, nullable=False),
    Column("first", Json),
)

concern = Table(
    "concern",
    metadata,
    row_id(),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("return_days", Float, nullable=False),
    Column("mention_ids", Json, nullable=False),
    Column("figures", Json, nullable=False),
    words("seen_by"),
    Column("seen_at", Instant),
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
    row_id(),
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
    words("contact_slug"),
    Column("since", Instant, nullable=False),
)

task = Table(
    "task",
    metadata,
    row_id(),
    incident_id(),
    Column("task_id", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("do", Json, nullable=False),
    Column("owner", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("done_at", Instant),
    words("evidence"),
    words("template"),
    Column("needs_evidence", Boolean, nullable=False),
    Column("min_level", Integer, nullable=False, default=0, server_default="0"),
)

commitment = Table(
    "commitment",
    metadata,
    row_id(),
    incident_id(),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("what", Json, nullable=False),
    words("to_whom"),
    Column("due_at", Instant, nullable=False),
    Column("zone", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("giver", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("quoted", Json, nullable=False),
    words("url"),
    Column("draft_id", Integer),
    Column("ended_at", Instant),
    words("reason"),
    Column("moved_to", Integer),
    Column("apology_draft_id", Integer),
    Column("remedy_kind", Text),
    words("remedy"),
    Column("fulfilled_at", Instant),
    Column("remedied_at", Instant),
    Column("warn_at", Instant),
    words("known"),
    words("known_by"),
    Column("foresight", Json),
    words("wall"),
    Index("commitment_due", "state", "due_at"),
)

history = Table(
    "history",
    metadata,
    row_id(),
    Column("incident_id", ForeignKey("incident.id"), unique=True),
    Column("playbook_id", Text, nullable=False, index=True),
    Column("cause", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("minutes", Float),
    Column("open", Boolean, nullable=False),
    Column("comparable", Boolean, nullable=False),
    Column("noted_at", Instant, nullable=False),
    Column("noted_by", Text, nullable=False),
)

service_day = Table(
    "service_day",
    metadata,
    Column("day", Text, primary_key=True),  # a local date of the brand's zone
    Column("line", Text, primary_key=True),
    Column("contacts", Integer, nullable=False),
    Column("seconds", Text),  # exact decimals: SQLite's numbers are floats
    Column("cost", Text),
    words("currency"),
    Column("asked", Integer),
    Column("satisfied", Integer),
    Column("rated", Integer),
    Column("detractors", Integer),
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer),
    Column("alert_id", Integer, index=True),
    Column("kind", Text, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("offset_minutes", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("data", Json, nullable=False),
    words("text"),
    Column("revises", Integer),
    Column("salt", Text),  # so that the hash of a short text cannot be guessed once the text is gone
    Index("timeline_order", "incident_id", "kind", "occurred_at", "revises"),  # an incident's order reads no texts
    Index("timeline_revises", "revises", sqlite_where=text("revises IS NOT NULL")),
    sqlite_autoincrement=True,
)

link = Table(
    "link",
    metadata,
    Column("row", Integer, primary_key=True),  # the timeline's id
    Column("prev", Text, nullable=False, unique=True),  # two cannot follow the same one: the chain has no forks
    Column("content", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
    words("seal"),
    words("key_id"),
    Column("migrated", Boolean, nullable=False, default=False, server_default="0"),
)

# The timeline is append-only for this program too: the file itself refuses.
TRIGGERS: Final = (
    # One change is let through: a row's words go, after a row that says who took them out and why.
    "CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline WHEN NOT ("
    "NEW.id IS OLD.id AND NEW.incident_id IS OLD.incident_id AND NEW.alert_id IS OLD.alert_id AND NEW.kind IS OLD.kind "
    "AND NEW.occurred_at IS OLD.occurred_at AND NEW.recorded_at IS OLD.recorded_at "
    "AND NEW.offset_minutes IS OLD.offset_minutes AND NEW.actor IS OLD.actor AND NEW.revises IS OLD.revises "
    "AND NEW.text = '' AND NEW.data = '{}' AND NEW.salt IS NULL AND EXISTS (SELECT 1 FROM timeline AS why "
    "WHERE why.kind = 'entry.redacted' AND why.id > OLD.id "
    "AND instr(why.data, '{\"entry\":' || coalesce(OLD.revises, OLD.id) || ',') = 1)) BEGIN "
    "SELECT RAISE(ABORT, 'the timeline is append-only'); END",
    "CREATE TRIGGER timeline_no_delete BEFORE DELETE ON timeline BEGIN "
    "SELECT RAISE(ABORT, 'the timeline is append-only'); END",
    "CREATE TRIGGER link_no_update BEFORE UPDATE ON link BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END",
    "CREATE TRIGGER link_no_delete BEFORE DELETE ON link BEGIN SELECT RAISE(ABORT, 'the chain is append-only'); END",
)
