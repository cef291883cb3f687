"""The log: one rotating file, one record per line, no secret in it; and a file that tells of a native crash.

A mention's text may reach a message or an exception, so control characters and line breaks are escaped: nobody can
forge a record from outside.
"""

from __future__ import annotations

import base64
import faulthandler
import json
import logging
import logging.handlers
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO
from urllib.parse import quote, quote_plus

from crisisdesk.paths import Paths

Secrets = Callable[[], Iterable[str]]

MASK: Final = "•••"
_SHORTEST: Final = 4  # masking shorter ones would blot out ordinary words
_MAX_BYTES: Final = 2_000_000
_BACKUPS: Final = 5
_LOUD: Final = ("httpx", "httpcore", "matplotlib")  # httpx writes whole addresses, queries included, at INFO

_NAMED: Final = re.compile(
    r"(?i)\b(authorization|proxy-authorization|(?:access_|refresh_|auth_)?token|api[_-]?key|client_secret|secret|"
    r"password|passwd|pwd|cookie|set-cookie)(['\"]?\s*[=:]\s*['\"]?)(?:(bearer|basic)\s+)?[^\s'\"&,;}\])]+"
)
_USER_INFO: Final = re.compile(r"(?<=://)[^/\s@'\"]+@")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Mask ``secrets`` in every spelling they travel in, and whatever looks like a credential."""
    spellings = {spelling for secret in secrets if len(secret) >= _SHORTEST for spelling in _spellings(secret)}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, MASK)
    text = _USER_INFO.sub(f"{MASK}@", text)
    return _NAMED.sub(lambda found: f"{found[1]}{found[2]}{MASK}", text)


def escape(text: str) -> str:
    """Show control, direction and line-break characters as ``\\n``, ``\\x1b``, ``\\u202e``."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def _spellings(secret: str) -> set[str]:
    data = secret.encode("utf-8", "surrogatepass")
    spellings = {secret, quote(data, safe=""), quote_plus(data), data.hex(), repr(secret)[1:-1]}
    spellings.update((json.dumps(secret)[1:-1], escape(secret)))
    for before in range(3):  # base64 differs with what stands before it, such as «user:»
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(b"x" * before + data).decode("ascii").rstrip("=")
            spellings.add(coded[(before * 8 + 5) // 6 : len(coded) - 1])
    return {spelling for spelling in spellings if len(spelling) >= _SHORTEST}


class LineFormatter(logging.Formatter):
    """UTC time, level, thread, logger, message: one line; a traceback follows behind a bar."""

    def __init__(self, secrets: Secrets = tuple) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, redacted and escaped."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        secrets = tuple(self._secrets())
        message = escape(redact(record.getMessage(), secrets))
        lines = [f"{when} {record.levelname} {record.threadName} {record.name}: {message}"]
        if record.exc_info:
            trace = redact(self.formatException(record.exc_info), secrets)
            lines.extend(f"    | {escape(line)}" for line in trace.split("\n"))
        return "\n".join(lines)


class _QuietFile(logging.handlers.RotatingFileHandler):
    """A rotating file that gives up silently: a full disk must not print tracebacks over the person's work."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Drop the record."""


@dataclass(frozen=True, slots=True)
class Logs:
    """What :func:`set_up` made.

    Args:
        file: the log, or None when its folder cannot be written.
        last_crash: the report that the previous run left when it crashed, or None.
    """

    file: Path | None
    last_crash: Path | None
    handler: logging.Handler
    crash_file: TextIO | None

    def close(self) -> None:
        """Take the handler away and close the files; an empty crash report is removed."""
        logging.getLogger().removeHandler(self.handler)
        self.handler.close()
        if self.crash_file is not None:
            faulthandler.disable()
            self.crash_file.close()
            with suppress(OSError):
                Path(self.crash_file.name).unlink()


def set_up(paths: Paths, *, secrets: Secrets = tuple, level: int = logging.INFO) -> Logs:
    """Send every record to ``paths.logs`` and native crashes to ``crash.txt`` beside; never fails for the disk.

    ``secrets`` is asked at each record, such as :meth:`Vault.secrets`, so that a token typed a moment ago is masked.
    Call it when the profile's lock is held: a second instance must not touch the first one's crash report.
    """
    handler: logging.Handler
    file: Path | None = paths.logs / "crisisdesk.log"
    try:
        handler = _QuietFile(file or "", maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8", errors="replace")
    except OSError:
        file, handler = None, logging.NullHandler()
    handler.setFormatter(LineFormatter(secrets))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    last_crash, crash_file = _watch_crashes(paths.logs)
    return Logs(file, last_crash, handler, crash_file)


def _watch_crashes(folder: Path) -> tuple[Path | None, TextIO | None]:
    """Keep the report of the last crash under its time, and open a fresh one for this run."""
    current, last = folder / "crash.txt", None
    try:
        if current.is_file() and current.stat().st_size:
            died = datetime.fromtimestamp(current.stat().st_mtime, UTC)
            last = current.replace(folder / f"crash-{died:%Y%m%dT%H%M%SZ}.txt")
        report = current.open("w", encoding="utf-8")
    except OSError:
        return last, None
    faulthandler.enable(report)
    return last, report
