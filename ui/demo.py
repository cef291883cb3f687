"""The drill that comes with CrisisDesk: ``crisisdesk demo`` for a person, ``crisisdesk demo --auto`` by itself.

A drill lives in a folder of its own and sends nothing. With ``--auto`` the script's acts go through the same verbs
of the desk as a person's keys, while the window follows; pictures, timeline and reports are left in ``--out``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from crisisdesk import settings as settings_file
from crisisdesk import words
from crisisdesk.app import Desk, build_desk
from crisisdesk.commands.console import Bar, language
from crisisdesk.commands.grammar import Grammar, folder
from crisisdesk.desk import drills
from crisisdesk.model.draft import DraftState
from crisisdesk.model.drill import Run
from crisisdesk.model.errors import CrisisDeskError, InputError
from crisisdesk.model.fault import fault_of
from crisisdesk.model.review import ReviewData
from crisisdesk.paths import Paths, profile, put_file
from crisisdesk.playbooks.story import Scenario
from crisisdesk.settings import Settings
from crisisdesk.texts import LANGUAGES, Texts
from ui.report_file import write_report

if TYPE_CHECKING:
    from ui.window import Window

SPEED: Final = 20.0
LEAPS: Final = 8
# When each page of the first scenario is worth a picture, in its own time; the rest are taken at its end.
STOPS: Final = (
    (time(7, 12, 20), ("escalation",)),
    (time(9, 41), ("room", "inbox", "drafting", "commitments")),
)
BUSY: Final = ("room", "inbox", "drafting", "commitments", "escalation")
AT_END: Final = ("timeline", "review", "measures", "preparation")
PICTURE: Final = (1366, 768)


def drill_desk(paths: Paths, name: str, lang: str, home: Path | None = None) -> Desk:
    """A desk for the scenario ``name`` on a data folder of its own; ``home`` holds the person's own scenarios."""
    playbook = drills.bring(name, home, paths) if home is not None else None
    story = drills.scenario(name, paths.data)
    stored, _ = settings_file.load(paths.settings)
    lead = next((c.name for c in story.contacts if c.slug == "comunicacion.titular"), stored.actor)
    chosen: Settings = replace(
        stored,
        language=lang,
        zone=story.zone,
        brand=story.brand,
        playbook=stored.playbook if playbook else story.playbook,
        actor=lead,
    )
    if chosen != stored:  # so that the folder, opened again by itself, is in the scenario's zone
        settings_file.save(paths.settings, chosen)
    if playbook is not None:
        with closing(build_desk(chosen, paths, drill=True)) as desk:
            desk.playbooks.use(playbook)
    return build_desk(chosen, paths, drill=True)


def played_desk(until: time = time(9, 41), name: str = drills.DEFAULT, lang: str = "es") -> Desk:
    """The scenario as the autopilot has it at ``until`` (local), for pictures; in a folder that the caller may drop."""
    desk = drill_desk(profile(Path(tempfile.mkdtemp(prefix="crisisdesk-"))), name, lang)
    desk.drills.play(name, autopilot=True, paused=True)
    stop = instant(name, until)
    while desk.clock.now() < stop and desk.replay.leap():
        pass
    return desk


def instant(name: str, local: time) -> datetime:
    """The scenario's instant at local time ``local``."""
    story = drills.scenario(name)
    zone = ZoneInfo(story.zone)
    return datetime.combine(story.start.astimezone(zone).date(), local, zone)


def main(argv: Sequence[str] | None = None) -> int:
    """Open the drill for a person, or let it play itself."""
    args = list(sys.argv[1:] if argv is None else argv)
    texts = Texts(language(args))
    parser = Grammar(texts, prog="crisisdesk demo", description=texts("cli.demo.help"))
    parser.add_argument("--auto", action="store_true", help=texts("demo.auto"))
    parser.add_argument("--speed", default="", metavar="N|max", help=texts("demo.speed"))
    parser.add_argument("--out", type=Path, default=Path("out"), metavar="DIR", help=texts("demo.out"))
    parser.add_argument("--scenario", default=drills.DEFAULT, metavar="NAME", help=texts("demo.scenario"))
    parser.add_argument("--data-dir", type=folder, metavar="DIR", help=texts("cli.data_dir"))
    parser.add_argument("--home", type=Path, metavar="DIR", help=texts("demo.home"))
    parser.add_argument("--lang", choices=LANGUAGES, help=texts("cli.lang"))
    options = parser.parse_args(args)
    try:
        speed = speed_of(options.speed, texts)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    if options.auto and sys.platform.startswith("linux"):
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        options.home = options.home or profile().data
        drills.scenario(options.scenario, options.home)
        if options.auto:
            _make(options.out)  # before half an hour of the drill, not after it
            return _auto(options, texts, speed)
        return _by_hand(options, texts, speed or SPEED)
    except CrisisDeskError as error:
        print(texts.error(error), file=sys.stderr)
        return 2


