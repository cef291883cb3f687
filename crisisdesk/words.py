"""Times, durations, numbers and timeline entries as words in the reader's language.

Everything here takes the reader's :class:`Sentences` (a ``crisisdesk.texts.Texts``) and returns plain text: the
window, the reports and the command line all say the same thing in the same words.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from crisisdesk.model.alert import Reason
from crisisdesk.model.chain import Answer
from crisisdesk.model.drill import Mark
from crisisdesk.model.erasure import Erasure
from crisisdesk.model.history import Calibration
from crisisdesk.model.measure import Figure, Unit
from crisisdesk.model.mention import RowProblem
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.timeline import Entry

MISSING: Final = "—"
_MADE: Final = 240
"""Characters of a text of the desk's own that its sentence tells; the row keeps all of it."""
MINUS: Final = "\N{MINUS SIGN}"
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
SECONDS_SHOWN_BELOW: Final = timedelta(minutes=5)

# Fields that a sentence of timeline.toml may name; one that an entry lacks is shown as a dash, never as {name}.
ENTRY_FIELDS: Final = (
    "added", "author", "avoid", "before", "changed", "cluster", "count", "cut", "digest", "due", "duration",
    "entries", "entry", "expected", "file", "files", "followers", "from", "gone", "key", "late", "lateness", "left",
    "level", "mention", "minutes", "n", "names", "new_due", "old_due", "old_relation", "old_verdict", "on", "outcome",
    "phase", "quotes", "ratio", "relation", "remedy", "role", "round", "section", "share", "since", "source", "speed",
    "started", "step", "task", "template", "text", "time", "title", "to", "until", "use", "usual", "value", "verdict",
    "version", "way", "what", "who", "why", "words",
)  # fmt: skip
# Parts that are added only when the entry has them, in this order: ``tail.<name>`` of timeline.toml.
ENTRY_TAILS: Final = ("level_name", "channel", "said_by", "giver", "reason", "note", "evidence", "exclude", "url")
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


class Sentences(Protocol):
    """What this module needs of ``Texts``."""

    lang: str

    def __call__(self, key: str, /, **fields: object) -> str:
        """The sentence ``key`` with its fields filled in."""

    def has(self, key: str) -> bool:
        """Whether the sentence exists."""


