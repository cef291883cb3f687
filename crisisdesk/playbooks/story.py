"""A drill's story: what happens on the scenario's day, minute by minute, made again the same from its seed."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate

from crisisdesk.model.contact import Contact
from crisisdesk.model.mention import Mention
from crisisdesk.model.playbook import Bilingual
from crisisdesk.playbooks.acts import Act, Day

SOURCE = "scenario"
PLAIN_KINDS = frozenset({"calma", "prensa", "ruido", "elogio", "emergencia"})
MINUTE = timedelta(minutes=1)
_REMEMBERED = 60
_POISSON_BY_PRODUCT = 30.0


@dataclass(frozen=True, slots=True)
class Inject:
    """Something that happens to the people in the drill.

    Attributes:
        at: when, UTC.
        kind: ``llamada``, ``prensa``, ``regulador``, ``portavoz`` or ``rumor``.
        who: who calls, writes or speaks; made up.
        text: what is said, in both languages.
        mention: whether the public can read it, so that it is a mention too.
    """

    at: datetime
    kind: str
    who: str
    text: Bilingual
    mention: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch in which the people in the drill have no network: what is said in it reaches them at its end."""

    start: datetime
    end: datetime
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Expected:
    """What the right decision is: whether it is an incident at all, and the level that it reaches (0 = not told)."""

    incident: bool = True
    level: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """Where people speak: its share of all mentions, and the share of reposts among its own."""

    name: str
    weight: float
    reposts: float


