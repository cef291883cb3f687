"""Where every value of a YAML text begins and ends, so that one of them can be changed and all the rest left as it is.

Unlike ``nodes.py``, which tells a checker the lines, this tells an editor the characters. Only text that ``nodes.py``
accepts is looked at: no anchors, tags or second documents come here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from crisisdesk.playbooks.nodes import Node, Scalar, Sequence, parse

_INDENT = re.compile(r"[|>][+-]?([1-9])?")
Data = str | list["Data"] | dict[str, "Data"]
"""A value as plain data: text, list or mapping."""


@dataclass(slots=True)
class Part:
    """One value with its place in the text.

    Attributes:
        kind: ``"text"``, ``"list"`` or ``"map"``.
        start: index of its first character; of a list in lines, of its first dash.
        end: index behind its last character, comments and line ends not counted.
        column: of ``start``, from 0.
        flow: whether it is written between brackets or braces.
        style: how a text is written: ``""`` bare, a quote mark, ``>`` or ``|``.
        text: a text's value.
        items: a list's values.
        keys: a mapping's keys, in order, beside ``items``.
        closed: index of the bracket or brace that ends it.
    """

    kind: str
    start: int
    end: int
    column: int
    flow: bool = False
    style: str = ""
    text: str = ""
    items: list[Part] = field(default_factory=list)
    keys: list[Part] = field(default_factory=list)
    closed: int = 0

    def index(self, key: str) -> int:
        """The position of ``key``, or -1; the first one where it is repeated."""
        return next((i for i, part in enumerate(self.keys) if part.text == key), -1)

    def data(self) -> Data:
        """The value as plain data; of a repeated key, the first."""
        if self.kind == "text":
            return self.text
        if self.kind == "list":
            return [item.data() for item in self.items]
        made: dict[str, Data] = {}
        for key, item in zip(self.keys, self.items, strict=True):
            made.setdefault(key.text, item.data())
        return made


@lru_cache(maxsize=4)
def parts_of(text: str) -> tuple[Part | None, int]:
    """The tree of ``text``; ``None`` and the line of the fault when it is no plain YAML. Not to be changed in place."""
    node, findings = parse(text, "")
    return (None, findings[0].line) if node is None else (_part(node, text, -1), 1)


def _part(node: Node, text: str, around: int) -> Part:
    """The node with its exact end; ``around`` is the column of the mapping or list that it stands in."""
    span = node.span
    if isinstance(node, Scalar):
        end = _block_end(text, span.start, around) if node.style in ("|", ">") else span.stop
        return Part("text", span.start, end, span.column, style=node.style, text=node.text)
    kind = "list" if isinstance(node, Sequence) else "map"
    part = Part(kind, span.start, span.stop, span.column, span.flow, closed=span.closed)
    if isinstance(node, Sequence):
        part.items = [_part(item, text, span.column) for item in node.items]
    else:
        part.keys = [_part(entry.name, text, span.column) for entry in node.entries if entry.name]
        part.items = [_part(entry.value, text, span.column) for entry in node.entries]
    if not part.flow:  # the parser's own end lies behind the comments that follow
        part.end = max([span.start, *(inner.end for inner in (*part.items, *part.keys))])
    return part


def line_start(text: str, at: int) -> int:
    """Index of the first character of the line that ``at`` is in."""
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def line_end(text: str, at: int) -> int:
    """Index of the line's end, before its line break."""
    found = [index for index in (text.find("\n", at), text.find("\r", at)) if index >= 0]
    return min(found, default=len(text))


def next_line(text: str, at: int) -> int:
    """Index of the first character of the next line, or the end of the text."""
    end = line_end(text, at)
    return end + (2 if text[end : end + 2] == "\r\n" else 1) if end < len(text) else end


def indent_of(line: str) -> int:
    """How many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))


def _block_end(text: str, start: int, column: int) -> int:
    """Index behind the last line with words of a ``>`` or ``|`` text whose sign stands at ``start``.

    The parser's own end lies behind the comments that follow. ``column`` is that of the mapping or list around it.
    """
    end = line_end(text, start)
    given = _INDENT.match(text, start)
    least = column + int(given[1]) if given and given[1] else -1
    at = next_line(text, start)
    while at < len(text):
        stop = line_end(text, at)
        line = text[at:stop]
        if line.strip(" "):
            depth = indent_of(line)
            least = depth if least < 0 else least
            if depth < least or depth <= column:
                break
            end = stop
        at = next_line(text, at)
    return end
