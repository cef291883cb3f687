"""What each table shows, as data: a heading, a width and a function from a row to a cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Generic, TypeVar

from crisisdesk import plain
from crisisdesk.model.inbox import Listed, Place
from crisisdesk.model.mention import Sentiment, SourceHealth, SourceState, StoredMention
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.timeline import Entry
from crisisdesk.texts import Texts
from crisisdesk.words import day, entry_sentence, number, when, zone_info

R = TypeVar("R")

DANGER_MARK: Final = "▲"
WARNING_MARK: Final = "◆"
GOOD_MARK: Final = "●"
DONE_MARK: Final = "✓"
STAR: Final = "★"


@dataclass(frozen=True, slots=True)
class Look:
    """How rows are shown.

    Attributes:
        texts: the sentences.
        zone: IANA zone of the times.
        now: the desk's time; a time of another day gets its date.
        types: names of the mention types by id.
        vips: (source, person) of those whose name bears a star.
    """

    texts: Texts
    zone: str
    now: datetime
    types: Mapping[str, Bilingual] = field(default_factory=dict)
    vips: Collection[tuple[str, str]] = ()

    def time(self, instant: datetime) -> str:
        """A local time; the date stands before it when it is not today, so that a column of times lines up."""
        here, there = (one.astimezone(zone_info(self.zone)) for one in (instant, self.now))
        if here.date() == there.date():
            return f"{here:%H:%M}"
        return f"{day(instant, self.zone, self.texts, year=here.year != there.year)} {here:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One painted cell.

    Attributes:
        text: plain and clamped.
        token: the text's colour.
        mark: a sign before the text, in ``mark_token``: state is never colour alone.
        under: a second, smaller line.
        bold: semibold.
        spoken: what a screen reader says instead.
    """

    text: str = ""
    token: str = "text"
    mark: str = ""
    mark_token: str = "text"
    under: str = ""
    under_token: str = "muted"
    bold: bool = False
    spoken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[R]):
    """One column.

    Attributes:
        heading: key of its heading, or empty.
        cell: what a row shows here.
        width: pixels; 0 takes what is left.
        number: right-aligned.
        least: hidden in a table narrower than this many pixels.
    """

    heading: str
    cell: Callable[[R, Look], Cell]
    width: int = 0
    number: bool = False
    least: int = 0


def outside(text: str, limit: int = plain.CELL_LIMIT) -> str:
    """A text from outside as one line of a cell that cannot reorder its neighbours."""
    shown = " ".join(plain.clamp(text, limit).split())
    return shown if shown.isascii() else f"\u2068{shown}\u2069"


def _mention_time(row: StoredMention, look: Look) -> Cell:
    shown = look.time(row.mention.published_at)
    if row.mention.date_doubtful:
        return Cell(text=shown, token="muted", mark=WARNING_MARK, mark_token="promise",
                    spoken=look.texts("inbox.spoken.doubtful", time=shown))  # fmt: skip
    return Cell(text=shown, token="muted")


def fold_mark(row: Listed, look: Look) -> str:
    """What stands before a text that stands for others, or under one; empty where it stands for itself."""
    if row.place is Place.UNDER:
        return "└"
    if row.place is Place.ALONE or row.fold is None:
        return ""
    sign = "▸" if row.place is Place.FOLDED else "▾"
    if row.fold.flood:
        who = outside(row.mention.author, 24)
        return f"{sign} {look.texts('inbox.fold.flood', shown=number(row.many, look.texts), who=who)}"
    return f"{sign} {look.texts('inbox.fold.same', n=row.many, shown=number(row.many, look.texts))}"