@dataclass(frozen=True, slots=True)
class Mix:
    """From ``at`` on, how often each kind of sentence is said."""

    at: datetime
    kinds: tuple[str, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario as read from its file. All instants are UTC.

    What people say is made up, unless ``recorded`` names a file of mentions beside the scenario: then it is a real
    incident played again, and it stays in the folder of the person whose incident it was.
    """

    id: str
    title: Bilingual
    notes: Bilingual
    brand: str
    zone: str
    seed: int
    playbook: str
    day: Day
    start: datetime
    end: datetime
    history_days: int
    before: timedelta
    quiet: tuple[float, ...]
    curve: tuple[tuple[datetime, float], ...]
    channels: tuple[Channel, ...]
    mixes: tuple[Mix, ...]
    sentences: dict[str, dict[str, tuple[str, ...]]]
    words: dict[str, tuple[str, ...]]
    tails: dict[str, tuple[str, ...]]
    authors: tuple[str, ...]
    english: float
    injects: tuple[Inject, ...]
    contacts: tuple[Contact, ...]
    acts: tuple[Act, ...]
    silences: tuple[Silence, ...] = ()
    expected: Expected = Expected()
    recorded: str = ""

    @property
    def quiet_start(self) -> datetime:
        """When mentions with texts begin; before it there are only counts."""
        return self.start - self.before

    def quiet_rate(self, at: datetime) -> float:
        """Usual mentions per five minutes at that hour of the day."""
        local = at.astimezone(self.day.zone)
        into = local.minute / 60
        return self.quiet[local.hour] * (1 - into) + self.quiet[(local.hour + 1) % 24] * into

    def rate(self, at: datetime) -> float:
        """Mentions per five minutes at that instant: the usual ones until the curve begins."""
        times = [instant for instant, _ in self.curve]
        index = bisect_right(times, at)
        if index == 0:
            return self.quiet_rate(at)
        if index == len(self.curve):
            return self.curve[-1][1]
        (left, low), (right, high) = self.curve[index - 1], self.curve[index]
        return low + (high - low) * ((at - left) / (right - left))

    def history(self) -> list[tuple[datetime, int]]:
        """Counts per minute of the quiet days before the scenario's texts begin."""
        rng = random.Random(f"{self.seed}-history")
        first = self.quiet_start - timedelta(days=self.history_days)
        minutes = (first + MINUTE * index for index in range(self.history_days * 24 * 60))
        return [(minute, _poisson(rng, self.quiet_rate(minute) / 5)) for minute in minutes]

    def mentions(self) -> tuple[Mention, ...]:
        """Every mention of the scenario in the order in which it arrives; the same ones at every call.

        None where they are recorded: the desk reads those from their file.
        """
        said = [] if self.recorded else _Crowd(self).speak()
        if not self.silences:
            return tuple(said)
        late = [replace(mention, fetched_at=self.heard_at(mention.published_at)) for mention in said]
        return tuple(sorted(late, key=lambda mention: mention.fetched_at))

    def heard_at(self, at: datetime) -> datetime:
        """When what is said at that instant reaches the desk."""
        return next((silence.end for silence in self.silences if silence.start <= at < silence.end), at)


def _poisson(rng: random.Random, mean: float) -> int:
    """A Poisson draw; for large means the rounded normal that nobody can tell from it."""
    if mean > _POISSON_BY_PRODUCT:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


class _Crowd:
    """Says the scenario's mentions, one minute after another."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._rng = random.Random(scenario.seed)
        self._said: list[Mention] = []
        self._last_mix: Mix | None = None
        self._number = 0
        self._public = [channel for channel in scenario.channels if channel.name != "prensa"]
        self._channel_weights = list(accumulate(channel.weight for channel in self._public))

    def speak(self) -> list[Mention]:
        scenario, minute = self._scenario, self._scenario.quiet_start
        mentions = [self._aloud(inject) for inject in scenario.injects if inject.mention]
        while minute < scenario.end:
            # Mentions come one by one within their minute, so that ids follow time.
            seconds = sorted(self._rng.uniform(0, 60) for _ in range(_poisson(self._rng, scenario.rate(minute) / 5)))
            mentions.extend(self._one(minute + timedelta(seconds=int(second))) for second in seconds)
            minute += MINUTE
        return sorted(mentions, key=lambda mention: mention.published_at)

    def _one(self, at: datetime) -> Mention:
        rng, mix = self._rng, self._mix(at)
        if mix is not self._last_mix:  # what people pass on is what they talk about now
            self._last_mix = mix
            self._said.clear()
        kind = rng.choices(mix.kinds, mix.weights)[0]
        channel = self._channel(kind)
        if self._said and rng.random() < channel.reposts:
            original = self._said[int(rng.random() ** 2 * len(self._said))]
            return self._mention(at, original.text, channel.name, original.lang, repost=True)
        pools = self._scenario.sentences[kind]
        lang = "en" if "en" in pools and rng.random() < self._scenario.english else "es"
        mention = self._mention(at, self._sentence(rng.choice(pools[lang]), kind, lang), channel.name, lang)
        if kind != "emergencia":  # a cry for help is counted once: reposts of it would propose the highest level
            self._said.insert(0, mention)
            del self._said[_REMEMBERED:]
        return mention

    def _mix(self, at: datetime) -> Mix:
        mixes = self._scenario.mixes
        return mixes[max(0, bisect_right([mix.at for mix in mixes], at) - 1)]

    def _channel(self, kind: str) -> Channel:
        if kind == "prensa":
            return Channel("prensa", 0, 0)
        return self._rng.choices(self._public, cum_weights=self._channel_weights)[0]

    def _sentence(self, pattern: str, kind: str, lang: str) -> str:
        tails = self._scenario.tails.get(lang, ())
        added = tails and kind not in PLAIN_KINDS and self._rng.random() < 0.4
        text = f"{pattern.rstrip('.')}. {self._rng.choice(tails)}" if added else pattern
        for slot, words in self._scenario.words.items():
            mark = "{" + slot + "}"
            while mark in text:
                text = text.replace(mark, self._rng.choice(words), 1)
        # People in a hurry write without capitals and full stops.
        return text.rstrip(".").lower() if self._rng.random() < 0.25 else text

    def _mention(self, at: datetime, text: str, channel: str, lang: str, *, repost: bool = False) -> Mention:
        rng, self._number = self._rng, self._number + 1
        name = rng.choice(self._scenario.authors)
        return self._made(
            at, f"{self._scenario.id}-{self._number:05d}", text, f"{name}{rng.randrange(10, 1000)}", channel, lang,
            is_repost=repost, followers=int(rng.lognormvariate(5, 1.6)),
        )  # fmt: skip

    def _aloud(self, inject: Inject) -> Mention:
        number = self._scenario.injects.index(inject) + 1
        channel = "prensa" if inject.kind in ("prensa", "regulador") else "x"
        return self._made(
            inject.at, f"{self._scenario.id}-i{number:02d}", inject.text.es, inject.who, channel, "es", followers=80_000
        )

    def _made(self, at: datetime, native_id: str, text: str, author: str, channel: str, lang: str, *,
              is_repost: bool = False, followers: int | None = None) -> Mention:  # fmt: skip
        return Mention(
            source=SOURCE,
            account=self._scenario.id,
            native_id=native_id,
            published_at=at,
            fetched_at=at,
            text=text,
            author=author,
            channel=channel,
            lang=lang,
            url=f"https://{channel}.example/{native_id}",
            is_repost=is_repost,
            followers=followers,
        )
