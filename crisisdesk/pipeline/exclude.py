"""«No es nuestro»: the words that tell mentions which are not ours from those that are. A person decides about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from crisisdesk.model.alert import Example, Exclusion
from crisisdesk.model.mention import StoredMention
from crisisdesk.query import excluded, words

MOST: Final = 3
EXAMPLES: Final = 3
_LEAST: Final = 3
"""Fewer mentions than this that hold a word are chance."""
_SHARE: Final = 0.15
"""A word that takes away less of what is left is not worth a rule."""
_OURS: Final = 0.01
"""A word that more of our own mentions hold than this would make us deaf."""
_SHORT: Final = 4
"""Letters of the shortest single word: shorter ones are names of too many things."""


def propose(
    wrong: Sequence[StoredMention], before: Sequence[StoredMention], *, brand: Iterable[str] = ()
) -> Exclusion:
    """Words or pairs of words that most of ``wrong`` hold and hardly any mention of ``before`` does.

    Each is the one that takes away most of what the earlier ones leave, counted against what it would have taken from
    ``before``; the least telling are never proposed, so that the answer may be none. What is counted as removed is
    what the query itself would rule out.

    Args:
        wrong: the mentions of the alert that is not ours.
        before: the last month, as far as it was looked at.
        brand: the brand's own words, which are never proposed.
    """
    own = {word for name in brand for word in words(name)}
    left = [_terms(m.mention.text, own) for m in wrong]
    ours = Counter(term for m in before for term in _terms(m.mention.text, own))
    allowed, chosen = _OURS * len(before), list[str]()
    while len(chosen) < MOST and left:
        counts = Counter(term for page in left for term in page)
        least = max(_LEAST, _SHARE * len(wrong))
        able = [
            t for t, n in counts.items()
            if n >= least and ours[t] <= allowed and _telling(n, left, ours[t], before)
        ]  # fmt: skip
        if not able:
            break
        best = min(able, key=lambda t: (-(counts[t] - ours[t]), len(t.split()), t))
        chosen.append(best)
        left = [page for page in left if best not in page]
    found = tuple(chosen)
    gone = [m for m in before if excluded(found, m.mention.text)]
    return Exclusion(
        terms=found,
        removed=sum(excluded(found, m.mention.text) for m in wrong),
        of=len(wrong),
        removed_before=len(gone),
        of_before=len(before),
        complaints_before=sum(m.verdict.complaint for m in gone),
        examples=_examples(gone),
    )


def _telling(count: int, left: Sequence[frozenset[str]], ours: int, before: Sequence[StoredMention]) -> bool:
    """Ten times as usual among the wrong ones as among ours."""
    return not before or count / len(left) >= 10 * ours / len(before)


def _terms(text: str, own: set[str]) -> frozenset[str]:
    said = words(text)
    plain = {w for w in said if len(w) >= _SHORT and not w.isdigit() and w not in own}
    pairs = {f"{a} {b}" for a, b in pairwise(said) if a in plain and b in plain and a != b}
    return frozenset(plain | pairs)


def _examples(gone: Sequence[StoredMention]) -> tuple[Example, ...]:
    """Those that would hurt first: complaints, then the newest."""
    ordered = sorted(gone, key=lambda m: (not m.verdict.complaint, -m.mention.published_at.timestamp(), m.id))
    return tuple(
        Example(m.id, m.mention.text, m.mention.author, m.mention.channel or m.mention.source, m.mention.published_at)
        for m in ordered[:EXAMPLES]
    )
