"""What is behind a rise: words new against the quiet time, where it comes from, how much of it complains, examples."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from crisisdesk.model.alert import Example, Explanation
from crisisdesk.model.mention import StoredMention
from crisisdesk.pipeline.count import wording
from crisisdesk.pipeline.lexicon import Lexicon, fold, prepare, tokens
from crisisdesk.pipeline.topic import topic

TERMS: Final = 5
EXAMPLES: Final = 3
_PRIOR: Final = 0.5
"""Weight of the whole vocabulary in each term's estimate, in texts for each text: a rare word needs several texts."""
_NEAR: Final = 0.5
_FIT: Final = 12
"""Words of a post that reads well in a card; far longer or shorter ones are worse examples."""


def explain(
    inside: Sequence[StoredMention], quiet: Sequence[StoredMention], *, exclude: Iterable[str] = ()
) -> Explanation:
    """Tell what is behind the mentions ``inside`` a rise against those of the ``quiet`` time before it.

    Args:
        inside: the mentions of the rise, any order.
        quiet: the mentions of a calm stretch; may be empty.
        exclude: the brand's own names, which are in every mention and tell nothing.
    """
    banned = Lexicon.load().empty | {token.word for name in exclude for token in tokens(prepare(name))}
    texts = [_words(m.mention.text) for m in inside]
    pages = [_terms(words, banned) for words in texts]
    terms = _new_terms(pages, [_terms(_words(m.mention.text), banned) for m in quiet])
    about = topic(terms, pages, texts, banned)
    return Explanation(
        terms=tuple(_as_written(term, inside) for term in terms),
        topic=tuple(_as_written(part, inside) for part in (about.phrase, *about.others) if part),
        topic_share=about.share,
        sources=_shares(inside),
        complaint_share=_complaints(inside),
        usual_complaint_share=_complaints(quiet) if quiet else None,
        examples=_examples(inside, pages, terms),
    )


def _words(text: str) -> list[str]:
    """The words of one text in their order, folded."""
    return [t.word for t in tokens(prepare(text))]


def _terms(words: Sequence[str], banned: frozenset[str] | set[str]) -> frozenset[str]:
    """Words and pairs of neighbouring words of one text, each once: a text that repeats itself is one text."""
    plain = {w for w in words if _telling(w, banned)}
    pairs = {f"{a} {b}" for a, b in pairwise(words) if a in plain and b in plain and a != b}
    # «sin señal» is the news, though «sin» alone tells nothing.
    without = {f"{a} {b}" for a, b in pairwise(words) if a in ("sin", "no") and b in plain}
    return frozenset(plain | pairs | without)


def _telling(word: str, banned: frozenset[str] | set[str]) -> bool:
    return 3 <= len(word) <= 30 and word not in banned and word[0].isalpha()


def _new_terms(pages: Sequence[frozenset[str]], quiet: Sequence[frozenset[str]]) -> tuple[str, ...]:
    """The terms with the greatest z-score of log-odds under an informative prior (Monroe et al. 2008)."""
    now, before = Counter(t for page in pages for t in page), Counter(t for page in quiet for t in page)
    texts_now, texts_before = len(pages), len(quiet)
    if not texts_now:
        return ()
    least = 2 if texts_now >= 4 else 1
    total = texts_now + texts_before
    scored: list[tuple[float, str]] = []
    for term, count in now.items():
        if count < least:
            continue
        prior = _PRIOR * min(texts_now, 20) * (count + before[term]) / total + 0.05
        rest = _PRIOR * min(texts_now, 20) + 0.1 - prior
        first = math.log((count + prior) / (texts_now - count + rest))
        second = math.log((before[term] + prior) / (texts_before - before[term] + rest))
        spread = math.sqrt(1 / (count + prior) + 1 / (before[term] + prior))
        scored.append(((first - second) / spread, term))
    scored.sort(key=lambda pair: (-pair[0], -len(pair[1]), pair[1]))
    return _without_parts([term for score, term in scored[:60] if score > 0], now)


def _without_parts(terms: Sequence[str], counts: Counter[str]) -> tuple[str, ...]:
    """The first terms, leaving out what mostly says the same again: «señal» beside «sin señal»."""
    kept: list[str] = []
    for term in terms:
        words = set(term.split())
        twins = [k for k in kept if words & set(k.split())]
        if not twins:
            kept.append(term)
        elif all(words > set(twin.split()) and counts[term] >= 0.6 * counts[twin] for twin in twins):
            kept[kept.index(twins[0])] = term
            kept = [k for k in kept if k not in twins]
    return tuple(kept[:TERMS])


def _as_written(term: str, inside: Sequence[StoredMention]) -> str:
    """The term with its accents, as most people write it."""
    size, first = len(term.split()), term.split(maxsplit=1)[0]
    spellings: Counter[str] = Counter()
    for stored in inside[:300]:
        if first not in fold(stored.mention.text):  # most texts do not hold it: look before reading word by word
            continue
        text = prepare(stored.mention.text)
        found = tokens(text)
        for at in range(len(found) - size + 1):
            if found[at].word == first and " ".join(t.word for t in found[at : at + size]) == term:
                spellings[" ".join(text[t.start : t.end] for t in found[at : at + size]).lower()] += 1
                break
    return spellings.most_common(1)[0][0] if spellings else term


def _shares(mentions: Sequence[StoredMention]) -> tuple[tuple[str, float], ...]:
    """Channel, or source where there is none, with its share, largest first."""
    where = Counter(m.mention.channel or m.mention.source for m in mentions)
    ordered = sorted(where.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((name, count / len(mentions)) for name, count in ordered)


def _complaints(mentions: Sequence[StoredMention]) -> float:
    return sum(m.verdict.complaint for m in mentions) / len(mentions) if mentions else 0.0


def _examples(
    inside: Sequence[StoredMention], pages: Sequence[frozenset[str]], terms: Sequence[str]
) -> tuple[Example, ...]:
    """Originals that say what most say, in few words, each in words of its own."""
    wanted = set(terms) | {word for term in terms for word in term.split()}

    def merit(numbered: tuple[int, StoredMention]) -> tuple[float, int, int]:
        number, stored = numbered
        size = len(stored.mention.text[:2000].split())
        fit = abs(math.log((size + 1) / (_FIT + 1)))
        score = sum(term in wanted for term in pages[number]) + stored.verdict.complaint - fit
        return -score, -(stored.mention.reposts or 0), number

    chosen: list[StoredMention] = []
    seen: list[set[str]] = []
    originals = [(n, m) for n, m in enumerate(inside) if not m.mention.is_repost and m.mention.text.strip()]
    for _, stored in sorted(originals, key=merit):
        words = set(wording(stored.mention.text).split()) or {stored.mention.text[:100]}
        if any(len(words & other) > _NEAR * len(words | other) for other in seen):
            continue
        chosen.append(stored)
        seen.append(words)
        if len(chosen) == EXAMPLES:
            break
    return tuple(
        Example(m.id, m.mention.text, m.mention.author, m.mention.channel or m.mention.source, m.mention.published_at)
        for m in chosen
    )
