"""YAML text to a small tree of nodes in which every scalar is still text and every node knows its line.

Only the plain part of YAML is let in: no tabs, tags, anchors, aliases, merge keys or second documents. The tree is
built from the parser's events, so that a hostile file is refused at the event that gives it away, before anything
is built from it, without recursion and in bounded time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from crisisdesk.model.fault import yaml_fault
from crisisdesk.model.finding import Finding, Severity
from crisisdesk.plain import clamp

# A long playbook is 60 KB; the parser needs about a second for 300 KB, off the GUI thread.
MAX_BYTES: Final = 1024 * 1024
MAX_LINE: Final = 64 * 1024
MAX_DEPTH: Final = 20
MAX_NODES: Final = 80_000
READ_LENGTH: Final = 80


@dataclass(slots=True)
class Span:
    """Which characters of the text a node is, as the parser saw them; ``spans.py`` makes it exact."""

    start: int = 0
    stop: int = 0
    column: int = 0
    flow: bool = False
    closed: int = 0


@dataclass(slots=True)
class Scalar:
    """A single value, as the person wrote it."""

    line: int
    text: str
    quoted: bool = False
    span: Span = field(default_factory=Span)
    style: str = ""


@dataclass(slots=True)
class Sequence:
    """A list."""

    line: int
    items: list[Node] = field(default_factory=list)
    span: Span = field(default_factory=Span)


@dataclass(slots=True)
class Entry:
    """One key of a mapping with its value."""

    line: int
    key: str
    value: Node
    name: Scalar | None = None


@dataclass(slots=True)
class Mapping:
    """A mapping; keys may still be repeated."""

    line: int
    entries: list[Entry] = field(default_factory=list)
    waiting: Scalar | None = None
    span: Span = field(default_factory=Span)


Node = Scalar | Sequence | Mapping


class _Refused(Exception):
    """The file is refused at ``line``."""

    def __init__(self, key: str, line: int, read: str = "", **fields: object) -> None:
        super().__init__(key)
        self.key, self.line, self.read, self.fields, self.number = key, line, read, fields, 0


def clip(text: str) -> str:
    """``text`` on one line, harmless and short enough to be shown beside a finding."""
    return clamp(" ".join(text[:2000].split()), READ_LENGTH)


def shown_value(node: Node) -> str:
    """A node as a person would recognise it: the text of a scalar, ``{…}`` and ``[…]`` for the rest."""
    if isinstance(node, Scalar):
        return clip(node.text)
    return "[…]" if isinstance(node, Sequence) else "{…}"


def decode(data: str | bytes, file: str) -> tuple[str, tuple[Finding, ...]]:
    """Bytes as text, or ``""`` and the finding that says why not."""
    if isinstance(data, str):
        # Lone surrogates cannot be stored or shown; they only come from a broken reader.
        return _one_break(data.encode("utf-8", "replace").decode("utf-8").removeprefix("\ufeff")), ()
    if len(data) > MAX_BYTES:
        return "", (_finding(_too_large(len(data)), file),)
    try:
        return _one_break(data.decode("utf-8-sig")), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        start = data.rfind(b"\n", 0, error.start) + 1
        stop = data.find(b"\n", error.start)
        whole = data[start : stop if stop >= 0 else len(data)]
        utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        shown = "" if utf16 else whole.decode("cp1252", "replace")
        refused = _Refused("not_utf8", line, shown, charset="UTF-16" if utf16 else "Windows-1252")
        refused.number = 31
        return "", (_finding(refused, file),)


def converted(data: bytes) -> str | None:
    """The text of a file that was written in Windows-1252; ``None`` when it is UTF-8 already, or no text of either."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return None if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data else data.decode("cp1252")
        except UnicodeDecodeError:
            return None
    return None


