"""A report as Markdown. Every text is escaped, so that it stays the same words and none becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from crisisdesk import plain
from crisisdesk.reports.base import Block, Document, Message, Picture, Quote, Table, Words

# What ``plain.markdown`` escapes to be on the safe side, where it can mean nothing: the colon of a time or before a
# blank, a full stop before a blank, a hyphen inside a word, a bracket that follows no digit and no square bracket.
_HARMLESS: Final = re.compile(
    r"(?<=\d)\\(:)(?=\d\d)|\\(:)(?=\s)|(?<![\d\\])\\(\.)(?=\s|$)|(?<=\w)\\(-)(?=\w)|(?<=T)\\(\+)|(?<![\d\\\]])\\([()])"
)


def line(text: str) -> str:
    """One line of Markdown that says just ``text``."""
    return _lean(" ".join(plain.markdown(text).split("\n")))


def quoted(text: str) -> str:
    """A text as a quotation, line by line."""
    return "\n".join(f"> {_lean(part)}".rstrip() for part in plain.markdown(text).split("\n"))


def page(doc: Document, words: dict[str, str]) -> str:
    """The whole document; ``words`` are the headings that belong to no section."""
    parts = [f"> **{line(doc.banner)}**"] if doc.banner else []
    parts += [f"# {line(doc.title)}", line(doc.kicker)]
    parts.append("\n".join(f"- {line(name)}: **{line(value)}**" for name, value in doc.facts))
    parts += [f"## {line(words['summary'])}", *(line(sentence) for sentence in doc.lead)]
    for section in doc.sections:
        if any(isinstance(block, Picture) for block in section.blocks):
            continue
        parts.append(f"## {line(section.title)}")
        if section.note:
            parts.append(f"*{line(section.note)}*")
        for block in section.blocks:
            parts += _block(block, words)
    parts += ["---", *map(line, doc.foot.split("\n"))]
    return "\n\n".join(parts) + "\n"


def _block(block: Block, words: dict[str, str]) -> Iterator[str]:
    if isinstance(block, Words):
        said = [line(sentence) for sentence in block.sentences]
        yield from ["\n".join(f"- {sentence}" for sentence in said)] if block.bulleted else said
    elif isinstance(block, Table):
        yield _table(block)
    elif isinstance(block, Message):
        yield f"### {line(block.time)} · {line(block.title)}"
        if block.where:
            yield line(block.where)
        yield from (line(words["spanish"]), quoted(block.es or words["no_text"]))
        yield from (line(words["english"]), quoted(block.en or words["no_text"]))
        if block.approvals:
            yield line(block.approvals)
    elif isinstance(block, Quote):
        yield quoted(block.text or words["no_text"])
        yield f"— {line(block.source)}"


def _table(table: Table) -> str:
    rules = ["---:" if i in table.right else "---" for i in range(len(table.head))]
    rows = [[line(name) for name in table.head], rules, *([line(cell.text) for cell in row] for row in table.rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _lean(escaped: str) -> str:
    return _HARMLESS.sub(lambda found: next(group for group in found.groups() if group), escaped)
