"""The person's settings: typed, in one TOML file; comments and keys that this version does not know are kept."""

from __future__ import annotations

import getpass
import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args
from zoneinfo import ZoneInfo

import tomlkit
import tomlkit.exceptions

from crisisdesk.model.office import read_office
from crisisdesk.paths import put_file

log = logging.getLogger(__name__)

FALLBACK_ZONE: Final = "America/Mexico_City"
ThemeName = Literal["system", "light", "dark"]
LANGUAGES: Final = ("es", "en")
THEMES: Final = get_args(ThemeName)


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder, a path that leads outside, no such zone
        return False
    return True


def system_zone() -> str:
    """The computer's IANA time zone, or ``America/Mexico_City`` where it cannot be told."""
    candidates = [os.environ.get("TZ", "").removeprefix(":")]
    with suppress(OSError, UnicodeDecodeError):
        candidates.append(Path("/etc/timezone").read_text("utf-8").strip())
    with suppress(OSError, RuntimeError):
        candidates.append(str(Path("/etc/localtime").resolve(strict=True)).rpartition("zoneinfo/")[2])
    return next((name for name in candidates if name and _known_zone(name)), FALLBACK_ZONE)


def login_name() -> str:
    """The person's login name, or nothing where the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""


def _text(value: object) -> bool:
    return isinstance(value, str)


def _terms(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(term, str) for term in value)


def _country(value: object) -> bool:
    return isinstance(value, str) and (value == "" or (len(value) == 2 and value.isascii() and value.isalpha()))


def _days(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 3650


def _option(default: Callable[[], Any], help_key: str, valid: Callable[[Any], bool] = _text) -> Any:
    return field(default_factory=default, metadata={"help": f"settings.help.{help_key}", "valid": valid})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a person can set. Each field's metadata names its help sentence (``help``) and its check (``valid``)."""

    language: str = _option(lambda: "es", "language", lambda value: value in LANGUAGES)
    theme: ThemeName = _option(lambda: "system", "theme", lambda value: value in THEMES)
    zone: str = _option(system_zone, "zone", lambda value: isinstance(value, str) and _known_zone(value))
    country: str = _option(str, "country", _country)
    brand: str = _option(str, "brand")
    terms: tuple[str, ...] = _option(tuple, "terms", _terms)
    playbook: str = _option(lambda: "caida-de-servicio", "playbook", lambda value: _text(value) and value != "")
    actor: str = _option(login_name, "actor")
    office_hours: str = _option(str, "office_hours", lambda v: v == "" or (_text(v) and read_office(v) is not None))
    office_types: tuple[str, ...] = _option(tuple, "office_types", _terms)
    return_days: float = _option(lambda: 7.0, "return_days", _days)


def load(path: Path) -> tuple[Settings, str | None]:
    """The settings in ``path``, and the key of a sentence when something was wrong with it.

    A missing file means defaults. A file that is not TOML is put aside as ``<name>.broken-<time>``; a value that
    cannot be used gives way to its default.
    """
    try:
        document = tomlkit.parse(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings(), None
    except (UnicodeDecodeError, tomlkit.exceptions.ParseError, RecursionError):
        _put_aside(path)
        return Settings(), "errors.settings.broken"
    except OSError:
        return Settings(), "errors.settings.unreadable"
    values, all_good = _values(document.unwrap())
    return Settings(**values), None if all_good else "errors.settings.bad_value"


def language_of(path: Path) -> str:
    """The language that the settings in ``path`` name, or nothing; what is wrong with them is for :func:`load`."""
    with suppress(OSError, ValueError, tomlkit.exceptions.ParseError, RecursionError):
        named = tomlkit.parse(path.read_text("utf-8")).unwrap().get("language")
        return named if named in LANGUAGES else ""
    return ""


def save(path: Path, settings: Settings) -> None:
    """Write ``settings`` into ``path`` in one step, keeping comments and unknown keys; raises OSError.

    A value equal to its default is written only where the file names it already, so that defaults can improve.
    """
    try:
        document = tomlkit.parse(path.read_text("utf-8"))
    except FileNotFoundError:
        document = tomlkit.document()
    except (UnicodeDecodeError, tomlkit.exceptions.ParseError, RecursionError):
        _put_aside(path)
        document = tomlkit.document()
    defaults = Settings()
    for option in fields(settings):
        value = getattr(settings, option.name)
        if option.name in document or value != getattr(defaults, option.name):
            document[option.name] = list(value) if isinstance(value, tuple) else value
    replace_file(path, tomlkit.dumps(document))


def _values(table: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """The usable values of a settings table, and whether all of them were."""
    values: dict[str, Any] = {}
    all_good = True
    for option in fields(Settings):
        if option.name not in table:
            continue
        value: Any = table[option.name]
        if isinstance(value, list):
            value = tuple(value)
        if option.metadata["valid"](value):
            values[option.name] = float(value) if option.name == "return_days" else value
        else:
            all_good = False
            log.info("setting %s cannot be used; the default stands in", option.name)
    return values, all_good


def _put_aside(path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    try:
        path.replace(path.with_name(f"{path.name}.broken-{stamp}"))
    except OSError as error:
        log.info("the broken settings file could not be put aside: %s", error)


def replace_file(path: Path, text: str) -> None:
    """Write through a new file beside it, so that a crash leaves the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    put_file(path, text.encode("utf-8"))
