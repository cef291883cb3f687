"""What a mention is about and whether it is for or against, with the words that decided.

Word lists say what complains and what is dangerous; trained heads judge language, sentiment and type (docs/adr/0021).
It suggests; a person's correction wins; nothing opens an incident on its word alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import exp
from typing import TYPE_CHECKING, Final, NamedTuple

from crisisdesk.model.label import Judgement, Reason
from crisisdesk.model.mention import Judge, Mention, Sentiment, Verdict
from crisisdesk.model.playbook import Bilingual, MentionType
from crisisdesk.pipeline.kinds import COMPLAINT_TYPE, LINK, TYPE, USUAL, WORDS_DECIDE, features
from crisisdesk.pipeline.lexicon import Hit, Lexicon
from crisisdesk.pipeline.taught import Taught
from crisisdesk.pipeline.wording import NEGATOR, Read, Said, Wording

if TYPE_CHECKING:
    from crisisdesk.pipeline.heads import Table
    from crisisdesk.pipeline.tone import Looked

__all__ = ["Classifier", "Lexicon"]

_MOST_WORDS: Final = 12
_TOGETHER: Final = 32
"""Mentions that are looked up at once: few enough for the processor's cache."""
_SAFETY_TYPE: Final = "emergencia_personas"
_NOISE_TYPE: Final = "ruido"
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
    """What the desk thinks of a text by itself: a score per sentiment and per type, and the verdict that follows.

    ``marks`` are what lessons look at; ``reasons`` the words that spoke for the sentiment, with their weights.
    """

    scores: dict[str, float]
    types: dict[str, float]
    marks: dict[str, float]
    reasons: tuple[Reason, ...]
    verdict: Verdict


