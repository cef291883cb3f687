"""Every sentence that a user reads, by key and language, from ``resources/i18n/<lang>/<file>.toml``.

The first part of a key is the file's name: ``errors.draft.empty_field`` is the entry ``[draft] empty_field`` of
``errors.toml``. Placeholders are ``{name}``. A key with a ``one`` and an ``other`` entry is chosen by ``n``.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Final

from resources import files

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.fault import Fault
from crisisdesk.model.playbook import Bilingual
from crisisdesk.words import number

LANGUAGES: Final = ("es", "en")
_COUNTS: Final = ("n", "count")
"""Fields that count something: a whole number in them is written as the language writes it (ids and lines are not)."""


class _Fields(string.Formatter):
    """Fills ``{name}`` only: no attributes, no indexes, and a missing field shows as itself."""

    def get_field(self, field_name: str, args: object, kwargs: Mapping[str, object]) -> tuple[object, str]:
        return kwargs.get(field_name, "{" + field_name + "}"), field_name


_FORMATTER = _Fields()


def _flatten(prefix: str, table: Mapping[str, object], into: dict[str, str]) -> None:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, Mapping):
            _flatten(key, value, into)
        else:
            into[key] = str(value)


@cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All sentences of a language by key."""
    sentences: dict[str, str] = {}
    for entry in files("i18n", lang).iterdir():
        if entry.name.endswith(".toml"):
            _flatten(entry.name.removesuffix(".toml"), tomllib.loads(entry.read_text("utf-8")), sentences)
    return sentences


class Texts:
    """The sentences of one language; ``texts("errors.draft.empty_field", field="zona")``."""

    def __init__(self, lang: str = "es") -> None:
        self.lang = lang if lang in LANGUAGES else "es"

    def __call__(self, key: str, /, **fields: object) -> str:
        """The sentence ``key`` with its fields filled in; the key itself where it is missing."""
        sentences = catalogue(self.lang)
        pattern = sentences.get(key)
        if pattern is None and "n" in fields:
            pattern = sentences.get(f"{key}.one" if fields["n"] == 1 else f"{key}.other")
        if pattern is None:
            return key
        if not fields:
            return pattern
        return _FORMATTER.vformat(pattern, (), {name: self._told(name, value) for name, value in fields.items()})

    def _told(self, name: str, value: object) -> object:
        if isinstance(value, Fault):
            return self.fault(value)
        if name in _COUNTS and isinstance(value, int):
            return number(value, self)
        return value

    def fault(self, fault: Fault) -> str:
        """Why the system or a library could not, as the middle of a sentence; fields are told so by themselves."""
        return self(f"faults.{fault.kind}", name=fault.name)

    def has(self, key: str) -> bool:
        """Whether the sentence exists."""
        return key in catalogue(self.lang)

    def error(self, error: CrisisDeskError) -> str:
        """An error in one clear sentence: what, where, and how to mend it."""
        return self(f"errors.{error.key}", **error.fields)


def both(key: str, **fields: object) -> Bilingual:
    """The sentence ``key`` in both languages; a field that is a :class:`Bilingual` goes in with its own language."""
    sides = {
        lang: Texts(lang)(key, **{n: v.get(lang) if isinstance(v, Bilingual) else v for n, v in fields.items()})
        for lang in LANGUAGES
    }
    return Bilingual(sides["es"], sides["en"])