def _mention_text(row: Listed, look: Look) -> Cell:
    fold = fold_mark(row, look)
    shown = outside(row.mention.text)
    if not shown.strip("\u2068\u2069 "):
        return Cell(text=look.texts("inbox.no_text"), token="muted", mark=fold, mark_token="accent")
    hidden = plain.hidden(row.mention.text)
    if hidden.direction:
        spoken = look.texts("inbox.spoken.hidden", text=shown, n=hidden.direction)
        mark = f"{fold} {WARNING_MARK}".strip()
        return Cell(text=shown, mark=mark, mark_token="promise", spoken=f"{fold[2:]} {spoken}".strip())
    if row.place in (Place.FOLDED, Place.UNFOLDED):
        spoken = look.texts(f"inbox.fold.{row.place}", what=fold[2:], text=shown)
        return Cell(text=shown, mark=fold, mark_token="accent", spoken=spoken)
    spoken = look.texts("inbox.fold.under", text=shown) if row.place is Place.UNDER else ""
    return Cell(text=shown, mark=fold, mark_token="muted", spoken=spoken)


def _mention_author(row: StoredMention, look: Look) -> Cell:
    said, shown, texts = row.mention, outside(row.mention.author, 60), look.texts
    vip = (said.source, said.author_id or said.author) in look.vips
    marks = (*(("★",) if vip else ()), *(("↻",) if said.is_repost else ()))
    if not marks:
        return Cell(text=shown)
    spoken = (shown, *(("VIP",) if vip else ()), *((texts("inbox.mark.repost"),) if said.is_repost else ()))
    token = "promise" if vip else "muted"
    return Cell(text=shown, mark=" ".join(marks), mark_token=token, spoken=", ".join(spoken))


def _mention_channel(row: StoredMention, look: Look) -> Cell:
    return Cell(text=outside(row.mention.channel or row.mention.source, 40), token="muted")


def _mention_type(row: StoredMention, look: Look) -> Cell:
    name = look.types.get(row.verdict.type)
    return Cell(text=name.get(look.texts.lang) if name else "", token="muted")


def _mention_assignee(row: Listed, look: Look) -> Cell:
    shown, texts = outside(row.assignee, 60), look.texts
    spoken = texts("inbox.assign.of", name=shown) if row.assignee else texts("inbox.assign.unassigned")
    if row.answered:
        return Cell(text=shown, mark=DONE_MARK, mark_token="good", spoken=f"{texts('inbox.due.answered')}, {spoken}")
    return Cell(text=shown, spoken=spoken)


def verdict_cell(row: StoredMention, look: Look) -> Cell:
    """How a mention sounds: danger to people first, then a complaint, then its tone."""
    verdict = row.verdict
    if verdict.safety:
        return Cell(
            text=look.texts("inbox.mark.safety"), token="danger", mark=DANGER_MARK, mark_token="danger", bold=True
        )
    if verdict.complaint:
        return Cell(text=look.texts("inbox.mark.complaint"), mark=WARNING_MARK, mark_token="promise")
    if verdict.sentiment is Sentiment.POSITIVE:
        return Cell(text=look.texts("inbox.mark.positive"), mark=GOOD_MARK, mark_token="good")
    if verdict.sentiment is Sentiment.NEGATIVE:
        return Cell(text=look.texts("inbox.mark.negative"))
    return Cell(text=look.texts("inbox.mark.neutral"), token="muted")


MENTIONS: Final[Sequence[Column[Listed]]] = (
    Column(heading="inbox.column.time", cell=_mention_time, width=124),
    Column(heading="inbox.column.channel", cell=_mention_channel, width=86, least=900),
    Column(heading="inbox.column.author", cell=_mention_author, width=112),
    Column(heading="inbox.column.text", cell=_mention_text),
    Column(heading="inbox.column.assignee", cell=_mention_assignee, width=92),
    Column(heading="inbox.column.type", cell=_mention_type, width=112, least=760),
    Column(heading="inbox.column.tone", cell=verdict_cell, width=112),
)


