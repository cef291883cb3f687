"""Hostile texts on every page of a real window: ``packaging/dev.py bench hostile [--json]``.

A real desk on which each text of ../shared/payloads/mention_texts.json stands as mention, author, note, fact, rumour,
promise and question. On each page every row of every table is chosen. In milliseconds of the window's thread:
``<page>``, the longest it worked on one of them until it was painted, with what was fetched; ``<page>.open``, the page
with all of them in it. tests/ui/test_hostile_window.py holds that nothing of it is more than characters.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

TEXTS = "shared/payloads/mention_texts.json"


def busy(window: Any, page: Any) -> float:
    """Let everything asked for come in and be painted; the seconds that this thread worked for it."""
    from PySide6.QtWidgets import QApplication

    spent, quiet = 0.0, 0
    while quiet < 3:
        began = time.thread_time()
        QApplication.processEvents()
        took = time.thread_time() - began
        spent += took
        quiet = quiet + 1 if window.context.bridge.idle and took < 0.0005 else 0
        time.sleep(0.001)
    began = time.thread_time()
    page.grab()
    return spent + time.thread_time() - began


def main() -> None:
    """Print the longest of each page."""
    from PySide6.QtWidgets import QAbstractItemView

    from tests.fakes.hostile import hostile_desk
    from ui.actions import MORE_PAGES, PAGES
    from ui.window import make_window

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    source = next((one / TEXTS for one in Path(__file__).resolve().parents if (one / TEXTS).is_file()), None)
    if source is None:
        raise SystemExit("the shared payloads are not beside this checkout")
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        desk = hostile_desk(Path(folder), json.loads(source.read_text("utf-8")))
        window = make_window(cast(Any, desk))
        window.resize(1366, 768)
        window.show()
        busy(window, window.page("room"))
        for name in (*PAGES, *MORE_PAGES):
            began = time.thread_time()
            window.go(name)
            page = window.page(name)
            made = time.thread_time() - began
            found[f"{name}.open"] = made + busy(window, page)
            for table in cast("list[QAbstractItemView]", page.findChildren(QAbstractItemView)):
                if not table.isVisible() or table.model() is None:
                    continue
                for row in range(min(table.model().rowCount(), 100)):
                    began = time.thread_time()
                    table.setCurrentIndex(table.model().index(row, 0))
                    chosen = time.thread_time() - began
                    found[name] = max(found.get(name, 0.0), chosen + busy(window, table))
        window.close()
        desk.close()
    shown = {name: round(seconds * 1e3, 1) for name, seconds in found.items()}
    if asked.json:
        print(json.dumps(shown))
    else:
        for name, value in shown.items():
            print(f"{name:22} {value:8.1f} ms")


if __name__ == "__main__":
    main()
