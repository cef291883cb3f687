"""The fake desk with what the inbox, timeline, review, measures and preparation ask for beyond the room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from crisisdesk.connectors.table import guess
from crisisdesk.model import events as ev
from crisisdesk.model.commitment import CommitmentState
from crisisdesk.model.errors import InputError, PlaybookError
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.model.inbox import Fold, Listed, Sought, Window
from crisisdesk.model.mention import IngestReport, Mention, RowProblem, Sentiment, Verdict
from crisisdesk.model.playbook import Bilingual, Playbook
from crisisdesk.model.preparation import Preparation
from crisisdesk.model.timeline import Entry
from crisisdesk.texts import Texts
from tests.fakes import samples as s
from tests.fakes.desk import FakeDesk
from tests.fakes.written import written_nouns
from ui.bridge import Bridge
from ui.context import Context
from ui.theme import Theme

NOTHING_SOUGHT = Sought()

WARNING = Finding(
    number=9,
    severity=Severity.WARNING,
    key="holder_missing",
    file="caida.yaml",
    line=23,
    where="personas.legal",
    read="",
)
ERROR = Finding(
    number=1, severity=Severity.ERROR, key="unknown_key", file="otro.yaml", line=7, where="nivles", read="nivles",
    fields={"name": "nivles", "known": "niveles"},
)  # fmt: skip


def mention(number: int, text: str | None = None, **changes: Any) -> Listed:
    """One mention; the greater the number, the newer."""
    said = f"Llevo rato sin señal en la colonia, van {number} minutos y nadie contesta en el teléfono"
    fields: dict[str, Any] = {
        "source": "import", "account": "prueba", "native_id": str(number), "author": f"persona_{number % 97}",
        "channel": ("x", "mastodon", "prensa", "reddit")[number % 4],
        "published_at": s.NOW - timedelta(seconds=7 * (100_000 - number)), "fetched_at": s.NOW,
        "text": said if text is None else text,
    }  # fmt: skip
    verdict = Verdict(
        type="queja" if number % 3 else "", complaint=bool(number % 3), words=("sin señal", "nadie contesta"),
        sentiment=Sentiment.NEGATIVE if number % 3 else Sentiment.NEUTRAL,
    )  # fmt: skip
    return Listed(number, Mention(**(fields | changes)), verdict)


class ManyMentions:
    """As many mentions as wanted, made when they are read; ``reads`` counts the reads and ``given`` the rows."""

    def __init__(self, total: int) -> None:
        self.total, self.reads, self.given = total, 0, 0
        self.extra: list[Listed] = []
        self.dressed: dict[int, Listed] = {}
        self.dangerous: tuple[Listed, ...] = ()

    def count(self) -> int:
        return self.total + len(self.extra)

    def latest(
        self,
        limit: int = 200,
        *,
        before: int | None = None,
        sought: Sought = NOTHING_SOUGHT,
    ) -> tuple[Listed, ...]:
        self.reads += 1
        search = sought.search
        rows: list[Listed] = []
        number = self.total + len(self.extra) if before is None else before - 1
        while number > 0 and len(rows) < limit and (not search or number > self.count() - 2_000):
            row = self.extra[number - self.total - 1] if number > self.total else mention(number)
            if search.lower() in row.mention.text.lower() and (row.verdict.complaint or not sought.complaint):
                rows.append(row)
            number -= 1
        self.given += len(rows)
        return tuple(rows[: 3 if sought.alert_id is not None else limit])

    def window(
        self, limit: int = 200, *, before: int | None = None, sought: Sought = NOTHING_SOUGHT, shown: Any = ()
    ) -> Window:
        rows = [self.dressed.get(row.id, row) for row in self.latest(limit, before=before, sought=sought)]
        kept: dict[object, Listed] = {}
        for row in rows:
            if row.fold is None or row.fold not in shown:
                kept.setdefault(row.fold or row.id, row)
        return Window(tuple(kept.values()), rows[-1].id if rows else before, len(rows) >= limit)

    def danger(self, sought: Sought = NOTHING_SOUGHT) -> tuple[Listed, ...]:
        return self.dangerous

    def members(self, fold: Fold) -> tuple[Listed, ...]:
        rows = [self.dressed.get(row.id, row) for row in self.latest(500)]
        return tuple(row for row in rows if row.fold == fold)

    def ids_in(self, fold: Fold) -> tuple[int, ...]:
        return tuple(row.id for row in self.members(fold))

    def heard_from(self) -> tuple[str, ...]:
        return ("import",)

    def by_source(self, days: int) -> tuple[tuple[str, str, int], ...]:
        return (("import", "prueba", 12 * days),)

    def volume(self, days: int) -> tuple[tuple[date, str, int], ...]:
        today = s.NOW.date()
        return tuple(
            (today - timedelta(days=back), channel, (11 + 3 * back) % 17 + share)
            for back in range(days - 1, -1, -1)
            for channel, share in (("x", 30), ("mastodon", 12), ("prensa", 2))
        )


class DeskB(FakeDesk):
    """A :class:`FakeDesk` with mentions by the thousand, imports, playbooks, drills and corrections."""

    def __init__(self, folder: Path, *, mentions: int = 214, drill: bool = False, calm: bool = False) -> None:
        super().__init__(drill=drill, calm=calm)
        self.many = ManyMentions(mentions)
        self.mentions = self.many  # type: ignore[assignment]
        self.paths = SimpleNamespace(data=folder, settings=folder / "settings.toml")
        self.originals: dict[int, list[Entry]] = {}
        self.timeline.entries = self._entries_of
        self.timeline.revise = self._revise
        self.timeline.star = self._star
        self.playbooks = SimpleNamespace(
            inspect=self._inspect, use=self._use_playbook, current=s.PLAYBOOK, **written_nouns()
        )
        scenarios = (
            ("iusacell-0700-1100", Bilingual("La caída de las siete a las once", "The outage from seven to eleven")),
            ("futbol", Bilingual("Un partido que parece una avería", "A football match that looks like a fault")),
        )
        self.drills = SimpleNamespace(list=lambda: scenarios, runs=lambda: ())
        self.preparation = SimpleNamespace(get=Preparation)
        self.importing = SimpleNamespace(guess=self._guess, run=self._run)
        self.report = IngestReport(added=3, duplicates=2, rejected=(RowProblem(row=4, key="importing.no_text"),))
        self.contacts.save = self._save_contact
        self.contacts.delete = self._delete_contact

    def _entries_of(self, incident_id: int, *, limit: int | None = None, originals: bool = False) -> tuple[Entry, ...]:
        if originals:
            return tuple(e for e in self._entries if e.id not in self.originals) + tuple(
                e for versions in self.originals.values() for e in versions
            )
        return tuple(self._entries[:limit])

    def _revise(self, entry_id: int, text: str, occurred_at: Any = None, reason: str = "") -> Entry:
        self._did("timeline.revise", entry_id, text, occurred_at, reason)
        old = next(e for e in self._entries if e.id == entry_id)
        new = replace(old, id=900 + entry_id, text=text, revises=entry_id, occurred_at=occurred_at or old.occurred_at)
        self.originals.setdefault(entry_id, [old]).append(new)
        shown = replace(new, id=entry_id, revises=None, revised_by=new.id)
        self._entries = [shown if e.id == entry_id else e for e in self._entries]
        self.bus.publish([ev.TimelineAdded(1, new.id)])
        return new

    def _star(self, entry_id: int, on: bool = True) -> None:
        self._did("timeline.star", entry_id, on)
        self._entries = [replace(e, starred=on) if e.id == entry_id else e for e in self._entries]
        self.bus.publish([ev.TimelineAdded(1, entry_id)])

    def add_entry(self, kind: str, text: str = "", **changes: Any) -> Entry:
        """Write an entry behind the page's back."""
        entry = replace(s.ENTRIES[0], id=len(self._entries) + 500, kind=kind, text=text, data={}, **changes)
        self._entries.insert(0, entry)
        return entry

    def break_promise(self) -> None:
        """Break the first open promise."""
        first = next(c for c in self._commitments if c.state is CommitmentState.OPEN)
        done = replace(
            first, state=CommitmentState.BROKEN, ended_at=first.due_at, fulfilled_at=first.due_at + s.minutes(9)
        )
        self._commitments = [done if c.id == first.id else c for c in self._commitments]

    def arrive(self, text: str, **changes: Any) -> Listed:
        """A new mention comes in from a source."""
        row = mention(self.many.count() + 1, text, **changes)
        self.many.extra.append(row)
        self.bus.publish([ev.MentionsAdded(1, row.mention.published_at)])
        return row

    def _inspect(self, path: Path) -> tuple[Playbook | None, tuple[Finding, ...]]:
        if not path.exists():
            raise InputError("playbook.unreadable", path=path.name, reason="No such file")
        bad = "mal" in path.name
        return (None, (ERROR, WARNING)) if bad else (replace(s.PLAYBOOK, version=9), (WARNING,))

    def _use_playbook(self, path: Path) -> Playbook:
        self._did("playbooks.use", path)
        playbook, findings = self._inspect(path)
        if playbook is None:
            raise PlaybookError("playbook.invalid", findings, file=path.name, n=1, line=7)
        self.playbook = self.playbooks.current = playbook
        self.bus.publish([ev.PlaybookChanged(playbook.id, playbook.version)])
        return playbook

    def _save_contact(self, contact: Any) -> Any:
        self._did("contacts.save", contact)
        if contact.phone and not any(c.isdigit() for c in contact.phone):
            raise InputError("contact.phone", phone=contact.phone)
        self._contacts = [c for c in self._contacts if c.slug != contact.slug] + [contact]
        return contact

    def _delete_contact(self, slug: str) -> None:
        self._did("contacts.delete", slug)
        self._contacts = [c for c in self._contacts if c.slug != slug]

    def _guess(self, path: Path, zone: str | None = None) -> Any:
        return guess(path, zone or s.ZONE, now=s.NOW)

    def _run(self, path: Path, how: Any = None, *, progress: Callable[[float], bool] | None = None) -> IngestReport:
        self._did("importing.run", path, how)
        for step in range(1, 6):
            if progress is not None and not progress(step / 5):
                return replace(self.report, added=1)
        return self.report


