"""The detector on real incidents, with the one fixed setting. Needs ../shared."""

from __future__ import annotations

import csv
import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.model.alert import Signal
from crisisdesk.model.mention import Mention
from crisisdesk.pipeline.classify import Classifier, Lexicon
from crisisdesk.pipeline.count import NOTHING, fill, in_order, tally
from crisisdesk.pipeline.detect import Detector

CLASSIFIER = Classifier((), Lexicon.load())


def mentions(path: Path, note: str = "") -> list[Mention]:
    """The rows of a file whose note holds ``note``."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return [
            Mention(
                source="import",
                account=path.stem,
                native_id=row["id"],
                published_at=datetime.fromisoformat(row["created_at"]),
                fetched_at=now,
                text=row["text"],
                author=row["author"],
                is_repost=row["is_repost"] == "1",
            )
            for row in csv.DictReader(lines)
            if note in row["note"]
        ]


def signals(path: Path, zone: str, note: str = "") -> list[Signal]:
    """What the detector says of a whole file, minute by minute."""
    counts = tally(in_order((m, CLASSIFIER.verdict(m)) for m in mentions(path, note)))
    detector = Detector(zone)
    minutes = fill(counts, min(counts), max(counts) + timedelta(minutes=1), NOTHING)
    found = (detector.minute(minute, t.total, t.voices, True, t.moments) for minute, t in minutes)
    return [signal for signal in found if signal is not None]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_blackout_is_one_signal_within_ten_minutes_after_a_week_of_silence(shared: Path) -> None:
    found = signals(shared / "data/incidents/es_sinluz_caracas_2018.csv.gz", "America/Caracas")
    onset = at("2018-09-09T16:15")
    assert [s for s in found if s.at <= onset] == []
    first_hours = [s for s in found if s.at <= onset + timedelta(hours=6)]
    assert len(first_hours) == 1
    assert first_hours[0].at <= onset + timedelta(minutes=10)
    assert onset <= first_hours[0].since <= onset + timedelta(minutes=5)
    assert first_hours[0].provisional
    assert not first_hours[0].amplified


def test_the_control_is_silent(shared: Path) -> None:
    assert signals(shared / "data/incidents/es_movistar_2021_control.csv.gz", "America/Caracas") == []


@pytest.mark.parametrize(
    ("file", "zone", "note", "onset", "within", "amplified"),
    [
        ("es_renfe_santiago_2013", "Europe/Madrid", "", "2013-07-24T18:41", 70, False),
        ("es_claro_2021", "America/Guatemala", "", "2021-07-18T14:22", 60, False),
        ("es_claro_2021", "America/Guayaquil", "", "2021-07-24T20:59", 15, True),
        ("en_jetblue_2015", "America/New_York", "JetBlue", "2015-02-23T18:15", 10, False),
        ("en_apple_2014_dec01_06", "America/Los_Angeles", "", "2014-12-04T20:30", 14, True),
    ],
)
def test_other_incidents_are_seen(
    shared: Path, file: str, zone: str, note: str, onset: str, within: int, amplified: bool
) -> None:
    start = at(onset)
    found = signals(shared / f"data/incidents/{file}.csv.gz", zone, note)
    seen = [s for s in found if start < s.at <= start + timedelta(minutes=within)]
    assert [s.amplified for s in seen] == [amplified]
    assert not [s for s in found if start - timedelta(days=1) < s.at <= start]
