"""The last published text, in both languages, one press from the clipboard."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.room import Published
from crisisdesk.words import when
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.button import Button
from ui.widgets.safe import PlainView, SafeLabel


class LastText(QFrame):
    """Shows what the public read last; hidden until :meth:`start`."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._body = Bilingual()
        self._drill = False
        self.setProperty("panel", "good")
        self._heading = SafeLabel("", "heading", wrap=True)
        self._es, self._en = PlainView(grows=True), PlainView(grows=True)
        self._said = SafeLabel("", "good")
        self._copies = (Button("", lambda: self._copy("es"), kind="primary"), Button("", lambda: self._copy("en")))
        self._no = Button("", self.hide, kind="quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(INSET, 10, INSET, INSET)
        column.setSpacing(GAP)
        for widget in (self._heading, self._es, self._en):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for button in (*self._copies, self._no):
            row.addWidget(button)
        row.addWidget(self._said, 1)
        column.addLayout(row)
        self.hide()

    def start(self, published: Published, zone: str, *, drill: bool) -> None:
        """Show ``published``."""
        texts = self._context.texts
        self._body, self._drill = published.body, drill
        time = when(published.at, zone, texts, ref=self._context.desk.clock.now())
        self._heading.setText(texts("room.last.heading", purpose=published.purpose.get(texts.lang), time=time))
        self._es.set_text(published.body.es)
        self._en.set_text(published.body.en)
        for button, lang in zip(self._copies, ("es", "en"), strict=True):
            button.set_text(texts(f"room.last.copy_{lang}"))
        self._no.set_text(texts("room.last.close"))
        self._said.setText("")
        self.show()
        self._copies[0].setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _copy(self, lang: str) -> None:
        texts = self._context.texts
        lead = f"{texts('ui.drill')} — " if self._drill else ""
        text = self._body.get(lang)
        QGuiApplication.clipboard().setText(text if text.startswith(lead) else lead + text)
        self._said.setText("✓ " + texts("room.last.copied"))