@lru_cache(maxsize=64)
def zone_info(zone: str) -> tzinfo:
    """The time zone called ``zone``; UTC when there is no such zone."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return UTC


def zone_name(zone: str, texts: Sentences) -> str:
    """A zone as people say it, the city of its IANA name: ``America/Mexico_City`` → «Ciudad de México»."""
    city = zone.rpartition("/")[2]
    return texts(f"words.zone.{city}") if texts.has(f"words.zone.{city}") else city.replace("_", " ")


def day(instant: datetime, zone: str, texts: Sentences, *, year: bool = True) -> str:
    """The local date: «22 nov 2026», without the year when ``year`` is false."""
    local = instant.astimezone(zone_info(zone))
    month = texts(f"words.month.m{local.month}")
    return texts("words.day_year" if year else "words.day", day=local.day, month=month, year=local.year)


def other_day(instant: datetime, zone: str, texts: Sentences, ref: datetime) -> str:
    """The local date, without the year while it is the same; ``""`` on the day of ``ref``."""
    local, there = (one.astimezone(zone_info(zone)) for one in (instant, ref))
    return "" if there.date() == local.date() else day(instant, zone, texts, year=there.year != local.year)


def when(
    instant: datetime, zone: str, texts: Sentences, ref: datetime | None = None, *, home: str = ""
) -> str:
    """The local time: «07:30»; with the date if ``ref`` is another day, with the zone if it differs from ``home``."""
    info = zone_info(zone)
    local = instant.astimezone(info)
    said = f"{local:%H:%M}"
    if ref is not None:
        date = other_day(instant, zone, texts, ref)
        said = texts("words.day_time", day=date, time=said) if date else said
    if home and instant.astimezone(zone_info(home)).utcoffset() != local.utcoffset():
        said = texts("words.time_zone", time=said, zone=zone_name(zone, texts))
    return said


def duration(delta: timedelta, texts: Sentences, *, spoken: bool = False) -> str:
    """A stretch of time: «45 s», «12 min», «1 h 06», «2 d 3 h»; ``spoken`` writes it out («12 minutos»)."""
    seconds = round(delta.total_seconds())
    sign = MINUS if seconds < 0 and not spoken else ""
    seconds = abs(seconds)
    minutes, days = seconds // 60, seconds // 86_400
    if seconds < 60:
        parts = [("second", seconds)]
    elif minutes < 60:
        parts = [("minute", minutes)]
    elif days < 2:
        parts = [("hour", minutes // 60), ("minute", minutes % 60)]
    else:
        parts = [("day", days), ("hour", seconds % 86_400 // 3600)]
    if spoken:
        said = [texts(f"words.spoken.{unit}", n=n) for unit, n in parts if n or len(parts) == 1]
        return texts("words.spoken.and").join(said)
    if [unit for unit, _ in parts] == ["hour", "minute"]:
        return sign + texts("words.short.hour_minute", h=parts[0][1], m=f"{parts[1][1]:02d}")
    return sign + NO_BREAK.join(texts(f"words.short.{unit}", n=n) for unit, n in parts if n or len(parts) == 1)


def stopwatch(delta: timedelta) -> str:
    """A stretch of time as a stopwatch shows it: «11:40», «1:02:05»."""
    seconds = max(0, round(delta.total_seconds()))
    minutes, hours = seconds // 60, seconds // 3600
    return f"{hours}:{minutes % 60:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def countdown(due: datetime, now: datetime, texts: Sentences, *, spoken: bool = False) -> str:
    """What is left until ``due``: «faltan 12 min», «faltan 4:32» in the last five minutes, «hace 3 min» afterwards.

    Whole minutes are rounded down, so that the words never give more time than there is. ``spoken`` is for a screen
    reader and changes once a minute only.
    """
    left = due - now
    seconds = int(left.total_seconds())
    if seconds == 0:
        return texts("words.countdown.now")
    if seconds < 0:
        return texts("words.countdown.past", duration=duration(timedelta(seconds=-seconds), texts, spoken=spoken))
    if left < SECONDS_SHOWN_BELOW and not spoken:
        return texts("words.countdown.left", duration=f"{seconds // 60}:{seconds % 60:02d}", n=2)
    if seconds < 60:
        return texts("words.countdown.under_a_minute")
    said = duration(timedelta(seconds=seconds), texts, spoken=spoken)
    leading = re.match(r"\d+", said)
    return texts("words.countdown.left", duration=said, n=int(leading[0]) if leading else 2)


def lateness(delta: timedelta, texts: Sentences) -> str:
    """How late something was: «a tiempo», «8 min antes», «3 min tarde»; under a minute late is still late."""
    if timedelta(minutes=-1) < delta <= timedelta(0):
        return texts("words.late.on_time")
    key = "words.late.late" if delta > timedelta(0) else "words.late.early"
    return texts(key, duration=duration(abs(delta), texts))


def number(value: float | Decimal, texts: Sentences, decimals: int | None = None) -> str:
    """A number as the language writes it: «12 345», «5,2»; without ``decimals`` at most one, and none for a whole."""
    whole = decimals is None and float(value).is_integer()
    said = f"{abs(value):,.{0 if whole else 1 if decimals is None else decimals}f}"
    if decimals is None and said.endswith(".0"):
        said = said[:-2]
    below = value < 0 and said.strip("0.") != ""  # what is rounded to nothing has no sign
    if texts.lang == "es":
        thousands = NO_BREAK if len(said.partition(".")[0]) > len("9,999") else ""
        said = said.replace(",", thousands).replace(".", ",")
    return (MINUS if below else "") + said


def exact(value: Decimal, texts: Sentences) -> str:
    """A decimal with all its digits."""
    exponent = value.as_tuple().exponent
    return number(value, texts, max(0, -exponent) if isinstance(exponent, int) else 0)


def percent(share: float, texts: Sentences, decimals: int = 0) -> str:
    """A share of 0–1 as a percentage: «81 %», ``81%``."""
    return texts("words.percent", n=number(share * 100, texts, decimals))


def unlabelled(name: str, texts: Sentences) -> str:
    """A field or a fact that the playbook gives no name: as we know it, else its own name in words."""
    known = f"words.field.{name}"
    return texts(known) if texts.has(known) else name.replace("_", " ").capitalize()


def bilingual(value: object, texts: Sentences) -> str:
    """The reader's language of a :class:`Bilingual` or a ``{"es": …, "en": …}``; any other value as text."""
    if isinstance(value, Bilingual):
        return value.get(texts.lang)
    if isinstance(value, Mapping):
        other = "es" if texts.lang == "en" else "en"
        return str(value.get(texts.lang) or value.get(other) or "")
    return "" if value is None else str(value)