class Classifier:
    """Judges mentions by trained heads, the lexicon, a playbook's process table, and what people taught this desk."""

    def __init__(
        self,
        types: Sequence[MentionType],
        lexicon: Lexicon,
        lessons: Iterable[tuple[Mention, Verdict, Verdict]] = (),
        *,
        trained: bool = True,
        tier: Judge = Judge.SMALL,
    ) -> None:
        """Args: ``lessons``: mention, what was thought of it, what a person said instead; in the order given.

        ``trained``: judge with the shipped heads, read at the first verdict; else by the lists alone.
        ``tier``: ``FULL`` reads the meaning of sentences besides, where that is installed.
        """
        self._ids = tuple(t.id for t in types)
        self._weighable = [name for name in USUAL if name in ("", *self._ids)]
        self._order = _precedence(types, lexicon)
        lists: dict[str, tuple[str, ...]] = {
            "complaint": lexicon.complaint,
            "service": lexicon.service,
            "negative": lexicon.negative,
            "positive": lexicon.positive,
            "safety": lexicon.safety,
            NEGATOR: lexicon.negators,
            **{f"pt.{name}": words for name, words in lexicon.portuguese.items()},
        }
        for name, words in lexicon.types.items():
            lists[_TYPE + name] = words
        for kind in types:
            lists[_TYPE + kind.id] = (*kind.words, *lexicon.types.get(kind.id, ()))
        self.wording = Wording(lists, lexicon.stops)
        self._trained = trained
        self._tier = tier
        self._table: Table | None = None
        self._taught = Taught(lexicon.empty)
        for mention, before, after in lessons:
            self.learn(mention, before, after)

    def table(self) -> Table | None:
        """The heads in use; read late, because NumPy is not there yet when the window is painted."""
        if self._table is None and self._trained:
            from crisisdesk.pipeline.heads import load

            self._table = load(self._tier)
        return self._table

    def learn(self, mention: Mention, before: Verdict, after: Verdict) -> None:
        """Take a person's label as a lesson: what they changed, and only type and sentiment.

        Whether something complains or speaks of danger is never learnt: alarms keep to lists that can be read.
        """
        ((_, looked),) = self._looked((mention,))
        opinion = self._opinion(mention, looked, marked=True)
        if after.sentiment is not before.sentiment:
            self._taught.learn(opinion.marks, opinion.scores, after.sentiment.value)
        if after.type != before.type:
            self._taught.learn(opinion.marks, opinion.types, after.type)

    def verdict(self, mention: Mention) -> Verdict:
        """The verdict on one mention, with the words that decided."""
        return self.verdicts((mention,))[0]

    def verdicts(self, mentions: Sequence[Mention]) -> list[Verdict]:
        """The verdicts on many mentions, which go faster together.

        Raises:
            InputError: the full tier is not installed.
        """
        found = (self._opinion(mention, looked) for mention, looked in self._looked(mentions))
        return [self._decide(opinion)[0] if self._taught else opinion.verdict for opinion in found]

    def judgement(self, mention: Mention) -> Judgement:
        """The verdict with its probabilities and reasons; InputError where the full tier is not installed."""
        return self.judgements((mention,))[0]

    def judgements(self, mentions: Sequence[Mention]) -> list[Judgement]:
        """As :meth:`judgement`, of many."""
        return [self._judged(self._opinion(mention, looked)) for mention, looked in self._looked(mentions)]

    def _judged(self, opinion: Opinion) -> Judgement:
        verdict, scores, learnt = self._decide(opinion)
        top = max(scores.values())
        weights = {s: exp(scores[s.value] - top) for s in Sentiment}
        total = sum(weights.values())
        probabilities = {s: w / total for s, w in weights.items()}
        return Judgement(verdict=verdict, probabilities=probabilities, reasons=opinion.reasons, learnt=learnt)

    def _looked(self, mentions: Sequence[Mention]) -> Iterator[tuple[Mention, Looked | None]]:
        """The mentions with what the heads are asked about them; nothing where no heads judge."""
        table = self.table()
        if table is None:
            yield from ((mention, None) for mention in mentions)
            return
        from crisisdesk.pipeline.tone import look

        for start in range(0, len(mentions), _TOGETHER):
            batch = mentions[start : start + _TOGETHER]
            texts = [mention.text for mention in batch]
            yield from zip(batch, look(table, texts, self._senses(texts)), strict=True)

    def _senses(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        if self._tier is not Judge.FULL:
            return ()
        from crisisdesk.pipeline.senses import encode

        senses: Sequence[Sequence[float]] = encode(texts).tolist()
        return senses

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

    def _opinion(self, mention: Mention, looked: Looked | None, marked: bool = False) -> Opinion:
        """What the desk thinks by itself."""
        read = self.wording.read(mention.text)
        deciding: list[Hit] = []
        score, complaint, safety = self._weigh(read, deciding)
        said = self._sentiment(mention, read, score, complaint, looked)
        sentiment = said.sentiment
        deciding = [hit for hit in deciding if _agrees(hit, read, sentiment)]
        kind, hits = self._kind(read, said, complaint, safety)
        deciding += [hit for hit in read.hits if hit.label == _TYPE + kind and not read.negated[hit.first]][:2]
        verdict = Verdict(
            type=kind,
            sentiment=sentiment,
            complaint=complaint,
            safety=safety,
            words=_shown(read, deciding, said.spans),
            signs=tuple(sign for name, sign in SIGNS.items() if name in hits),
            language=said.language,
            judge=self._tier,
        )
        marks = self._taught.marks(read.found, read.words) if self._taught or marked else {}
        types = dict.fromkeys(("", *self._ids), 0.0) | {kind: 1.0 if kind else 0.5}
        return Opinion(said.scores, types, marks, said.reasons, verdict)

    def _sentiment(
        self, mention: Mention, read: Read, score: int, complaint: bool, looked: Looked | None
    ) -> Said:
        """The head of the text's language decides; where none is known, the lists alone."""
        table, known = self.table(), Said("", {}, (), (), ())
        if table is not None and looked is not None:
            from crisisdesk.pipeline.tone import said

            known = said(table, mention.text, read, looked, mention.lang)
            if known.scores:
                return known
        against = complaint and score == 0
        scores = {"neutral": 0.5, "negative": float(against or max(-score, 0)), "positive": float(max(score, 0))}
        return known._replace(scores=scores)

    def _weigh(self, read: Read, deciding: list[Hit]) -> tuple[int, bool, bool]:
        """Score for and against, whether it complains, and whether it speaks of danger."""
        score, complaint, safety, service = 0, False, False, False
        covered = -1
        for hit in read.hits:
            off = read.negated[hit.first]
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

    def _kind(self, read: Read, said: Said, complaint: bool, safety: bool) -> tuple[str, frozenset[str]]:
        """The row of the process table, and all whose words are there."""
        rule, hits = self._rows(read, complaint, safety)
        table = self.table()
        if table is None or TYPE not in table or said.weighed is None or rule in WORDS_DECIDE or rule not in USUAL:
            return rule, hits
        if rule == COMPLAINT_TYPE and complaint and not said.cues[LINK]:
            return rule, hits  # with a link it may be a headline about one
        scores = table.score(TYPE, said.weighed, features(hits, rule, said, complaint, safety))
        return max(self._weighable, key=scores.__getitem__), hits

    def row(self, mention: Mention) -> str:
        """The row that the words alone say."""
        read = self.wording.read(mention.text)
        _, complaint, safety = self._weigh(read, [])
        return self._rows(read, complaint, safety)[0]

    def kind_features(self, mention: Mention) -> list[float]:
        """What the head of the broad rows sees of a mention."""
        ((_, looked),) = self._looked((mention,))
        read = self.wording.read(mention.text)
        score, complaint, safety = self._weigh(read, [])
        said = self._sentiment(mention, read, score, complaint, looked)
        rule, hits = self._rows(read, complaint, safety)
        return features(hits, rule, said, complaint, safety)

    def _rows(self, read: Read, complaint: bool, safety: bool) -> tuple[str, frozenset[str]]:
        """The first row in the order of precedence whose words are there, and all of them."""
        labels = {h.label for h in read.hits if h.label.startswith(_TYPE) and not read.negated[h.first]}
        hits = frozenset(label.removeprefix(_TYPE) for label in labels)
        for kind in self._order:
            if kind in hits or (kind == COMPLAINT_TYPE and complaint) or (kind == _SAFETY_TYPE and safety):
                return kind, hits
        return "", hits


def usual_types() -> tuple[MentionType, ...]:
    """The usual rows of the process table, for texts that no playbook is at hand for."""
    return tuple(
        MentionType(
            id=name,
            name=Bilingual(name),
            answer=name != _NOISE_TYPE,
            raises_to=4 if name == _SAFETY_TYPE else 0,
        )
        for name in Lexicon.load().types
    )


def _precedence(types: Sequence[MentionType], lexicon: Lexicon) -> tuple[str, ...]:
    """Ids in the order in which they win: what raises the level, then the lexicon's order, noise last."""
    usual = {name: place for place, name in enumerate(lexicon.types)}
    middle = usual.get(COMPLAINT_TYPE, 0)

    def place(numbered: tuple[int, MentionType]) -> tuple[bool, int, int, int]:
        number, kind = numbered
        return not kind.answer, -kind.raises_to, usual.get(kind.id, middle), number

    return tuple(kind.id for _, kind in sorted(enumerate(types), key=place))


def _agrees(hit: Hit, read: Read, sentiment: Sentiment) -> bool:
    """Whether a word that was weighed spoke for the sentiment that was chosen; what is of another list stays."""
    if hit.label not in ("negative", "positive"):
        return True
    return (hit.label == sentiment.value) != read.negated[hit.first] and sentiment is not Sentiment.NEUTRAL


def _shown(read: Read, deciding: Sequence[Hit], more: Sequence[tuple[int, int]] = ()) -> tuple[str, ...]:
    """The deciding words as they stand in the text, in order, each once."""
    listed = {(read.found[hit.first].start, read.found[hit.last - 1].end) for hit in deciding}
    free = {(a, b) for a, b in more if not any(a < end and start < b for start, end in listed)}
    spans = sorted(listed | free)
    kept: dict[str, None] = {}
    end = -1
    for start, stop in spans:
        if start >= end:
            kept.setdefault(read.text[start:stop][:80])
            end = stop
    return tuple(kept)[:_MOST_WORDS]
