"""Typed access to the nodes of a playbook or scenario: each fault becomes a finding with its line, and reading goes on.

A :class:`View` is one mapping of the file seen through the keys that it may have. What it gives is always usable: where
a value is missing or wrong, a finding is noted and a neutral value handed out.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from crisisdesk.model.finding import Finding, Severity
from crisisdesk.model.playbook import Bilingual
from crisisdesk.playbooks import phrases
from crisisdesk.playbooks.nodes import Entry, Mapping, Node, Scalar, Sequence, clip, shown_value
from crisisdesk.playbooks.phrases import PhraseError

_T = TypeVar("_T")
_ODD = frozenset("“”„‘’‚´`«»\u00a0")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the file: its line, its path as written, and what was read."""

    line: int
    shown: str
    read: str = ""


@dataclass(slots=True)
class Reading:
    """What reading one file gathers: findings, the place of every value, and the roles and templates it names."""

    file: str
    keys: Table[str, Table[str, str]]
    english: bool = False
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    roles: list[tuple[str, str]] = field(default_factory=list)
    templates: list[tuple[str, str]] = field(default_factory=list)
    pairs: list[tuple[str, Bilingual]] = field(default_factory=list)
    yes_words: dict[str, str] = field(default_factory=dict)

    def note(self, number: int, key: str, place: Place, severity: Severity = Severity.ERROR, **fields: object) -> None:
        """Note a finding at ``place``."""
        self.findings.append(
            Finding(
                number=number,
                severity=severity,
                key=key,
                file=self.file,
                line=max(place.line, 1),
                where=place.shown,
                read=clip(place.read),
                fields=fields,
            )
        )


def nearest(word: str, words: list[str]) -> str:
    """The word of ``words`` most like ``word``, or ``""``."""
    found = difflib.get_close_matches(word[:60], words, n=1, cutoff=0.6)
    return found[0] if found else ""


def clean_key(reading: Reading, entry: Entry, path: str) -> str:
    """The key without characters that cannot be seen, noting them."""
    bare = "".join(c for c in entry.key if c not in _ODD and unicodedata.category(c) != "Cf").strip()
    if bare != entry.key:
        place = Place(entry.line, f"{path}.{bare}".lstrip("."), entry.key)
        reading.note(32, "odd_key", place, Severity.WARNING, bare=clip(bare))
    return bare


