"""Where the program starts: ``crisisdesk`` opens the window, ``crisisdesk COMMAND`` does without one.

Qt is imported only for the window and for the commands that print through it. The first paint comes before the
desk's libraries are loaded: the desk is built on the bridge's ``store`` thread, and the pages are filled when it is.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PySide6.QtCore import QLockFile
    from PySide6.QtWidgets import QApplication

    from crisisdesk.app import Desk
    from crisisdesk.model.errors import StoreError
    from crisisdesk.paths import Paths
    from crisisdesk.settings import Settings
    from crisisdesk.store.copies import Copy
    from crisisdesk.texts import Texts
    from ui.window import Window

log = logging.getLogger(__name__)
Build = Callable[["Paths"], "Desk"]

WITH_QT: Final = ("demo", "play", "shots")
SCREENS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_LOST: Final = ("store.damaged", "store.empty", "store.missing", "store.copy_damaged")
"""What is wrong with the data when a copy may stand in for them."""


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window, or hand a command to whoever does it; the exit status."""
    from crisisdesk.commands.console import speak

    speak()
    args = list(sys.argv[1:] if argv is None else argv)
    command = _command(args)
    if command in WITH_QT:
        args.remove(command)
        return int(import_module(f"ui.{command}").main(args))
    if command == "report" and _wants_pdf(args):
        return int(import_module("ui.report_file").main(args))
    if command == "handbook" and _out_is_pdf(args):
        return int(import_module("ui.handbook_file").main(args))
    if command or any(arg in ("-h", "--help", "--version") for arg in args):
        return int(import_module("crisisdesk.__main__").main(args))
    from crisisdesk.__main__ import parser
    from crisisdesk.commands.console import language
    from crisisdesk.texts import Texts

    options = parser(Texts(language(args))).parse_args(args)
    return open_window(options.data_dir, options.lang)


def _command(args: Sequence[str]) -> str:
    """The first word that is neither an option nor an option's value."""
    skip = False
    for arg in args:
        if skip:
            skip = False
        elif arg in ("--data-dir", "--lang"):
            skip = True
        elif not arg.startswith("-"):
            return arg
    return ""


def _wants_pdf(args: Sequence[str]) -> bool:
    pairs = zip(args, [*args[1:], ""], strict=True)
    return any(arg == "--format=pdf" or (arg, following) == ("--format", "pdf") for arg, following in pairs)


def _out_is_pdf(args: Sequence[str]) -> bool:
    named = [following for arg, following in zip(args, [*args[1:], ""], strict=True) if arg == "--out"]
    named += [arg.removeprefix("--out=") for arg in args if arg.startswith("--out=")]
    return any(name.lower().endswith(".pdf") for name in named)


def open_window(data_dir: Path | None, lang: str | None, build: Build | None = None) -> int:
    """Open the window on a profile and stay until it is closed; ``build`` makes another desk than the profile's own."""
    from crisisdesk.commands.console import language
    from crisisdesk.model.errors import StoreError
    from crisisdesk.paths import profile
    from crisisdesk.settings import load
    from crisisdesk.texts import Texts

    texts = Texts(lang or language(()))
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in SCREENS):
        print(texts("ui.start.no_screen"), file=sys.stderr)
        return 2
    from ui.window import make_app

    app = make_app()
    try:
        paths = profile(data_dir)
        settings, trouble = load(paths.settings)
        texts = Texts(lang or settings.language)
        lock = _lock(paths)
    except StoreError as error:
        return _refuse(app, texts, error)
    if lock is None:
        print(texts("ui.start.running"))
        return 0
    first = First(app, paths, settings, texts, trouble, build)
    try:
        return app.exec()
    finally:
        first.close()
        lock.unlock()


def _lock(paths: Paths) -> QLockFile | None:
    """The profile for this process; ``None`` when a window on it runs here, which comes to the front.

    Raises:
        StoreError: another computer has it, or the folder cannot be written to.
    """
    from PySide6.QtCore import QLockFile, QSysInfo

    from crisisdesk.model.errors import StoreBusyError, StoreError
    from crisisdesk.model.fault import fault_of
    from crisisdesk.paths import put_file

    lock = QLockFile(str(paths.lock))
    lock.setStaleLockTime(0)
    if lock.tryLock(100):
        return lock
    if lock.error() is QLockFile.LockError.LockFailedError:
        pid, host, _ = lock.getLockInfo()
        if not pid and lock.removeStaleLockFile() and lock.tryLock(100):  # a full disk or a power cut left it empty
            return lock
        if host and host != QSysInfo.machineHostName():
            raise StoreBusyError("store.elsewhere", path=paths.database.name, host=host, file=paths.lock.name)
        _call_first(paths)
        return None
    hindrance: OSError = PermissionError(errno.EACCES, "")
    probe = paths.lock.with_suffix(".try")
    try:  # Qt does not tell why
        put_file(probe, b".")
        probe.unlink()
    except OSError as error:
        hindrance = error
    raise StoreError("store.no_profile", path=str(paths.data), reason=fault_of(hindrance))


def _refuse(app: QApplication, texts: Texts, error: StoreError) -> int:
    """Say why there is no window, on standard error and, for whoever has no terminal, on screen."""
    from crisisdesk.plain import one_line
    from ui.widgets.loading import Loading

    words = texts.error(error)
    print(one_line(words, 1000), file=sys.stderr, flush=True)
    frame = Loading(texts)
    frame.tell(words)
    frame.show()
    app.exec()
    return 2


