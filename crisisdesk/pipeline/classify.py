"""What a mention is about and whether it is for or against: word rules that anybody can read and check.

A first, transparent judge. It suggests; a person's correction wins; nothing opens an incident on its word alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from crisisdesk.model.mention import Mention, Sentiment, Verdict
from crisisdesk.model.playbook import MentionType
from crisisdesk.pipeline.lexicon import Hit, Lexicon, Phrases, Token, prepare, tokens

__all__ = ["Classifier", "Lexicon"]

_SCOPE: Final = 4
"""Words that a negation reaches, if no stop comes before."""
_MOST_WORDS: Final = 12
_COMPLAINT_TYPE: Final = "queja_servicio"
_SAFETY_TYPE: Final = "emergencia_personas"
_TYPE: Final = "type:"


class Classifier:
    """Judges mentions by the words of the lexicon and of a playbook's process table."""

    def __init__(self, types: Sequence[MentionType], lexicon: Lexicon) -> None:
        self._ids = tuple(t.id for t in types)
        self._order = _precedence(types, lexicon)
        self._stops = lexicon.stops
        lists: dict[str, tuple[str, ...]] = {
            "complaint": lexicon.complaint,
            "service": lexicon.service,
            "negative": lexicon.negative,
            "positive": lexicon.positive,
            "safety": lexicon.safety,
            "negator": lexicon.negators,
        }
        for kind in types:
            lists[_TYPE + kind.id] = (*kind.words, *lexicon.types.get(kind.id, ()))
        self._phrases = Phrases(lists)

    def verdict(self, mention: Mention) -> Verdict:
        """The verdict on one mention, with the words that decided."""
        text = prepare(mention.text)
        found = tokens(text)
        words = [self._phrases.spelled(token.word) for token in found]
        hits = self._phrases.find(words)
        negated = self._negated(words, found, hits)
        deciding: list[Hit] = []
        score, complaint, safety = self._weigh(hits, negated, deciding)
        kind = self._type(hits, negated, complaint, safety, deciding)
        sentiment = Sentiment.NEUTRAL
        if score < 0 or (complaint and score == 0):
            sentiment = Sentiment.NEGATIVE
        elif score > 0:
            sentiment = Sentiment.POSITIVE
        return Verdict(
            type=kind, sentiment=sentiment, complaint=complaint, safety=safety, words=_shown(text, found, deciding)
        )

    def _negated(self, words: Sequence[str], found: Sequence[Token], hits: Sequence[Hit]) -> list[bool]:
        """For each word whether a negation reaches it; a «no» inside a listed phrase belongs to that phrase."""
        taken: set[int] = set()
        for hit in hits:
            if hit.last - hit.first > 1 and hit.label != "negator":
                taken.update(range(hit.first, hit.last))
        reached = [False] * len(words)
        for hit in hits:
            if hit.label != "negator" or hit.first in taken:
                continue
            for at in range(hit.last, min(hit.last + _SCOPE, len(words))):
                if found[at].stops or words[at] in self._stops:
                    break
                reached[at] = not reached[at]
        return reached

    def _weigh(self, hits: Sequence[Hit], negated: Sequence[bool], deciding: list[Hit]) -> tuple[int, bool, bool]:
        """Score for and against, whether it complains, and whether it speaks of danger."""
        score, complaint, safety, service = 0, False, False, False
        covered = -1
        for hit in hits:
            off = negated[hit.first]
            if hit.label == "complaint" and not off:
                complaint = True
                if hit.first >= covered:
                    score -= 1
                covered = max(covered, hit.last)
                deciding.append(hit)
            elif hit.label == "safety" and not off:
                safety = True
                deciding.append(hit)
            elif hit.label == "service":
                service = True
            elif hit.label in ("negative", "positive") and hit.first >= covered:
                score += 1 if (hit.label == "positive") != off else -1
                covered = hit.last
                deciding.append(hit)
        return score, complaint or (service and score < 0), safety

    def _type(
        self, hits: Sequence[Hit], negated: Sequence[bool], complaint: bool, safety: bool, deciding: list[Hit]
    ) -> str:
        first: dict[str, Hit] = {}
        for hit in hits:
            if hit.label.startswith(_TYPE) and not negated[hit.first]:
                first.setdefault(hit.label.removeprefix(_TYPE), hit)
        for kind in self._order:
            if kind in first:
                deciding.append(first[kind])
                return kind
            if kind == _COMPLAINT_TYPE and complaint:
                return kind
            if kind == _SAFETY_TYPE and safety:
                return kind
        return ""


def _precedence(types: Sequence[MentionType], lexicon: Lexicon) -> tuple[str, ...]:
    """Ids in the order in which they win: what raises the level, then the lexicon's order, noise last."""
    usual = {name: place for place, name in enumerate(lexicon.types)}
    middle = usual.get(_COMPLAINT_TYPE, 0)

    def place(numbered: tuple[int, MentionType]) -> tuple[bool, int, int, int]:
        number, kind = numbered
        return not kind.answer, -kind.raises_to, usual.get(kind.id, middle), number

    return tuple(kind.id for _, kind in sorted(enumerate(types), key=place))


def _shown(text: str, found: Sequence[Token], deciding: Sequence[Hit]) -> tuple[str, ...]:
    """The deciding words as they stand in the text, in order, each once."""
    spans = sorted({(found[hit.first].start, found[hit.last - 1].end) for hit in deciding})
    kept: dict[str, None] = {}
    end = -1
    for start, stop in spans:
        if stop > end:
            kept.setdefault(text[start:stop][:80])
            end = stop
    return tuple(kept)[:_MOST_WORDS]
