"""The read-only board for a wall: a person turns it on, chooses what is seen and by whom, sees that and its address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model import events as ev
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.wallboard import PUBLIC_PARTS, Part, Standing, Wallboard
from ui.context import Context
from ui.pages.base import Page
from ui.theme import GAP, GUTTER, set_style
from ui.widgets.board_preview import BoardPreview
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel

_WIDEST = 620


class WallboardPage(Page):
    """Everything about the board, and beside it what stands on it now."""

    name: ClassVar[str] = "wallboard"
    wants: ClassVar[tuple[type[ev.Event], ...]] = (
        ev.WallboardChanged, ev.IncidentChanged, ev.CommitmentChanged, ev.CommitmentBroken, ev.DraftChanged,
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._standing: Standing | None = None
        self._port_shown = 0
        self.network = False
        self.panel = Panel("-")
        self.preview = BoardPreview(context)
        self._hint = SafeLabel("", "muted", wrap=True)
        self._heads = {key: SafeLabel("", "section") for key in ("public", "inner", "where")}
        self.parts = {part: QCheckBox() for part in (*sorted(PUBLIC_PARTS), *sorted(set(Part) - PUBLIC_PARTS))}
        self.here = Button("", lambda: self._reach(network=False), kind="chip")
        self.lan = Button("", lambda: self._reach(network=True), kind="chip")
        self._lan_hint = SafeLabel("", "promise", wrap=True)
        self.port = QLineEdit(maxLength=5)
        self._port = Field("", self.port)
        self.turn = Button("", self._turn, kind="primary")
        self.state = SafeLabel("", "strong", wrap=True)
        self.address = QLineEdit(readOnly=True)
        self._address = Field("", self.address)
        self.copy = Button("", self._copy)
        self.visit = Button("", self._visit, kind="quiet")
        self.said = SafeLabel("", "small", wrap=True)
        self._lay_out()
        for box in self.parts.values():
            box.clicked.connect(self._choose)
        self.port.returnPressed.connect(self._turn)
        context.bridge.beat.connect(self._count)
        self.retranslate()

    def _lay_out(self) -> None:
        self.panel.setMaximumWidth(_WIDEST)
        body = self.panel.body
        body.addWidget(self._hint)
        for key, chosen in (("public", True), ("inner", False)):
            body.addWidget(self._heads[key])
            for part, box in self.parts.items():
                if (part in PUBLIC_PARTS) is chosen:
                    body.addWidget(box)
        body.addWidget(self._heads["where"])
        line = QHBoxLayout()
        line.setSpacing(4)
        for button in (self.here, self.lan):
            button.setCheckable(True)
            line.addWidget(button)
        line.addStretch(1)
        body.addLayout(line)
        for widget in (self._lan_hint, self._port, self.turn, self.state):
            body.addWidget(widget)
        self._open_box = QWidget()
        opened = QVBoxLayout(self._open_box)
        opened.setContentsMargins(0, 0, 0, 0)
        opened.setSpacing(GAP)
        opened.addWidget(self._address)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.visit)
        buttons.addStretch(1)
        opened.addLayout(buttons)
        body.addWidget(self._open_box)
        body.addWidget(self.said)
        body.addStretch(1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GUTTER)
        whole.addWidget(self.panel, 1)
        whole.addWidget(self.preview, 1)

    # Reading and showing

    def query(self) -> Callable[[], tuple[Standing, Wallboard]]:
        """How it stands, and what is on it."""
        board = self.context.desk.wallboards
        return lambda: (board.standing(), board.view())

    def show_(self, view: Any) -> None:
        """Show both."""
        standing, board = view
        self._stand(standing)
        self.preview.show_board(board)

    def _stand(self, view: Standing) -> None:
        """Show how it stands; what a person is choosing stays theirs."""
        first, self._standing = self._standing is None, view
        for part, box in self.parts.items():
            box.setChecked(part in view.parts)
        if view.address:
            self.network = view.network
        if first or view.port != self._port_shown:
            self._port_shown = view.port
            self.port.setText(str(view.port))
        self._show()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self.texts
        self.panel.set_title(texts("wallboard.pane.title"))
        self._hint.setText(texts("wallboard.pane.hint"))
        for key, label in self._heads.items():
            label.setText(texts(f"wallboard.pane.{key}").upper())
        for part, box in self.parts.items():
            box.setText(texts(f"wallboard.part.{part.value}"))
        self.here.set_text(texts("wallboard.pane.here"))
        self.lan.set_text(texts("wallboard.pane.network"))
        self._lan_hint.setText("◆ " + texts("wallboard.pane.network_hint"))
        self._port.set_label(texts("wallboard.pane.port"))
        self._address.set_label(texts("wallboard.pane.address"))
        self.copy.set_text(texts("wallboard.pane.copy"))
        self.visit.set_text(texts("wallboard.pane.visit"))
        self._show()
        super().retranslate()

    def _show(self) -> None:
        texts, standing = self.texts, self._standing
        on = standing is not None and bool(standing.address)
        self.here.setChecked(not self.network)
        self.lan.setChecked(self.network)
        self._lan_hint.setVisible(self.network)
        for widget in (self.here, self.lan, self.port):
            widget.setEnabled(not on)
        self.turn.set_text(texts("wallboard.pane.close" if on else "wallboard.pane.open"))
        self._open_box.setVisible(on)
        if standing is not None and on:
            key = "on_network" if standing.network else "on_here"
            reads = texts("wallboard.pane.reads", n=standing.reads)
            self.state.setText(f"● {texts(f'wallboard.pane.{key}')} · {reads}")
            self.address.setText(standing.address)
            self.address.setCursorPosition(0)
        else:
            self.state.setText(f"○ {texts('wallboard.pane.off')}")
        set_style(self.state, rank="good" if on else "muted")

    def _count(self) -> None:
        """While it is in sight, what is left shrinks; while it is on, it is read."""
        if self.isVisible():
            self.refresh()

    # Acts

    def _reach(self, *, network: bool) -> None:
        self.network = network
        self._show()

    def _choose(self) -> None:
        parts, board = tuple(p for p, box in self.parts.items() if box.isChecked()), self.context.desk.wallboards
        self.context.bridge.call(lambda: board.choose(parts), self._stand, self._failed)

    def _turn(self) -> None:
        board, network, standing = self.context.desk.wallboards, self.network, self._standing
        if standing is None:
            return
        self.said.setText(self.texts("wallboard.pane.working"))
        if standing.address:
            self.context.bridge.call(board.close, self._done, self._failed)
            return
        written = self.port.text().strip()
        port = int(written) if written.isascii() and written.isdigit() else -1
        self.context.bridge.call(lambda: board.open(network=network, port=port), self._done, self._failed)

    def _done(self, standing: Standing) -> None:
        self.said.setText("")
        self._stand(standing)
        (self.copy if standing.address else self.turn).setFocus()

    def _failed(self, error: CrisisDeskError) -> None:
        self.said.setText(f"▲ {self.texts.error(error)}")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.address.text())
        self.said.setText("✓ " + self.texts("wallboard.pane.copied"))

    def _visit(self) -> None:
        QDesktopServices.openUrl(QUrl(self.address.text(), QUrl.ParsingMode.StrictMode))
