"""The level at which somebody takes part, by what they do most: start a thread, answer, or only ask and forward.

Gartner's Generation V names creators, contributors, opportunists and lurkers. A lurker only reads: nobody in our data
is one, so none is ever made up. Where two acts are equally frequent the lower level is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from crisisdesk.model.author import BANDS, LURKERS, Acts, Level, Voice
from crisisdesk.model.mention import Mention


def acts(said: Iterable[Mention]) -> Acts:
    """Count the acts; each mention is one: a repost forwards, a reply answers, a question asks, the rest starts."""
    starts = answers = asks = forwards = 0
    for one in said:
        if one.is_repost:
            forwards += 1
        elif one.parent_id:
            answers += 1
        elif "?" in one.text:
            asks += 1
        else:
            starts += 1
    return Acts(starts=starts, answers=answers, asks=asks, forwards=forwards)


def level(done: Acts) -> Level | None:
    """The level that those acts tell."""
    counted = (
        (done.asks + done.forwards, Level.OPPORTUNIST), (done.answers, Level.CONTRIBUTOR), (done.starts, Level.CREATOR)
    )  # fmt: skip
    most = max(n for n, _ in counted)
    return next(one for n, one in counted if n == most) if most else None


def spread(voices: Iterable[Voice]) -> dict[Level, tuple[Voice, ...]]:
    """Every level with its authors, who did most first; one without an act has no level."""
    found: dict[Level, list[Voice]] = {one: [] for one in Level}
    for voice in voices:
        at = level(voice.acts)
        if at is not None:
            found[at].append(voice)
    return {at: tuple(sorted(some, key=lambda v: (-v.acts.all, v.name, v.person))) for at, some in found.items()}


def band(at: Level) -> tuple[Fraction, Fraction]:
    """The reference of a level among those who speak, as shares: that of a whole public without those who only read."""
    low, high = BANDS[at]
    speak = 100 - LURKERS
    return Fraction(low, speak), Fraction(high, speak)
