"""One mention, whole: what was said, by whom, where, why it was classified so, and its link."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QRect, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk import plain
from crisisdesk.model.fault import fault_of
from crisisdesk.model.inbox import Listed
from crisisdesk.model.mention import Mention, StoredMention
from crisisdesk.paths import put_file
from crisisdesk.words import number, when
from ui.bridge import Bridge
from ui.models.columns import Cell, Look, outside, verdict_cell
from ui.theme import GAP
from ui.widgets.badge import Badge
from ui.widgets.button import Button
from ui.widgets.choose import choose_save
from ui.widgets.panel import clear, rule
from ui.widgets.row import Row
from ui.widgets.safe import PlainView, SafeLabel

_LABEL = 92
_NARROWEST = 340
_MEASURED = 3_000
_LINES = 6
"""Lines of the text, its edge counted, that are never given up for what stands around it."""


class MentionView(QWidget):
    """Shows one mention; nothing in it is markup, and only a safe link can be opened.

    Signals:
        told: one line for the notice bar.
    """

    told = Signal(str)

    def __init__(self, bridge: Bridge, look: Look) -> None:
        super().__init__()
        self._bridge = bridge
        self._look = look
        self._row: StoredMention | None = None
        self._author = SafeLabel("", "title", elide=True, limit=120)
        self._where = SafeLabel("", "muted", elide=True)
        self._badges = QVBoxLayout()
        self._badges.setSpacing(4)
        self._text = PlainView()
        self._cut = SafeLabel("", "small", wrap=True)
        self._whole = Button("", self._ask_where, kind="quiet")
        self._copy = Button("", self.copy_text, kind="quiet", key="Y")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._link_host = SafeLabel("", selectable=True, wrap=True)
        self._link_warning = SafeLabel("", "promise", wrap=True)
        self._open = Button("", self.open_link, key="O")
        self._lay_out()
        self.show_mention(None, look)

    @property
    def link(self) -> str:
        """The address that may be opened, or ``""``."""
        return plain.safe_link(self._row.mention.url) if self._row else ""

    def show_mention(self, row: StoredMention | None, look: Look) -> None:
        """Show a mention, or that none is chosen."""
        self._row, self._look = row, look
        texts = look.texts
        self._copy.set_text(texts("inbox.detail.copy"))
        self._open.set_text(texts("inbox.detail.open_link"))
        self._whole.set_text(texts("inbox.detail.save_whole"))
        for part in (self._body, self._where, self._copy, self._whole):
            part.setVisible(row is not None)
        if row is None:
            self._author.setText(texts("inbox.detail.none"))
            return
        mention = row.mention
        self._author.setText(outside(mention.author, 120) or texts("inbox.no_author"))
        self._where.setText(" · ".join((outside(mention.channel or mention.source, 60), self._time(mention))))
        self._show_text(mention)
        self._show_badges(mention)
        self._show_rows(row)
        self._show_link(mention)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._author)
        head = QHBoxLayout()
        head.setSpacing(0)
        for part, stretch in ((self._where, 1), (self._whole, 0), (self._copy, 0)):
            head.addWidget(part, stretch)
        column.addLayout(head)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(GAP)
        body.addLayout(self._badges)
        body.addWidget(self._text, 1000)
        body.addWidget(self._cut)
        body.addWidget(rule())
        body.addLayout(self._rows)
        body.addWidget(self._link_warning)
        link = QHBoxLayout()
        link.addWidget(self._link_host, 1)
        link.addWidget(self._open)
        body.addLayout(link)
        body.addStretch(1)
        column.addWidget(self._body, 1)

    def _time(self, mention: Mention) -> str:
        return when(mention.published_at, self._look.zone, self._look.texts, ref=self._look.now)

    def _show_text(self, mention: Mention) -> None:
        texts = self._look.texts
        shown = plain.clamp(mention.text, plain.DETAIL_LIMIT)
        self._text.set_text(mention.text if shown.strip() else texts("inbox.no_text"))
        self._text.setAccessibleName(texts("inbox.column.text"))
        height = self._height_of(shown)
        self._text.setMaximumHeight(height)
        self._text.setMinimumHeight(min(height, _LINES * self._text.fontMetrics().lineSpacing()))
        long = len(mention.text) > plain.DETAIL_LIMIT
        self._cut.setVisible(long)
        self._whole.setVisible(long)
        self._cut.setText(
            texts("inbox.detail.cut", shown=number(len(shown), texts), total=number(len(mention.text), texts))
        )

    def _height_of(self, shown: str) -> int:
        """As tall as the text needs, so that what follows stands right below it."""
        metrics = self._text.fontMetrics()
        room = QRect(0, 0, max(self.width(), _NARROWEST) - 24, 1 << 20)
        wrap = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
        return metrics.boundingRect(room, wrap, shown[:_MEASURED]).height() + metrics.lineSpacing()

    def _show_badges(self, mention: Mention) -> None:
        clear(self._badges)
        texts, hidden = self._look.texts, plain.hidden(mention.text + mention.author)
        told = [
            (hidden.direction, texts("inbox.detail.direction", n=hidden.direction), "promise"),
            (hidden.invisible, texts("inbox.detail.invisible", n=hidden.invisible), "plain"),
            (mention.date_doubtful, texts("inbox.detail.doubtful"), "promise"),
            (mention.is_repost, texts("inbox.detail.repost"), "plain"),
        ]
        for wanted, text, kind in told:
            if wanted:
                self._badges.addWidget(Badge(text, kind))

    def _show_rows(self, row: StoredMention) -> None:
        clear(self._rows)
        texts, look = self._look.texts, self._look
        if isinstance(row, Listed) and row.assignee:
            self._add("inbox.detail.assignee", Cell(text=outside(row.assignee, 80), bold=True))
        words = " · ".join(outside(word, 40) for word in row.verdict.words)
        kind = look.types.get(row.verdict.type)
        tone = verdict_cell(row, look)
        self._add("inbox.detail.type", Cell(text=kind.get(texts.lang) if kind else texts("inbox.detail.no_type")))
        self._add("inbox.detail.tone", tone)
        self._add("inbox.detail.words", Cell(text=words or texts("inbox.detail.no_words"), bold=bool(words)))
        reach = [
            texts(f"inbox.detail.{name}", n=number(count, texts))
            for name, count in (
                ("likes", row.mention.likes), ("reposts", row.mention.reposts), ("followers", row.mention.followers)
            )
            if count is not None
        ]  # fmt: skip
        if reach:
            self._add("inbox.detail.reach", Cell(text=" · ".join(reach)))
        fetched = when(row.mention.fetched_at, look.zone, texts, ref=look.now)
        origin = texts("inbox.detail.source", source=row.mention.source, account=outside(row.mention.account, 80))
        self._add("inbox.detail.origin", Cell(text=origin, under=texts("inbox.detail.fetched", time=fetched)))

    def _add(self, label: str, cell: Cell) -> None:
        text = f"{cell.mark} {cell.text}" if cell.mark else cell.text
        row = Row(self._look.texts(label), text, cell.under, label_width=_LABEL)
        rank = (
            cell.mark_token if cell.mark_token in ("danger", "promise", "good") else "strong" if cell.bold else "text"
        )
        row.value.setProperty("rank", rank)
        self._rows.addWidget(row)

    def _show_link(self, mention: Mention) -> None:
        texts = self._look.texts
        host = plain.shown_host(mention.url)
        for part in (self._link_host, self._link_warning, self._open):
            part.setVisible(bool(mention.url))
        self._open.setEnabled(bool(host))
        self._open.setVisible(bool(host))
        self._link_host.setText(f"{texts('inbox.detail.link')}: {host}" if host else "")
        self._link_host.setVisible(bool(host))
        foreign = any(part.startswith("xn--") for part in host.split("."))
        warning = texts("inbox.detail.unsafe_link") if not host else texts("inbox.detail.foreign_letters")
        self._link_warning.setText(f"◆ {warning}")
        self._link_warning.setVisible(bool(mention.url) and (foreign or not host))

    def open_link(self) -> None:
        """Open the link in the browser, if it is safe; its host stands beside the button."""
        if self.link:
            QDesktopServices.openUrl(QUrl(self.link, QUrl.ParsingMode.StrictMode))

    def copy_text(self) -> None:
        """Put the mention's text, as shown, on the clipboard."""
        if self._row is not None:
            QGuiApplication.clipboard().setText(plain.clamp(self._row.mention.text, 100_000))
            self.told.emit(self._look.texts("inbox.detail.copied"))

    def _ask_where(self) -> None:
        if self._row is None:
            return
        choose_save(self, partial(self._save_whole, self._row.mention.text), f"{self._row.id}.txt")

    def _save_whole(self, text: str, file: str) -> None:
        """Write the text that was on screen when it was asked for, whichever row is chosen by now."""
        path, texts = Path(file), self._look.texts

        def write() -> str:
            try:
                put_file(path, text.encode("utf-8", errors="replace"))
            except OSError as error:
                return texts("inbox.detail.not_saved", file=path.name, reason=fault_of(error))
            return texts("inbox.detail.saved_whole", file=path.name)

        self._bridge.call(write, self._tell)

    def _tell(self, said: str) -> None:
        self.told.emit(said)
