"""The surgery behind ``save.py``: one value put in, taken out or moved among the characters of a text.

Nothing here judges its own result; where a change cannot be made, the text comes back as it was, and ``save.py``, which
reads every result again, refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass

from crisisdesk.playbooks import written
from crisisdesk.playbooks.spans import Data, Part, indent_of, line_end, line_start, next_line


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text, how its lines end, and the mapping or list that a change happens in, at ``step``."""

    text: str
    newline: str
    parent: Part | None
    step: str | int

    @property
    def in_flow(self) -> bool:
        """Whether the value stands between brackets or braces."""
        return self.parent is not None and self.parent.flow

    def joined(self, lines: list[str]) -> str:
        """Lines with the file's own line breaks."""
        return self.newline.join(lines)


def replace(sheet: Sheet, part: Part, value: Data) -> str:
    """The text with ``value`` in the place of ``part``."""
    text = sheet.text
    if isinstance(value, str) and (part.kind == "text" or part.flow):
        return _put(sheet, part, _text_in_place(sheet, part, value))
    if sheet.in_flow or sheet.parent is None or part.flow:
        return _put(sheet, part, written.flow(value))
    if sheet.parent.kind == "map":
        at = sheet.parent.index(str(sheet.step))
        start = sheet.parent.keys[at].start
        lines = written.entry(str(sheet.step), value, sheet.parent.column)
    else:
        start = _dash(text, sheet.parent, int(sheet.step))
        lines = written.listed(value, sheet.parent.column)
    tail = text[part.end : line_end(text, part.end)]
    lines[0] += tail
    return text[:start] + sheet.joined(lines).lstrip(" ") + text[line_end(text, part.end) :]


def _put(sheet: Sheet, part: Part, made: str) -> str:
    text = sheet.text
    if part.start == part.end:  # nothing is written yet
        before = text[: part.start].rstrip(" ")[-1:]
        made = (" " if before in (":", "-") and text[part.start - 1 : part.start] != " " else "") + made
        made = made if before in (":", "-") or sheet.parent is None or sheet.parent.kind != "map" else f": {made}"
    return text[: part.start] + made + text[part.end :]


def _text_in_place(sheet: Sheet, part: Part, value: str) -> str:
    text = sheet.text
    if part.style == ">" and written.foldable(value):
        return _folded(sheet, part, value)
    if part.style == "|" and not written.odd(value) and value.strip() and not value.startswith((" ", "\n")):
        head, column = text[part.start : line_end(text, part.start)], _content_column(sheet, part)
        return sheet.joined([head, *(" " * column + line if line else "" for line in value.split("\n"))])
    block = sheet.parent is not None and not sheet.parent.flow and sheet.parent.kind == "map"
    alone = not text[part.end : line_end(text, part.end)].strip()  # a comment behind it stays behind it
    if part.style == "" and block and alone and len(value) > written.WIDTH and written.foldable(value) and sheet.parent:
        return sheet.joined([">-", *written.folded(value, sheet.parent.column + 2)])
    return written.scalar(value, flow=sheet.in_flow, style=part.style)


def _content_column(sheet: Sheet, part: Part) -> int:
    first = next_line(sheet.text, part.start)
    while first < part.end and not sheet.text[first : line_end(sheet.text, first)].strip():
        first = next_line(sheet.text, first)
    around = sheet.parent.column if sheet.parent else 0
    return indent_of(sheet.text[first : line_end(sheet.text, first)]) if first < part.end else around + 2


def _folded(sheet: Sheet, part: Part, value: str) -> str:
    """A ``>`` text with new words: the lines before and after the change stay."""
    text, column = sheet.text, _content_column(sheet, part)
    head = text[part.start : line_end(text, part.start)]
    body = text[next_line(text, part.start) : part.end]
    old = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain = "\n" not in value and all(line.strip() and indent_of(line) == column for line in old)
    lines = written.refolded(old, value, column) if plain else written.folded(value, column)
    return sheet.joined([head, *lines])