class View:
    """One mapping of the file, seen as the kind of thing that ``context`` names in the vocabulary."""

    def __init__(self, reading: Reading, node: Mapping, context: str, path: str = "", shown: str = "") -> None:
        self.reading, self.context, self.path = reading, context, path
        self.place = Place(node.line, shown, "")
        self._nodes: dict[str, Node] = {}
        self._unknown: dict[str, int] = {}
        self._allowed = reading.keys[context]
        self._spanish = {en: es for es, en in self._allowed.items()}
        for entry in node.entries:
            self._admit(entry)
        reading.places.setdefault(path, self.place)

    def _admit(self, entry: Entry) -> None:
        written = clean_key(self.reading, entry, self.place.shown)
        key = self._canonical(written, entry)
        if not key:
            if written in self._unknown:
                self._repeated(written, entry, self._unknown[written])
            self._unknown.setdefault(written, entry.line)
            return
        place = Place(entry.line, self._join(self.place.shown, written), shown_value(entry.value))
        if key in self._nodes:
            self._repeated(written, entry, self.reading.places[self._join(self.path, key)].line)
            return
        self._nodes[key] = entry.value
        self.reading.places[self._join(self.path, key)] = place

    def _repeated(self, written: str, entry: Entry, first: int) -> None:
        place = Place(entry.line, self._join(self.place.shown, written), shown_value(entry.value))
        self.reading.note(2, "duplicate_key", place, name=clip(written), first=first)

    def _canonical(self, written: str, entry: Entry) -> str:
        """The Spanish name of a written key, or ``""`` with a finding."""
        english = self.reading.english
        place = Place(entry.line, self._join(self.place.shown, written), shown_value(entry.value))
        ours, theirs = (self._spanish, self._allowed) if english else (self._allowed, self._spanish)
        if written in ours:
            return self._spanish[written] if english else written
        if written in theirs:
            right = self._allowed[written] if english else self._spanish[written]
            self.reading.note(0, "mixed_languages", place, name=clip(written), right=right)
            return written if english else self._spanish[written]
        near = nearest(written, list(ours))
        key = "unknown_key_near" if near else "unknown_key"
        self.reading.note(1, key, place, name=clip(written), near=near, known=", ".join(sorted(ours)))
        return ""

    @staticmethod
    def _join(path: str, name: str) -> str:
        return f"{path}.{name}" if path else clip(name)

    def has(self, key: str) -> bool:
        """Whether the key is there with a value that is not empty."""
        node = self._nodes.get(key)
        return node is not None and not (isinstance(node, Scalar) and not node.text.strip() and not node.quoted)

    def at(self, key: str) -> Place:
        """Where ``key`` stands, or where this mapping does."""
        return self.reading.places.get(self._join(self.path, key), self.place)

    def require(self, *keys: str, number: int = 3, key: str = "missing_key") -> None:
        """Note each of ``keys`` that is not there."""
        for name in keys:
            if not self.has(name):
                written = self._allowed[name] if self.reading.english else name
                self.reading.note(number, key, self.at(name), name=written)

    def scalar(self, key: str) -> Scalar | None:
        """The scalar at ``key``, if there is one."""
        node = self._nodes.get(key)
        if not self.has(key) or node is None:
            return None
        if isinstance(node, Scalar):
            return node
        self.reading.note(0, "not_text", self.at(key))
        return None

    def text(self, key: str, default: str = "") -> str:
        """The text at ``key``, trimmed."""
        node = self.scalar(key)
        return default if node is None else node.text.strip()

    def _phrase(self, key: str, read: Callable[[str], _T], default: _T, number: int) -> _T:
        node = self.scalar(key)
        if node is None:
            return default
        try:
            return read(node.text)
        except PhraseError as error:
            self.reading.note(number, f"bad_{error.expected}", self.at(key), value=clip(node.text))
            return default

    def duration(self, key: str) -> timedelta | None:
        """A duration such as ``20 min``."""
        return self._phrase(key, phrases.duration, None, 6)

    def after_start(self, key: str) -> timedelta | None:
        """A time after T0 such as ``T+15 min``."""
        return self._phrase(key, phrases.after_start, None, 13)

    def share(self, key: str, default: float) -> float:
        """A share such as ``20 %`` as 0–1."""
        return self._phrase(key, phrases.share, default, 6)

    def whole(self, key: str, default: int, least: int = 0, most: int = 1_000_000, number: int = 0) -> int:
        """A whole number in digits."""
        node = self.scalar(key)
        if node is None:
            return default
        try:
            return phrases.whole(node.text, least, most)
        except PhraseError:
            self.reading.note(number, "bad_whole", self.at(key), value=clip(node.text), least=least, most=most)
            return default

    def yes_no(self, key: str, default: bool) -> bool:
        """``si``, ``sí``, ``yes`` or ``no``."""
        node = self.scalar(key)
        if node is not None:
            self.saw_yes_no(node, self.at(key))
        return self._phrase(key, phrases.yes_no, default, 30)

    def saw_yes_no(self, node: Scalar, place: Place) -> None:
        """Remember how «yes» is written, and note where a second way begins."""
        word = node.text.strip().lower()
        if word not in ("si", "sí", "yes"):
            return
        used = self.reading.yes_words
        if used and word not in used:
            self.reading.note(30, "mixed_yes", place, Severity.WARNING, first=next(iter(used)), other=word)
        used[word] = word

    def date(self, key: str) -> date | None:
        """A date such as ``2026-09-01`` that exists."""
        node = self.scalar(key)
        if node is None:
            return None
        try:
            if not _DATE.fullmatch(node.text.strip()):
                raise ValueError
            return date.fromisoformat(node.text.strip())
        except ValueError:
            self.reading.note(27, "bad_date", self.at(key), value=clip(node.text))
            return None

    def zone(self, key: str, default: str) -> str:
        """An IANA time zone that this computer knows."""
        name = self.text(key, default)
        try:
            ZoneInfo(name).utcoffset(datetime(2026, 1, 1))
        except (KeyError, ValueError, OSError):
            self.reading.note(27, "bad_zone", self.at(key), value=clip(name))
            return default
        return name

    def choice(self, key: str, options: Table[str, str], default: str = "") -> str:
        """One of ``options`` (Spanish → English), as its Spanish word."""
        node = self.scalar(key)
        return default if node is None else self.chosen(node.text.strip(), options, self.at(key), default)

    def chosen(self, word: str, options: Table[str, str], place: Place, default: str) -> str:
        """``word`` as the Spanish word of ``options``, or ``default`` with a finding."""
        folded = phrases.fold(word)
        for spanish, english in options.items():
            if folded in (spanish, english):
                return spanish
        known = list(options.values() if self.reading.english else options)
        self.reading.note(0, "bad_choice", place, value=clip(word), known=", ".join(known))
        return default

    def scalars(self, key: str) -> list[tuple[str, Place]]:
        """The texts of a list (or of one scalar alone), each with its place."""
        node = self._nodes.get(key)
        if node is None or not self.has(key):
            return []
        base, path = self.at(key), self._join(self.path, key)
        items = node.items if isinstance(node, Sequence) else [node]
        found: list[tuple[str, Place]] = []
        for index, item in enumerate(items):
            place = Place(item.line, f"{base.shown}[{index}]", shown_value(item))
            if not isinstance(item, Scalar) or not item.text.strip():
                self.reading.note(0, "not_text", place)
                continue
            self.reading.places[f"{path}[{len(found)}]"] = place
            found.append((item.text.strip(), place))
        return found

    def words(self, key: str) -> tuple[str, ...]:
        """The texts of a list."""
        return tuple(word for word, _ in self.scalars(key))

    def choices(self, key: str, options: Table[str, str]) -> tuple[str, ...]:
        """The texts of a list, each one of ``options``."""
        chosen = (self.chosen(word, options, place, "") for word, place in self.scalars(key))
        return tuple(word for word in chosen if word)

    def view(self, key: str, context: str) -> View | None:
        """The mapping at ``key``."""
        node = self._nodes.get(key)
        if node is None or not self.has(key):
            return None
        return self.of(node, context, self._join(self.path, key), self.at(key))

    def of(self, node: Node, context: str, path: str, place: Place) -> View | None:
        """``node`` as a view, or ``None`` with a finding when it is no mapping."""
        if isinstance(node, Mapping):
            return View(self.reading, node, context, path, place.shown)
        self.reading.note(0, "not_mapping", place)
        return None

    def items(self, key: str) -> Iterator[tuple[Node, Place]]:
        """The nodes of the list at ``key`` with their places."""
        node = self._nodes.get(key)
        if node is None or not self.has(key):
            return
        base = self.at(key)
        if not isinstance(node, Sequence):
            self.reading.note(0, "not_list", base)
            return
        for index, item in enumerate(node.items):
            yield item, Place(item.line, f"{base.shown}[{index}]", shown_value(item))

    def views(self, key: str, context: str) -> Iterator[View]:
        """The mappings of the list at ``key``; the n-th yielded has the path ``key[n]``."""
        count = 0
        for item, place in self.items(key):
            made = self.of(item, context, f"{self._join(self.path, key)}[{count}]", place)
            if made is not None:
                count += 1
                yield made

    def named(self, key: str) -> Iterator[tuple[str, Node, str, Place]]:
        """The entries of a mapping whose keys are free names: name, node, path, place."""
        node = self._nodes.get(key)
        if node is None or not self.has(key):
            return
        if not isinstance(node, Mapping):
            self.reading.note(0, "not_mapping", self.at(key))
            return
        yield from entries(self.reading, node, self._join(self.path, key), self.at(key).shown)

    def role(self, key: str) -> str:
        """The name of a role, remembered so that the check can tell whether it is declared."""
        name = self.text(key)
        if name:
            self.reading.roles.append((self._join(self.path, key), name))
        return name

    def roles(self, key: str) -> tuple[str, ...]:
        """The names of the roles of a list, remembered like :meth:`role`."""
        names = self.words(key)
        path = self._join(self.path, key)
        self.reading.roles.extend((f"{path}[{index}]", name) for index, name in enumerate(names))
        return names

    def template(self, key: str) -> str:
        """The id of a template, remembered like :meth:`role`."""
        name = self.text(key)
        if name:
            self.reading.templates.append((self._join(self.path, key), name))
        return name

    def node(self, key: str) -> Node | None:
        """The node at ``key`` as it is."""
        return self._nodes.get(key) if self.has(key) else None

    def pair(self, key: str) -> Bilingual:
        """A text in both languages: ``{es: …, en: …}``, or one text in the file's own language."""
        node = self._nodes.get(key)
        if node is None or not self.has(key):
            return Bilingual()
        return self.pair_of(node, self._join(self.path, key), self.at(key))

    def pair_of(self, node: Node, path: str, place: Place) -> Bilingual:
        """``node`` as a text in both languages."""
        if isinstance(node, Scalar):
            text = " ".join(node.text.split())
            made = Bilingual(en=text) if self.reading.english else Bilingual(es=text)
        else:
            view = self.of(node, "bilingue", path, place)
            if view is None:
                return Bilingual()
            made = Bilingual(es=view.text("es"), en=view.text("en"))
        self.reading.pairs.append((path, made))
        return made


def entries(reading: Reading, node: Mapping, path: str, shown: str) -> Iterator[tuple[str, Node, str, Place]]:
    """The entries of a mapping with free names, each name once: name, node, path, place."""
    seen: dict[str, int] = {}
    for entry in node.entries:
        name = clean_key(reading, entry, shown)
        place = Place(entry.line, f"{shown}.{clip(name)}", shown_value(entry.value))
        if name in seen:
            reading.note(2, "duplicate_key", place, name=clip(name), first=seen[name])
            continue
        seen[name] = entry.line
        reading.places[f"{path}.{name}"] = place
        yield name, entry.value, f"{path}.{name}", place
