"""The settings: language and look at once, the rest from the next start."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.office import read_office
from crisisdesk.pipeline.calendar import known_country
from crisisdesk.settings import LANGUAGES, THEMES, Settings
from crisisdesk.texts import Texts
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.contact_form import known_zone
from ui.widgets.field import Field
from ui.widgets.panel import Panel
from ui.widgets.safe import SafeLabel
from ui.widgets.zone_edit import ZoneEdit

_WIDEST = 560


class SettingsForm(QWidget):
    """Edits the settings in place.

    Signals:
        wanted: the settings to save.
        language: switch the screens to this language now.
        theme: switch the look now.
    """

    wanted = Signal(object)
    language = Signal(str)
    theme = Signal(str)

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts
        self._settings = Settings()
        self._panel = Panel(" ")
        self.languages = {name: Button("", kind="chip") for name in LANGUAGES}
        self.themes = {name: Button("", kind="chip") for name in THEMES}
        self.edits: dict[str, QLineEdit] = {name: QLineEdit(maxLength=500) for name in ("brand", "terms")}
        self.edits |= {"zone": ZoneEdit(), "country": QLineEdit(maxLength=2), "actor": QLineEdit(maxLength=120)}
        self.edits |= {name: QLineEdit(maxLength=500) for name in ("office_hours", "office_types")}
        self._put = dict.fromkeys(self.edits, "")
        self._fields = {name: Field("", edit) for name, edit in self.edits.items()}
        self.save = Button("", self._ask, kind="primary")
        self._note = SafeLabel("", "muted", wrap=True)
        self._lay_out()

    def _lay_out(self) -> None:
        self._chosen_labels = {}
        for name, buttons, signal in (("language", self.languages, self.language), ("theme", self.themes, self.theme)):
            line = QHBoxLayout()
            line.setSpacing(4)
            label = self._chosen_labels[name] = SafeLabel("", "muted")
            label.setFixedWidth(80)
            line.addWidget(label)
            group = QButtonGroup(self)
            for value, button in buttons.items():
                group.addButton(button)
                line.addWidget(button)
                button.clicked.connect(lambda _checked=False, value=value, signal=signal: signal.emit(value))
            line.addStretch(1)
            self._panel.body.addLayout(line)
        for field in self._fields.values():
            field.editor.setMaximumWidth(_WIDEST)
            self._panel.body.addWidget(field)
        ends = QHBoxLayout()
        ends.setSpacing(GAP)
        ends.addWidget(self.save)
        ends.addWidget(self._note, 1)
        self._panel.body.addLayout(ends)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._panel)
        whole.addStretch(1)

    def put(self, settings: Settings, language: str, theme: str) -> None:
        """Show the settings; what is being typed is not disturbed."""
        texts = self._texts
        untouched = self._typed() == self._put
        self._settings = settings
        if untouched:
            self._put = self._shown(settings)
            for name, value in self._put.items():
                self.edits[name].setText(value)
        if language in self.languages:
            self.languages[language].setChecked(True)
        if theme in self.themes:
            self.themes[theme].setChecked(True)
        self._panel.set_title(texts("preparation.settings"), "")
        for name, label in self._chosen_labels.items():
            label.setText(texts(f"preparation.setting.{name}"))
        for name, button in self.languages.items():
            button.set_text(texts(f"preparation.setting.{name}"))
        for name, button in self.themes.items():
            button.set_text(texts(f"preparation.setting.{name}"))
        for name, field in self._fields.items():
            field.set_label(texts(f"preparation.setting.{name}"), texts(f"settings.help.{name}"))
        self.save.set_text(texts("preparation.setting.save"))
        self._note.setText(texts("preparation.setting.next_start"))

    @staticmethod
    def _shown(settings: Settings) -> dict[str, str]:
        return {
            "brand": settings.brand,
            "terms": ", ".join(settings.terms),
            "zone": settings.zone,
            "country": settings.country,
            "actor": settings.actor,
            "office_hours": settings.office_hours,
            "office_types": ", ".join(settings.office_types),
        }

    def _typed(self) -> dict[str, str]:
        return {name: edit.text() for name, edit in self.edits.items()}

    def _ask(self) -> None:
        typed = {name: text.strip() for name, text in self._typed().items()}
        good = known_zone(typed["zone"])
        self._fields["zone"].set_problem("" if good else self._texts("preparation.contact.problem_zone"))
        country = typed["country"].upper()
        known = known_country(country)
        self._fields["country"].set_problem("" if known else self._texts("preparation.setting.problem_country"))
        office = typed["office_hours"]
        read = not office or read_office(office) is not None
        self._fields["office_hours"].set_problem("" if read else self._texts("preparation.setting.problem_office"))
        if good and known and read:
            terms, types = (
                tuple(term.strip() for term in typed[name].split(",") if term.strip())
                for name in ("terms", "office_types")
            )
            changed = replace(self._settings, brand=typed["brand"], terms=terms, actor=typed["actor"])
            self.wanted.emit(
                replace(changed, zone=typed["zone"], country=country, office_hours=office, office_types=types)
            )