def entry_mark(entry: Entry) -> tuple[str, str]:
    """The sign and colour of a timeline entry."""
    if entry.kind.startswith("alert.raised") or entry.kind.endswith((".broken", ".exhausted", ".troubled")):
        return DANGER_MARK, "danger"
    if entry.kind in ("note.pending", "commitment.moved", "commitment.withdrawn"):
        return WARNING_MARK, "promise"
    if entry.kind.endswith((".published", ".kept", ".acknowledged", ".resolved")):
        return GOOD_MARK, "good"
    return "", "text"


def _entry_star(entry: Entry, look: Look) -> Cell:
    if not entry.starred:
        return Cell()
    return Cell(mark=STAR, mark_token="promise", spoken=look.texts("timeline_page.starred"))


def _entry_time(entry: Entry, look: Look) -> Cell:
    shown = look.time(entry.occurred_at)
    if not entry.late:
        return Cell(text=shown, token="muted")
    recorded = when(entry.recorded_at, look.zone, look.texts, ref=entry.occurred_at)
    under = look.texts("timeline_page.recorded", time=recorded)
    spoken = look.texts("timeline_page.spoken_late", time=shown, recorded=recorded)
    return Cell(text=shown, token="muted", under=under, under_token="promise", spoken=spoken)


def _entry_sentence(entry: Entry, look: Look) -> Cell:
    mark, token = entry_mark(entry)
    text = outside(entry_sentence(entry, look.texts, look.zone))
    under = look.texts("timeline_page.corrected") if entry.revised_by is not None else ""
    return Cell(text=text, mark=mark, mark_token=token, under=under)


def _entry_actor(entry: Entry, look: Look) -> Cell:
    if entry.actor == "desk":
        return Cell(text=look.texts("timeline_page.the_desk"), token="muted")
    return Cell(text=outside(entry.actor, 60), token="muted")


ENTRIES: Final[Sequence[Column[Entry]]] = (
    Column(heading="", cell=_entry_star, width=30),
    Column(heading="timeline_page.column.time", cell=_entry_time, width=144),
    Column(heading="timeline_page.column.what", cell=_entry_sentence),
    Column(heading="timeline_page.column.who", cell=_entry_actor, width=128),
)

_HEALTH: Final = {
    SourceState.GOOD: (GOOD_MARK, "good"),
    SourceState.LATE: (WARNING_MARK, "promise"),
    SourceState.FAILING: (DANGER_MARK, "danger"),
    SourceState.BLIND: (DANGER_MARK, "muted"),
}


def _source_label(row: SourceHealth, look: Look) -> Cell:
    mark, token = _HEALTH[row.state]
    return Cell(text=outside(row.label or row.account, 80), mark=mark, mark_token=token)


def _source_state(row: SourceHealth, look: Look) -> Cell:
    if row.error_key and row.state in (SourceState.FAILING, SourceState.LATE):
        said = look.texts(f"errors.{row.error_key}", **dict(row.error_fields))
        return Cell(text=outside(said), token="danger" if row.state is SourceState.FAILING else "text")
    return Cell(text=look.texts(f"preparation.source_state.{row.state}"), token="muted")


def _source_last(row: SourceHealth, look: Look) -> Cell:
    return Cell(text=look.time(row.last_ok) if row.last_ok else look.texts("preparation.never"), token="muted")


SOURCES: Final[Sequence[Column[SourceHealth]]] = (
    Column(heading="preparation.column.source", cell=_source_label, width=200),
    Column(heading="preparation.column.state", cell=_source_state),
    Column(heading="preparation.column.last_ok", cell=_source_last, width=140),
)


SheetRow = tuple[int, tuple[Cell, ...]]


def sheet_columns(spec: Sequence[tuple[str, int, bool]]) -> tuple[Column[SheetRow], ...]:
    """Columns of a sheet whose rows are numbered cells already: heading key, width, whether it holds numbers."""

    def pick(place: int) -> Callable[[SheetRow, Look], Cell]:
        return lambda row, _look: row[1][place]

    return tuple(
        Column(heading=heading, cell=pick(place), width=width, number=is_number)
        for place, (heading, width, is_number) in enumerate(spec)
    )
