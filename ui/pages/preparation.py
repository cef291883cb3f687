"""F9 Preparar: the seven steps with their evidence, the playbook, the team, the sources, the drills, the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.model.events import (
    CommitmentChanged,
    ContactsChanged,
    Event,
    IncidentChanged,
    PlaybookChanged,
    PreparationChanged,
    SourceHealthChanged,
)
from crisisdesk.model.fault import fault_of
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.playbooks.read import inspect
from crisisdesk.settings import Settings, load, save
from crisisdesk.words import zone_info
from ui.context import Context
from ui.models.columns import Cell, Column, Look
from ui.models.table import RowTable
from ui.pages.base import Doer, Page
from ui.theme import GUTTER
from ui.widgets.assumptions_form import AssumptionsForm
from ui.widgets.contact_file import ContactFile
from ui.widgets.data_table import DataTable
from ui.widgets.drills_view import DrillsView
from ui.widgets.guidelines_view import GuidelinesView
from ui.widgets.health_view import HealthView
from ui.widgets.panel import Panel
from ui.widgets.playbook_editor import PlaybookEditor
from ui.widgets.playbook_view import PlaybookView
from ui.widgets.preparation_cells import channel_cells, template_cells, type_cells, volume_cells, volumes
from ui.widgets.safe import make_plain
from ui.widgets.settings_form import SettingsForm
from ui.widgets.seven_steps import PERIOD, STEPS, TRAINED_FOR, Prepared, State, Step, steps
from ui.widgets.sheet_panel import SheetPanel
from ui.widgets.strategy_form import Situation, StrategyForm
from ui.widgets.team_view import TeamView
from ui.widgets.tools_view import ToolsView
from ui.widgets.trainings import Trainings
from ui.widgets.walk_view import WalkView

_NAV: Final = 318
_TOKENS: Final = {State.DONE: "good", State.PARTLY: "promise", State.MISSING: "danger", State.UNKNOWN: "muted"}


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows."""

    now: Prepared
    look: Look
    writing: str
    incidents: tuple[Incident, ...]
    situation: Situation


def _step_cell(step: Step, look: Look) -> Cell:
    texts = look.texts
    place = f"{STEPS.index(step.name) + 1} · " if step.name in STEPS else ""
    evidence = texts(f"preparation.evidence.{step.evidence}", **step.fields)
    title = f"{place}{texts(f'preparation.step.{step.name}')}"
    spoken = f"{title}. {texts(f'preparation.state.{step.state}')}. {evidence}"
    return Cell(
        text=title, mark=step.state.mark, mark_token=_TOKENS[step.state], under=evidence, bold=True, spoken=spoken
    )


