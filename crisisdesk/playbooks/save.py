"""Changes made in a form, written back into the playbook's own text with the least change.

Every function takes the whole text and gives the whole new text: comments, order, quoting, line ends and every line
that the change does not concern stay byte for byte. What cannot be changed safely is an :class:`InputError` with the
line, and the text stays as it was: each result is read again, and must say exactly what was asked and nothing else.

A path is a tuple of keys and list positions such as ``("niveles", 0, "cadencia", "publica")``. Keys are the Spanish
ones whatever the file's language; free names (roles, templates, fields) are as written. Positions are those in the
file, so that the last line of a ladder, with its repeats, has one too.
"""

from __future__ import annotations

from difflib import SequenceMatcher

from crisisdesk.model.errors import InputError
from crisisdesk.playbooks import splice, vocabulary, written
from crisisdesk.playbooks.nodes import MAX_BYTES
from crisisdesk.playbooks.spans import Data, Part, parts_of

Path = tuple[str | int, ...]

__all__ = ["Data", "Path", "add_item", "line_of", "move_item", "remove", "rename_key", "set_value", "value_at"]


def value_at(text: str, path: Path) -> Data | None:
    """The value at ``path`` as the person wrote it, or ``None`` when there is none."""
    page = _Page(text)
    part = page.find(path)
    return None if part is None else part.data()


def set_value(text: str, path: Path, value: Data) -> str:
    """``text`` with ``value`` at ``path``; a key that is not there yet is added where it usually stands.

    Of a list or mapping that is there already, only what differs is changed.
    """
    page = _Page(text)
    path, value = page.written(path), page.translated(path, value)
    part = page.find(path)
    if part is None:
        parent = page.find(path[:-1]) if path else None
        if parent is None and len(path) > 1 and isinstance(path[-1], str):
            return set_value(text, path[:-1], {path[-1]: value})
        if parent is not None and parent.kind == "text" and not parent.text.strip() and isinstance(path[-1], str):
            return set_value(text, path[:-1], {path[-1]: value})
        if parent is None or parent.kind != "map" or isinstance(path[-1], int):
            raise page.refused(path)
        order = page.order(path[:-1])
        return page.checked(splice.add_key(page.sheet(path), parent, str(path[-1]), value, order), path, value)
    old = part.data()
    if old == value or (isinstance(value, str) and isinstance(old, str) and _same_words(part, value)):
        return text
    if isinstance(value, dict) and isinstance(old, dict) and value and old:
        return _set_mapping(text, path, old, value)
    if isinstance(value, list) and isinstance(old, list) and value and old:
        return _set_list(text, path, old, value)
    return page.checked(splice.replace(page.sheet(path), part, value), path, value)


def line_of(text: str, path: Path) -> int:
    """The 1-based line of what stands at ``path``, or of the nearest part of it that is there; 1 for an empty text."""
    if not text:
        return 1
    page = _Page(text)
    while path and page.find(path) is None:
        path = path[:-1]
    parent = page.find(path[:-1]) if path else None
    part = page.find(path) or page.root
    if parent is not None and parent.kind == "map":
        part = parent.keys[parent.index(str(page.written(path)[-1]))]
    return text.count("\n", 0, part.start) + 1


def add_item(text: str, path: Path, value: Data, at: int | None = None) -> str:
    """``text`` with ``value`` in the list at ``path``, at position ``at`` or at its end; makes the list if need be."""
    page = _Page(text)
    path = page.written(path)
    part = page.find(path)
    value = page.translated((*path, 0), value)
    if part is None or (part.kind == "text" and not part.text.strip()):
        return set_value(text, path, [value])
    if part.kind != "list":
        raise page.refused(path)
    position = len(part.items) if at is None else max(0, min(at, len(part.items)))
    wanted = part.data()
    assert isinstance(wanted, list)
    wanted.insert(position, value)
    return page.checked(splice.insert(page.sheet(path), part, position, value), path, wanted)


