"""What a mention is about and whether it is for or against: word rules that anybody can read and check.

A first, transparent judge. It suggests; a person's correction wins; nothing opens an incident on its word alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import exp
from typing import Final, NamedTuple

from crisisdesk.model.label import Judgement
from crisisdesk.model.mention import Mention, Sentiment, Verdict
from crisisdesk.model.playbook import MentionType
from crisisdesk.pipeline.lexicon import Hit, Lexicon, Phrases, Token, prepare, tokens
from crisisdesk.pipeline.taught import Taught

__all__ = ["Classifier", "Lexicon"]

_SCOPE: Final = 4
"""Words that a negation reaches, if no stop comes before."""
_MOST_WORDS: Final = 12
_COMPLAINT_TYPE: Final = "queja_servicio"
_SAFETY_TYPE: Final = "emergencia_personas"
_TYPE: Final = "type:"
SIGNS: Final = {
    "prensa": "press",
    "regulador": "regulator",
    "promesa_reclamada": "promise",
    "cliente_ayuda": "helper",
    "idea": "idea",
}
"""Type of the process table → the sign that its words leave on a mention of whatever type."""


class Opinion(NamedTuple):
    """What the desk thinks of a text before it picks: scores per class (names begin with their kind), and why."""

    scores: dict[str, float]
    types: dict[str, float]
    marks: dict[str, float]
    verdict: Verdict


class Classifier:
    """Judges mentions by the words of the lexicon, a playbook's process table, and what people taught this desk."""

    def __init__(
        self, types: Sequence[MentionType], lexicon: Lexicon, lessons: Iterable[tuple[Mention, Verdict, Verdict]] = ()
    ) -> None:
        """Args: ``lessons``: mention, what was thought of it, what a person said instead; in the order given."""
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
        usual = {name: words for name, words in lexicon.types.items() if name in SIGNS or name in self._ids}
        for name, words in usual.items():
            lists[_TYPE + name] = words
        for kind in types:
            lists[_TYPE + kind.id] = (*kind.words, *usual.get(kind.id, ()))
        self._phrases = Phrases(lists)
        self._taught = Taught(lexicon.empty)
        for mention, before, after in lessons:
            self.learn(mention, before, after)

    def learn(self, mention: Mention, before: Verdict, after: Verdict) -> None:
        """Take a person's label as a lesson: what they changed, and only type and sentiment.

        Whether something complains or speaks of danger is never learnt: alarms keep to lists that can be read.
        """
        opinion = self._opinion(mention, marked=True)
        if after.sentiment is not before.sentiment:
            self._taught.learn(opinion.marks, opinion.scores, after.sentiment.value)
        if after.type != before.type:
            self._taught.learn(opinion.marks, opinion.types, after.type)

    def verdict(self, mention: Mention) -> Verdict:
        """The verdict on one mention, with the words that decided."""
        opinion = self._opinion(mention)
        return self._decide(opinion)[0] if self._taught else opinion.verdict

    def judgement(self, mention: Mention) -> Judgement:
        """The verdict with its probabilities and reasons."""
        opinion = self._opinion(mention)
        verdict, scores, learnt = self._decide(opinion)
        top = max(scores.values())
        weights = {s: exp(scores[s.value] - top) for s in Sentiment}
        total = sum(weights.values())
        return Judgement(verdict=verdict, probabilities={s: w / total for s, w in weights.items()}, learnt=learnt)

    def _decide(self, opinion: Opinion) -> tuple[Verdict, dict[str, float], tuple[str, ...]]:
        """The opinion with what was taught; the scores of the sentiment, and the marks that lessons brought in."""
        added = self._taught.score(opinion.marks)
        scores = {name: score + added.get(name, 0.0) for name, score in opinion.scores.items()}
        types = {name: score + added.get(name, 0.0) for name, score in opinion.types.items()}
        sentiment = Sentiment(max(scores, key=lambda name: scores[name]))
        kind = max(types, key=lambda name: types[name])
        was = opinion.verdict
        learnt = [] if sentiment is was.sentiment else [*self._taught.known(opinion.marks, sentiment.value)]
        learnt += [] if kind == was.type else [*self._taught.known(opinion.marks, kind)]
        return replace(was, sentiment=sentiment, type=kind), scores, tuple(dict.fromkeys(learnt))[:_MOST_WORDS]

    def _opinion(self, mention: Mention, marked: bool = False) -> Opinion:
        """What the desk thinks by itself."""
        text = prepare(mention.text)
        found = tokens(text)
        words = [self._phrases.spelled(token.word) for token in found]
        hits = self._phrases.find(words)
        negated = self._negated(words, found, hits)
        deciding: list[Hit] = []
        score, complaint, safety = self._weigh(hits, negated, deciding)
        types = {hit.label for hit in hits if hit.label.startswith(_TYPE) and not negated[hit.first]}
        kind = self._type(hits, negated, complaint, safety, deciding)
        against = complaint and score == 0
        scores = {"neutral": 0.5, "negative": float(against or max(-score, 0)), "positive": float(max(score, 0))}
        sentiment = Sentiment(max(scores, key=lambda name: scores[name]))
        verdict = Verdict(
            type=kind,
            sentiment=sentiment,
            complaint=complaint,
            safety=safety,
            words=_shown(text, found, deciding),
            signs=tuple(sign for name, sign in SIGNS.items() if _TYPE + name in types),
        )
        thought = dict.fromkeys(("", *self._ids), 0.0) | {kind: 1.0 if kind else 0.5}
        return Opinion(scores, thought, self._taught.marks(found, words) if self._taught or marked else {}, verdict)

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
