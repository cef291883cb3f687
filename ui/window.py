"""The window: one page at a time inside the console, and where every action goes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QIcon, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow

from resources import files

from crisisdesk.model import events as ev
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.room import ReplayStatus, RoomView
from crisisdesk.texts import LANGUAGES, Texts
from ui.actions import ACTIONS, action
from ui.bridge import Bridge
from ui.context import Context
from ui.pages.base import Page
from ui.second import COMMANDS, open_second
from ui.theme import MODES, Mode, Theme, mode_of
from ui.widgets.console import Console
from ui.widgets.safe import make_plain

if TYPE_CHECKING:
    from crisisdesk.app import Desk

_SAVED: Final = (ev.TimelineAdded, ev.IncidentChanged, ev.DraftChanged, ev.CommitmentChanged, ev.FactsChanged)
_SEEN: Final = (ev.AlertRaised, ev.AlertChanged, ev.CommitmentBroken, ev.SourceHealthChanged)
_BARS: Final = (*_SAVED, *_SEEN, ev.PlaybookChanged, ev.ReplayMoved)


def page_class(name: str) -> type[Page]:
    """The class of the page called ``name``, imported when first wanted."""
    module = import_module(f"ui.pages.{name}")
    return cast(type[Page], getattr(module, f"{name.capitalize()}Page"))


class Window(QMainWindow):
    """Asks the desk for the bars; each page asks for itself."""

    def __init__(self, desk: Desk, bridge: Bridge, texts: Texts, theme: Theme) -> None:
        super().__init__()
        self.texts = texts
        self.context = Context(desk, bridge, texts, theme, self.go, self.act, self.say)
        theme.dress(self)
        self.console = Console(self.context)
        self.setCentralWidget(self.console)
        self._pages: dict[str, Page] = {}
        self._incident_id: int | None = None
        self._reading = self._stale = False
        self._own: dict[str, Callable[[], object]] = {
            "palette.open": self.console.palette_.open,
            "replay.pause": self._toggle_replay,
            **{f"theme.{mode}": partial(self._look, mode) for mode in MODES},
            **{f"lang.{lang}": partial(self.set_language, lang) for lang in LANGUAGES},
        }
        for known in ACTIONS:
            if known.key and not known.local:
                shortcut = QShortcut(QKeySequence(known.key), self)
                shortcut.activated.connect(lambda name=known.id: self.act(name, None))
        self.console.palette_.chosen.connect(lambda name: self.act(name, None))
        self.console.rail.chosen.connect(self.go)
        bridge.events.connect(self._on_events)
        bridge.failed.connect(self.complain)
        bridge.broke.connect(self._broke)
        self.setMinimumSize(880, 560)
        self.refresh()

    def page(self, name: str) -> Page:
        """The page called ``name``, made when first asked for."""
        if name not in self._pages:
            page = page_class(name)(self.context)
            make_plain(page)
            page.set_incident(self._incident_id)
            self._pages[name] = page
            self.console.stack.addWidget(page)
        return self._pages[name]

    def go(self, name: str) -> None:
        """Show a page."""
        self.console.stack.setCurrentWidget(self.page(name))
        self.console.rail.show_page(name)

    def act(self, action_id: str, ref: object | None) -> None:
        """Do an action of the table: the window's own, or the page's after it is shown."""
        known = action(action_id)
        if action_id in self._own:
            self._own[action_id]()
        elif action_id in COMMANDS:
            self.say(open_second(action_id, ref, self.texts, self.context.desk.paths.data))
        elif known is not None and known.page:
            self.go(known.page)
            doer = self._pages[known.page].actions_().get(action_id)
            if doer is not None:
                doer(ref)

    def set_incident(self, incident_id: int | None) -> None:
        """Put another incident on every page."""
        self._incident_id = incident_id
        for page in self._pages.values():
            page.set_incident(incident_id)
        self.refresh()

    def set_language(self, lang: str) -> None:
        """Say everything in another language, at once."""
        self.texts.lang = lang
        self.console.retranslate()
        for page in self._pages.values():
            page.retranslate()
        self.refresh()

    def _look(self, mode: Mode) -> None:
        self.context.theme.apply(make_app(), mode)

    def _toggle_replay(self) -> None:
        desk = self.context.desk

        def toggle() -> None:
            status = desk.replay.status()
            if status is not None:
                (desk.replay.resume if status.paused else desk.replay.pause)()

        self.context.bridge.call(toggle, lambda _done: self.refresh())

    def refresh(self) -> None:
        """Read the bars again; one read at a time."""
        self._stale = self._reading
        if not self._reading:
            self._reading = True
            desk, wanted = self.context.desk, self._incident_id
            self.context.bridge.read(lambda: (desk.room.view(wanted), desk.replay.status()), self._show, self._failed)

    def _show(self, read: tuple[RoomView, ReplayStatus | None]) -> None:
        self._reading = False
        self.setWindowTitle(self.console.set_view(*read))
        found = read[0].incident.id if read[0].incident else None
        if self._incident_id is None and found is not None:
            self.set_incident(found)
        elif self._stale:
            self.refresh()

    def _failed(self, error: CrisisDeskError) -> None:
        self._reading = False
        self.complain(error)

    def _on_events(self, events: list[ev.Event]) -> None:
        self.console.hear(events)
        if any(isinstance(event, _SAVED) for event in events):
            self.console.bottom.set_saved()
        if any(isinstance(event, _BARS) for event in events):
            self.refresh()

    def say(self, words: str) -> None:
        """Say one line of news, in place."""
        self.console.notice.say(words)

    def complain(self, error: CrisisDeskError) -> None:
        """Say an error in one sentence, in place."""
        self.console.notice.complain(self.texts.error(error))

    def _broke(self, error: BaseException) -> None:
        self.console.notice.complain(self.texts("errors.ui.broke", error=type(error).__name__))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide first, then fall silent: what is being written is finished."""
        self.hide()
        for timer in self.findChildren(QTimer):
            timer.stop()
        self.context.bridge.close()
        event.accept()


def make_app() -> QApplication:
    """The one QApplication."""
    known = QApplication.instance()
    app = known if isinstance(known, QApplication) else QApplication(["crisisdesk"])
    app.setApplicationName("CrisisDesk")
    app.setDesktopFileName("crisisdesk")
    app.setWindowIcon(QIcon(str(files("icons", "crisisdesk.svg"))))
    return app


def make_window(
    desk: Desk, *, bridge: Bridge | None = None, texts: Texts | None = None, theme: Theme | None = None
) -> Window:
    """A window on ``desk``, dressed and on the room's page; not shown yet. Closing it closes the bridge."""
    look = theme or Theme(mode_of(desk.settings.theme))
    look.apply(make_app())
    carrier = bridge or Bridge()
    carrier.listen(desk.bus)
    window = Window(desk, carrier, texts or Texts(desk.settings.language), look)
    window.go("room")
    return window
