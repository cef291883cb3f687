"""A sentence cut into clauses, with the signs that stand in them: what ``pipeline/promises.py`` weighs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from crisisdesk.pipeline.reading import Line
from crisisdesk.pipeline.times import Grammar, Sign, Time
from crisisdesk.pipeline.verb_signs import verb_signs

SPEAKS: Final = (
    "future", "present", "expect", "effort", "past", "customer", "ongoing", "negated", "either", "ours", "participle",
)  # fmt: skip
"""Signs with a verb: the nearest to a time decides."""


class Clause(NamedTuple):
    """A part of a sentence between two seams, as a span of the line's letters."""

    start: int
    end: int
    hard: bool
    """Whether a strong seam (a dash, «pero») stands before it."""


class Sentence:
    """One sentence with its clauses and the signs in it."""

    def __init__(
        self, line: Line, span: tuple[int, int], found: Sequence[Time], words: Grammar, lang: str
    ) -> None:
        self.line, self.words, self.lang = line, words, lang
        self.start, self.end = span
        self.times = [t for t in found if self.start <= t.start < self.end]
        self.text = line.folded[self.start : self.end]
        self.question = line.shown[self.start : self.end].rstrip(" \"'»”").endswith("?")
        found_signs = sorted(self._signs(), key=lambda s: (s.start, -s.end))
        hoped = {s.start for s in found_signs if s.kind == "expect"}
        # «espera un minuto» asks, but what it asks for is our time.
        self.signs = [s for s in found_signs if s.kind != "customer" or s.start not in hoped]
        self.clauses = self._clauses()
        self.disowned = any(s.kind == "disowned" for s in self.signs)

    def _inside_time(self, start: int, end: int) -> bool:
        return any(t.start <= start and end <= t.end and t.kind != "nothing" for t in self.times)

    def _signs(self) -> Iterator[Sign]:
        yield from verb_signs(self.line, (self.start, self.end), self.times, self.lang)
        # A slice, so that «^» is where the sentence begins.
        accented = self.line.accented[self.start : self.end]
        for table, text in ((self.words.signs, self.text), (self.words.accented, accented)):
            for kind, pattern in table.items():
                if kind == "condition":
                    continue
                for m in pattern.finditer(text):
                    start, end = self.start + m.start(), self.start + m.end()
                    if not self._inside_time(start, end):
                        yield Sign(kind, start, end)

    def _clauses(self) -> list[Clause]:
        cuts: list[tuple[int, int, bool]] = []
        for name, pattern in self.words.seams.items():
            for m in pattern.finditer(self.line.folded, self.start, self.end):
                if not self._inside_time(m.start(), m.end()):
                    cuts.append((m.start(), m.end(), name == "hard"))
        clauses, at, hard = [], self.start, False
        for start, _, strong in sorted(cuts):
            if start > at:
                clauses.append(Clause(at, start, hard))
                hard = False
            at, hard = start, hard or strong
        clauses.append(Clause(at, self.end, hard))
        return clauses

    def within(self, clause: Clause, *kinds: str) -> list[Sign]:
        """Signs of a clause, in order."""
        return [s for s in self.signs if clause.start <= s.start < clause.end and s.kind in kinds]

    def sure(self, time: Time) -> bool:
        """Whether a time lies ahead whatever the verb says: «la semana que viene», "later today"."""
        return bool(self.words.sure.search(self.line.folded[time.start : time.end]))

    def on_a_day(self, time: Time) -> bool:
        """Whether a time names one day, not hours that come every day."""
        return self.sure(time) or bool(self.words.dated.search(self.line.folded[time.start : time.end]))

    def around(self, at: int) -> list[Clause]:
        """The clauses up to ``at``, and the next where it holds no verb: «mañana a las nueve, nuevo comunicado»."""
        behind = self.clauses[at + 1 : at + 2]
        return self.clauses[: at + 1] + [c for c in behind if not c.hard and not self.within(c, *SPEAKS)]

    def near(self, at: int) -> list[int]:
        """Other clauses in the order in which a time of clause ``at`` looks for its verb: before, then behind.

        A strong seam is not crossed.
        """
        first = at
        while first > 0 and not self.clauses[first].hard:
            first -= 1
        last = at + 1
        while last < len(self.clauses) and not self.clauses[last].hard:
            last += 1
        return [*range(at - 1, first - 1, -1), *range(at + 1, last)]
