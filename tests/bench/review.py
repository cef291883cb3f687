"""A very large incident looked back on: ``packaging/dev.py bench review [--json] [--mentions N] [--rows N]``.

An incident of 100,000 mentions and 5,000 timeline rows. Shown: seconds until its data is read, until the review page
shows it (read, and put on screen in the GUI thread), until the web page, the PDF and the measures of its month are
made, and the most memory that the process held. Building the data file is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.mention import Mention, Sentiment, Verdict
from crisisdesk.paths import profile
from crisisdesk.pipeline.measures import figures
from crisisdesk.reports import incident as report
from crisisdesk.settings import Settings
from crisisdesk.store import mentions
from crisisdesk.texts import Texts
from tests.bench.storm import SAID
from ui import report_file
from ui.bridge import Bridge
from ui.context import Context
from ui.pages.review import ReviewPage
from ui.theme import Theme
from ui.window import make_app

START = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
HOURS = 8


def build(folder: Path, count: int, rows: int) -> tuple[Desk, int]:
    """A closed incident of ``count`` mentions and ``rows`` notes."""
    clock = PlayClock(START)
    desk = build_desk(Settings(zone="America/Mexico_City", actor="ana", brand="Nuestra"), profile(folder), clock=clock)
    incident = desk.incidents.open(title="Sin servicio en el oriente", level=3, started_at=START)
    span = timedelta(hours=HOURS)
    for first in range(0, count, 5000):
        found = []
        for n in range(first, min(first + 5000, count)):
            at = START + span * n / count
            one = Mention(source="import", account="a", native_id=str(n), author=f"u{n % 30_000}", channel=f"c{n % 9}",
                          text=SAID[n % len(SAID)], published_at=at, fetched_at=at)  # fmt: skip
            mood = Sentiment.NEGATIVE if n % 3 else Sentiment.POSITIVE
            found.append((one, Verdict(sentiment=mood, complaint=bool(n % 3))))
        with desk.store.write() as tx:
            mentions.add(tx.connection, found)
    with desk.store.write() as tx:
        for n in range(rows):
            said = f"Nota {n}: cuadrilla en el punto {n % 40}, {SAID[n % len(SAID)]}"
            desk.core.log(tx, "note.fact", incident.id, occurred_at=START + span * n / rows, text=said)
    clock.move_to(START + span)
    desk.incidents.resolve(incident.id, "ana")
    return desk, incident.id


def timed(action: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    action()
    return round(time.perf_counter() - start, 2)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--mentions", type=int, default=100_000)
    options.add_argument("--rows", type=int, default=5_000)
    options.add_argument("--keep", type=Path, help="leave the PDF here")
    told = options.parse_args()
    application = make_app()
    texts = Texts("es")
    with tempfile.TemporaryDirectory() as scratch:
        desk, incident = build(Path(scratch), told.mentions, told.rows)
        found: dict[str, object] = {"mentions": told.mentions, "timeline_rows": told.rows}
        found["page_s"] = _page(desk, texts, incident, application)
        found["read_s"] = timed(lambda: desk.review.data(incident))
        data = desk.review.data(incident)
        pdf = told.keep or Path(scratch) / "r.pdf"
        found["html_s"] = timed(lambda: report.html(data, texts))
        found["pdf_s"] = timed(lambda: report_file.write_report("pdf", data, texts, pdf))
        found["pdf_mb"] = round(pdf.stat().st_size / 1e6, 1)
        period = desk.measures.period(None, None)
        found["measures_s"] = timed(lambda: figures(desk.measures.rows(period)))
        found["memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        desk.close()
    if told.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:16} {value:>10}")


def _page(desk: Desk, texts: Texts, incident: int, application: Any) -> float:
    """Seconds from the wish to see the review until it is painted."""
    theme, bridge = Theme("light"), Bridge(desk.bus)
    theme.apply(application, "light")
    nothing: Any = lambda *_args: None  # noqa: E731
    page = ReviewPage(Context(desk, bridge, texts, theme, nothing, nothing, nothing))
    page.resize(1302, 682)
    page.incident_id = incident
    start = time.perf_counter()
    page.show()
    while page._data is None or not bridge.idle:
        application.processEvents()
        time.sleep(0.002)
    page.grab()
    took = round(time.perf_counter() - start, 2)
    page.close()
    bridge.close()
    return took


if __name__ == "__main__":
    main()