class PreparationPage(Page):
    """Preparation."""

    name: ClassVar[str] = "preparation"
    wants: ClassVar[tuple[type[Event], ...]] = (
        PlaybookChanged,
        ContactsChanged,
        CommitmentChanged,
        IncidentChanged,
        PreparationChanged,
        SourceHealthChanged,
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        desk, theme = context.desk, context.theme
        self._editor: PlaybookEditor | None = None
        self._view: View | None = None
        look = Look(self.texts, desk.zone, desk.clock.now())
        column: Column[Step] = Column(heading="", cell=_step_cell)
        self._model: RowTable[Step] = RowTable((column,), look, lambda step: step.name)
        self.steps = DataTable(self._model, theme, row=48, header=False)
        self.channels = SheetPanel(
            "research", (("preparation.column.channel", 0, False), ("preparation.column.mentions", 120, True),
                         ("preparation.column.share", 100, True)), look, theme)  # fmt: skip
        self.team = TeamView(context, look)
        self.people = ContactFile(context, look)
        self.trainings = Trainings(context, look)
        self.processes = SheetPanel(
            "processes", (("preparation.column.type", 220, False), ("preparation.column.words", 0, False),
                          ("preparation.column.answers", 250, False), ("preparation.column.first_reply", 100, True)),
            look, theme, row=46, lines=2)  # fmt: skip
        self.playbook = PlaybookView(context, look)
        self.health = HealthView(look, theme)
        self.walk = WalkView(context, look)
        self.strategy = StrategyForm(context)
        self.guidelines = GuidelinesView(context, look)
        self.templates = SheetPanel(
            "guidelines", (("preparation.column.template", 230, False), ("preparation.column.text", 0, False),
                           ("preparation.column.approves", 170, False), ("preparation.column.languages", 90, False)),
            look, theme, row=46, lines=2)  # fmt: skip
        self.tools = ToolsView(context, look)
        self.volume = SheetPanel(
            "volume", (("preparation.column.source", 240, False), ("preparation.column.mentions", 110, True),
                       ("preparation.column.daily", 90, True), ("preparation.column.advice", 0, False)), look, theme,
            row=46, lines=2)  # fmt: skip
        self.roi = AssumptionsForm(context)
        self.drills = DrillsView(context, look)
        self.settings = SettingsForm(self.texts)
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        self._nav = Panel(" ", flush=True)
        self._nav.setFixedWidth(_NAV)
        self._nav.body.addWidget(self.steps)
        self._sections: dict[str, QWidget] = {
            "research": self.channels, "team": _column(self.team, self.people, self.trainings),
            "processes": self.processes, "plan": _column(self.health, self.playbook),
            "walk": self.walk, "strategy": self.strategy,
            "guidelines": _column(self.guidelines, self.templates), "tools": _column(self.tools, self.volume),
            "roi": self.roi, "drills": self.drills, "settings": self.settings,
        }  # fmt: skip
        self._stack = QStackedWidget()
        self._scrolls: dict[str, QScrollArea] = {}
        for widget in self._sections.values():
            widget.setProperty("ground", "clear")
        whole = QHBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GUTTER)
        whole.addWidget(self._nav)
        whole.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.steps.chosen.connect(self._show_section)
        self.steps.opened.connect(self._enter_section)
        for part in (
            self.team, self.people, self.trainings, self.tools, self.playbook, self.guidelines, self.roi,
        ):  # fmt: skip
            part.changed.connect(self.refresh)
        self.health.line.connect(self._show_line)
        self.walk.line.connect(self._show_line)
        self.drills.changed.connect(self.refresh)
        self.drills.wanted.connect(lambda name: self.context.act("drill.start", name))
        self.settings.wanted.connect(self._save)
        self.settings.language.connect(self._set_language)
        self.settings.theme.connect(self._set_theme)

    @property
    def editor(self) -> PlaybookEditor:
        """Where the plan is written; it is half of all that the page holds, so it is made when first wanted."""
        if self._editor is None:
            self._editor = PlaybookEditor(self.context, self._model.look())
            self._editor.changed.connect(self.refresh)
            self._editor.wide.connect(self._make_room)
            make_plain(self._editor)
            self._stack.addWidget(self._editor)
            if self._view is not None:
                self._put_writing(self._view)
        return self._editor

    def query(self) -> Callable[[], View]:
        """The playbook with its findings, the team, the sources, the channels, the drills, the settings."""
        desk, texts, shown = self.context.desk, self.texts, self.incident_id

        def read() -> View:
            now, playbook = desk.clock.now(), desk.playbook
            today = now.astimezone(zone_info(desk.zone)).date()
            contacts = tuple(desk.contacts.list())
            known = {contact.slug: contact for contact in contacts}
            file = f"{playbook.id}.yaml"
            findings = inspect(playbook.source, file, today=today, contacts=known)[1] if playbook.source else ()
            counts: dict[str, int] = {}
            for _day, channel, count in desk.mentions.volume(PERIOD):
                counts[channel] = counts.get(channel, 0) + count
            channels = tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
            kept = desk.preparation.get()
            held = (training for training in kept.trainings if training.day + TRAINED_FOR >= today)
            trained = frozenset(role for training in held for role in training.roles)
            runs = desk.drills.runs()
            played = [run.played_at.date() for run in runs if not run.autopilot]
            last_drill = max(played, default=None)
            prepared = Prepared(
                playbook=playbook, findings=findings, contacts=contacts, sources=tuple(desk.sources.list()),
                channels=channels, drills=tuple(desk.drills.list()), runs=runs,
                settings=load(desk.paths.settings)[0], today=today,
                preparation=kept, by_source=desk.mentions.by_source(PERIOD), last_drill=last_drill,
                health=desk.playbooks.health(last_drill, trained) if playbook.source else None,
            )  # fmt: skip
            incidents = tuple(desk.incidents.list())
            open_ = next((one for one in incidents if one.id == shown), None) if shown else None
            situation = Situation()
            if open_ is not None and open_.state is not IncidentState.CLOSED:
                situation = Situation(open_, desk.strategy.broken(open_.id), desk.strategy.decisions(open_.id))
            look = Look(texts, desk.zone, now)
            return View(prepared, look, desk.playbooks.writing(), incidents, situation)

        return read

    def show_(self, view: Any) -> None:
        """Put everything on screen."""
        assert isinstance(view, View)
        self._view, now, look = view, view.now, view.look
        self._model.set_look(look)
        count = {"n": len(now.drills)}
        more = (
            Step("editor", State.UNKNOWN, "editor", {}),
            Step("walk", State.UNKNOWN, "walk", {}),
            Step("strategy", State.UNKNOWN, "strategy", {}),
            Step("drills", State.UNKNOWN, "drills", count),
            Step("settings", State.UNKNOWN, "settings", {}),
        )
        self._model.show((*steps(now), *more))
        if not self.steps.currentIndex().isValid():
            self.steps.select(0)
        self.team.put(now, look)
        self.playbook.put(now, look)
        if self._editor is not None:
            self._put_writing(view)
        if now.health is not None:
            self.health.put(now.health, look)
        self.walk.put(now, look)
        self.strategy.put(view.situation, look)
        self.tools.put(now, look)
        self.drills.put(now, look)
        self.settings.put(now.settings, self.texts.lang, self.context.theme.mode)
        total = sum(count for _channel, count in now.channels) or 1
        self.channels.put([channel_cells(name, count, total, look) for name, count in now.channels], look)
        self.processes.put([type_cells(kind, now, look) for kind in now.playbook.mention_types], look)
        self.templates.put([template_cells(one, now, look) for one in now.playbook.templates], look)
        self.people.put(look)
        self.trainings.put(now, look)
        self.guidelines.put(now, look)
        self.volume.put([volume_cells(source, account, n, now, look) for source, account, n in volumes(now)], look)
        self.roi.put(now.preparation, look)

    def _put_writing(self, view: View) -> None:
        self.editor.put(view.writing, view.incidents, view.look)

    def shown(self) -> None:
        """The keys walk the steps."""
        self.steps.setFocus()

    def retranslate(self) -> None:
        """Say everything again."""
        self._nav.set_title(self.texts("preparation.title"), self.texts("preparation.by_rule"))
        self.steps.setAccessibleName(self.texts("preparation.title"))
        self.refresh()

    def show_section(self, name: str) -> None:
        """Show one section by its name: a step, ``drills`` or ``settings``."""
        self.steps.select(self._model.position(name))

    def _show_section(self, step: Step | None) -> None:
        if step is not None:
            writing = step.name == "editor"
            self._stack.setCurrentWidget(self.editor if writing else self._laid(step.name))

    def _laid(self, name: str) -> QScrollArea:
        """A section in its place; it is laid there when it is first shown, since all together are a thousand parts."""
        scroll = self._scrolls.get(name)
        if scroll is None:
            scroll = self._scrolls[name] = QScrollArea()
            make_plain(self._sections[name])
            scroll.setWidget(self._sections[name])
            scroll.setWidgetResizable(True)
            self._stack.addWidget(scroll)
        return scroll

    def _enter_section(self, step: Step) -> None:
        if step.name == "editor":
            self.editor.whole.setChecked(True)
            self.editor.text.setFocus()
        else:
            self._sections[step.name].focusNextChild()

    def _show_line(self, line: int) -> None:
        """Show a line of the playbook's text."""
        self.show_section("editor")
        self.editor.text.go_to(line)

    def actions_(self) -> Mapping[str, Doer]:
        """What the palette can do here."""
        return {"strategy.choose": lambda _thing: self.show_section("strategy")}

    def _make_room(self, wide: bool) -> None:
        """The text and the form may have the whole width."""
        self._nav.setVisible(not wide)
        if not wide:
            self.steps.setFocus()

    # Settings

    def _set_language(self, language: str) -> None:
        self.context.act(f"lang.{language}", None)
        self._keep(language=language)

    def _set_theme(self, theme: str) -> None:
        self.context.act(f"theme.{theme}", None)
        self._keep(theme=theme)

    def _keep(self, **changed: str) -> None:
        self._write(lambda settings: Settings(**{**_fields(settings), **changed}), "")

    def _save(self, wanted: Settings) -> None:
        names = ("brand", "terms", "zone", "country", "actor", "office_hours", "office_types")
        kept = {name: getattr(wanted, name) for name in names}
        self._write(lambda settings: Settings(**{**_fields(settings), **kept}), self.texts("preparation.setting.saved"))

    def _write(self, change: Callable[[Settings], Settings], said: str) -> None:
        path, texts = self.context.desk.paths.settings, self.texts

        def write() -> str:
            try:
                save(path, change(load(path)[0]))
            except OSError as error:
                return texts("preparation.setting.not_saved", reason=fault_of(error))
            return said

        self.context.bridge.call(write, self._written)

    def _written(self, said: str) -> None:
        if said:
            self.context.say(said)
        self.refresh()


def _column(*parts: QWidget) -> QWidget:
    """Parts under one another, read like a document."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GUTTER)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return whole


def _fields(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