@dataclass
class Stage:
    """A page on screen with its desk; ``said`` is the notice bar, ``acted`` the actions asked of the window."""

    page: Any
    desk: DeskB
    qtbot: Any
    said: list[str] = field(default_factory=list)
    acted: list[tuple[str, object | None]] = field(default_factory=list)

    def settle(self) -> None:
        """Wait until all that the page asked for has come."""
        self.qtbot.waitUntil(lambda: self.page.context.bridge.idle and not self.page._stale, timeout=10_000)

    def verbs(self) -> list[str]:
        """Every write asked of the desk."""
        return [verb for verb, _args in self.desk.calls]


def stage(qtbot: Any, qapp: Any, page_class: Any, desk: DeskB, *, lang: str = "es", incident: int | None = 1) -> Stage:
    """Show a page of the given class on ``desk`` at the size of a small laptop's window."""
    theme = Theme("light")
    theme.apply(qapp, "light")
    bridge = Bridge(desk.bus)
    said: list[str] = []
    acted: list[tuple[str, object | None]] = []
    context = Context(
        desk, bridge, Texts(lang), theme, lambda _name: None,  # type: ignore[arg-type]
        lambda action, thing=None: acted.append((action, thing)), said.append,
    )  # fmt: skip
    page = page_class(context)
    theme.dress(page)
    page.incident_id = incident
    page.resize(1302, 682)
    qtbot.addWidget(page, before_close_func=lambda _page: bridge.close())
    broke: list[object] = []
    bridge.broke.connect(broke.append)
    with qtbot.waitExposed(page):
        page.show()
    made = Stage(page, desk, qtbot, said, acted)
    made.settle()
    assert not broke
    return made
