"""«La voz del cliente»: what people said in a week, beside the week before, in their own words and by area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crisisdesk import words
from crisisdesk.model.measure import Figure, MentionRow, Rows
from crisisdesk.model.mention import Sentiment, StoredMention
from crisisdesk.reports.base import TEXT_LIMIT, Cell, Cut, Document, Quote, Section, Table, Words, cut_named, shown
from crisisdesk.reports.redaction import unaddressed
from crisisdesk.words import Sentences

QUOTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What the report tells.

    Attributes:
        before: the period before, for comparison.
        ideas: mentions that hold an idea; ``complaints`` that complain; newest first, a few.
    """

    rows: Rows
    before: Rows
    figures: tuple[Figure, ...]
    ideas: tuple[StoredMention, ...]
    complaints: tuple[StoredMention, ...]
    made_at: datetime
    zone: str


def to_quote(rows: Rows, *, ideas: bool) -> list[int]:
    """Ids of the newest mentions with an idea, or with a complaint: one of each author, a few more than are shown."""
    seen: set[tuple[str, int]] = set()
    found = []
    for row in reversed(rows.mentions):
        who = (row.source, row.voice or -row.id)
        if not row.own and who not in seen and (row.idea if ideas else row.complaint and not row.idea):
            seen.add(who)
            found.append(row.id)
    return found[: 4 * QUOTED]


def document(week: Week, texts: Sentences, *, cut: str = Cut.INTERNAL) -> Document:
    """The report; the public cut names nobody and leaves the areas out."""
    teller = _Teller(week, texts, cut_named(cut))
    period = week.rows.period
    internal = teller.cut is Cut.INTERNAL
    made = [teller.channels(), teller.types(), teller.quotes("ideas", week.ideas)]
    made.append(teller.quotes("complaints", week.complaints))
    if internal:
        made.append(teller.areas())
    return Document(
        lang=texts.lang,
        cut=teller.cut,
        banner="",
        kicker=texts(f"voc.kicker.{teller.cut.value}"),
        title=texts("voc.title"),
        facts=(
            (texts("roi.period"), f"{period.first.isoformat()} – {period.last.isoformat()}"),
            (texts("voc.compared"), f"{week.before.period.first.isoformat()} – {week.before.period.last.isoformat()}"),
            (texts("report.head.made"), words.when(week.made_at, week.zone, texts, ref=week.made_at - timedelta(2))),
        ),
        lead=teller.lead(),
        sections=(*made, teller.method()),
        footer=texts("voc.footer", first=period.first.isoformat(), last=period.last.isoformat()),
    )


class _Teller:
    def __init__(self, week: Week, texts: Sentences, cut: Cut) -> None:
        self._week, self._texts, self.cut = week, texts, cut
        self._now = [row for row in week.rows.mentions if not row.own]
        self._then = [row for row in week.before.mentions if not row.own]

    def lead(self) -> tuple[str, ...]:
        """How much, how that compares, and in what mood."""
        texts, now, then = self._texts, self._now, self._then
        said = [texts("voc.lead", n=len(now), shown=words.number(len(now), texts), change=self._change(now, then))]
        if now:
            against = sum(row.sentiment is Sentiment.NEGATIVE for row in now)
            share = words.percent(sum(row.complaint for row in now) / len(now), texts)
            negative = words.percent(against / len(now), texts)
            said.append(texts("voc.mood", complaints=share, negative=negative, n=sum(row.idea for row in now)))
        drills = self._week.rows.drills
        said.append(texts("roi.drills", n=drills) if drills else texts("measures.no_drills"))
        return tuple(said)

    def _change(self, now: Sequence[MentionRow], then: Sequence[MentionRow]) -> str:
        if not then:
            return self._texts("voc.no_before")
        difference = len(now) - len(then)
        sign = "+" if difference > 0 else ""
        return sign + words.number(difference, self._texts)

    def channels(self) -> Section:
        """By channel."""
        return self._table("channels", lambda row: row.channel)

    def types(self) -> Section:
        """By what they were about, as the process table calls it."""
        return self._table("types", lambda row: row.type)

    def _table(self, name: str, key: Callable[[MentionRow], str]) -> Section:
        texts = self._texts
        before, now = Counter(map(key, self._then)), Counter(map(key, self._now))
        complaints = Counter(key(row) for row in self._now if row.complaint)
        rows = []
        for of, n in sorted(now.items(), key=lambda pair: (-pair[1], pair[0])):
            rows.append(
                (Cell(shown(of) or texts("voc.none")), Cell(words.number(n, texts), "strong"),
                 Cell(words.number(before[of], texts), "muted"), Cell(words.percent(complaints[of] / n, texts)))
            )  # fmt: skip
        head = tuple(texts(f"voc.column.{column}") for column in (name, "now", "then", "complaints"))
        table = Table(head, tuple(rows), (46, 18, 18, 18), right=frozenset({1, 2, 3}))
        return Section(name, texts(f"voc.{name}"), (table,) if rows else (Words((texts("voc.nothing"),)),))

    def quotes(self, name: str, found: Sequence[StoredMention]) -> Section:
        """A few, word for word; in public without who said it and whom they name with an @."""
        texts, blocks = self._texts, []
        for one in found[:QUOTED]:
            mention = one.mention
            when = words.day(mention.published_at, self._week.zone, texts)
            inside = self.cut is Cut.INTERNAL
            who = [shown(mention.author, 80)] if inside else []
            said = mention.text if inside else unaddressed(mention.text)
            source = " · ".join(part for part in (*who, shown(mention.channel or mention.source, 80), when) if part)
            blocks.append(Quote(shown(said, TEXT_LIMIT), source))
        return Section(name, texts(f"voc.{name}"), tuple(blocks) or (Words((texts("voc.nothing"),)),))

    def areas(self) -> Section:
        """What each area had promised and kept: its scorecard."""
        return Section("areas", self._texts("voc.areas"), areas(self._week.figures, self._texts))

    def method(self) -> Section:
        """How it was counted."""
        notes = tuple(self._texts(f"voc.method.{name}") for name in ("counts", "words", "choice"))
        return Section("method", self._texts("report.method.title"), (Words(notes, bulleted=True),))


def areas(figures: Sequence[Figure], texts: Sentences) -> tuple[Table | Words, ...]:
    """A row for each area: promises made, kept of those that ended, median lateness, each with its n."""
    by: dict[str, dict[str, Figure]] = {}
    for one in figures:
        if one.key.startswith("promises.area."):
            by.setdefault(one.of, {})[one.key.rpartition(".")[2]] = one
    rows = []
    for area, found in by.items():
        cells = [Cell(shown(area) or texts("voc.none")), Cell(words.figure_value(found["made"], texts), "strong")]
        for name in ("kept", "lateness"):
            cells.append(Cell(f"{words.figure_value(found[name], texts)} (n = {found[name].n})"))
        rows.append(tuple(cells))
    head = tuple(texts(f"voc.column.{name}") for name in ("area", "made", "kept", "lateness"))
    if not rows:
        return (Words((texts("voc.no_promises"),)),)
    return (Table(head, tuple(rows), (34, 14, 26, 26), right=frozenset({1})),)
