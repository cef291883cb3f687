"""The return on investment as a document: three chapters, each number with what it was made from, every assumption."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from crisisdesk import words
from crisisdesk.model.measure import CHAPTERS, Return, Rows
from crisisdesk.model.preparation import ASSUMPTIONS, Preparation
from crisisdesk.reports.base import Cell, Cut, Document, Section, Table, Words, shown
from crisisdesk.words import Sentences

_COUNTED = ("answers", "converted", "days")


def document(
    rows: Rows, found: Return, kept: Preparation, texts: Sentences, *, made_at: datetime, zone: str
) -> Document:
    """The report of a period; what nobody has said is unknown in it, and named."""
    tell = _Teller(rows, found, kept, texts)
    sections = [tell.chapter(name) for name in CHAPTERS]
    return Document(
        lang=texts.lang,
        cut=Cut.INTERNAL,
        banner="",
        kicker=texts("roi.kicker"),
        title=texts("roi.title"),
        facts=(
            (texts("roi.period"), f"{rows.period.first.isoformat()} – {rows.period.last.isoformat()}"),
            (texts("roi.currency"), kept.currency),
            (texts("roi.whole"), tell.money(found.total())),
            (texts("report.head.made"), words.when(made_at, zone, texts, ref=made_at - timedelta(days=2))),
        ),
        lead=tell.lead(),
        sections=(*sections, tell.assumptions(), tell.method()),
        footer=texts("roi.footer", first=rows.period.first.isoformat(), last=rows.period.last.isoformat()),
    )


class _Teller:
    def __init__(self, rows: Rows, found: Return, kept: Preparation, texts: Sentences) -> None:
        self._rows, self._found, self._kept, self._texts = rows, found, kept, texts

    def lead(self) -> tuple[str, ...]:
        """The whole, or why there is none."""
        texts, lacking = self._texts, self._found.missing()
        whole = self._found.total()
        said = [texts("roi.lead", value=self.money(whole)) if whole is not None else texts("roi.lead_unknown")]
        if lacking:
            said.append(texts("roi.lacking", what=", ".join(self.term(name) for name in lacking)))
        said.append(texts("roi.drills", n=self._rows.drills) if self._rows.drills else texts("measures.no_drills"))
        return tuple(said)

    def chapter(self, name: str) -> Section:
        """The lines of a chapter with their sums written out."""
        texts = self._texts
        rows = []
        for one in self._found.lines:
            if one.chapter == name:
                terms = " × ".join(f"{self.term(term)}: {self.value(term, v)}" for term, v in one.terms.items())
                tone = "muted" if one.value is None else "strong"
                worth = Cell(self.money(one.value), tone)
                rows.append((Cell(texts(f"roi.line.{one.key}")), Cell(terms, "muted"), worth))
        whole = Cell(self.money(self._found.total(name)), "strong")
        rows.append((Cell(texts("roi.sum"), "strong"), Cell(""), whole))
        head = tuple(texts(f"roi.column.{column}") for column in ("line", "made_of", "worth"))
        blocks = [Words((texts(f"roi.chapter.{name}_note", ideas=self._found.ideas),))]
        table = Table(head, tuple(rows), (34, 46, 20), right=frozenset({2}))
        return Section(name, texts(f"roi.chapter.{name}"), (*blocks, table))

    def assumptions(self) -> Section:
        """Every assumption, said or not, with where it comes from."""
        texts = self._texts
        rows = []
        for name in ASSUMPTIONS:
            one = self._kept.assumption(name)
            rows.append(
                (Cell(self.term(name)), Cell(self.value(name, Decimal(one.value) if one else None), "strong"),
                 Cell(shown(one.source) if one else words.MISSING), Cell(one.day.isoformat() if one else words.MISSING))
            )  # fmt: skip
        head = tuple(texts(f"preparation.roi.column_{column}") for column in ("figure", "value", "source", "set"))
        table = Table(head, tuple(rows), (38, 16, 30, 16), right=frozenset({1}))
        return Section("assumptions", texts("preparation.roi.title"), (table,), note=texts("roi.assumptions_note"))

    def method(self) -> Section:
        """How it was counted, and what it does not say."""
        notes = tuple(self._texts(f"roi.method.{name}") for name in ("counts", "unknown", "cost", "round", "not"))
        return Section("method", self._texts("report.method.title"), (Words(notes, bulleted=True),))

    def term(self, name: str) -> str:
        """What a term is called."""
        return self._texts(f"roi.term.{name}" if name in _COUNTED else f"preparation.roi.{name}")

    def value(self, name: str, value: Decimal | None) -> str:
        """A term's number with all its digits; what nobody has said says so."""
        if value is None:
            return self._texts("measure.unknown")
        return words.exact(value, self._texts)

    def money(self, value: Decimal | None) -> str:
        """An amount with its currency."""
        if value is None:
            return self._texts("measure.unknown")
        return f"{words.exact(value, self._texts)}\u00a0{shown(self._kept.currency, 3)}"
