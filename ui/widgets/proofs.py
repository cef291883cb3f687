"""Where a text is out: channel, time, address and the hash that anybody can hold against the page."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk import plain
from crisisdesk.model.draft import Publication
from crisisdesk.words import when
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.panel import clear
from ui.widgets.safe import SafeLabel


class Proofs(QWidget):
    """One row for each place, and the way to a text that corrects what is out."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP)

    def show_proofs(self, publications: tuple[Publication, ...], zone: str) -> None:
        """Show where a text is out; nothing where it is not."""
        clear(self._column)
        texts = self._context.texts
        self.setVisible(bool(publications))
        if not publications:
            return
        self._column.addWidget(SafeLabel(texts("replies.proof.title"), "heading"))
        for proof in publications:
            self._column.addWidget(self._row(proof, zone))
        correct = Button(texts("replies.proof.correct"), lambda: self._context.act("update.write", None))
        self._column.addWidget(correct)

    def _row(self, proof: Publication, zone: str) -> QWidget:
        texts, box = self._context.texts, QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        where = plain.clamp(proof.channel, 60) or "—"
        at = when(proof.published_at, zone, texts)
        lang = texts(f"drafts.lang.{proof.lang}") if proof.lang else ""
        column.addWidget(SafeLabel(" · ".join(filter(None, (where, lang, at))), wrap=True))
        host = plain.shown_host(proof.url)
        by = texts("replies.proof.by", who=plain.clamp(proof.by, 60), digest=proof.digest[:12])
        column.addWidget(SafeLabel(" · ".join(filter(None, (host, by))), "small", wrap=True))
        line = QHBoxLayout()
        line.setSpacing(GAP)
        if plain.safe_link(proof.url):
            line.addWidget(Button(texts("replies.proof.open"), lambda: self._open(proof.url), kind="quiet"))
        line.addWidget(Button(texts("replies.proof.copy"), lambda: self._copy(proof, at), kind="quiet"))
        line.addStretch(1)
        column.addLayout(line)
        return box

    def _open(self, address: str) -> None:
        if link := plain.safe_link(address):
            QDesktopServices.openUrl(QUrl(link, QUrl.ParsingMode.StrictMode))

    def _copy(self, proof: Publication, at: str) -> None:
        texts = self._context.texts
        lines = (proof.channel, at, proof.published_at.isoformat(), proof.url, f"SHA-256 {proof.digest}", proof.text)
        QGuiApplication.clipboard().setText("\n".join(filter(None, lines)))
        self._context.say("✓ " + texts("replies.proof.copied"))
