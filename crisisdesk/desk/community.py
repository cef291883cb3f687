"""Experts who are asked about their topics only, thanks with a reason and credited once, and «You said → we did»."""

from __future__ import annotations

import csv
import io
from collections import Counter

from crisisdesk.desk.core import Core
from crisisdesk.desk.drafts import Drafts
from crisisdesk.desk.replies import Replies
from crisisdesk.model.community import ADVOCATE_FROM, Deed, Expert, Kudos
from crisisdesk.model.draft import Draft, FieldValue
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.phones import without_numbers
from crisisdesk.plain import csv_cell
from crisisdesk.store import mentions, rows


class Community:
    """Keeps who helps, who is thanked, and what people asked for that was done."""

    def __init__(self, core: Core, replies: Replies, drafts: Drafts) -> None:
        self._core = core
        self._replies = replies
        self._drafts = drafts

    # -- experts -------------------------------------------------------------------------------------------------

    def add_expert(self, source: str, author: str, topics: tuple[str, ...], consent: str) -> Expert:
        """Somebody agreed to be asked about ``topics``; said again, their topics are those said last."""
        named = tuple(dict.fromkeys(filter(None, (_topic(topic) for topic in topics))))
        if not source.strip() or not author.strip():
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
            self._core.log_if_open(tx, "community.expert", data={"who": author, "words": ", ".join(named)})
            return new

    def remove_expert(self, expert_id: int) -> None:
        """They do not want to be asked any more."""
        with self._core.write() as tx:
            rows.experts.get(tx.connection, expert_id)
            rows.experts.delete(tx.connection, id=expert_id)

    def experts(self, topic: str = "") -> tuple[Expert, ...]:
        """Who may be asked about a topic, or everybody."""
        wanted = _topic(topic)
        with self._core.read() as connection:
            return tuple(e for e in rows.experts.where(connection) if not wanted or wanted in e.topics)

    def ask(self, expert_id: int, topic: str, question: str) -> Expert:
        """Note that an expert is asked; refused about anything but their topics."""
        if not question.strip():
            raise InputError("community.no_question")
        with self._core.write() as tx:
            expert = rows.experts.get(tx.connection, expert_id)
            if _topic(topic) not in expert.topics:
                raise StepError("community.other_topic", who=expert.author, topics=", ".join(expert.topics))
            data = {"who": expert.author, "what": question.strip(), "words": _topic(topic)}
            self._core.log_if_open(tx, "community.asked", data=data)
            return expert

    # -- thanks --------------------------------------------------------------------------------------------------

    def thank(self, mention_id: int, reason: str) -> Kudos:
        """Credit a mention's author, once for each mention, with the reason."""
        if not reason.strip():
            raise InputError("community.no_reason")
        with self._core.write() as tx:
            stored = mentions.get(tx.connection, mention_id)
            if not stored.mention.author.strip():
                raise InputError("community.nobody")
            before = rows.kudos.first(tx.connection, mention_id=mention_id)
            if before is not None:
                raise StepError("community.credited", by=before.by)
            new = rows.kudos.insert(
                tx.connection,
                Kudos(
                    id=0,
                    mention_id=mention_id,
                    source=stored.mention.source,
                    author=stored.mention.author,
                    reason=reason.strip(),
                    by=self._core.actor,
                    at=self._core.clock.now(),
                ),
            )
            data = {"who": new.author, "mention": str(mention_id), "what": new.reason}
            self._core.log_if_open(tx, "community.thanked", data=data)
            return new

    def kudos(self, source: str = "", author: str = "") -> tuple[Kudos, ...]:
        """The ledger of thanks, oldest first; of one person, or of all."""
        with self._core.read() as connection:
            found = rows.kudos.where(connection)
        return tuple(one for one in found if not author or (one.source, one.author) == (source, author))

    def statement(self) -> bytes:
        """The ledger of thanks as CSV (UTF-8 with a byte order mark), oldest first; no phone numbers."""
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(("at_utc", "source", "author", "reason", "mention", "by"))
        for one in self.kudos():
            said = (one.source, without_numbers(one.author), without_numbers(one.reason))
            writer.writerow([csv_cell(value) for value in (one.at.isoformat(), *said, one.mention_id, one.by)])
        return out.getvalue().encode("utf-8-sig")

    def advocates(self, least: int = ADVOCATE_FROM) -> tuple[tuple[str, str, int], ...]:
        """(source, author, kudos) of everybody with at least ``least``, most first."""
        counted = Counter((k.source, k.author) for k in self.kudos())
        found = ((source, author, n) for (source, author), n in counted.items() if n >= least)
        return tuple(sorted(found, key=lambda row: (-row[2], row[0], row[1])))

    # -- you said, we did ----------------------------------------------------------------------------------------

    def we_did(
        self, incident_id: int, said: Bilingual, did: Bilingual, mention_ids: tuple[int, ...]
    ) -> tuple[Deed, tuple[Draft, ...], tuple[int, ...]]:
        """Note what was done of what people asked for, and begin the answer to each of them.

        Returns:
            the deed, one draft for each person (their newest mention), and the mentions that somebody else is
            answering just now: those are left to them.
        """
        if not all(text.strip() for text in (said.es, said.en, did.es, did.en)):
            raise InputError("community.both_languages")
        if not mention_ids:
            raise InputError("community.nobody_asked")
        with self._core.write() as tx:
            asked = [mentions.get(tx.connection, one) for one in dict.fromkeys(mention_ids)]
            deed = rows.deeds.insert(
                tx.connection,
                Deed(
                    id=0,
                    incident_id=incident_id,
                    said=said,
                    did=did,
                    mention_ids=tuple(one.id for one in asked),
                    by=self._core.actor,
                    at=self._core.clock.now(),
                ),
            )
            newest = {(one.mention.source, one.mention.author or one.id): one.id for one in asked}
            drafts, held = list[Draft](), list[int]()
            for mention_id in newest.values():
                try:
                    draft = self._replies.start(mention_id, "respuesta_individual")
                except StepError as error:
                    if error.key != "lock.held":
                        raise
                    held.append(mention_id)
                    continue
                words = {"situacion": FieldValue(text=said), "siguiente_paso": FieldValue(text=did)}
                drafts.append(self._drafts.fill(draft.id, words).draft)
            data = {"what": said, "way": did, "n": len(drafts)}
            self._core.log(tx, "community.did", incident_id, data=data)
            return deed, tuple(drafts), tuple(held)

    def deeds(self, incident_id: int) -> tuple[Deed, ...]:
        """What people said and we did, oldest first."""
        with self._core.read() as connection:
            return rows.deeds.where(connection, incident_id=incident_id)


def _topic(topic: str) -> str:
    return " ".join(topic.casefold().split())
