"""What every test stands on: its own home, no network, no real keyring, silence in the logs, nothing left running."""

from __future__ import annotations

import errno
import gc
import ipaddress
import logging
import os
import shutil
import socket
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_PROGRAMS = os.pathsep.join(("/usr/sbin", "/sbin", "/usr/local/sbin"))  # servers lie here, off a person's PATH
HOMES = count()
CI = os.environ.get("CI", "").lower() in ("1", "true")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# One font cache for all tests: building it takes over a second, and every test has a home of its own.
os.environ.setdefault("MPLCONFIGDIR", str(ROOT / ".pytest_cache" / "matplotlib"))

import keyring.backend  # noqa: E402
import keyring.errors  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402
from PySide6.QtCore import QCoreApplication, QEvent, QTimer  # noqa: E402
from shiboken6 import isValid  # noqa: E402
from sqlalchemy import Connection  # noqa: E402

from crisisdesk.store import migrate as migrations  # noqa: E402
from crisisdesk.texts import Texts  # noqa: E402

settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if CI else "desk")


# What needs a long installation is a job of its own: packaging/dev.py test --servers.
collect_ignore = [] if os.environ.get("CRISISDESK_SERVERS") else ["servers"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the repository; tests that need it are skipped where it is absent."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the data folder ../shared beside the repository")
    return folder


@pytest.fixture
def texts_es() -> Texts:
    """The Spanish sentences."""
    return Texts("es")


@pytest.fixture
def texts_en() -> Texts:
    """The English sentences."""
    return Texts("en")


@pytest.fixture(scope="session")
def needs_system() -> Callable[[str], str]:
    """``needs_system("dbus-run-session")`` gives the program's path; without it skips here and fails under CI."""

    def look(program: str) -> str:
        found = shutil.which(program) or shutil.which(program, path=SYSTEM_PROGRAMS)
        if found is None:
            reason = f"needs the system program {program} (packaging/apt.txt)"
            pytest.fail(reason) if CI else pytest.skip(reason)
        return found

    return look


# ── a new data file ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session", autouse=True)
def migrated_once() -> Iterator[None]:
    """The migrations make one new data file for all tests; the others are its copy, page for page."""
    migrate = migrations.migrate
    first: list[sqlite3.Connection] = []

    def copied(connection: Connection) -> None:
        raw: Any = connection.connection.driver_connection
        new = not raw.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if new and first:
            first[0].backup(raw)
            return
        migrate(connection)
        if new:
            first.append(sqlite3.connect(":memory:", check_same_thread=False))
            raw.backup(first[0])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(migrations, "migrate", copied)
        yield
    for kept in first:
        kept.close()


# ── a home, a keyring and a network of its own ───────────────────────────────────────────────────────────────────


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for each test, so that none reads or writes the person's own files."""
    home = tmp_path_factory.getbasetemp() / f"home{next(HOMES)}"  # mktemp would look through all that are there
    home.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home / name.lower()))
    runtime = home / "run"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    return home


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring that forgets everything with the test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError(username)


@pytest.fixture(autouse=True)
def memory_keyring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    """The test's keyring; a child process finds none."""
    backend = MemoryKeyring()
    monkeypatch.setattr("keyring.core._keyring_backend", backend)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return backend


def _is_local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0]).partition("%")[0]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("localhost", "")


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no socket leave loopback, and no name be asked of the outside."""
    if request.node.get_closest_marker("allow_network"):
        yield
        return
    touched: list[str] = []
    resolve = socket.getaddrinfo

    def guard(name: str) -> None:
        original = getattr(socket.socket, name)

        def connect(self: socket.socket, address: Any) -> Any:
            if not _is_local(address):
                touched.append(str(address))
                raise OSError(errno.ENETUNREACH, f"no network in tests: {address}")
            return original(self, address)

        monkeypatch.setattr(socket.socket, name, connect)

    def local_names(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        try:
            ipaddress.ip_address((name or "127.0.0.1").partition("%")[0])
        except ValueError:
            if name != "localhost":
                raise socket.gaierror(socket.EAI_NONAME, f"no network in tests: {name}") from None
        return resolve(host, *args, **kwargs)

    guard("connect")
    guard("connect_ex")
    monkeypatch.setattr(socket, "getaddrinfo", local_names)
    yield
    if touched:
        pytest.fail("the test tried to reach " + ", ".join(touched))


# ── silence is the pass mark, and nothing is left running ────────────────────────────────────────────────────────


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def silent_logs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning or worse, unless it is marked ``allow_logs``."""
    listener = _Listener()
    logging.getLogger().addHandler(listener)
    yield
    logging.getLogger().removeHandler(listener)
    if listener.heard and not request.node.get_closest_marker("allow_logs"):
        pytest.fail("unexpected log records:\n" + "\n".join(listener.heard))


@pytest.fixture(autouse=True)
def garbage_ends_here() -> Iterator[None]:
    """Cyclic garbage is collected between tests: a worker thread that did it would destroy widgets, and crash Qt."""
    gc.disable()
    yield
    gc.disable()  # a test may have switched it on, and its threads may still be ending
    if gc.get_count()[0] > 10_000:
        gc.collect()
        gc.freeze()  # what is still alive is not looked at again: each look cost more than the one before


def _strangers(before: set[threading.Thread]) -> list[threading.Thread]:
    """Threads that a test started and left; Qt's own and the test runner's are known."""
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before
        and not isinstance(thread, threading._DummyThread)
        and not thread.name.startswith(("execnet", "xdist", "pytest"))
    ]


def _no_window_left() -> None:
    """End every window that a test made, here and now.

    One that stays alive is dressed again by each later change of theme, and is destroyed whenever its cycle happens to
    be collected: in the middle of another test's event loop, too.
    """
    from PySide6.QtWidgets import QApplication  # most tests never load it

    if isinstance(QCoreApplication.instance(), QApplication):
        for widget in QApplication.topLevelWidgets():
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture(autouse=True)
def nothing_left_running(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail the very test that leaves a thread or an active QTimer behind."""
    before = set(threading.enumerate())
    timers: weakref.WeakSet[QTimer] = weakref.WeakSet()
    start = QTimer.start

    def remember(self: QTimer, *args: Any) -> None:
        timers.add(self)
        start(self, *(value for value in args if type(value) is int))  # a signal may bring others

    monkeypatch.setattr(QTimer, "start", remember)
    yield
    if QCoreApplication.instance() is not None:
        _no_window_left()
    running = [timer for timer in timers if isValid(timer) and timer.isActive()]
    for timer in running:
        timer.stop()
    for thread in _strangers(before):
        thread.join(1.0)
    left = [thread.name for thread in _strangers(before) if thread.is_alive()]
    left += [f"QTimer every {timer.interval()} ms of {timer.parent()!r}" for timer in running]
    if left:
        pytest.fail("left running: " + ", ".join(left))