def reason(why: Reason, texts: Sentences) -> str:
    """Why a level is proposed: the playbook's line, and what was measured."""
    return texts("alert.because.line", rule=why.rule.get(texts.lang), measured=why.measured.get(texts.lang))


def drill_mark(mark: Mark, texts: Sentences) -> str:
    """How one thing of a drill went: «Primer mensaje 11:40, objetivo 15:00»."""
    what = texts(f"drill.mark.{mark.key}")
    if mark.key == "level":
        return texts("drill.level", what=what, done=mark.done, of=mark.of)
    if mark.of:
        return texts("drill.counted", what=what, done=mark.done, of=mark.of)
    took = stopwatch(mark.took) if mark.took is not None else ""
    if mark.target is not None:
        target = stopwatch(mark.target)
        if took:
            return texts("drill.took_target", what=what, took=took, target=target)
        return texts("drill.never_target", what=what, target=target)
    if took:
        return texts("drill.took", what=what, took=took)
    return texts("drill.plain" if mark.good else "drill.never", what=what)


def answer_sentence(answer: Answer, texts: Sentences) -> str:
    """What is known about the timeline, or about a pack, as one sentence without its full stop."""
    kept = answer.anchor
    where = "" if kept is None else texts(f"chain.where.{kept.where}", row=kept.row)
    row = MISSING if answer.row is None else answer.row
    return texts(f"chain.why.{answer.why}", row=row, where=where, member=answer.member)


def calibration_lines(bands: tuple[Calibration, ...], texts: Sentences) -> list[str]:
    """«De 9 promesas con riesgo de hasta 20 %, fallaron 2 (se esperaban 1)», a line for each band."""
    return [
        texts(
            "review.history.band" if band.low <= 0 else "review.history.band_between",
            n=band.promises,
            low=round(100 * band.low),
            high=round(100 * band.high),
            broken=band.broken,
            expected=number(round(band.expected, 1), texts),
        )
        for band in bands
    ]


def figure_name(one: Figure, texts: Sentences) -> str:
    """What a figure is called, with whose it is."""
    name = texts(f"measure.{one.key}")
    if not one.of:
        return name
    known = f"measure.of.{one.of}"
    return texts("measure.named", name=name, of=texts(known) if texts.has(known) else one.of)


def figure_value(one: Figure, texts: Sentences) -> str:
    """A figure's value in words; what is unknown says so."""
    if one.value is None:
        return texts("measure.unknown")
    if one.unit is Unit.SECONDS:
        took = timedelta(microseconds=int(one.value * 1_000_000))
        if one.key.endswith(".lateness"):
            return lateness(took, texts)
        return stopwatch(took) if one.key == "service.length" else duration(took, texts)
    if one.unit is Unit.SHARE:
        return percent(float(one.value), texts, 1)
    return number(one.value, texts, {Unit.COUNT: 0, Unit.MONEY: 2}.get(one.unit, 3))


def file_size(size: int, texts: Sentences) -> str:
    """Bytes as people say them."""
    if size < 1_000:
        return texts("words.bytes", n=size)
    if size < 1_000_000:
        return texts("words.kilobytes", n=number(size / 1_000, texts, 0))
    return texts("words.megabytes", n=number(size / 1_000_000, texts, 1))


