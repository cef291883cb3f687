"""Colours, type and space: one style sheet and one palette from ``resources/themes``, following light and dark."""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Final, Literal
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from resources import files

Mode = Literal["system", "light", "dark"]
MODES: Final[tuple[Mode, ...]] = ("system", "light", "dark")

GAP: Final = 8  # between elements
GUTTER: Final = 10  # between panels
INSET: Final = 12  # inside a panel


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one look as ``#RRGGBB``; what each is for stands in the design notes."""

    window: str
    panel: str
    raised: str
    line: str
    grid: str
    text: str
    muted: str
    accent: str
    on_accent: str
    bars: str
    reposts: str
    band: str
    promise: str
    danger: str
    on_danger: str
    good: str


@cache
def tokens(mode: str) -> Tokens:
    """The colours of ``light`` or ``dark``."""
    table = tomllib.loads(files("themes", f"{mode}.toml").read_text("utf-8"))
    return Tokens(**{f.name: str(table[f.name]) for f in fields(Tokens)})


@cache
def _sheet() -> string.Template:
    return string.Template(files("themes", "window.qss").read_text("utf-8"))


def base_font() -> QFont:
    """The system's font at 13 px with figures of one width; a font that we carry where the system has none."""
    font = QGuiApplication.font()
    families = QFontDatabase.families()
    if not families:
        family = _load_carried_font()
        font = QFont(family) if family else font
    elif "DejaVu Sans Condensed" in families and font.family() in ("Sans Serif", "DejaVu Sans", "Sans"):
        font = QFont("DejaVu Sans Condensed")  # the bare desktop's default is too wide for a dense console
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # hinted, it is as wide again at 13 px
    font.setPixelSize(13)
    if hasattr(QFont, "Tag"):
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _load_carried_font() -> str:
    from importlib.util import find_spec

    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return ""
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        QFontDatabase.addApplicationFont(str(folder / name))
    return "DejaVu Sans"


def mode_of(name: str) -> Mode:
    """The mode called ``name`` in the settings; the system's when there is none of that name."""
    return "light" if name == "light" else "dark" if name == "dark" else "system"


class Theme(QObject):
    """The look in use; ``changed`` is emitted after everything has been restyled."""

    changed = Signal()

    def __init__(self, mode: Mode = "system") -> None:
        super().__init__()
        self.mode: Mode = mode
        self._app: QApplication | None = None
        self._windows: WeakSet[QWidget] = WeakSet()

    @property
    def dark(self) -> bool:
        """Whether the dark look is on."""
        if self.mode != "system":
            return self.mode == "dark"
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark

    @property
    def tokens(self) -> Tokens:
        """The colours in use."""
        return tokens("dark" if self.dark else "light")

    def colour(self, name: str) -> QColor:
        """The colour of a token, for painting."""
        return QColor(getattr(self.tokens, name))

    def apply(self, app: QApplication, mode: Mode | None = None) -> None:
        """Dress the whole program; with ``system`` it follows the system from now on."""
        self.mode = mode or self.mode
        if self._app is None:
            self._app = app
            app.setStyle("Fusion")
            app.setFont(base_font())
            app.styleHints().colorSchemeChanged.connect(self._system_changed)
            app.focusChanged.connect(self._focused)
        app.setPalette(self._palette())
        for window in tuple(self._windows):
            if isValid(window):
                window.setStyleSheet(self.sheet())
        self.changed.emit()

    def dress(self, window: QWidget) -> None:
        """Give a window of its own the sheet, now and after each change of the look.

        On the application the sheet would be put anew on all that a part holds each time that part is laid into a
        larger one: two thirds of the time that a page takes to be made.
        """
        self._windows.add(window)
        window.setStyleSheet(self.sheet())

    def _focused(self, _old: QWidget | None, now: QWidget | None) -> None:
        """What a line proposes while it is typed hangs in a window of its own."""
        completer = now.completer() if isinstance(now, QLineEdit) else None
        popup = completer.popup() if completer is not None else None
        if popup is not None and popup.styleSheet() != self.sheet():
            popup.setStyleSheet(self.sheet())

    def sheet(self) -> str:
        """The style sheet with the colours filled in."""
        values = {f.name: getattr(self.tokens, f.name) for f in fields(Tokens)}
        icons = str(files("icons")).replace("\\", "/")
        return _sheet().substitute(values, icons=icons, mode="dark" if self.dark else "light")

    def _system_changed(self) -> None:
        if self.mode == "system" and self._app is not None:
            self.apply(self._app)

    def _palette(self) -> QPalette:
        role, palette = QPalette.ColorRole, QPalette()
        pairs = {
            role.Window: "window", role.WindowText: "text", role.Base: "panel", role.AlternateBase: "raised",
            role.Text: "text", role.Button: "raised", role.ButtonText: "text", role.BrightText: "danger",
            role.ToolTipBase: "raised", role.ToolTipText: "text", role.Highlight: "accent", role.Accent: "accent",
            role.HighlightedText: "on_accent", role.PlaceholderText: "muted", role.Link: "accent",
            role.Light: "line", role.Midlight: "line", role.Mid: "line", role.Dark: "line", role.Shadow: "line",
        }  # fmt: skip
        for name, token in pairs.items():
            palette.setColor(name, self.colour(token))
        for name in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, name, self.colour("muted"))
        return palette


def set_style(widget: QWidget, **properties: object) -> None:
    """Set style properties (``rank="danger"``) and restyle the widget when one of them changed."""
    changed = [name for name, value in properties.items() if widget.property(name) != value]
    for name in changed:
        widget.setProperty(name, properties[name])
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()
