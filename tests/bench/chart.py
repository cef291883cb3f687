"""The live chart: GUI-thread time of one update, the counts of a day, the room opened on a long history.

    packaging/dev.py bench chart [--json] [--mentions N] [--rounds N]

* ``update``: a mention arrives in the newest minute of a chart of 24 hours (1,440 minutes) and of 7 days (10,080),
  1200 x 500 pixels: from the call that puts its count until the window has nothing left to do, all of it in the GUI
  thread. Beside it, in the same run: matplotlib's own blit with decimated stairs in the GUI thread (``blit``), what
  the ``draw`` thread does here once a minute or at a new scale, size or look (``pictures``), and a whole matplotlib
  drawing (``whole``).
* ``counts``: 24 hours of counts per minute out of a data file with ``--mentions`` mentions (default 1,000,000).
* ``open``: from making the window on that file to the chart and the lists on screen.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crisisdesk.model.mention import Gap, Mention, MinuteCount, Verdict
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.room import ChartData, Flag
from crisisdesk.reports import charts
from crisisdesk.texts import Texts

SIZE_PX = (1200, 500)
MINUTE = timedelta(minutes=1)
Figures = dict[str, float]


def sample(buckets: int) -> ChartData:
    """A quiet stretch that ends in a rise, with a band, a gap and four flags."""
    chance = random.Random(buckets)
    end = datetime(2026, 11, 22, 13, 18, tzinfo=UTC)
    start, rise = end - timedelta(minutes=buckets), end - timedelta(minutes=16)
    counts = []
    for i in range(buckets):
        minute = start + timedelta(minutes=i)
        total = chance.randint(0, 4) if minute < rise else 6 + 7 * int((minute - rise).total_seconds() // 60)
        if total:
            counts.append(MinuteCount(minute, total, total // 3, total // 2, total // 2))
    kinds = ("alert", "incident", "published", "promise")
    flags = tuple(
        Flag(at=rise + timedelta(minutes=4 * i), kind=kind, label=Bilingual(kind, kind)) for i, kind in enumerate(kinds)
    )
    gap = Gap("feed", start + timedelta(minutes=buckets // 3), start + timedelta(minutes=buckets // 3 + buckets // 20))
    return ChartData(
        start=start, end=end, step=timedelta(minutes=1), counts=tuple(counts), expected=((0.5, 2.0, 4.5),) * buckets,
        gaps=(gap,), flags=flags, incident_from=rise, zone="America/Mexico_City",
    )  # fmt: skip


def told(took: list[float]) -> Figures:
    """Median, 95th percentile and greatest, in milliseconds."""
    ordered = sorted(1000 * t for t in took)
    p95 = ordered[round(0.95 * (len(ordered) - 1))]
    return {"median_ms": round(statistics.median(ordered), 2), "p95_ms": round(p95, 2), "max_ms": round(ordered[-1], 2)}


def timed(work: Callable[[int], object], rounds: int) -> Figures:
    """Figures of ``rounds`` calls, the first five of them left out."""
    took = []
    for n in range(rounds + 5):
        began = time.perf_counter()
        work(n)
        took.append(time.perf_counter() - began)
    return told(took[5:])


def wait(ready: Callable[[], bool], seconds: float = 60) -> None:
    """Let the window work until ``ready``."""
    from PySide6.QtWidgets import QApplication

    until = time.monotonic() + seconds
    while not ready() and time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.002)
    assert ready()


def update(rounds: int, buckets: int) -> Figures:
    """One live update of the widget."""
    from crisisdesk.reports.chart_minutes import Minutes
    from ui.bridge import Bridge
    from ui.context import Context
    from ui.theme import Theme
    from ui.widgets import chart
    from ui.window import make_app

    app: Any = make_app()
    theme, bridge = Theme("dark"), Bridge()
    theme.apply(app)
    nothing: Any = lambda *_args: None  # noqa: E731
    view = chart.ChartView(Context(nothing, bridge, Texts("es"), theme, nothing, nothing, nothing))
    view.resize(*SIZE_PX)
    view.show()
    data = sample(buckets)
    view.set_live(replace(data, counts=()), Minutes(data))
    wait(view.ready)
    last = data.end - MINUTE
    held = {c.minute: c for c in data.counts}[last]

    def one(n: int) -> None:
        view.put((replace(held, total=held.total - n % 7),))  # another figure each time, the scale stays
        app.processEvents()

    figures = timed(one, rounds)
    assert view.ready(), "an update within the scale must not ask for a drawing"
    view.close()
    bridge.close()
    return figures


def blit(rounds: int, buckets: int) -> Figures:
    """The same with matplotlib's animated artists on an Agg canvas: restore, two stairs, copy to an image."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.patches import StepPatch
    from PySide6.QtGui import QImage, QPainter

    from crisisdesk.reports.chart_minutes import buckets_of
    from crisisdesk.reports.chart_scale import columns

    figure = charts.figure(replace(sample(buckets), counts=()), size_px=SIZE_PX, scale=1.0, theme=charts.DARK,
                           texts=Texts("es"))  # fmt: skip
    canvas: Any = FigureCanvasAgg(figure)
    axes: Any = figure.axes[0]
    whole = buckets_of(sample(buckets))
    axes.set_ylim(0, whole.peak * 1.1)
    canvas.draw()
    ground = canvas.copy_from_bbox(figure.bbox)
    width = round(axes.bbox.width)
    fitted = columns(whole, width)
    edges: Any = [*fitted.left, width]
    unit = axes.get_xlim()[1] / width
    patches = []
    for colour in (charts.DARK.reposts, charts.DARK.bars):
        stairs: Any = StepPatch(fitted.total, [e * unit for e in edges], fill=True, color=colour)
        axes.add_artist(stairs)
        patches.append(stairs)
    screen = QImage(*SIZE_PX, QImage.Format.Format_RGB32)

    def one(n: int) -> None:
        whole.total[-1] = 60 + n % 7
        now = columns(whole, width)
        canvas.restore_region(ground)
        for patch, values in zip(patches, (now.total, now.originals), strict=True):
            patch.set_data(values)
            axes.draw_artist(patch)
        painter = QPainter(screen)
        painter.drawImage(0, 0, QImage(canvas.buffer_rgba(), *SIZE_PX, QImage.Format.Format_RGBA8888))
        painter.end()

    return timed(one, rounds)