def _make(out: Path) -> None:
    """The folder that pictures and reports are left in; InputError when it cannot be had."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        put_file(out / ".try", b"")
        (out / ".try").unlink()
    except OSError as error:
        raise InputError("report.write", path=str(out), reason=fault_of(error)) from error


def speed_of(word: str, texts: Texts) -> float:
    """Times real time; 0 = as fast as it goes."""
    if word in ("", "max"):
        return 0.0
    try:
        number = float(word.replace(",", "."))
    except ValueError:
        number = -1.0
    if not 1.0 <= number <= 3600.0:
        raise ValueError(texts("demo.bad_speed", speed=word))
    return number


def score_lines(run: Run, texts: Texts) -> list[str]:
    """How a run went, one line for each mark: «✓ Primer mensaje 11:40, objetivo 15:00»."""
    signs = {True: "✓", False: "✗", None: "·"}
    lines = [texts("drill.title", title=run.title.get(texts.lang))]
    lines += [f"  {signs[mark.good]} {words.drill_mark(mark, texts)}" for mark in run.marks]
    score = texts("drill.score", met=run.met, of=len(run.judged)) if run.judged else texts("drill.no_score")
    return [*lines, f"  {score}"]


def stops(story: Scenario) -> list[tuple[datetime, Sequence[str]]]:
    """When which pages are worth a picture: told for the first scenario, half-way through the story for the others."""
    if story.id == drills.DEFAULT:
        return [(instant(story.id, at), pages) for at, pages in STOPS]
    return [(story.start + (story.end - story.start) / 2, BUSY)]


# -- by hand -----------------------------------------------------------------------------------------------------------


def _by_hand(options: argparse.Namespace, texts: Texts, speed: float) -> int:
    from ui.start import open_window

    folder = options.data_dir or _folder(options.home, options.scenario, texts.lang)

    def build(paths: Paths) -> Desk:
        desk = drill_desk(paths, options.scenario, texts.lang, options.home)
        story = desk.drills.play(options.scenario, autopilot=False, speed=speed, paused=True)
        desk.drills.to_beginning(story)
        desk.replay.resume()
        return desk

    return open_window(folder, texts.lang, build)


def _folder(home: Path, name: str, lang: str) -> Path:
    """The folder of the run that did not end, else of a new run."""
    root = home / drills.RUNS
    runs = sorted(root.glob(f"{name}-[0-9][0-9][0-9]"))
    if runs:
        desk = drill_desk(profile(runs[-1]), name, lang, home)
        try:
            desk.drills.play(name, autopilot=False, paused=True)
            if not desk.replay.ended:
                return runs[-1]
        finally:
            desk.close()
    return root / f"{name}-{len(runs) + 1:03d}"


# -- by itself ---------------------------------------------------------------------------------------------------------


def _auto(options: argparse.Namespace, texts: Texts, speed: float) -> int:
    from ui.window import make_app, make_window

    app = make_app()
    with tempfile.TemporaryDirectory(prefix="crisisdesk-") as folder:
        desk = drill_desk(profile(options.data_dir or Path(folder)), options.scenario, texts.lang, options.home)
        window = make_window(desk, texts=Texts(texts.lang))
        window.resize(*PICTURE)
        window.show()
        try:
            show = _Show(desk, window, options, texts, speed)
            show.begin(app.quit)
            app.exec()
            return show.status
        finally:
            window.close()
            desk.close()


class _Show:
    """Plays the scenario chunk by chunk, so that the window can follow, and takes the pictures on the way."""

    def __init__(
        self, desk: Desk, window: Window, options: argparse.Namespace, texts: Texts, speed: float
    ) -> None:
        self._desk, self._window = desk, window
        self._out: Path = options.out
        self._name: str = options.scenario
        self._texts, self._speed = texts, speed
        story = drills.scenario(self._name, desk.paths.data)
        self._stops = stops(story)
        self._bar = Bar(texts("demo.playing"))
        self._end: Callable[[], object] = lambda: None
        self._writing: int | None = None
        self._over = story.end
        self.status = 2

    def begin(self, end: Callable[[], object]) -> None:
        """Start; ``end`` is called when all is done or nothing more can be done."""
        self._end = end
        self._window.context.bridge.call(self._load, lambda _: self._next(), self._failed)

    def _load(self) -> None:
        story = self._desk.drills.play(self._name, autopilot=True, speed=self._speed or 1.0, paused=True)
        self._desk.drills.to_beginning(story)
        if self._speed:
            self._desk.replay.resume()

    def _next(self) -> None:
        self._window.context.bridge.call(self._chunk, self._played, self._failed)

    def _chunk(self) -> bool:
        """On the store thread: a few leaps, or what real time has brought; True at the end."""
        replay = self._desk.replay
        if self._speed:
            replay.step(until=self._stops[0][0] if self._stops else self._over)
        for _ in range(0 if self._speed else LEAPS):
            if self._at_stop() or not replay.leap():
                break
        if self._at_stop():
            open_now = self._desk.incidents.list()
            waiting = self._desk.drafts.list(open_now[0].id) if open_now else ()
            self._writing = next((d.id for d in waiting if d.state is DraftState.WRITING), None)
        return replay.ended

    def _at_stop(self) -> bool:
        return bool(self._stops) and self._desk.clock.now() >= self._stops[0][0]

    def _played(self, ended: bool) -> None:
        from PySide6.QtCore import QTimer

        status = self._desk.replay.status()
        self._bar(status.progress if status else 1.0)
        if self._at_stop():
            self._pictures(self._stops.pop(0)[1])
        if ended:
            self._finish()
        else:
            QTimer.singleShot(200 if self._speed else 0, self._next)

    def _pictures(self, pages: Sequence[str]) -> None:
        from ui.shots import shoot

        self._out.mkdir(parents=True, exist_ok=True)
        self._window.console.notice.hide()  # news that stands for seconds; the drill has played hours meanwhile
        for mode in ("light", "dark"):
            self._window.act(f"theme.{mode}", None)
            for page in pages:
                self._window.go(page)
                if page == "drafting" and self._writing is not None:
                    self._window.act("draft.open", self._writing)
                shoot(self._window, self._out / f"{page}-{mode}.png")
        self._window.go("room")

    def _finish(self) -> None:
        self._bar.end()
        self._pictures(AT_END)
        self._window.context.bridge.read(self._came_of_it, self._write, self._failed)

    def _came_of_it(self) -> tuple[Run, ReviewData | None]:
        """How it went, and the incident's review; a false alarm leaves no incident."""
        run = self._desk.drills.keep() or self._desk.drills.run()
        return run, self._desk.review.data("latest") if self._desk.incidents.list() else None

    def _write(self, came: tuple[Run, ReviewData | None]) -> None:
        self._window.context.bridge.draw(lambda: self._files(*came), lambda _: self._done(*came), self._failed)

    def _files(self, run: Run, data: ReviewData | None) -> None:
        out, texts = self._out, self._texts
        drills.write(run, out / "score.json")
        if data is None:
            return
        write_report("json", data, texts, out / "timeline.json")
        write_report("html", data, texts, out / "report.html")

    def _done(self, run: Run, data: ReviewData | None) -> None:
        """Qt sets pages in its own threads only; nobody is at this window, so it may wait."""
        try:
            if data is not None:
                write_report("pdf", data, self._texts, self._out / "report.pdf")
        except CrisisDeskError as error:
            self._failed(error)
            return
        print("\n".join(score_lines(run, self._texts)))
        print(self._texts("demo.done" if data is not None else "demo.done_calm", folder=self._out.name))
        self.status = 0
        self._end()

    def _failed(self, error: CrisisDeskError) -> None:
        self._bar.end()
        print(self._texts.error(error), file=sys.stderr)
        self._end()


if __name__ == "__main__":
    sys.exit(main())
