"""A text read against the lists: its words, which lists they stand in, and which of them a negation reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from crisisdesk.model.label import Reason
from crisisdesk.model.mention import Sentiment
from crisisdesk.pipeline.lexicon import Hit, Phrases, Token, prepare, tokens

if TYPE_CHECKING:
    from crisisdesk.pipeline.heads import Weighed

NEGATOR: Final = "negator"
_NEGATORS: Final = frozenset((NEGATOR, f"pt.{NEGATOR}"))
_SCOPE: Final = 4
"""Words that a negation reaches, if no stop comes before."""


class Read(NamedTuple):
    """What was read.

    Attributes:
        text: the prepared text; as long as the composed text, letter for letter.
        found: its words and stops.
        words: the same as they are compared, «nooo» as «no».
        hits: what stands in a list, in order.
        negated: for each word whether a negation reaches it.
    """

    text: str
    found: list[Token]
    words: list[str]
    hits: list[Hit]
    negated: list[bool]


class Said(NamedTuple):
    """The sentiment of a text.

    Attributes:
        language: ``es``, ``en``, ``pt`` or empty where none is clear.
        scores: a logit per sentiment; empty where no head judges that language.
        reasons: the words that spoke for it most, strongest first.
        spans: where those words stand in :attr:`Read.text`.
        cues: what the text shows besides its letters.
        weighed: the text's pieces in the table of the heads, for the head of the types; none without a table.
    """

    language: str
    scores: dict[str, float]
    reasons: tuple[Reason, ...]
    spans: tuple[tuple[int, int], ...]
    cues: tuple[float, ...]
    weighed: Weighed | None = None

    @property
    def sentiment(self) -> Sentiment:
        """The class that scores most."""
        return Sentiment(max(self.scores, key=self.scores.__getitem__))


class Wording:
    """Reads texts against lists; the list called ``negator`` holds what negates."""

    def __init__(self, lists: Mapping[str, Iterable[str]], stops: frozenset[str]) -> None:
        self._phrases = Phrases(lists)
        self._stops = stops

    def read(self, text: str) -> Read:
        """Read one text."""
        prepared = prepare(text)
        found = tokens(prepared)
        words = self._phrases.spelled([token.word for token in found])
        hits = self._phrases.find(words)
        return Read(prepared, found, words, hits, self._negated(words, found, hits))

    def _negated(self, words: Sequence[str], found: Sequence[Token], hits: Sequence[Hit]) -> list[bool]:
        """For each word whether a negation reaches it; a «no» inside a listed phrase belongs to that phrase."""
        taken: set[int] = set()
        for hit in hits:
            if hit.last - hit.first > 1 and hit.label not in _NEGATORS:
                taken.update(range(hit.first, hit.last))
        reached = [False] * len(words)
        for hit in hits:
            if hit.label not in _NEGATORS or hit.first in taken:
                continue
            for at in range(hit.last, min(hit.last + _SCOPE, len(words))):
                if found[at].stops or words[at] in self._stops:
                    break
                reached[at] = not reached[at]
        return reached
