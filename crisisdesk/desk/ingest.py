"""One page of one source becomes mentions, counts, a cursor and perhaps an alert: all of it in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from crisisdesk.desk.concerns import Concerns
from crisisdesk.desk.core import Core
from crisisdesk.desk.folding import Folding
from crisisdesk.desk.verdicts import Verdicts
from crisisdesk.desk.watchman import Watchman
from crisisdesk.model.errors import InputError
from crisisdesk.model.events import MentionsAdded, MentionsChanged, SourceHealthChanged
from crisisdesk.model.mention import IngestReport, Mention, Page, Said, Verdict
from crisisdesk.pipeline.normalise import normalise
from crisisdesk.store import answers, mentions, minutes, sources, versions
from crisisdesk.store.database import Transaction

_TOLD = 120  # changed minutes told one by one in an event


class Ingest:
    """The door through which every mention comes in, live, imported, typed or replayed."""

    def __init__(
        self, core: Core, verdicts: Verdicts, watchman: Watchman, concerns: Concerns, folding: Folding
    ) -> None:
        self._core = core
        self._verdicts = verdicts
        self._watchman = watchman
        self._concerns = concerns
        self._folding = folding
        self._past = Folding()

    def page(self, page: Page, *, look: bool = True) -> IngestReport:
        """Take a page in; a mention that is there already is counted as a duplicate and changes nothing.

        Without ``look`` nobody looks for a rise yet: another page follows at once, or the closing minute looks.
        Counting the last hour again after each page of a long walk would take longer than the walk.
        """
        now = self._core.clock.now()
        with self._core.write() as tx:
            classifier = self._verdicts.classifier(tx.connection)
            came = [normalise(mention) for mention in page.mentions]
            judged = list(zip(came, classifier.verdicts(came), strict=True))
            added = mentions.add(tx.connection, judged)
            ids = sorted(number for number, _ in added)
            times = [m.published_at for _, m in added]
            edited = versions.edit(tx.connection, judged, now) if len(times) < len(judged) else []
            if page.received and (added or edited) and not any(m.private for m, _ in judged):
                also = mentions.ids_of(tx.connection, edited)
                answers.keep(tx.connection, page.source, page.account, page.received, ids, also)
            buried = versions.bury(tx.connection, page.tombstones)
            for gap in page.gaps:
                mentions.open_gap(tx.connection, gap.source, gap.start, gap.end, gap.reason)
            self._source(tx, page, now)
            if edited or buried:
                self._watchman.reworded()
                tx.emit(MentionsChanged(len(edited), buried))
            if times:
                self._folding.take_in(tx, ids[0] - 1, ids[-1])
                self._watchman.arrived(tx, min(times), _said(judged, added))
                changed = {mentions.floor_minute(at) for at in times}
                told = minutes.counts_of(tx.connection, changed) if len(changed) <= _TOLD else ()
                tx.emit(MentionsAdded(len(times), max(times), told))
            raised = self._watchman.advance(tx, now) if look else ()
            if look:
                self._concerns.look(tx, now, at_once=bool(times) and self._concerns.urgent(judged))
            return IngestReport(
                added=len(times),
                duplicates=len(page.mentions) - len(times),
                rejected=page.rejected,
                alerts=raised,
                edited=len(edited),
                buried=buried,
            )

    def catch_up(self) -> int:
        """Fold a little of what was stored before there were folds; see :meth:`Folding.catch_up`."""
        return self._past.catch_up(self._core)

    def _source(self, tx: Transaction, page: Page, now: datetime) -> None:
        """The source answered: keep its cursor and its health in the same transaction as what it brought."""
        if page.cursor == "" and page.checked is None:
            return
        changes: dict[str, object] = {"last_ok": page.checked or now, "failures": 0, "error_key": ""}
        if page.cursor:
            changes["cursor"] = page.cursor
        if page.budget is not None:
            changes["budget"] = page.budget
        if not sources.update_source(tx.connection, page.source, page.account, **changes):
            return
        mentions.close_gap(tx.connection, f"{page.source}:{page.account}", now)
        tx.emit(SourceHealthChanged(page.source, page.account))

    def manual(
        self, text: str, *, author: str = "", channel: str = "", url: str = "", at: datetime | None = None
    ) -> IngestReport:
        """A mention typed in by hand: somebody phoned, wrote or said it."""
        now = self._core.clock.now()
        if not text.strip():
            raise InputError("importing.empty_text")
        if at is not None and at > now:
            raise InputError("timeline.future")
        when = at or now
        digest = hashlib.sha256(f"{when.isoformat()}\0{author}\0{text}".encode("utf-8", "replace"))
        mention = Mention(
            source="manual",
            account=self._core.actor,
            native_id=digest.hexdigest()[:32],
            published_at=when,
            fetched_at=now,
            text=text.strip(),
            author=author.strip(),
            channel=channel.strip(),
            url=url.strip(),
        )
        return self.page(Page(source="manual", account=self._core.actor, mentions=(mention,)))

    def history(self, counts: Sequence[tuple[datetime, int]]) -> None:
        """Learn from counts per minute of the past for which there are no texts."""
        if not counts:
            return
        now = self._core.clock.now()
        with self._core.write() as tx:
            mentions.add_history(tx.connection, counts)
            self._watchman.arrived(tx, counts[0][0])
            self._watchman.advance(tx, now)
            tx.emit(MentionsAdded(0, counts[-1][0] + timedelta(minutes=1)))


def _said(judged: Sequence[tuple[Mention, Verdict]], added: Sequence[tuple[int, Mention]]) -> list[Said]:
    """What counting needs of those that were added."""
    new = {id(m) for _, m in added}
    return [
        Said(m.published_at, (m.source, m.account, m.native_id), m.author, m.text, m.is_repost, v.complaint)
        for m, v in judged
        if id(m) in new
    ]
