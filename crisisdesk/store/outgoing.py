"""What is on its way out, to one person or to everybody, and what is out."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from crisisdesk.model.draft import Draft, DraftState
from crisisdesk.model.outgoing import Outgoing, OutgoingState
from crisisdesk.store import rows

_ON_ITS_WAY: Final = (OutgoingState.READY, OutgoingState.SENDING, OutgoingState.UNKNOWN)
_ANSWERS: Final = tuple(set(OutgoingState) - {OutgoingState.CANCELLED, OutgoingState.FAILED})


def doubtful(connection: Connection, draft: Draft, channel: str, lang: str) -> Outgoing | None:
    """The newest that may be out or soon be: a reply to the same mention, or the same text's own post there."""
    if draft.mention_id is not None:
        return rows.outgoing.first(connection, mention_id=draft.mention_id, state=_ON_ITS_WAY)
    place = channel.casefold()
    return rows.outgoing.first(connection, draft_id=draft.id, source=place, lang=lang, state=_ON_ITS_WAY)


def answer(
    connection: Connection, mention_id: int, *, but_draft: int | None = None, but_reply: int | None = None
) -> tuple[str, datetime] | None:
    """Who has answered a mention, sent or pasted by hand, and when; one draft or one reply may be left out."""
    for row in rows.outgoing.where(connection, mention_id=mention_id, state=_ANSWERS):
        if row.id != but_reply:
            return row.confirmed_by, row.confirmed_at
    for draft in rows.drafts.where(connection, mention_id=mention_id, state=DraftState.PUBLISHED):
        if draft.id != but_draft:
            return draft.authors[-1] if draft.authors else draft.created_by, draft.published_at or draft.updated_at
    return None


def posted_by_hand(connection: Connection, draft_id: int, source: str, lang: str) -> str:
    """The channel where a person said that a text of our own is out already, when it is that source's; else ``""``."""
    for proof in rows.publications.where(connection, draft_id=draft_id, lang=lang):
        if proof.channel.casefold() == source and proof.how == "copied":
            return proof.channel
    return ""
