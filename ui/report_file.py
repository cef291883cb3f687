"""A report as a file: what the review page's buttons, the drill and ``crisisdesk report --format pdf`` write."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Final

from PySide6.QtCore import QCoreApplication, QThread
from PySide6.QtGui import QGuiApplication

from crisisdesk.__main__ import parser
from crisisdesk.commands.console import language, open_desk
from crisisdesk.commands.report import kind_of, of_period
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.review import ReviewData
from crisisdesk.paths import put_file
from crisisdesk.plain import one_line
from crisisdesk.reports import incident, setting, tables, written
from crisisdesk.reports.base import Cut, Document, Kind
from crisisdesk.texts import Texts
from ui import paper
from ui.context import Context

log = logging.getLogger(__name__)
_ENDINGS: Final = {"csv": "csv.zip"}


def report_path(
    folder: Path, data: ReviewData, form: str, *, public: bool, texts: Texts, kind: str = Kind.REVIEW
) -> Path:
    """Where the report goes: the incident's name and the report's, marked when it is the public cut.

    The review bears the incident's name alone; all its CSV tables go in one zip.
    """
    named = "" if kind == Kind.REVIEW else f"-{texts(f'review.export.file_{kind}')}"
    mark = f"-{texts('review.export.public_mark')}" if public else ""
    ending = _ENDINGS.get(form, form) if kind == Kind.REVIEW else form
    return folder / f"{data.incident.name}{named}{mark}.{ending}"


def write_report(
    form: str, data: ReviewData, texts: Texts, path: Path, *, public: bool = False, kind: str = Kind.REVIEW
) -> None:
    """Write the report as ``form``; for the ``draw`` thread. OSError or InputError when it cannot be written."""
    cut = Cut.PUBLIC if public else Cut.INTERNAL
    if form == "pdf":
        _write_pdf(data, texts, path, cut, kind)
    elif form == "csv" and kind == Kind.REVIEW:
        put_file(path, tables.csv_zip(data, texts, cut=cut))
    else:
        put_file(path, written.content(data, texts, form, kind=kind, cut=cut))


def _write_pdf(data: ReviewData, texts: Texts, path: Path, cut: str, kind: str) -> None:
    document = incident.document(data, texts, cut=cut, kind=kind)
    paper.write_pdf(
        incident.print_html(data, texts, paper.page_token, cut=cut, kind=kind),
        path,
        title=document.title,
        footer=document.foot,
        page_words=lambda number, count: texts("report.page", page=number, pages=count),
        image_name=incident.PRINT_CHART,
        image=incident.chart_png(data, texts, cut=cut),
    )


def write_document(document: Document, texts: Texts, path: Path) -> None:
    """Set any document on pages; InputError when it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    paper.write_pdf(
        setting.printed(document, texts, paper.page_token),
        path,
        title=document.title,
        footer=document.foot,
        page_words=lambda number, count: texts("report.page", page=number, pages=count),
    )


class PaperThread(QThread):
    """Sets pages in a thread of Qt's own: its text layout wants an event dispatcher, which the ``draw`` thread lacks.

    It keeps itself alive until it has ended, whatever becomes of the page, and the program waits for it.
    """

    _running: ClassVar[set[PaperThread]] = set()

    def __init__(self, work: Callable[[], str], context: Context) -> None:
        super().__init__()
        self._work = work
        self._context = context
        self._said = ""
        self._broke: Exception | None = None
        self.finished.connect(self._end)

    def begin(self) -> None:
        """Start."""
        self._running.add(self)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.wait)
        self.start()

    def run(self) -> None:
        """Do the work; what breaks is told in the GUI thread."""
        try:
            self._said = self._work()
        except Exception as error:  # a thread of Qt's would swallow it
            log.exception("the pages could not be set")
            self._broke = error

    def _end(self) -> None:
        self._running.discard(self)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.disconnect(self.wait)
        if self._broke is not None:
            self._context.bridge.broke.emit(self._broke)
        else:
            self._context.say(self._said)


def main(argv: Sequence[str]) -> int:
    """``crisisdesk report INCIDENT --format pdf --out FILE``: the one format that Qt sets on pages."""
    texts = Texts(language(argv))
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    options: argparse.Namespace = parser(texts, "report").parse_args(list(argv))
    try:
        with open_desk(options) as desk:
            document = of_period(desk, options, texts)
            data = desk.review.data(options.incident) if document is None else None
        app = QGuiApplication.instance() or QGuiApplication([])
        if document is not None:
            write_document(document, texts, options.out)
        elif data is not None:
            public = options.cut == "public"
            write_report("pdf", data, texts, options.out, public=public, kind=kind_of(options))
        app.quit()
    except CrisisDeskError as error:
        print(one_line(texts.error(error), 1000), file=sys.stderr)
        return 2
    print(texts("cli.report.written", file=options.out.name))
    return 0
