"""CSV and JSON: complete, recountable, harmless, and without people in the public cut."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.model.errors import InputError
from crisisdesk.reports import tables
from crisisdesk.texts import Texts
from tests.fakes import review

ES, EN = Texts("es"), Texts("en")
DANGEROUS = tuple("=+-@%|;＝＋－＠−")


def rows(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_an_unknown_cut_is_refused() -> None:
    with pytest.raises(InputError):
        tables.csv(review.review_data(), ES, cut="x")
    with pytest.raises(InputError):
        tables.json(review.review_data(), cut="x")


def test_the_timeline_has_every_entry_with_both_times() -> None:
    data = review.review_data()
    got = rows(tables.timeline_csv(data, ES))
    assert tuple(got[0]) == tables.TIMELINE_COLUMNS
    assert len(got) == len(data.entries)
    for row, entry in zip(got, data.entries, strict=True):
        assert datetime.fromisoformat(row["utc"]) == entry.occurred_at
        assert datetime.fromisoformat(row["local"]) == entry.occurred_at
        assert datetime.fromisoformat(row["recorded_utc"]) == entry.recorded_at
        assert row["late"] == ("true" if entry.late else "false")
        assert row["utc"].endswith("Z")
    note = next(row for row in got if row["kind"] == "note.decision")
    assert note["corrected"] == "true"
    assert note["first_text"] != note["text"] == review._CORRECTED
    assert "Alert: 74 mentions" in rows(tables.timeline_csv(data, EN))[0]["sentence"]


def test_numbers_can_be_counted_again_from_the_files() -> None:
    data = review.review_data()
    files = {name: rows(content) for name, content in tables.csv(data, ES).items()}
    inside = [r for r in files["counts.csv"] if tables.utc(review.T0) <= r["minute_utc"] <= tables.utc(review.RESOLVED)]
    assert sum(int(r["total"]) for r in inside) == data.mentions
    assert sum(int(r["complaints"]) for r in inside) == data.complaints
    assert sum(int(r["mentions"]) for r in files["channels.csv"]) == data.mentions
    solutions = [r for r in files["promises.csv"] if r["kind"] == "resolution"]
    assert sum(r["state"] == "kept" for r in solutions) == data.promises.kept
    assert sum(r["state"] == "broken" for r in solutions) == data.promises.broken
    assert len(files["published.csv"]) == len(data.published)
    assert len(files["calls.csv"]) == len(data.attempts)


def test_the_zip_holds_the_same_files() -> None:
    data = review.review_data()
    with zipfile.ZipFile(io.BytesIO(tables.csv_zip(data, ES))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == tables.csv(data, ES)


def test_json_is_complete_and_stable() -> None:
    data = review.review_data()
    got: dict[str, Any] = json.loads(tables.json(data))
    assert got["format"] == "crisisdesk.incident"
    assert got["version"] == 1
    assert got["incident"]["started_at"] == "2026-03-17T13:02:00Z"
    assert len(got["timeline"]) == len(data.entries)
    assert len(got["timeline_as_written"]) == len(data.originals)
    assert set(got["timeline"][0]["sentence"]) == {"es", "en"}
    assert [c["state"] for c in got["commitments"]] == [c.state.value for c in data.commitments]
    assert got["commitments"][3]["lateness_seconds"] == 22 * 60
    assert sum(c["total"] for c in got["counts"]) == sum(c.total for c in data.chart.counts)
    assert got["milestones"][3] == {"key": "first_message", "target": 900, "took": 600}
    assert got["published"][0]["body"] == {"es": data.published[0].body.es, "en": data.published[0].body.en}
    assert tables.json(data) == tables.json(data)


def test_no_export_carries_a_phone_or_mail() -> None:
    data = review.review_data()
    everything = tables.json(data) + "".join(f.decode("utf-8-sig") for f in tables.csv(data, ES).values())
    for contact in data.contacts:
        assert contact.phone not in everything
        assert contact.email not in everything


def test_the_public_cut_names_nobody() -> None:
    data = review.review_data()
    files = tables.csv(data, ES, cut="public")
    assert not {"calls.csv", "facts.csv", "tasks.csv"} & set(files)
    everything = tables.json(data, cut="public") + "".join(f.decode("utf-8-sig") for f in files.values())
    for contact in data.contacts:
        assert contact.name not in everything
        assert contact.slug not in everything
    for secret in ("@vecina", "example.org/m/", "Elena Prats", "No se promete"):
        assert secret not in everything


def test_no_cell_is_a_formula(shared: Path) -> None:
    for text in json.loads((shared / "payloads" / "csv_formulas.json").read_text("utf-8")):
        for content in tables.csv(review.hostile(text), ES).values():
            for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
                for cell in (c for c in row if not re.fullmatch(r"-?\d+", c)):  # a negative number is a number
                    assert not cell.lstrip(" \u00a0\u200b\ufeff\"'").startswith(DANGEROUS) or cell.startswith("'")
                    assert not set(cell) & set("\r\n\t")


def test_hostile_texts_are_kept_exactly_in_json(shared: Path) -> None:
    texts = json.loads((shared / "payloads" / "mention_texts.json").read_text("utf-8"))
    for text in texts.values() if isinstance(texts, dict) else texts:
        if not isinstance(text, str):
            continue
        said = tables.json(review.hostile(text))
        said.encode("utf-8")
        assert json.loads(said)["mentions"]["examples"][0]["mention"]["text"] == text
        tables.csv_zip(review.hostile(text), ES)


def test_how_people_were_answered_is_in_the_json_of_both_cuts() -> None:
    data = review.review_data()
    for cut in ("internal", "public"):
        found = json.loads(tables.json(data, cut=cut))["answering"]
        assert data.answering is not None
        assert (found["answered"], found["median"]) == (data.answering.answered, 14 * 60)
        assert found["during"]["negative"] == data.answering.during.negative
