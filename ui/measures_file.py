"""What the measures page writes among the documents: the rows as CSV; the return and the customer's voice as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from crisisdesk.desk import measured
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.fault import fault_of
from crisisdesk.model.measure import Figure, Period, Rows
from crisisdesk.model.preparation import Preparation
from crisisdesk.paths import put_file
from crisisdesk.pipeline.roi import returned
from crisisdesk.reports import measures as report
from crisisdesk.reports.base import Document
from ui.context import Context


def documents() -> Path:
    """Where this user keeps documents."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found) if found and Path(found).is_dir() else Path.home()


def write_rows(context: Context, rows: Rows, figures: Sequence[Figure], kept: Preparation) -> None:
    """Rows, figures and return as CSV, in a folder of their own; the notice bar says where, or why not."""
    texts = context.texts
    folder = documents() / f"{texts('measures.folder')}-{_days(rows.period)}"

    def write() -> str:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            said = measured.figures_of(kept)
            made = returned(rows, figures, said, kept.currency)
            for name, content in report.csv_files(rows, figures, made, said, kept.currency).items():
                put_file(folder / name, content)
        except OSError as error:
            return texts("review.export.failed", file=folder.name, reason=fault_of(error))
        return texts("measures.exported", folder=str(folder))

    context.bridge.read(write, context.say)


def write_report(context: Context, name: str, period: Period) -> None:
    """``roi`` or ``voice`` as a PDF; the notice bar says where, or why not."""
    texts, desk = context.texts, context.desk
    path = documents() / f"{texts(f'measures.file.{name}')}-{_days(period)}.pdf"

    def make() -> Document:
        if name == "roi":
            return measured.roi(desk.measures, desk.preparation.get(), texts, period)
        return measured.voice(desk.measures, texts, period)

    def put(document: Document) -> None:
        module = import_module("ui.report_file")

        def write() -> str:
            try:
                module.write_document(document, texts, path)
            except OSError as error:
                return texts("review.export.failed", file=path.name, reason=fault_of(error))
            except CrisisDeskError as error:
                return texts.error(error)
            return texts("review.export.done", file=str(path))

        module.PaperThread(write, context).begin()

    context.bridge.read(make, put)


def _days(period: Period) -> str:
    return f"{period.first.isoformat()}-{period.last.isoformat()}"