def _one_break(text: str) -> str:
    """One way to end a line, so that we, the parser and the person's editor count the same lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse(text: str, file: str) -> tuple[Node | None, tuple[Finding, ...]]:
    """The tree of ``text``, or ``None`` and the finding that says why there is none. Never raises.

    The trees of the last texts are kept, since a form reads the same text to change it and to check it; nobody changes
    a tree.
    """
    node, refused = _parsed(text)
    return node, () if refused is None else (_finding(refused, file),)


@lru_cache(maxsize=4)
def _parsed(text: str) -> tuple[Node | None, _Refused | None]:
    try:
        _look_at_text(text)
        return _Builder().build(text), None
    except _Refused as refused:
        return None, refused.with_traceback(None)
    except YAMLError as error:
        return None, _syntax(error, text)
    except (ValueError, RecursionError, IndexError, AttributeError, TypeError, AssertionError):
        # What the parser lets slip on a garbled file; to the person it is the same as bad YAML.
        return None, _Refused("bad_yaml", 1, detail=yaml_fault(""))


def _look_at_text(text: str) -> None:
    size = len(text.encode("utf-8"))
    if size > MAX_BYTES:
        raise _too_large(size)
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise _Refused("line_too_long", number, line, limit=MAX_LINE)
        if "\t" in line:
            raise _Refused("tab", number, line.replace("\t", "→"), column=line.index("\t") + 1)
        for position, character in enumerate(line, start=1):
            if (character < " " and character != "\r") or "\x7f" <= character <= "\x9f" or character in "\u2028\u2029":
                raise _Refused("control_character", number, code=f"U+{ord(character):04X}", column=position)


def _too_large(size: int) -> _Refused:
    return _Refused("too_large", 1, size=size // 1024, limit=MAX_BYTES // 1024)


def _syntax(error: YAMLError, text: str) -> _Refused:
    context = str(getattr(error, "context", "") or "")
    # An open brace or quote is noticed only where the text ends; the place to mend is where it was opened.
    unclosed = context.startswith(("while parsing a flow", "while scanning a quoted"))
    problem, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    mark = (opened if unclosed else problem) or problem or opened
    lines = text.split("\n")
    last = len(lines) - 1 if lines[-1] == "" and len(lines) > 1 else len(lines)
    line = min(mark.line + 1 if mark is not None else 1, max(last, 1))
    if unclosed:
        return _Refused("unclosed", line, lines[line - 1])
    detail = yaml_fault(f"{getattr(error, 'problem', '')} {context}")
    return _Refused("bad_yaml", line, lines[line - 1], detail=detail)


def _finding(refused: _Refused, file: str) -> Finding:
    return Finding(
        number=refused.number,
        severity=Severity.ERROR,
        key=refused.key,
        file=file,
        line=max(refused.line, 1),
        where="",
        read=clip(refused.read),
        fields=refused.fields,
    )


class _Builder:
    """Builds the tree from events, keeping its own stack instead of recursing."""

    def __init__(self) -> None:
        self._stack: list[Sequence | Mapping] = []
        self._root: Node | None = None
        self._documents = 0
        self._nodes = 0

    def build(self, text: str) -> Node:
        for event in _events(text):
            self._take(type(event).__name__, event, event.start_mark.line + 1)
        if self._root is None or (isinstance(self._root, Scalar) and not self._root.text.strip()):
            raise _Refused("empty", 1)
        return self._root

    def _take(self, kind: str, event: Any, line: int) -> None:
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                raise _Refused("several_documents", line)
        elif kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent"):
            self._refuse_extras(event, line)
            self._open(kind, event, line)
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            span = self._stack.pop().span
            span.closed, span.stop = event.start_mark.index, event.end_mark.index
        elif kind == "AliasEvent":
            raise _Refused("alias", line, f"*{event.anchor}", name=clip(str(event.anchor)))

    def _refuse_extras(self, event: Any, line: int) -> None:
        if event.anchor is not None:
            raise _Refused("anchor", line, f"&{event.anchor}", name=clip(str(event.anchor)))
        if event.tag is not None:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            raise _Refused("tag", line, tag, tag=clip(tag))
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _Refused("too_many_values", line, limit=MAX_NODES)

    def _open(self, kind: str, event: Any, line: int) -> None:
        node: Node
        start = event.start_mark
        span = Span(start.index, event.end_mark.index, start.column)
        if kind == "ScalarEvent":
            node = Scalar(line, str(event.value), event.style is not None, span, event.style or "")
        else:
            span.flow = bool(event.flow_style)
            node = Sequence(line, span=span) if kind == "SequenceStartEvent" else Mapping(line, span=span)
        self._place(node)
        if not isinstance(node, Scalar):
            self._stack.append(node)
            if len(self._stack) > MAX_DEPTH:
                raise _Refused("too_deep", line, limit=MAX_DEPTH)

    def _place(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        parent = self._stack[-1]
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif parent.waiting is None:
            if not isinstance(node, Scalar):
                raise _Refused("key_not_text", node.line)
            if node.text == "<<" and not node.quoted:
                raise _Refused("merge_key", node.line, "<<")
            parent.waiting = node
        else:
            parent.entries.append(Entry(parent.waiting.line, parent.waiting.text, node, parent.waiting))
            parent.waiting = None


def _events(text: str) -> Iterator[Any]:
    yield from YAML(typ="safe", pure=True).parse(text)
