"""Pictures of every page, for the eye and for the user guide: ``python -m ui.shots DIR [--fake]``.

Each page in both languages, light and dark, at the sizes asked for. ``--fake`` shows the tests' sample desk in its
states (incident, calm, alert, drill) instead of the played scenario.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ui.window import Window

SIZES: Final = ((1366, 768), (1920, 1080))
POLL_MS: Final = 10
QUIET_POLLS: Final = 2
SOON_MS: Final = 250  # what waits so long before it reads or draws was asked for; what waits longer is a rest


def settle(window: Window, timeout_ms: int = 8_000) -> None:
    """Wait until every page in sight has all that it asked for, and asks for nothing more of its own accord."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    poll = QTimer(interval=POLL_MS)
    quiet = 0

    def coming() -> bool:
        own = window.findChildren(QTimer)
        return any(one.isActive() and one.isSingleShot() and one.interval() <= SOON_MS for one in own)

    def look() -> None:
        nonlocal quiet
        quiet = quiet + 1 if window.context.bridge.idle and not coming() else 0
        if quiet > QUIET_POLLS:
            loop.quit()

    poll.timeout.connect(look)
    poll.start()
    QTimer.singleShot(timeout_ms, loop, loop.quit)
    loop.exec()
    poll.stop()


def shoot(window: Window, path: Path) -> None:
    """Leave a picture of the window at ``path``, once it is complete."""
    settle(window)
    path.parent.mkdir(parents=True, exist_ok=True)
    window.grab().save(str(path))


def every_page(
    desk: Any,
    folder: Path,
    *,
    prefix: str = "",
    pages: Sequence[str] | None = None,
    langs: Iterable[str] = ("es", "en"),
    modes: Iterable[str] = ("light", "dark"),
    sizes: Iterable[tuple[int, int]] = SIZES,
) -> list[Path]:
    """Leave a picture of each page of ``desk``: ``<prefix><page>-<lang>-<mode>-<width>x<height>.png``."""
    from ui.actions import PAGES
    from ui.window import make_window

    made: list[Path] = []
    window = make_window(desk)
    try:
        for width, height in sizes:
            window.resize(width, height)
            window.show()
            for mode in modes:
                window.act(f"theme.{mode}", None)
                for lang in langs:
                    window.set_language(lang)
                    for page in pages or PAGES:
                        window.go(page)
                        path = folder / f"{prefix}{page}-{lang}-{mode}-{width}x{height}.png"
                        shoot(window, path)
                        made.append(path)
    finally:
        window.close()
    return made


def _fakes(folder: Path, pages: Sequence[str] | None, sizes: Sequence[tuple[int, int]], langs: Sequence[str]) -> None:
    fake = import_module("tests.fakes.desk").FakeDesk
    every_page(fake(), folder, pages=pages, sizes=sizes, langs=langs)
    if pages is None or "room" in pages:
        states = {"calm-": fake(calm=True), "alert-": fake(alert_only=True), "drill-": fake(drill=True)}
        for prefix, desk in states.items():
            every_page(desk, folder, prefix=prefix, pages=("room",), sizes=sizes[:1], langs=langs)


def main(argv: Sequence[str] | None = None) -> int:
    """Make the pictures; offscreen where there is no screen."""
    parser = argparse.ArgumentParser(prog="crisisdesk shots", description="Pictures of every page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fake", action="store_true", help="the tests' sample desk")
    parser.add_argument("--page", action="append", help="only this page")
    parser.add_argument("--size", action="append", help="WIDTHxHEIGHT")
    parser.add_argument("--lang", action="append", choices=("es", "en"))
    options = parser.parse_args(argv)
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.window import make_app

    app = make_app()
    sizes = [tuple(map(int, size.split("x"))) for size in options.size or ()] or list(SIZES)
    pairs = [(size[0], size[1]) for size in sizes]
    if options.fake:
        _fakes(options.folder, options.page, pairs, options.lang or ("es", "en"))
    else:
        played = import_module("ui.demo").played_desk()
        every_page(played, options.folder, pages=options.page, sizes=pairs, langs=options.lang or ("es", "en"))
        played.close()
    app.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