def add_key(sheet: Sheet, parent: Part, key: str, value: Data, order: list[str]) -> str:
    """The text with a new key in the mapping ``parent``, at its place in the usual ``order``."""
    text = sheet.text
    at = _position(parent, key, order)
    if parent.flow:
        made = f"{written.scalar(key, flow=True)}: {written.flow(value)}"
        return _into_flow(sheet, parent, at, made)
    free = [item for item, name in zip(parent.items[:at], parent.keys, strict=False) if name.text not in order]
    like = free[-1] if free else None
    lines = written.entry(key, value, parent.column, like=like if key not in order else None)
    if at == 0:
        first = parent.keys[0].start
        return text[:first] + sheet.joined(lines).lstrip(" ") + sheet.newline + " " * parent.column + text[first:]
    end = line_end(text, max(parent.items[at - 1].end, parent.keys[at - 1].end))
    if at > 1 and key not in order and _blank_between(text, parent.items[at - 2].end, parent.keys[at - 1].start):
        lines.insert(0, "")
    return text[:end] + sheet.newline + sheet.joined(lines) + text[end:]


def _position(parent: Part, key: str, order: list[str]) -> int:
    """Behind the last key that usually stands before ``key``; a free name behind the last free name."""
    if key not in order:
        free = [index + 1 for index, part in enumerate(parent.keys) if part.text not in order]
        return max(free, default=len(parent.keys))
    earlier = set(order[: order.index(key)])
    behind = [index + 1 for index, part in enumerate(parent.keys) if part.text in earlier]
    return max(behind, default=0)


def _blank_between(text: str, start: int, stop: int) -> bool:
    """Whether a line without anything stands between two places."""
    lines = text[start:stop].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return any(not line.strip() for line in lines[1:-1])


def _into_flow(sheet: Sheet, parent: Part, at: int, made: str) -> str:
    """The text with ``made`` between brackets or braces, on a new line where the last would grow too long."""
    text = sheet.text
    starts = [part.start for part in (parent.keys or parent.items)]
    if not starts:
        return text[: parent.start + 1] + made + text[parent.closed :]
    if at < len(starts):
        return text[: starts[at]] + made + ", " + text[starts[at] :]
    end = max(parent.items[-1].end, parent.keys[-1].end if parent.keys else 0)
    line = text[line_start(text, end) : line_end(text, end)]
    several = "\n" in text[parent.start : parent.end] or "\r" in text[parent.start : parent.end]
    if several and len(line) + len(made) > written.WIDTH:
        column = starts[0] - line_start(text, starts[0])
        return text[:end] + "," + sheet.newline + " " * column + made + text[end:]
    return text[:end] + ", " + made + text[end:]


def insert(sheet: Sheet, part: Part, at: int, value: Data) -> str:
    """The text with ``value`` in the list ``part`` at position ``at``."""
    text = sheet.text
    if part.flow:
        in_block = sheet.parent is not None and not sheet.parent.flow and sheet.parent.kind == "map"
        if in_block and not part.items and isinstance(value, dict) and sheet.parent:
            lines = written.listed(value, sheet.parent.column + 2)
            end = line_end(text, part.end)
            head = text[: part.start].rstrip(" ") + text[part.end : end].rstrip()
            return head + sheet.newline + sheet.joined(lines) + text[end:]
        return _into_flow(sheet, part, at, written.flow(value))
    found = regions(text, part)
    if not found:
        return text
    lines = written.listed(value, part.column, like=part.items[min(at, len(part.items) - 1)])
    near = min(max(at, 1), len(found) - 1)
    apart = [""] if len(found) > 1 and _blank_between(text, found[near - 1][1], found[near][0]) else []
    if at < len(found):
        start = found[at][0]
        return text[:start] + sheet.joined([*lines, *apart]) + sheet.newline + text[start:]
    end = found[-1][1]
    return text[:end] + sheet.newline + sheet.joined([*apart, *lines]) + text[end:]


def _dash(text: str, part: Part, at: int) -> int:
    """Index of the dash of the item ``at`` of a list in lines."""
    if at == 0:
        return part.start
    here = next_line(text, part.items[at - 1].end)
    while here < len(text):
        line = text[here : line_end(text, here)]
        if indent_of(line) == part.column and line[part.column : part.column + 1] == "-":
            return here + part.column
        here = next_line(text, here)
    return part.start


