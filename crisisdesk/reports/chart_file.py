"""The chart as a file: a picture for a report, or its numbers for a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

from crisisdesk import plain
from crisisdesk.model.room import ChartData
from crisisdesk.reports import charts
from crisisdesk.reports.chart_minutes import Buckets
from crisisdesk.reports.chart_scale import unheard
from crisisdesk.reports.chart_words import second_name
from crisisdesk.reports.tables import utc
from crisisdesk.words import Sentences, day, when, zone_info

KINDS: Final = ("png", "svg", "csv")
SIZE_PX: Final = (1280, 560)
COLUMNS: Final = (
    "start_utc", "start_local", "mentions", "originals", "reposts", "complaints", "negative", "expected_low",
    "expected", "expected_high", "second", "heard",
)  # fmt: skip


def name_of(data: ChartData, buckets: Buckets, kind: str) -> str:
    """A file name that says what it holds: ``mentions-2026-03-17-0518-0718.png``, local times."""
    info = zone_info(data.zone)
    start, end = buckets.start.astimezone(info), buckets.end.astimezone(info)
    last = f"{end:%H%M}" if start.date() == end.date() else f"{end:%Y-%m-%d-%H%M}"
    return f"mentions-{start:%Y-%m-%d-%H%M}-{last}.{kind}"


def free(folder: Path, name: str) -> Path:
    """A path in ``folder`` that no file has: ``name``, else ``name-2``, ``name-3``…"""
    path, n = folder / name, 2
    while path.exists():
        path, n = folder / f"{Path(name).stem}-{n}{Path(name).suffix}", n + 1
    return path


def content(data: ChartData, buckets: Buckets, kind: str, texts: Sentences) -> bytes:
    """The file's bytes, ``kind`` one of :data:`KINDS`."""
    if kind == "csv":
        return _csv(data, buckets, texts)
    draw = charts.png if kind == "png" else charts.svg
    first = day(buckets.start, data.zone, texts)
    times = f"{when(buckets.start, data.zone, texts)}–{when(buckets.end, data.zone, texts, ref=buckets.start)}"
    title = f"{texts('chart.title')} · {first}, {times}"
    return draw(data, buckets, size_px=SIZE_PX, scale=2.0, theme=charts.PRINT, texts=texts, title=title)


def _csv(data: ChartData, buckets: Buckets, texts: Sentences) -> bytes:
    """One row per bucket, UTF-8 with BOM, harmless for spreadsheets; what was not heard says so."""
    out = io.StringIO()
    rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    named = plain.csv_cell(second_name(data.second, texts)) if data.second is not None else "second"
    rows.writerow([named if c == "second" else c for c in COLUMNS])
    deaf, info = unheard(data, buckets.start, buckets.end), zone_info(data.zone)
    for n, total in enumerate(buckets.total.tolist()):
        at = buckets.start + buckets.step * n
        band = [f"{v[n]:.2f}" if v.size else "" for v in (buckets.low, buckets.middle, buckets.high)]
        second = int(buckets.second[n]) if buckets.second.size else ""
        heard = not any(a <= at < b for a, b in deaf)
        counts = [int(v[n]) for v in (buckets.originals, buckets.reposts, buckets.complaints, buckets.negative)]
        local = at.astimezone(info).isoformat()
        rows.writerow([utc(at), local, int(total), *counts, *band, second, "yes" if heard else "no"])
    return out.getvalue().encode("utf-8-sig")