def erasure_sentence(told: Erasure, texts: Sentences, *, done: bool) -> str:
    """What an erasure takes, or took, and what it cannot reach."""
    counts = {"n": told.mentions, "quotes": told.quotes, "entries": told.entries, "files": told.files}
    said = [texts("inbox.erase.done" if done else "inbox.erase.takes", **counts)]
    if told.left:
        said.append(texts("inbox.erase.left", rows=", ".join(map(str, told.left))))
    packs = ", ".join(told.packs)
    said.append(texts("inbox.erase.packs", names=packs) if packs else texts("inbox.erase.outside"))
    return " ".join(said)


def problem_sentence(problem: RowProblem, texts: Sentences) -> str:
    """Why a row was rejected: its own sentence, or that of the error that its file met."""
    keys = (f"importing.{problem.key}", problem.key, f"errors.{problem.key}")
    return texts(next((key for key in keys if texts.has(key)), problem.key), **dict(problem.fields))


def entry_sentence(entry: Entry, texts: Sentences, zone: str) -> str:
    """The sentence of a timeline entry, local times in ``zone``; what a person wrote stays as written."""
    fields: dict[str, object] = {name: _field(name, value, entry, texts, zone) for name, value in entry.data.items()}
    for name, say in (("lateness", lateness), ("duration", duration)):
        if isinstance(minutes := entry.data.get(name), int | float):
            fields[name] = say(timedelta(minutes=minutes), texts)
    if "duration" not in fields and isinstance(minutes := entry.data.get("minutes"), int | float):
        fields["duration"] = duration(timedelta(minutes=minutes), texts)
    # a text that the desk made («the line for the direction») is told on one line
    fields |= {"text": entry.text or textwrap.shorten(str(fields.get("text", "")), _MADE, placeholder=" …")}
    fields["kind"] = entry.kind
    if entry.kind.startswith("fact.") and "key" in fields:
        called = bilingual(entry.data.get("label") or "", texts)
        fields["key"] = called or unlabelled(str(fields["key"]), texts)
    tails = [texts(f"timeline.tail.{name}", **{name: fields[name]}) for name in ENTRY_TAILS if fields.get(name)]
    for name in ENTRY_FIELDS:
        fields[name] = fields.get(name) or MISSING
    key = f"timeline.entry.{entry.kind}"
    if isinstance(of := entry.data.get("of"), str) and texts.has(f"{key}_{of}"):
        key = f"{key}_{of}"
    if entry.redacted:
        return texts("timeline.redacted")
    said = texts(key if texts.has(key) else "timeline.entry.other", **fields)
    if entry.text and not entry.kind.startswith("note."):
        tails.append(texts("timeline.tail.text", text=entry.text))
    if entry.attachments:
        names = ", ".join(file.name or texts("timeline.erased_file") for file in entry.attachments)
        tails.append(texts("timeline.tail.attachments", n=len(entry.attachments), names=names))
    return said + "".join(tails)


def _field(name: str, value: object, entry: Entry, texts: Sentences, zone: str) -> str:
    """One value of an entry as words: a catalogued value, a local time, a number, a list or a text."""
    if isinstance(value, bool):
        return texts("words.yes" if value else "words.no")
    if isinstance(value, int | float):
        return number(value, texts)
    if isinstance(value, str):
        if texts.has(known := f"timeline.value.{name}.{value}"):
            return texts(known)
        if _INSTANT.match(value):
            return _instant(value, entry, texts, zone)
        return value.replace("_", " ") if name == "key" else value  # the name of a fact, as the truth sheet shows it
    if isinstance(value, Sequence):
        return ", ".join(bilingual(item, texts) for item in value)
    return bilingual(value, texts)


def _instant(value: str, entry: Entry, texts: Sentences, zone: str) -> str:
    """An ISO instant as local time; text that only looks like one stays as it is."""
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return value
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return when(instant, zone, texts, ref=entry.occurred_at)
