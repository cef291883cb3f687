"""Copy the text, open the channel, paste it by hand, and then say when and where it is out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.plain import clamp, safe_link
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.clock_reading import Toward
from ui.widgets.draft_form import ComboLine
from ui.widgets.field import Field
from ui.widgets.safe import SafeLabel, safe_tooltip
from ui.widgets.time_edit import TimeEdit


def channel_home(channel: str, addresses: Mapping[str, str]) -> str:
    """The address to open for a channel: itself when it is one, else the site where we published there before."""
    link = safe_link(channel) or safe_link(addresses.get(channel, ""))
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}/" if link else ""


class PublishBar(QWidget):
    """The way out of the desk, always by hand.

    Signals:
        copy_wanted: language and channel.
        open_wanted: a safe address.
        published: channel, address and time (a ``datetime``).
        channel_changed: another channel was chosen.
    """

    copy_wanted = Signal(str, str)
    open_wanted = Signal(str)
    published = Signal(str, str, object)
    channel_changed = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._addresses: Mapping[str, str] = {}
        self._channels: tuple[str, ...] = ()
        self._told = ""
        self.channel, self._channel_line = QComboBox(), ComboLine(200)
        self.channel.setLineEdit(self._channel_line)
        self.copy_es = Button(on_press=lambda: self.copy_wanted.emit("es", self.channel_name()))
        self.copy_en = Button(on_press=lambda: self.copy_wanted.emit("en", self.channel_name()))
        self.open_button = Button(on_press=self._open)
        self.publish = Button(on_press=self.ask, kind="primary")
        self.note = SafeLabel("", "muted", wrap=True)
        self.doubts, self.anyway = SafeLabel("", "danger", wrap=True), Button(on_press=self._copy_anyway)
        self._copy_doubtful: Callable[[], object] | None = None
        self.time = TimeEdit(context, toward=Toward.PAST)
        self.url = QLineEdit(maxLength=2_000)
        self._time_field, self._url_field = Field("", self.time), Field("", self.url)
        self.save = Button(on_press=self._save, kind="primary")
        self._cancel = Button(on_press=self.close_form, kind="quiet")
        self._lay_out()
        self.channel.currentTextChanged.connect(self._channel_changed)
        self.url.returnPressed.connect(self._save)
        self.time.submitted.connect(self.url.setFocus)
        self.retranslate()

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP)
        self._bar, self._form = QWidget(), QWidget()
        bar, form = QVBoxLayout(self._bar), QVBoxLayout(self._form)
        for column in (bar, form):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(GAP)
        for left, right in ((self.channel, self.open_button), (self.copy_es, self.copy_en)):
            line = QHBoxLayout()
            line.setSpacing(GAP)
            line.addWidget(left, 1)
            line.addWidget(right, 0 if right is self.open_button else 1)
            bar.addLayout(line)
        bar.addWidget(self.publish)
        form.addWidget(self._time_field)
        form.addWidget(self._url_field)
        line = QHBoxLayout()
        line.addWidget(self.save)
        line.addWidget(self._cancel)
        line.addStretch(1)
        form.addLayout(line)
        for widget in (self._bar, self._form, self.doubts, self.anyway, self.note):
            whole.addWidget(widget)
        self._form.hide()
        self._end_doubt()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self._context.texts
        self.channel.setAccessibleName(texts("drafting.publish.channel"))
        self._channel_line.setPlaceholderText(texts("drafting.publish.channel"))
        self.copy_es.set_text(texts("drafting.publish.copy_es"))
        self.copy_en.set_text(texts("drafting.publish.copy_en"))
        self.anyway.set_text(texts("drafting.publish.copy_in_doubt"))
        self.open_button.set_text(texts("drafting.publish.open"))
        self._time_field.set_label(texts("drafting.publish.at"))
        self._url_field.set_label(texts("drafting.publish.url"), texts("drafting.publish.no_url"))
        self.save.set_text(texts("drafting.publish.save"))
        self._cancel.set_text(texts("drafting.publish.cancel"))

    def channel_name(self) -> str:
        """The channel chosen or typed."""
        return self.channel.currentText().strip()

    def show_state(
        self, *, blocked: str, channels: tuple[str, ...], addresses: Mapping[str, str], zone: str, locked: bool
    ) -> None:
        """Show whether it may go out, and why not.

        Args:
            blocked: why not, in a few words; empty when it may.
            channels: names to choose from.
            addresses: channel → where we published there before.
            zone: the incident's time zone.
            locked: it is out already.
        """
        texts = self._context.texts
        self._addresses = addresses
        self.time.set_zone(zone)
        if channels != self._channels:
            self._channels = channels
            chosen = self.channel_name()
            self.channel.clear()
            self.channel.addItems([clamp(name, 80) for name in channels])
            if chosen:
                self.channel.setCurrentText(chosen)
        reason = texts("drafting.publish.blocked", reason=blocked)
        self.publish.set_text(reason if blocked else texts("drafting.publish.ready"))
        for button in (self.publish, self.copy_es, self.copy_en):
            button.setEnabled(not blocked and not locked)
        self.setVisible(not locked)
        if blocked:
            self.close_form()
            self.tell("")
        self._show_open()
        self._say()

    def begin(self) -> None:
        """Another text: nothing was asked or said about it."""
        self.close_form()
        self._end_doubt()
        self.tell("")

    def tell(self, said: str) -> None:
        """Say what has just been done."""
        self._end_doubt()
        self._told = said
        self._say()

    def doubt(self, why: str, anyway: Callable[[], object]) -> None:
        """Say why the text was not copied, and offer to copy it all the same."""
        self._copy_doubtful = anyway
        self.doubts.setText(f"▲ {why}")
        self.doubts.show()
        self.anyway.show()
        self.anyway.setFocus()

    def _copy_anyway(self) -> None:
        if self._copy_doubtful is not None:
            self._copy_doubtful()

    def _end_doubt(self) -> None:
        self._copy_doubtful = None
        self.doubts.hide()
        self.anyway.hide()

    def ask(self) -> None:
        """Ask in place when and where it went out."""
        self._form.show()
        self._bar.hide()
        self.time.set_instant(self._context.desk.clock.now().replace(second=0, microsecond=0))
        self.url.clear()
        self._time_field.set_problem("")
        self._url_field.set_problem("")
        self.url.setFocus()

    def close_form(self) -> None:
        """Back to copying; nothing was said to be out."""
        if self._form.isVisibleTo(self):
            self._form.hide()
            self._bar.show()

    @property
    def asking(self) -> bool:
        """Whether the time and the address are being asked."""
        return self._form.isVisibleTo(self)

    def _say(self) -> None:
        texts = self._context.texts
        drill = texts("drafting.publish.drill") if self._context.desk.drill else ""
        self.note.setText("\n".join(filter(None, (self._told or texts("drafting.publish.hint"), drill))))

    def _channel_changed(self, channel: str) -> None:
        self._show_open()
        self.channel_changed.emit(channel.strip())

    def _show_open(self) -> None:
        home = channel_home(self.channel_name(), self._addresses)
        self.open_button.setEnabled(bool(home))
        safe_tooltip(self.open_button, home or self._context.texts("drafting.publish.open_hint"))

    def _open(self) -> None:
        if home := channel_home(self.channel_name(), self._addresses):
            self.open_wanted.emit(home)

    def _save(self) -> None:
        texts = self._context.texts
        at, url = self.time.instant(), self.url.text().strip()
        self._time_field.set_problem("" if at is not None else texts("drafting.publish.need_time"))
        good_url = not url or bool(safe_link(url))
        self._url_field.set_problem("" if good_url else texts("drafting.publish.bad_url"))
        if at is not None and good_url:
            self.published.emit(self.channel_name(), url, at)
