"""What a text shows besides its letters: words of the lists, signs of feeling, shouting, links. Nineteen numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from crisisdesk.pipeline.lexicon import Hit

CUES: Final = (
    "negative", "positive", "complaint", "negator", "laughing", "loving", "angry", "smile", "frown", "exclamation",
    "question", "link", "hashtag", "handle", "ellipsis", "capitals", "length", "repost", "answer",
)  # fmt: skip
"""The names of the numbers, in their order."""
_MOST: Final = 3
_PICTURE: Final = re.compile("[\u2600-\U0010ffff]")
_LAUGHING: Final = frozenset("😂🤣😹😆")
_LOVING: Final = frozenset(
    "❤♥♡💚💛💜🧡💙🖤🤍🤎💗💖💓💞💝💟💕💘🥰😍😻😘😗😙😚💋☺😊🙂😀😃😄😁😇😋😌😎🤗🤩🥳🎉🎊✨🌟👏🙌👍👌💪🤘😉😜😝"
)
_ANGRY: Final = frozenset("😡😠🤬👿😤😾😭😢😿🥲😞😟😔😕🙁☹😣😖😫😩😥😓😰😨😱😒🙄😑👎💔🤢🤮🤦😷🤒💩🖕")
_SMILE: Final = re.compile(r"[:;=]-?[)D]")
_CAPITAL: Final = re.compile(r"[A-ZÀ-ÖØ-Þ]")
_FROWN: Final = re.compile(r":-?[(/]")


def cues(text: str, hits: Sequence[Hit], negated: Sequence[bool], language: str = "") -> list[float]:
    """The cues of a text in ``language``, each between 0 and about 1.5."""
    return [*listed(hits, negated, language), *signs(text)]


def listed(hits: Sequence[Hit], negated: Sequence[bool], language: str = "") -> list[float]:
    """The first cues: how many words of the lists of ``language`` there are."""
    counts = {"negative": 0, "positive": 0, "complaint": 0, "negator": 0}
    portuguese = language == "pt"
    for hit in hits:
        label = hit.label
        if label.startswith("pt.") is portuguese:
            label = label.removeprefix("pt.")
        elif label != "complaint":
            continue
        if label not in counts:
            continue
        if negated[hit.first] and label in ("negative", "positive"):
            label = "positive" if label == "negative" else "negative"
        counts[label] += 1
    return [min(n, _MOST) / 2 for n in counts.values()]


def signs(text: str) -> list[float]:
    """The other cues, which are the same in every language."""
    pictures = _PICTURE.findall(text)
    found = (
        sum(map(_LAUGHING.__contains__, pictures)),
        sum(map(_LOVING.__contains__, pictures)) + text.count("<3"),
        sum(map(_ANGRY.__contains__, pictures)) + text.count(":'("),
        len(_SMILE.findall(text)),
        len(_FROWN.findall(text)),
        text.count("!") + text.count("¡"),
        text.count("?") + text.count("¿"),
        "http" in text,
        text.count("#"),
        text.count("@"),
        "..." in text or "…" in text,
        len(_CAPITAL.findall(text)) / max(1, len(text)),
        len(text) / 140,
        text.startswith("RT"),
        text.startswith("@"),
    )
    return [n / _MOST if n < _MOST else 1.0 for n in found]
