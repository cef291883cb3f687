"""Importing a file of mentions: guess, show, and take in page by page; a bad row is told and the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from crisisdesk.connectors.base import stored
from crisisdesk.connectors.table import Guess, guess, read
from crisisdesk.desk.core import Core
from crisisdesk.desk.ingest import Ingest
from crisisdesk.model.mention import IngestReport, RowProblem

Progress = Callable[[float], bool]
_COPY = re.compile(r"([ _-]*\(\d+\)|[ _-]+(copy|copia)( ?\d+)?)$", re.IGNORECASE)


def account_of(path: Path) -> str:
    """The account of a file's mentions: its name without endings and without « (1)» or « copia»."""
    stem = path.name
    while (shorter := re.sub(r"\.(gz|csv|tsv|jsonl|ndjson|json|txt)$", "", stem, flags=re.IGNORECASE)) != stem:
        stem = shorter
    return stored(_COPY.sub("", stem) or stem)  # a name that is no UTF-8 cannot be kept as it is


class Importing:
    """Imports files through the same door as live mentions."""

    def __init__(self, core: Core, ingest: Ingest) -> None:
        self._core = core
        self._ingest = ingest

    def guess(self, path: Path, zone: str | None = None) -> Guess:
        """What the file seems to be, with a preview; ImportFileError when it cannot be read at all."""
        return guess(path, zone or self._core.zone)

    def run(self, path: Path, how: Guess | None = None, *, progress: Progress | None = None) -> IngestReport:
        """Import the file; ``progress`` gets 0–1 and may answer False to stop after the current page."""
        how = how or self.guess(path)
        size = max(1, path.stat().st_size)
        added = duplicates = 0
        rejected: list[RowProblem] = []
        alerts: list[int] = []
        position = [0]
        for page in read(
            path,
            how,
            account=account_of(path),
            now=self._core.clock.now(),
            position=lambda n: position.__setitem__(0, n),
        ):
            report = self._ingest.page(page)
            added += report.added
            duplicates += report.duplicates
            rejected += report.rejected
            alerts += report.alerts
            if progress is not None and not progress(min(1.0, position[0] / size)):
                break
        return IngestReport(
            added=added, duplicates=duplicates, rejected=tuple(rejected), alerts=tuple(dict.fromkeys(alerts))
        )