def remove(text: str, path: Path) -> str:
    """``text`` without the key or list item at ``path``; ``text`` itself when there is none."""
    page = _Page(text)
    path = page.written(path)
    part, parent = page.find(path), page.find(path[:-1]) if path else None
    if part is None or parent is None:
        return text
    last = path[-1]
    at = last if isinstance(last, int) else parent.index(last)
    left = parent.data()
    del left[last]  # type: ignore[arg-type, union-attr]
    if parent.flow:
        made = splice.remove_flow(text, parent, at)
    elif len(parent.items) == 1:
        made = splice.emptied(page.sheet(path[:-1]), parent)
    else:
        made = splice.remove_lines(text, parent, at)
    return page.checked(made, path[:-1], left)


def move_item(text: str, path: Path, to: int) -> str:
    """``text`` with the list item at ``path`` moved to position ``to``, the comments right above it with it."""
    page = _Page(text)
    path = page.written(path)
    parent = page.find(path[:-1]) if path else None
    now = path[-1] if path else 0
    if parent is None or parent.kind != "list" or not isinstance(now, int) or not 0 <= now < len(parent.items):
        raise page.refused(path)
    to = max(0, min(to, len(parent.items) - 1))
    if to == now:
        return text
    wanted = parent.data()
    assert isinstance(wanted, list)
    wanted.insert(to, wanted.pop(now))
    made = splice.moved(text, parent, now, to)
    return page.checked(made, path[:-1], wanted)


def rename_key(text: str, path: Path, name: str) -> str:
    """``text`` with the key at ``path`` called ``name``; what refers to it elsewhere is not changed."""
    page = _Page(text)
    path = page.written(path)
    parent = page.find(path[:-1]) if path else None
    last = path[-1] if path else ""
    if parent is None or parent.kind != "map" or not isinstance(last, str) or parent.index(last) < 0:
        raise page.refused(path)
    if parent.index(name) >= 0:
        if name == last:
            return text
        raise page.refused(path)
    key = parent.keys[parent.index(last)]
    old = parent.data()
    assert isinstance(old, dict)
    wanted: Data = {name if known == last else known: value for known, value in old.items()}
    made = text[: key.start] + written.scalar(name, flow=parent.flow, style=key.style) + text[key.end :]
    return page.checked(made, path[:-1], wanted)


def _set_mapping(text: str, path: Path, old: dict[str, Data], value: dict[str, Data]) -> str:
    for key, item in value.items():
        text = set_value(text, (*path, key), item)
    for key in old:
        if key not in value:
            text = remove(text, (*path, key))
    return text


def _set_list(text: str, path: Path, old: list[Data], value: list[Data]) -> str:
    match = SequenceMatcher(None, [repr(item) for item in old], [repr(item) for item in value], autojunk=False)
    for kind, start, stop, first, last in reversed(match.get_opcodes()):
        if kind == "equal":
            continue
        both = min(stop - start, last - first)
        for at in range(stop - 1, start + both - 1, -1):
            text = remove(text, (*path, at))
        for new in range(first, first + both):
            text = set_value(text, (*path, start + new - first), value[new])
        for new in range(first + both, last):
            text = add_item(text, path, value[new], start + new - first)
    return text