def whole(rounds: int, buckets: int) -> Figures:
    """A whole drawing by matplotlib."""
    data = sample(buckets)
    return timed(
        lambda _n: charts.render(data, size_px=SIZE_PX, scale=1.0, theme=charts.DARK, texts=Texts("es"), title=""),
        max(10, rounds // 10),
    )


def pictures(rounds: int, buckets: int) -> Figures:
    """What the ``draw`` thread does for the window: the two pictures without the bars."""
    from crisisdesk.reports.chart_minutes import buckets_of

    data = sample(buckets)
    held = buckets_of(data)
    return timed(
        lambda _n: charts.layers(data, held, size_px=SIZE_PX, scale=1.0, theme=charts.DARK, texts=Texts("es")),
        max(10, rounds // 10),
    )


def history(folder: Path, count: int) -> None:
    """A data file with ``count`` mentions of the last 28 days, put in below the desk: only reading is measured here."""
    from sqlalchemy import insert, text

    from crisisdesk.app import build_desk
    from crisisdesk.paths import profile
    from crisisdesk.settings import Settings
    from crisisdesk.store.schema import mention, minute_count

    desk = build_desk(Settings(zone="America/Mexico_City"), profile(folder))
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    first, chance = now - timedelta(days=28), random.Random(5)
    known = {c.name for c in minute_count.columns}
    calm = Mention(
        source="bench", account="bench", native_id="", published_at=now, fetched_at=now, text="", channel="mastodon"
    )
    plain = {f.name: getattr(calm, f.name) for f in fields(Mention)}
    plain |= {f.name: getattr(Verdict(), f.name) for f in fields(Verdict)}
    plain = {name: value for name, value in plain.items() if name in mention.c}
    with desk.store.write() as tx:
        tx.connection.execute(text("PRAGMA cache_size=-64000"))
        step = timedelta(days=28) / count
        per: dict[datetime, int] = {}
        for begin in range(0, count, 10_000):
            rows = []
            for n in range(begin, min(begin + 10_000, count)):
                at = first + n * step
                minute = at.replace(second=0, microsecond=0)
                per[minute] = per.get(minute, 0) + 1
                rows.append(
                    plain
                    | {"native_id": str(n), "published_at": at, "fetched_at": at, "is_repost": n % 3 == 0,
                       "text": f"mención {n} sin señal en la colonia {chance.randrange(500)}",
                       "author": f"persona{n % 9_000}", "complaint": bool(n % 2)}
                )  # fmt: skip
            tx.connection.execute(insert(mention), rows)
        names = known - {"minute", "total", "history"}
        tx.connection.execute(
            insert(minute_count),
            [{"minute": m, "total": n, "history": 0} | dict.fromkeys(names, n // 3) for m, n in per.items()],
        )
    desk.tick()  # the detector learns from it once, as on the first morning
    desk.close()


def counts(folder: Path, rounds: int) -> dict[str, Figures]:
    """Reading the counts of a day and of a week, and the whole of what the chart asks for."""
    from crisisdesk.app import build_desk
    from crisisdesk.paths import profile
    from crisisdesk.settings import Settings
    from crisisdesk.store import mentions, minutes

    desk = build_desk(Settings(zone="America/Mexico_City"), profile(folder))
    now = mentions.floor_minute(datetime.now(UTC))

    def read(days: int) -> Callable[[int], object]:
        def one(_n: int) -> object:
            with desk.core.read() as connection:
                return minutes.counts(connection, now - timedelta(days=days), now)

        return one

    figures = {
        "day": timed(read(1), rounds),
        "week": timed(read(7), rounds),
        "chart_of_a_day": timed(lambda _n: desk.room.chart(timedelta(days=1), columns=None), rounds),
        "chart_of_a_week": timed(lambda _n: desk.room.chart(timedelta(days=7), columns=None), rounds),
    }
    desk.close()
    return figures


def open_room(folder: Path, rounds: int) -> Figures:
    """From making the desk and its window to all of it on screen."""
    from crisisdesk.app import build_desk
    from crisisdesk.paths import profile
    from crisisdesk.settings import Settings
    from ui.window import make_window

    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        desk = build_desk(Settings(zone="America/Mexico_City", language="es"), profile(folder))
        window = make_window(desk)
        window.resize(1366, 768)
        window.show()
        room: Any = window.page("room")
        wait(lambda room=room, window=window: room._scene is not None and room.chart.view.ready()
             and window.context.bridge.idle)  # fmt: skip
        took.append(time.perf_counter() - began)
        window.close()
        desk.close()
    return {"first_ms": round(1000 * took[0])} | told(took[1:])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--mentions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    args = parser.parse_args()
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    result: dict[str, Any] = {"size_px": SIZE_PX, "rounds": args.rounds}
    for name, buckets in (("24h", 1_440), ("7d", 10_080)):
        for way in (update, blit, pictures, whole):
            gc.collect()
            result[f"{way.__name__}_{name}"] = way(args.rounds, buckets)
    if args.mentions:
        with tempfile.TemporaryDirectory() as folder:
            history(Path(folder), args.mentions)
            result["mentions"] = args.mentions
            result |= {f"counts_{key}": value for key, value in counts(Path(folder), 30).items()}
            result["open_room"] = open_room(Path(folder), 5)
    if args.json:
        print(json.dumps(result, indent=2))
        return
    for key, figures in result.items():
        said = " ".join(f"{k} {v}" for k, v in figures.items()) if isinstance(figures, dict) else figures
        print(f"{key:<24}{said}")


if __name__ == "__main__":
    main()
