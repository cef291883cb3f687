"""An area's pack: what it was asked, by when, about which words of which customer, and what it signed.

It goes to people outside of the desk, by mail or on paper: whoever makes it strikes the phone numbers out first
(:meth:`crisisdesk.desk.areas.Areas.pack`).
"""

from __future__ import annotations

import csv as csv_writer
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from crisisdesk import plain, words
from crisisdesk.model.area import Area, Asked, Signature
from crisisdesk.reports import setting
from crisisdesk.reports.base import TEXT_LIMIT, Block, Cell, Cut, Document, Quote, Section, Table, Words, shown
from crisisdesk.reports.tables import utc
from crisisdesk.words import Sentences

FORMATS: Final = ("html", "md", "csv")
_HEAD: Final = (
    "id", "area", "state", "sent_utc", "due_utc", "cause", "ask", "published_utc", "channel", "author", "text", "url",
    "signed",
)  # fmt: skip


def document(area: Area, asked: Sequence[Asked], texts: Sentences, *, zone: str, now: datetime) -> Document:
    """The pack as a report; what was withdrawn is left out."""
    late = sum(one.route.overdue(now) for one in asked)
    facts = [(texts("areas.pack.made"), words.when(now, zone, texts))]
    if area.owner:
        facts.insert(0, (texts("areas.pack.owner"), shown(area.owner)))
    return Document(
        lang=texts.lang,
        cut=Cut.INTERNAL,
        banner="",
        kicker=texts("areas.pack.kicker"),
        title=shown(area.name),
        facts=tuple(facts),
        lead=(texts("areas.pack.lead", n=len(asked), late=late),),
        sections=tuple(_section(one, texts, zone, now) for one in asked),
        footer=texts("areas.pack.footer"),
    )


def render(
    kind: str, area: Area, asked: Sequence[Asked], texts: Sentences, *, zone: str, now: datetime
) -> bytes:
    """The pack as ``html``, ``md`` or ``csv``, UTF-8 (the CSV with a byte order mark, for spreadsheets)."""
    if kind == "csv":
        return _csv(asked)
    doc = document(area, asked, texts, zone=zone, now=now)
    text = setting.markdown(doc, texts) if kind == "md" else setting.web(doc, texts)
    return text.encode()


def _section(one: Asked, texts: Sentences, zone: str, now: datetime) -> Section:
    route, blocks = one.route, list[Block]()
    due = texts("areas.due", time=words.when(route.due_at, zone, texts, ref=now))
    state = texts(f"areas.state.{route.state.value}")
    blocks.append(Words((f"{state} · {due}" + (f" · {texts('areas.late')}" if route.overdue(now) else ""),)))
    told = tuple(shown(text) for text in (route.cause, route.ask) if text)
    if told:
        blocks.append(Words(told))
    if one.mention is not None:
        said = one.mention.mention
        at = words.when(said.published_at, zone, texts, ref=now)
        source = " · ".join(filter(None, (shown(said.author), said.channel or said.source, at)))
        blocks.append(Quote(shown(said.text, TEXT_LIMIT), source))
    elif route.mention_id is not None:
        blocks.append(Words((texts("areas.gone"),)))
    if route.signatures:
        rows = tuple(row for s in route.signatures for row in _signed(s, texts, zone, now))
        head = tuple(texts(f"areas.pack.column.{name}") for name in ("step", "who", "when", "words"))
        blocks.append(Table(head, rows, (16, 22, 16, 46)))
    return Section(f"r{route.id}", texts("areas.pack.item", n=route.id), tuple(blocks))


def _signed(one: Signature, texts: Sentences, zone: str, now: datetime) -> Iterator[tuple[Cell, ...]]:
    """A signature, and under it that it was taken back."""
    yield (
        Cell(texts(f"areas.state.{one.state.value}"), "strong"),
        Cell(shown(one.by)),
        Cell(words.when(one.at, zone, texts, ref=now)),
        Cell(shown(one.text)),
    )
    if one.undone_at is not None:
        at = words.when(one.undone_at, zone, texts, ref=now)
        yield Cell(texts("areas.undone")), Cell(shown(one.undone_by)), Cell(at), Cell(shown(one.undone_reason))


def _csv(asked: Sequence[Asked]) -> bytes:
    out = io.StringIO()
    writer = csv_writer.writer(out, quoting=csv_writer.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_HEAD)
    for one in asked:
        route, said = one.route, one.mention.mention if one.mention else None
        signed = "; ".join(map(_signature, route.signatures))
        row: list[object] = [
            route.id, one.area.name, route.state.value, utc(route.sent_at), utc(route.due_at), route.cause, route.ask,
            utc(said.published_at) if said else "", (said.channel or said.source) if said else "",
            said.author if said else "", said.text if said else "", plain.safe_link(said.url) if said else "", signed,
        ]  # fmt: skip
        writer.writerow([plain.csv_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _signature(one: Signature) -> str:
    said = f"{one.state.value} {utc(one.at)} {one.by}: {one.text}"
    if one.undone_at is None:
        return said
    return f"{said} (undone {utc(one.undone_at)} {one.undone_by}: {one.undone_reason})"
