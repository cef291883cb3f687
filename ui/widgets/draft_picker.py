"""Which text to write: the playbook's templates by phase, each with its key, beside this incident's texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.draft import Draft, DraftState
from crisisdesk.model.playbook import Playbook, Template
from crisisdesk.plain import clamp
from crisisdesk.words import when
from ui.actions import key_of
from ui.context import Context
from ui.theme import GAP, GUTTER
from ui.widgets.button import Button
from ui.widgets.empty import EmptyState
from ui.widgets.keycap import KeyCap
from ui.widgets.loop_view import LoopView
from ui.widgets.panel import Panel, clear
from ui.widgets.press_row import PressRow
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel

KEYS: Final = "123456789bcefghijklmnopqrstuvwxyz"  # without A and D, which are actions of the page
_MARK: Final = {
    DraftState.WRITING: ("○", "muted"),
    DraftState.COPIED: ("◆", "promise"),
    DraftState.PUBLISHED: ("●", "good"),
    DraftState.DISCARDED: ("–", "muted"),
}


def by_phase(playbook: Playbook) -> tuple[tuple[str, tuple[Template, ...]], ...]:
    """The templates in the order of use: phase id → its templates; ``""`` for phases that do not exist."""
    known = {phase.id: index for index, phase in enumerate(playbook.phases)}
    ids = [*known, ""]
    groups = {
        phase: tuple(t for t in playbook.templates if (t.phase if t.phase in known else "") == phase) for phase in ids
    }
    return tuple((phase, templates) for phase, templates in groups.items() if templates)


def _scrolled(inside: QWidget) -> QScrollArea:
    inside.setProperty("ground", "clear")
    area = QScrollArea(widgetResizable=True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area


class DraftPicker(QWidget):
    """The start of every text.

    Signals:
        template_chosen: a template's id.
        draft_chosen: a draft's id.
        last_wanted: copy the last published text.
    """

    template_chosen = Signal(str)
    draft_chosen = Signal(int)
    last_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._by_key: dict[str, str] = {}
        self._templates = Panel("-", flush=True)
        self._drafts = Panel("-", flush=True)
        self._empty = EmptyState()
        self._template_rows, self._draft_rows = QWidget(), QWidget()
        self._areas: list[QScrollArea] = []
        for panel, inside in ((self._templates, self._template_rows), (self._drafts, self._draft_rows)):
            column = QVBoxLayout(inside)
            column.setContentsMargins(1, 0, 1, 0)
            column.setSpacing(0)
            self._areas.append(_scrolled(inside))
            panel.body.addWidget(self._areas[-1], 1)
        self._drafts.body.addWidget(self._empty, 1)
        self.copy_last = Button(on_press=self.last_wanted.emit)
        line = QHBoxLayout()
        line.addWidget(self.copy_last)
        line.addWidget(KeyCap(key_of("text.last", context.texts), self))
        line.addStretch(1)
        self.apology = Button(on_press=lambda: context.act("apology.build", None), kind="quiet")
        line.addWidget(self.apology)
        line.addWidget(KeyCap(key_of("apology.build", context.texts), self))
        self._drafts.footer.addLayout(line)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GUTTER)
        whole.addWidget(self._templates, 1)
        self.loop = LoopView(context)
        self.loop.wanted.connect(self.template_chosen.emit)
        right = QVBoxLayout()
        right.setSpacing(GUTTER)
        right.addWidget(self._drafts, 1)
        right.addWidget(self.loop)
        whole.addLayout(right, 1)
        self._shown: tuple[object, ...] = ()

    def show_choices(self, playbook: Playbook, drafts: Sequence[Draft], *, zone: str) -> None:
        """Show the templates and the incident's texts."""
        texts = self._context.texts
        key = (playbook.id, playbook.version, tuple(drafts), zone, self._context.lang)
        if key == self._shown:
            return
        self._shown = key
        self._templates.set_title(texts("drafting.picker.title"), texts("drafting.picker.hint"))
        self._drafts.set_title(texts("drafting.picker.texts"), "")
        self.copy_last.set_text(texts("drafting.picker.copy_last"))
        self.apology.set_text(texts("apology.button"))
        self.copy_last.setEnabled(any(d.state is DraftState.PUBLISHED for d in drafts))
        self._empty.set_text(texts("drafting.picker.empty"), texts("drafting.picker.empty_hint"))
        self._empty.setVisible(not drafts)
        self._areas[-1].setVisible(bool(drafts))
        self._show_templates(playbook)
        self._show_drafts(playbook, drafts, zone)
        self.loop.show_loop(playbook, drafts, zone)

    def choose_key(self, key: str) -> bool:
        """Choose the template with this key; whether there is one."""
        found = self._by_key.get(key.lower())
        if found is not None:
            self.template_chosen.emit(found)
        return found is not None

    def rows(self) -> tuple[PressRow, ...]:
        """The templates' rows in their order."""
        return tuple(self._template_rows.findChildren(PressRow))

    def focus_first(self) -> None:
        """Put the focus on the first template."""
        if rows := self.rows():
            rows[0].take_focus()

    def _show_templates(self, playbook: Playbook) -> None:
        column, texts = self._template_rows.layout(), self._context.texts
        assert isinstance(column, QVBoxLayout)
        clear(column)
        self._by_key = {}
        names = {phase.id: phase.name.get(self._context.lang) for phase in playbook.phases}
        keys = iter(KEYS)
        for phase, templates in by_phase(playbook):
            heading = SafeLabel((names.get(phase) or texts("drafting.picker.other")).upper(), "section")
            heading.setContentsMargins(12, 8, 0, 3)
            column.addWidget(heading)
            for template in templates:
                key = next(keys, "")
                self._by_key[key] = template.id
                column.addWidget(self._template_row(template, key, playbook))
        column.addStretch(1)

    def _template_row(self, template: Template, key: str, playbook: Playbook) -> PressRow:
        texts, lang = self._context.texts, self._context.lang
        purpose = template.purpose.get(lang) or template.id
        row = PressRow(self._context.theme, purpose)
        line = QHBoxLayout(row)
        line.setContentsMargins(12, 4, 12, 5)
        line.setSpacing(GAP)
        cap = KeyCap(key.upper(), row)
        cap.setFixedWidth(22)
        line.addWidget(cap)
        line.addWidget(SafeLabel(purpose, "strong", elide=True), 1)
        roles = [playbook.role(role_id) for role_id in template.approves]
        named = ", ".join(role.name.get(lang) or role.id for role in roles if role is not None)
        said = texts("drafting.picker.pre_cleared") if template.pre_cleared else ""
        if not said and named:
            said = texts("drafting.picker.approves", roles=named)
        note = SafeLabel(said, "small", elide=True)
        note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(note, 1)
        row.pressed.connect(lambda: self.template_chosen.emit(template.id))
        return row

    def _show_drafts(self, playbook: Playbook, drafts: Sequence[Draft], zone: str) -> None:
        column = self._draft_rows.layout()
        assert isinstance(column, QVBoxLayout)
        clear(column)
        for draft in drafts:
            column.addWidget(self._draft_row(draft, playbook, zone))
        column.addStretch(1)

    def _draft_row(self, draft: Draft, playbook: Playbook, zone: str) -> PressRow:
        texts, theme = self._context.texts, self._context.theme
        template = playbook.template(draft.template_id)
        purpose = template.purpose.get(self._context.lang) if template is not None else draft.template_id
        mark, tone = _MARK[draft.state]
        at = when(draft.published_at or draft.updated_at, zone, texts, ref=self._context.desk.clock.now())
        said = texts("drafting.picker.draft_row", state=texts(f"drafts.state.{draft.state}"), time=at)
        if draft.state is DraftState.PUBLISHED:
            said = texts("drafting.picker.published_row", time=at, channel=clamp(draft.channel, 40) or "—")
        row = PressRow(theme, f"{purpose}, {said}")
        column = QVBoxLayout(row)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(2)
        column.addWidget(
            RunsLabel(theme, (Run(f"{mark} ", tone, bold=True), Run(purpose, bold=True), Run(f"  {said}", "muted")))
        )
        column.addWidget(SafeLabel(draft.body.get(self._context.lang).replace("\n", " "), "muted", elide=True))
        row.pressed.connect(lambda: self.draft_chosen.emit(draft.id))
        return row