class _Page:
    """The text with its tree and the words of its language."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lead = 1 if text.startswith("\ufeff") else 0
        root, line = parts_of(text[self.lead :])
        if root is None:
            raise InputError("playbook.cannot_edit_broken", line=line)
        self.root = _shifted(root, self.lead) if self.lead else root
        self.english = vocabulary.is_english({part.text for part in self.root.keys})
        self.newline = "\r\n" if "\r\n" in text else "\r" if "\r" in text and "\n" not in text else "\n"

    def find(self, path: Path) -> Part | None:
        """The part at a path that is given in the file's own words (or in Spanish)."""
        here: Part | None = self.root
        for step in self.written(path):
            if here is None:
                return None
            if isinstance(step, int):
                here = here.items[step] if here.kind == "list" and 0 <= step < len(here.items) else None
            else:
                at = here.index(step) if here.kind == "map" else -1
                here = here.items[at] if at >= 0 else None
        return here

    def written(self, path: Path) -> Path:
        """The path in the words of the file."""
        return _english(path) if self.english else path

    def translated(self, path: Path, value: Data) -> Data:
        """A value with its keys in the words of the file."""
        if not self.english or isinstance(value, str):
            return value
        if isinstance(value, list):
            return [self.translated((*path, i), item) for i, item in enumerate(value)]
        made: dict[str, Data] = {}
        for key, item in value.items():
            word = str(_english((*path, key))[-1])
            made[word] = self.translated((*path, key), item)
        return made

    def order(self, path: Path) -> list[str]:
        """The keys of the mapping at ``path`` in their usual order, in the words of the file."""
        context = "playbook"
        for step in _spanish(path):
            context = vocabulary.context_below(context, step)
        names = vocabulary.names_of(context)
        return list(names.values() if self.english else names)

    def sheet(self, path: Path) -> splice.Sheet:
        """What surgery at ``path`` needs to know: the text, its line ends and what is around."""
        parent = self.find(path[:-1]) if path else None
        return splice.Sheet(self.text, self.newline, parent, path[-1] if path else "")

    def refused(self, path: Path) -> InputError:
        """The error that says that ``path`` has to be changed by hand."""
        while path and self.find(path) is None:
            path = path[:-1]
        part = self.find(path) or self.root
        line = self.text.count("\n", 0, part.start) + 1
        shown = ".".join(str(step) for step in path)
        return InputError("playbook.cannot_edit", line=line, where=shown)

    def checked(self, made: str, path: Path, value: Data) -> str:
        """``made``, read again: ``value`` at ``path`` and everything else as before; refused otherwise."""
        root, _ = parts_of(made[self.lead :])
        wanted = _with(self.root.data(), path, value)
        if root is None or not _alike(root.data(), wanted) or len(made.encode("utf-8", "replace")) > MAX_BYTES:
            raise self.refused(path)
        return made


def _spanish(path: Path) -> Path:
    """A path with each key of ours in Spanish, whichever language it came in."""
    made: list[str | int] = []
    context = "playbook"
    for step in path:
        names = vocabulary.names_of(context)
        back = {english: spanish for spanish, english in names.items()}
        made.append(back.get(step, step) if isinstance(step, str) and step not in names else step)
        context = vocabulary.context_below(context, made[-1])
    return tuple(made)


def _english(path: Path) -> Path:
    """A path with each key of ours in English; free names and what is no key of ours stay."""
    made: list[str | int] = []
    context = "playbook"
    for step in _spanish(path):
        made.append(vocabulary.names_of(context).get(step, step) if isinstance(step, str) else step)
        context = vocabulary.context_below(context, step)
    return tuple(made)


def _shifted(part: Part, by: int) -> Part:
    return Part(
        part.kind, part.start + by, part.end + by, part.column, part.flow, part.style, part.text,
        [_shifted(item, by) for item in part.items], [_shifted(key, by) for key in part.keys], part.closed + by,
    )  # fmt: skip


def _with(data: Data, path: Path, value: Data) -> Data:
    """A copy of ``data`` with ``value`` at ``path``."""
    if not path:
        return value
    if isinstance(data, list) and isinstance(path[0], int):
        return [_with(item, path[1:], value) if i == path[0] else item for i, item in enumerate(data)]
    assert isinstance(data, dict)
    made = dict(data)
    made[str(path[0])] = _with(made.get(str(path[0]), {}), path[1:], value)
    return made


def _alike(one: Data, other: Data) -> bool:
    """Whether two values say the same; a folded text may end in a line break. Mappings are compared without order."""
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and one.rstrip("\n") == other.rstrip("\n")
    if isinstance(one, list) or isinstance(other, list):
        both = isinstance(one, list) and isinstance(other, list) and len(one) == len(other)
        return both and all(_alike(a, b) for a, b in zip(one, other, strict=True))
    return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)


def _same_words(part: Part, value: str) -> bool:
    return part.style in ("|", ">") and part.text.rstrip("\n") == value.rstrip("\n")
