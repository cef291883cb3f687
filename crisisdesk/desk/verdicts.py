"""A person's word on a mention: it wins, it is kept, it can be taken back, and this desk learns from it.

Method: a label replaces the verdict of its mention and nobody but a person changes that again. The labels that stand
are the desk's lessons (:mod:`crisisdesk.pipeline.taught`), replayed in their order over the words as they are stored
now; a mention that is gone at its source teaches nothing any more. What came in before a label keeps its verdict.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from crisisdesk.desk.core import Core
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.watchman import Watchman
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import VerdictsChanged
from crisisdesk.model.label import Explained, Label
from crisisdesk.model.mention import Judge, Mention, Sentiment, StoredMention, Verdict
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.pipeline.classify import Classifier, Lexicon
from crisisdesk.store import mentions, rows, versions
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import both

LESSONS: Final = 2_000
"""So many of the newest labels teach; older ones stay on their mentions."""
REACH: Final = 5_000
"""So many of the newest mentions the full tier comes back to."""
BATCH: Final = 32
HANDFUL: Final = 20


class Verdicts:
    """Judges what comes in, and keeps what people say about it."""

    def __init__(self, core: Core, playbooks: Playbooks, watchman: Watchman) -> None:
        self._core = core
        self._playbooks = playbooks
        self._watchman = watchman
        self._lexicon = Lexicon.load()
        self._read: Playbook | None = None
        self._classifier: Classifier | None = None
        self._full: Classifier | None = None
        self._newest = 0

    def classifier(self, connection: Connection) -> Classifier:
        """Judges by the playbook in use, also of one that was saved a moment ago, and by the labels that stand."""
        if self._classifier is None or self._read is not self._playbooks.current:
            self._read = self._playbooks.current
            self.forget()
            self._classifier = self._build(connection)
        return self._classifier

    def _build(self, connection: Connection, without: int = 0, tier: Judge = Judge.SMALL) -> Classifier:
        kinds = self._playbooks.current.mention_types
        return Classifier(kinds, self._lexicon, _lessons(connection, without), tier=tier)

    def forget(self) -> None:
        """Learn anew from the stored labels, before the next verdict."""
        self._classifier, self._full = None, None

    # -- the full tier, when there is time -----------------------------------------------------------------------

    def deepen(self) -> int:
        """Judge the newest mentions again that only the small tier has judged; how many have another judge now.

        A beat in which more came in than a handful is left to them, and in a drill or a replay nothing is done: what
        is told there must not depend on how fast this computer is. A mention with a person's label is left alone.
        """
        from crisisdesk.pipeline import senses

        if not senses.available() or self._core.drill or self._core.clock.simulated:
            return 0
        with self._core.read() as connection:
            newest = mentions.newest_id(connection)
            came, self._newest = newest - self._newest, newest
            shallow = mentions.judged_by(connection, Judge.SMALL, newest - REACH, BATCH) if came <= HANDFUL else ()
            if not shallow:
                return 0
            if self._full is None:
                self._full = self._build(connection, tier=Judge.FULL)
            full = self._full
        found = full.verdicts([stored.mention for stored in shallow])
        with self._core.write() as tx:
            now = mentions.of_ids(tx.connection, [stored.id for stored in shallow])
            changed = []
            for stored, verdict in zip(shallow, found, strict=True):
                if now.get(stored.id) == stored and self._full is full:  # neither edited nor labelled meanwhile
                    versions.judge(tx.connection, stored.id, verdict)
                    changed.append(stored.id)
            if changed:
                tx.emit(VerdictsChanged(tuple(changed)))
        return len(changed)

    # -- a person's word -----------------------------------------------------------------------------------------

    def correct(
        self,
        mention_id: int,
        *,
        type: str | None = None,
        sentiment: Sentiment | None = None,
        complaint: bool | None = None,
        safety: bool | None = None,
    ) -> StoredMention:
        """Say what a mention is; what is not said stays. Saying what stands already makes it a person's word.

        Raises:
            InputError: nothing was said, or ``type`` is no row of the playbook's process table (``""`` = none fits).
            NotFoundError: no such mention.
        """
        said = {"type": type, "sentiment": sentiment, "complaint": complaint, "safety": safety}
        changes = {name: value for name, value in said.items() if value is not None}
        if not changes:
            raise InputError("verdict.nothing")
        if type and type not in {t.id for t in self._playbooks.current.mention_types}:
            raise InputError("verdict.no_type", type=type)
        with self._core.write() as tx:
            stored = mentions.get(tx.connection, mention_id)
            after = replace(stored.verdict, judge=Judge.PERSON, **changes)  # type: ignore[arg-type]
            if after == stored.verdict:
                return stored
            self._keep(tx, stored, after)
            self._put(tx, stored, after)
            self._log(tx, "mention.judged", mention_id, stored.verdict, after)
            return replace(stored, verdict=after)

    def _keep(self, tx: Transaction, stored: StoredMention, after: Verdict) -> None:
        """Keep the label and learn from it; a mention that bears one already makes the desk learn anew."""
        before = stored.verdict
        again = rows.labels.first(tx.connection, mention_id=stored.id, undone_at=None) is not None
        classifier = self.classifier(tx.connection)
        label = Label(
            id=0,
            mention_id=stored.id,
            before=_wordless(before),
            after=_wordless(after),
            by=self._core.actor,
            at=self._core.clock.now(),
        )
        rows.labels.insert(tx.connection, label)
        tx.undo(self.forget)
        if again:
            self.forget()
        else:
            classifier.learn(stored.mention, before, after)
            self._full = None

    def undo(self, mention_id: int) -> StoredMention:
        """Take back the newest label that stands; the one before it counts again, or what the desk itself thinks.

        Raises:
            StepError: no label stands on it.
            NotFoundError: no such mention.
        """
        with self._core.write() as tx:
            stored = mentions.get(tx.connection, mention_id)
            newest = rows.labels.first(tx.connection, mention_id=mention_id, undone_at=None)
            if newest is None:
                raise StepError("verdict.no_label", id=mention_id)
            rows.labels.update(tx.connection, newest.id, undone_at=self._core.clock.now(), undone_by=self._core.actor)
            self.forget()
            tx.undo(self.forget)
            left = rows.labels.first(tx.connection, mention_id=mention_id, undone_at=None)
            own = self.classifier(tx.connection).verdict(stored.mention)
            now = replace(left.after, words=own.words) if left is not None else own
            self._put(tx, stored, now)
            self._log(tx, "mention.unjudged", mention_id, stored.verdict, now)
            return replace(stored, verdict=now)

    def explain(self, mention_id: int) -> Explained:
        """Why a mention is judged as it is: the words and weights, what was learnt, and who said what.

        What the desk says of a mention that bears a label is told as if that label were not there.
        """
        with self._core.read() as connection:
            stored = mentions.get(connection, mention_id)
            said = rows.labels.where(connection, mention_id=mention_id)
            # a reader keeps nothing: its snapshot may be older than what the writer has learnt since
            labelled = any(label.stands for label in said)
            classifier = None if labelled else self._classifier
            judgement = (classifier or self._build(connection, mention_id)).judgement(stored.mention)
        return Explained(mention_id=mention_id, stands=stored.verdict, desk=judgement, labels=said)

    def _put(self, tx: Transaction, stored: StoredMention, verdict: Verdict) -> None:
        versions.judge(tx.connection, stored.id, verdict)
        if verdict.complaint is not stored.verdict.complaint:
            self._watchman.reworded()
        tx.emit(VerdictsChanged((stored.id,)))

    def _log(self, tx: Transaction, kind: str, mention_id: int, was: Verdict, now: Verdict) -> None:
        """A row of the timeline while an incident is open; the label itself is kept in any case."""
        verdict, old = self._in_words(now), self._in_words(was)
        self._core.log_if_open(tx, kind, data={"mention": str(mention_id), "verdict": verdict, "old_verdict": old})

    def _in_words(self, verdict: Verdict) -> Bilingual:
        names = {t.id: t.name for t in self._playbooks.current.mention_types}
        named = names.get(verdict.type, Bilingual(verdict.type, verdict.type))
        kind = named if verdict.type else both("inbox.detail.no_type")
        tone = both(f"inbox.mark.{verdict.sentiment.value}")
        return Bilingual(f"{kind.es}, {tone.es}", f"{kind.en or kind.es}, {tone.en}")


def _wordless(verdict: Verdict) -> Verdict:
    """A verdict as a label keeps it: the words belong to the mention and go with it."""
    return replace(verdict, words=())


def _lessons(connection: Connection, without: int) -> list[tuple[Mention, Verdict, Verdict]]:
    """What the newest labels that stand teach, in the order given; each mention once, as its last label says."""
    first: dict[int, Label] = {}
    last: dict[int, Label] = {}
    newest = rows.labels.where(connection, undone_at=None, newest_first=True, limit=LESSONS)
    for label in reversed(newest):
        if label.mention_id != without:
            first.setdefault(label.mention_id, label)
            last.pop(label.mention_id, None)  # it teaches at the place of its last label
            last[label.mention_id] = label
    found = mentions.of_ids(connection, tuple(last))
    return [(found[n].mention, first[n].before, label.after) for n, label in last.items() if n in found]