def regions(text: str, part: Part) -> list[tuple[int, int]]:
    """The lines of each item of a list, from its dash (or the comments right above it, but for the first) to its end.

    Empty when the list does not begin on a line of its own.
    """
    if text[line_start(text, part.start) : part.start].strip(" "):
        return []
    found: list[tuple[int, int]] = []
    for at, item in enumerate(part.items):
        dash = _dash(text, part, at)
        start = line_start(text, dash)
        least = found[-1][1] if found else start
        while start > least:
            above = line_start(text, start - 1 if text[start - 2 : start] != "\r\n" else start - 2)
            line = text[above : line_end(text, above)]
            if above <= least or indent_of(line) != part.column or not line.lstrip(" ").startswith("#"):
                break
            start = above
        found.append((start, line_end(text, max(item.end, dash))))
    return found


def moved(text: str, part: Part, now: int, to: int) -> str:
    """The text with the item ``now`` of the list ``part`` at position ``to``; what stands between items stays there."""
    if part.flow:
        found = [(item.start, item.end) for item in part.items]
    else:
        found = regions(text, part)
        if not found:
            return text
    order = list(range(len(found)))
    order.insert(to, order.pop(now))
    made = text[: found[0][0]]
    for number, (_, stop) in enumerate(found):
        start, end = found[order[number]]
        after = found[number + 1][0] if number + 1 < len(found) else len(text)
        made += text[start:end] + text[stop:after]
    return made


def remove_flow(text: str, parent: Part, at: int) -> str:
    """The text without one thing between brackets or braces, its comma included."""
    keys = parent.keys or parent.items
    starts = [part.start for part in keys]
    ends = [max(item.end, key.end) for item, key in zip(parent.items, keys, strict=True)]
    if len(starts) == 1:
        return text[: parent.start + 1] + text[parent.closed :]
    if at + 1 < len(starts):
        return text[: starts[at]] + text[starts[at + 1] :]
    between = text[ends[at - 1] : starts[at]]
    if "#" not in between:
        return text[: ends[at - 1]] + text[ends[at] :]
    return text[: ends[at - 1]] + between.replace(",", "", 1) + text[ends[at] :]


def remove_lines(text: str, parent: Part, at: int) -> str:
    """The text without one entry or item that has lines of its own; comments above it stay."""
    if parent.kind == "list":
        if not regions(text, parent):
            return text
        start = _dash(text, parent, at)
        end = max(parent.items[at].end, start)
    else:
        start, end = parent.keys[at].start, max(parent.items[at].end, parent.keys[at].end)
    begin = line_start(text, start)
    if text[begin:start].strip(" "):  # behind the dash of a list: the next key takes its place
        follows = parent.keys[at + 1].start
        kept = [line for line in text[next_line(text, end) : line_start(text, follows)].splitlines(keepends=True)
                if line.strip()]  # fmt: skip
        dash = text[begin:start]
        return text[:begin] + "".join(kept) + dash + text[follows:]
    stop = next_line(text, end)
    if stop == line_end(text, end):  # the last line of a text that ends without a break
        return text[: begin - 2 if text[:begin].endswith("\r\n") else max(begin - 1, 0)]
    if _is_blank(text, stop) and begin and _is_blank(text, line_start(text, begin - 1)):
        stop = next_line(text, stop)
    return text[:begin] + text[stop:]


def _is_blank(text: str, at: int) -> bool:
    return at < len(text) and not text[at : line_end(text, at)].strip()


def emptied(sheet: Sheet, part: Part) -> str:
    """The text with nothing in ``part``, a list or mapping in lines with one item: ``[]`` or ``{}``."""
    text, nothing = sheet.text, "[]" if part.kind == "list" else "{}"
    if sheet.parent is None:
        return text
    if sheet.parent.kind == "list":
        return text[: part.start] + nothing + text[part.end :]
    key = sheet.parent.keys[sheet.parent.index(str(sheet.step))]
    colon = text.find(":", key.end) + 1
    begin, stop = line_start(text, part.start), next_line(text, part.end)
    if begin <= colon:
        return text
    return text[:colon] + " " + nothing + text[colon:begin] + text[stop:]
