"""A value as YAML text in the style of our playbooks: bare where that is safe, quoted where not, long texts folded."""

from __future__ import annotations

import re
from typing import Final

from crisisdesk.playbooks.spans import Data, Part

WIDTH: Final = 116
_BARE_FIRST: Final = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<~]")
_ODD: Final = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_ESCAPES: Final = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def bare(text: str, *, flow: bool) -> bool:
    """Whether ``text`` can be written without quotes and is read back the same."""
    if not text or text != text.strip() or not _BARE_FIRST.match(text) or _ODD.search(text):
        return False
    if ": " in text or " #" in text or text.endswith(":") or text.startswith("..."):
        return False
    return not (flow and re.search(r"[,\[\]{}]|:(?=[,\[\]{}])", text))


def scalar(text: str, *, flow: bool, style: str = "") -> str:
    """``text`` on one line, in the wanted style where it allows."""
    if style == "'" and not _ODD.search(text):
        return "'" + text.replace("'", "''") + "'"
    if style != '"' and bare(text, flow=flow):
        return text
    escaped = "".join(_ESCAPES.get(c, c) for c in text)
    return '"' + _ODD.sub(lambda m: _code(m[0]), escaped) + '"'


def _code(character: str) -> str:
    point = ord(character)
    return f"\\x{point:02x}" if point < 256 else f"\\u{point:04x}" if point < 65536 else f"\\U{point:08x}"


def flow(value: Data) -> str:
    """A value on one line: ``{es: Hola, en: Hello}``, ``[llamada, sms]``, or its text."""
    if isinstance(value, str):
        return scalar(value, flow=True)
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return "{" + ", ".join(f"{scalar(key, flow=True)}: {flow(item)}" for key, item in value.items()) + "}"


def entry(key: str, value: Data, column: int, *, like: Part | None = None) -> list[str]:
    """The lines of ``key: value`` in a mapping that stands at ``column``; none ends with a line break.

    ``like`` is a neighbour whose way of writing, on one line or on several, is taken over.
    """
    head = " " * column + scalar(key, flow=False) + ":"
    if isinstance(value, str):
        line = f"{head} {scalar(value, flow=False)}"
        if len(line) <= WIDTH or not foldable(value):
            return [line]
        return [f"{head} >-", *folded(value, column + 2)]
    line = f"{head} {flow(value)}"
    if not value or _inline(line, value, like):
        return [line]
    if isinstance(value, dict):
        return [head, *(made for name, inner in value.items() for made in entry(name, inner, column + 2))]
    near = like.items[0] if like is not None and like.kind == "list" and like.items else None
    return [head, *(made for item in value for made in listed(item, column + 2, like=near))]


def listed(value: Data, column: int, *, like: Part | None = None) -> list[str]:
    """The lines of ``- value`` in a list that stands at ``column``; ``like`` as in :func:`entry`."""
    dash = " " * column + "- "
    if isinstance(value, str):
        return [dash + scalar(value, flow=False)]
    line = dash + flow(value)
    if isinstance(value, list) or not value or _inline(line, value, like):
        return [line]
    lines = [made for name, inner in value.items() for made in entry(name, inner, column + 2)]
    return [dash + lines[0].lstrip(" "), *lines[1:]]


def _inline(line: str, value: Data, like: Part | None) -> bool:
    if like is not None and like.kind == ("map" if isinstance(value, dict) else "list"):
        return like.flow
    return len(line) <= WIDTH and _short(value)


def _short(value: Data) -> bool:
    """Whether it reads well on one line: a list of words, or a mapping no deeper than one level."""
    if isinstance(value, str):
        return True
    inner = value if isinstance(value, list) else list(value.values())
    return all(isinstance(item, str) or (isinstance(item, dict) and set(item) <= {"es", "en"}) for item in inner)


def foldable(text: str) -> bool:
    """Whether ``text`` survives being folded over lines."""
    lines = text.split("\n")
    return (
        bool(text.strip())
        and not _ODD.search(text.replace("\n", ""))
        and all(line and line == line.strip() and "  " not in line for line in lines)
    )


def folded(text: str, column: int, width: int = WIDTH) -> list[str]:
    """The lines of a ``>-`` text, indented by ``column``."""
    made: list[str] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            made.append("")
        made += [" " * column + part for part in wrapped(line, max(width - column, 40))]
    return made


def wrapped(line: str, width: int) -> list[str]:
    """``line`` broken at single spaces, each part no longer than ``width`` where its words allow."""
    parts, now = [], ""
    for word in line.split(" "):
        if now and len(now) + 1 + len(word) > width:
            parts.append(now)
            now = word
        else:
            now = f"{now} {word}" if now else word
    return [*parts, now]


def refolded(old: list[str], text: str, column: int, width: int = WIDTH) -> list[str]:
    """``text`` folded like the ``old`` lines: the lines before and after the change stay as they were."""
    new = text.split(" ")
    words = [line.split(" ") for line in (line.strip(" ") for line in old)]
    head = 0
    while head < len(words) and new[: len(words[head])] == words[head] and len(new) > len(words[head]):
        new = new[len(words[head]) :]
        head += 1
    tail = len(words)
    while tail > head and new[-len(words[tail - 1]) :] == words[tail - 1] and len(new) > len(words[tail - 1]):
        new = new[: -len(words[tail - 1])]
        tail -= 1
    middle = [" " * column + part for part in wrapped(" ".join(new), max(width - column, 40))]
    return [*old[:head], *middle, *old[tail:]]


def odd(text: str) -> bool:
    """Whether ``text`` holds characters that only a quoted text can hold, line breaks not counted."""
    return bool(_ODD.search(text.replace("\n", "")))
