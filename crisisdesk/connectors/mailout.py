"""A mail of ours as it goes out: made of a plan, under a Message-ID that is known before."""

from __future__ import annotations

import email.message
import email.policy
import email.utils
from datetime import datetime
from hashlib import blake2b
from typing import Final

from crisisdesk.connectors.fields import rows
from crisisdesk.model.source import ReplyPlan

SUBJECT: Final = 120
"""Letters of a subject that is made of a text's beginning."""


def subject_of(text: str) -> str:
    """The first line of a text, cut at a word."""
    first = line(next((one for one in text.splitlines() if one.strip()), ""))
    cut = first[:SUBJECT]
    return first if cut == first else (cut.rpartition(" ")[0] or cut) + "…"


def message_id(key: str, address: str) -> str:
    """The same Message-ID for the same idempotency key: a repetition looks like one."""
    digest = blake2b(key.encode(), digest_size=16).hexdigest()
    return f"<cd.{digest}@{address.rpartition('@')[2] or 'localhost'}>"


def letter_of(plan: ReplyPlan, now: datetime) -> email.message.EmailMessage:
    """The mail of a plan."""
    payload = dict(plan.payload)
    letter = email.message.EmailMessage(policy=email.policy.SMTP)
    letter["From"] = line(payload["from"])
    letter["To"] = line(payload["to"])
    letter["Subject"] = line(payload["subject"])[:200]
    letter["Date"] = email.utils.format_datetime(now)
    letter["Message-ID"] = line(payload["message_id"])
    answered = line(payload["in_reply_to"])
    if answered:
        letter["In-Reply-To"] = answered
        earlier = [line(r) for r in rows(payload, "references") if r != answered]
        letter["References"] = " ".join([*earlier[-20:], answered])
    letter.set_content(plan.text)
    return letter


def line(value: object) -> str:
    """One line: a line break in a header would begin another header."""
    return " ".join(str(value).split())