def _server_name(paths: Paths) -> str:
    """A name for the first instance's door, one per profile."""
    from hashlib import sha256

    return "crisisdesk-" + sha256(str(paths.data).encode()).hexdigest()[:16]


def _call_first(paths: Paths) -> None:
    """Ask the instance that runs already to come to the front."""
    from PySide6.QtNetwork import QLocalSocket

    socket = QLocalSocket()
    socket.connectToServer(_server_name(paths))
    if socket.waitForConnected(500):
        socket.disconnectFromServer()


class First:
    """The first instance: a bare frame at once, the desk behind it as soon as it is built."""

    def __init__(
        self,
        app: QApplication,
        paths: Paths,
        settings: Settings,
        texts: Texts,
        trouble: str | None,
        build: Build | None = None,
    ) -> None:
        from ui.garbage import Garbage
        from ui.theme import Theme, mode_of
        from ui.widgets.loading import Loading

        self._app, self._paths, self._settings, self._texts = app, paths, settings, texts
        self._trouble, self._own_build = trouble, build
        self._desk: Desk | None = None
        self._window: Window | None = None
        self._end: Callable[[], object] = lambda: None
        self._tried: list[Copy] = []
        self._garbage = Garbage()
        self._theme = Theme(mode_of(settings.theme))
        self._theme.apply(app)
        self._loading = Loading(texts)
        self._theme.dress(self._loading)
        self._loading.show()
        self._loading.repaint()  # on screen before anything heavier is loaded
        self._open()

    def _open(self) -> None:
        from PySide6.QtNetwork import QLocalServer

        from crisisdesk.logs import set_up
        from ui.bridge import Bridge

        self._log = set_up(self._paths, secrets=self._secrets)
        sys.excepthook = self._broke
        self._server = QLocalServer()
        QLocalServer.removeServer(_server_name(self._paths))
        self._server.newConnection.connect(self._to_front)
        self._server.listen(_server_name(self._paths))
        self.bridge = Bridge()
        self.bridge.failed.connect(self._cannot_open)
        self.bridge.broke.connect(self._cannot_open)
        self.bridge.call(self._build, self._built)

    def _secrets(self) -> tuple[str, ...]:
        """What must never stand in the log: every secret that this session has seen."""
        return self._desk.channels.vault.secrets() if self._desk is not None else ()

    def _build(self) -> Any:
        """On the ``store`` thread: the heavy imports and the data file."""
        from crisisdesk.app import build_desk

        if self._own_build is not None:
            return self._own_build(self._paths)
        desk = build_desk(self._settings, self._paths)
        desk.play_on()
        return desk

    def _built(self, desk: Desk) -> None:
        from ui.window import make_window

        self._desk = desk
        self._window = make_window(desk, bridge=self.bridge, texts=self._texts, theme=self._theme)
        self._window.setGeometry(self._loading.geometry())
        self._window.setWindowState(self._loading.windowState())
        self._window.show()
        self._loading.close()
        if self._trouble:
            self._window.console.notice.complain(self._texts(self._trouble))
        self._begin(desk)

    def _begin(self, desk: Desk) -> None:
        from crisisdesk.engine import Engine
        from crisisdesk.web import Web

        engine, web = Engine(), Web()
        desk.begin(engine, web)
        self._end = engine.stop

    def _cannot_open(self, error: Any) -> None:
        """Say why the data cannot be opened; where a copy may stand in for them, offer the newest not yet tried."""
        from crisisdesk.model.errors import CrisisDeskError, StoreError
        from crisisdesk.store import copies
        from crisisdesk.words import when

        if self._window is not None:
            return
        if not isinstance(error, CrisisDeskError):
            self._loading.tell(self._texts("errors.ui.broke", error=type(error).__name__))
            return
        words = self._texts.error(error)
        lost = isinstance(error, StoreError) and error.key in _LOST
        left = [copy for copy in copies.of(self._paths.database) if copy not in self._tried]
        if not lost or not left:
            self._loading.tell(words)
            return
        made = when(left[0].made, self._settings.zone, self._texts, datetime.now(UTC))
        label, hint = self._texts("ui.start.put_back", when=made), self._texts("ui.start.put_back_hint")
        self._loading.offer(words, hint, label, lambda: self._put_back(left[0]))

    def _put_back(self, copy: Copy) -> None:
        from crisisdesk.store import copies

        self._tried.append(copy)
        self._loading.tell(self._texts("ui.app.loading"))

        def again() -> Any:
            copies.put_back(copy, self._paths.database, datetime.now(UTC))
            return self._build()

        self.bridge.call(again, self._built)

    def _to_front(self) -> None:
        self._server.nextPendingConnection()
        window = self._window or self._loading
        window.show()
        window.raise_()
        window.activateWindow()

    def _broke(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("the window broke", exc_info=(kind, error, trace))
        if self._window is not None:
            self._window.console.notice.complain(self._texts("errors.ui.broke", error=kind.__name__))

    def close(self) -> None:
        """Hide, then bridge, engine, store: nothing is left running and nothing is lost."""
        sys.excepthook = sys.__excepthook__
        self.bridge.close()
        self._end()
        self._garbage.close()
        if self._desk is not None:
            self._desk.close()
        self._server.close()
        self._log.close()


if __name__ == "__main__":
    sys.exit(main())
