"""Experts who are asked about their topics only, and their answers; thanks with a reason, each credited once."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.desk.kept_numbers import strike_all
from crisisdesk.desk.replies import NOT_NOW, TEMPLATE, Replies
from crisisdesk.model.community import ADVOCATE_FROM, Expert, Kudos, Question
from crisisdesk.model.draft import Draft, FieldValue
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.events import CommunityChanged
from crisisdesk.model.mention import StoredMention
from crisisdesk.plain import clamp, csv_cell
from crisisdesk.store import mentions, people, rows, versions
from crisisdesk.store.database import Transaction
from crisisdesk.texts import both

_WORDS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was taken in: its question, the credit for it, and the reply that it began.

    Attributes:
        credited: ``None`` where the expert had their credit for it.
        draft: ``None`` where nobody waits for a reply, or somebody else is answering them.
    """

    question: Question
    credited: Kudos | None
    draft: Draft | None


class Community:
    """Keeps who helps, what they were asked and answered, and who is thanked."""

    def __init__(self, core: Core, replies: Replies) -> None:
        self._core = core
        self._replies = replies

    # -- experts -------------------------------------------------------------------------------------------------

    def add_expert(self, source: str, author: str, topics: tuple[str, ...], consent: str) -> Expert:
        """Somebody agreed to be asked about ``topics``; said again, their topics are those said last."""
        named = tuple(dict.fromkeys(filter(None, (_topic(topic) for topic in topics))))
        source, author = source.strip(), author.strip()
        if not source or not author:
            raise InputError("community.nobody")
        if not named:
            raise InputError("community.no_topic")
        if not consent.strip():
            raise InputError("call_back.no_consent")
        with self._core.write() as tx:
            rows.experts.delete(tx.connection, source=source, author=author)
            new = rows.experts.insert(
                tx.connection,
                Expert(
                    id=0,
                    source=source,
                    author=author,
                    topics=named,
                    consent=consent.strip(),
                    added_by=self._core.actor,
                    added_at=self._core.clock.now(),
                ),
            )
            self._log(tx, "community.expert", who=author, words=", ".join(named))
            return new

    def remove_expert(self, expert_id: int) -> None:
        """They do not want to be asked any more."""
        with self._core.write() as tx:
            gone = rows.experts.get(tx.connection, expert_id)
            rows.experts.delete(tx.connection, id=expert_id)
            self._log(tx, "community.expert_gone", who=gone.author)

    def experts(self, topic: str = "") -> tuple[Expert, ...]:
        """Who may be asked about a topic, or everybody."""
        wanted = _topic(topic)
        with self._core.read() as connection:
            return tuple(e for e in rows.experts.where(connection) if not wanted or wanted in e.topics)

    def ask(self, expert_id: int, topic: str, question: str, mention_id: int | None = None) -> Question:
        """Note that an expert is asked, perhaps for who wrote a mention; refused about anything but their topics."""
        text = clamp(question.strip(), _WORDS)
        if not text:
            raise InputError("community.no_question")
        with self._core.write() as tx:
            expert = rows.experts.get(tx.connection, expert_id)
            if _topic(topic) not in expert.topics:
                raise StepError("community.other_topic", who=expert.author, topics=", ".join(expert.topics))
            if mention_id is not None:
                mentions.get(tx.connection, mention_id)
                versions.must_stand(tx.connection, mention_id)
            asked = rows.questions.insert(
                tx.connection,
                Question(
                    id=0,
                    incident_id=self._core.open_incident(tx.connection),
                    source=expert.source,
                    author=expert.author,
                    topic=_topic(topic),
                    text=text,
                    mention_id=mention_id,
                    asked_by=self._core.actor,
                    asked_at=self._core.clock.now(),
                ),
            )
            self._log(tx, "community.asked", who=expert.author, what=text, words=asked.topic)
            return asked

    def answer(self, question_id: int, text: str = "", mention_id: int | None = None) -> Answered:
        """Take an expert's answer in: they are credited once, and the reply to whoever wanted to know is begun.

        Args:
            text: what they said; ``""`` for the words of ``mention_id``.
            mention_id: where they said it.

        Raises:
            InputError: no words.
            StepError: it was answered before, or the mention is not the expert's.
        """
        with self._core.write() as tx:
            asked = rows.questions.get(tx.connection, question_id)
            if asked.answered_at is not None:
                raise StepError("community.answered", by=asked.told_by, at=asked.answered_at)
            if mention_id is not None:
                said = mentions.get(tx.connection, mention_id).mention
                if (said.source, said.author) != (asked.source, asked.author):
                    raise StepError("community.not_theirs", who=asked.author)
                text = text.strip() or said.text
            text = clamp(text.strip(), _WORDS)
            if not text:
                raise InputError("community.no_answer")
            known = {"answer": text, "answer_mention_id": mention_id, "told_by": self._core.actor}
            asked = rows.questions.update(tx.connection, question_id, answered_at=self._core.clock.now(), **known)
            self._log(tx, "community.answered", who=asked.author, what=text, words=asked.topic)
            credited = self._credit_answer(tx, asked)
            draft = self._begin_reply(tx, asked)
            if draft is not None:
                asked = rows.questions.update(tx.connection, question_id, draft_id=draft.id)
            return Answered(asked, credited, draft)

    def questions(self) -> tuple[tuple[Question, StoredMention | None], ...]:
        """What experts were asked, oldest first; beside what waits the first that they said since."""
        with self._core.read() as connection:
            return tuple(
                (one, None if one.answered_at else people.first_since(connection, one.source, one.author, one.asked_at))
                for one in rows.questions.where(connection)
            )

    def _credit_answer(self, tx: Transaction, asked: Question) -> Kudos | None:
        """One credit for an answer; where the mention that holds it was thanked for, that was it."""
        if asked.answer_mention_id is not None and self._standing(tx, mention_id=asked.answer_mention_id):
            return None
        return self._credit(tx, asked.source, asked.author, f"{asked.topic}: {clamp(asked.text, 200)}",
                            mention_id=asked.answer_mention_id, question_id=asked.id)  # fmt: skip

    def _begin_reply(self, tx: Transaction, asked: Question) -> Draft | None:
        """The reply to whoever wanted to know; ``None`` where nobody did, or somebody else is answering them."""
        if asked.mention_id is None:
            return None
        said = both("desk.community.expert_says", words=asked.answer)
        try:
            return self._replies.start(asked.mention_id, TEMPLATE, {"situacion": FieldValue(text=said)})
        except (NotFoundError, StepError) as error:
            if error.key not in NOT_NOW:
                raise
            return None

    # -- thanks --------------------------------------------------------------------------------------------------

    def thank(self, mention_id: int, reason: str) -> Kudos:
        """Credit a mention's author, once for each mention, with the reason."""
        if not reason.strip():
            raise InputError("community.no_reason")
        with self._core.write() as tx:
            stored = mentions.get(tx.connection, mention_id)
            if not stored.mention.author.strip():
                raise InputError("community.nobody")
            before = self._standing(tx, mention_id=mention_id)
            if before is not None:
                raise StepError("community.credited", by=before.by)
            said = stored.mention
            return self._credit(tx, said.source, said.author, reason.strip(), mention_id=mention_id)

    def unthank(self, kudos_id: int, reason: str) -> Kudos:
        """Take a credit back and say why; it stays in the ledger, and what it was for may be credited again."""
        if not reason.strip():
            raise InputError("community.no_undo_reason")
        with self._core.write() as tx:
            before = rows.kudos.get(tx.connection, kudos_id)
            if before.undone_at is not None:
                raise StepError("community.undone", by=before.undone_by)
            gone = rows.kudos.update(
                tx.connection,
                kudos_id,
                undone_by=self._core.actor,
                undone_at=self._core.clock.now(),
                undone_reason=clamp(reason.strip(), _WORDS),
            )
            self._log(tx, "community.unthanked", who=gone.author, what=gone.reason, reason=gone.undone_reason)
            return gone

    def _standing(self, tx: Transaction, **of: int) -> Kudos | None:
        """The credit for a mention or a question that was not taken back."""
        return rows.kudos.first(tx.connection, undone_at=None, **of)

    def _credit(
        self, tx: Transaction, source: str, author: str, reason: str, *, mention_id: int | None,
        question_id: int | None = None,
    ) -> Kudos:  # fmt: skip
        new = rows.kudos.insert(
            tx.connection,
            Kudos(
                id=0,
                mention_id=mention_id,
                question_id=question_id,
                source=source,
                author=author,
                reason=reason,
                by=self._core.actor,
                at=self._core.clock.now(),
            ),
        )
        if mention_id is None:
            self._log(tx, "community.credited", who=author, what=reason)
        else:
            self._log(tx, "community.thanked", who=author, mention=str(mention_id), what=reason)
        return new

    def _log(self, tx: Transaction, kind: str, **data: object) -> None:
        self._core.log_if_open(tx, kind, data=data)
        tx.emit(CommunityChanged())

    def kudos(self, source: str = "", author: str = "") -> tuple[Kudos, ...]:
        """The ledger of thanks, oldest first, with what was taken back; of one person, or of all."""
        with self._core.read() as connection:
            found = rows.kudos.where(connection)
        return tuple(one for one in found if not author or (one.source, one.author) == (source, author))

    def statement(self) -> bytes:
        """The ledger of thanks as CSV (UTF-8 with a byte order mark), oldest first; no phone numbers.

        What was taken back has its last three columns filled.
        """
        with self._core.read() as connection:
            strike = strike_all(self._core, connection)
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        undone = ("undone_at_utc", "undone_by", "undone_reason")
        writer.writerow(("at_utc", "source", "author", "reason", "mention", "question", "by", *undone))
        for one in self.kudos():
            said = (one.source, strike(one.author), strike(one.reason))
            about = (one.mention_id or "", one.question_id or "", one.by)
            taken = (one.undone_at.isoformat() if one.undone_at else "", one.undone_by)
            row = (one.at.isoformat(), *said, *about, *taken, strike(one.undone_reason))
            writer.writerow([csv_cell(value) for value in row])
        return out.getvalue().encode("utf-8-sig")

    def advocates(self, least: int = ADVOCATE_FROM) -> tuple[tuple[str, str, int], ...]:
        """(source, author, kudos) of everybody with at least ``least``, most first."""
        counted = Counter((k.source, k.author) for k in self.kudos() if k.undone_at is None)
        found = ((source, author, n) for (source, author), n in counted.items() if n >= least)
        return tuple(sorted(found, key=lambda row: (-row[2], row[0], row[1])))


def _topic(topic: str) -> str:
    return " ".join(topic.casefold().split())
