"""The community: rumours, ideas, thanks, experts and their answers, VIP lists, levels; a list and the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar, Final

from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from crisisdesk.desk.community import Answered
from crisisdesk.desk.ideas import Moved
from crisisdesk.model import events as ev
from crisisdesk.model.community import TOLD, Idea, IdeaState, Question, RumourVerdict
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.fault import fault_of
from crisisdesk.model.inbox import Sought
from crisisdesk.model.playbook import Bilingual
from crisisdesk.paths import put_file
from crisisdesk.words import when
from ui.context import Context
from ui.models.community import SECTIONS, Circle, Item, items
from ui.pages.base import Doer, Page
from ui.theme import GAP, GUTTER
from ui.widgets.button import Button
from ui.widgets.choose import choose_save
from ui.widgets.community_steps import STEPS, CommunitySteps
from ui.widgets.empty import EmptyState
from ui.widgets.ladders import scrolled
from ui.widgets.panel import Panel, clear
from ui.widgets.press_list import PressList
from ui.widgets.press_row import PressRow
from ui.widgets.row import Row
from ui.widgets.safe import SafeLabel

_SIDE: Final = 440
_READ_WHEN_SHOWN: Final = ("levels", "questions")
_CROWD_EACH: Final = 60.0
"""Seconds for which the levels of everybody are shown as they were counted."""
_WITH_MENTIONS: Final = ("ideas", "thanks", "experts")


class CommunityPage(Page):
    """The page of the community."""

    name: ClassVar[str] = "community"
    wants: ClassVar[tuple[type[ev.Event], ...]] = (ev.MentionsAdded, ev.DraftChanged, ev.CommunityChanged)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._shown: Circle | None = None
        self._section = "rumours"
        self._chosen: int | None = None
        self._mentions: tuple[int, ...] = ()
        self._crowd_until = 0.0
        self.chips = {name: Button("", partial(self.open_section, name), kind="chip") for name in SECTIONS}
        self._only = QButtonGroup(self)
        for chip in self.chips.values():
            self._only.addButton(chip)
        self.form = {name: QLineEdit(maxLength=500) for name in ("first", "second", "third", "fourth")}
        self.add = Button("", self.add_)
        self.about, self.problem = SafeLabel("", "muted"), SafeLabel("", "danger", wrap=True)
        self.side = CommunitySteps()
        self.words, self.words_en, self.steps = self.side.words, self.side.words_en, self.side.buttons
        self._list, self._side = Panel("-", flush=True), Panel("-", wrap=True)
        self._rows, self._facts = PressList(), QVBoxLayout()
        self._arriving = False
        self._empty, self._stack = EmptyState(), QStackedWidget()
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        for chip in self.chips.values():
            self._list.header.addWidget(chip)
        self.chips[self._section].setChecked(True)
        self._stack.addWidget(scrolled(self._rows))
        self._stack.addWidget(self._empty)
        self._list.body.addWidget(self._stack, 1)
        for thing in (self.about, self.problem):
            self._list.footer.addWidget(thing)
            thing.hide()
        for pair in (("first", "second"), ("third", "fourth")):
            line = QHBoxLayout()
            line.setSpacing(GAP)
            for name in pair:
                line.addWidget(self.form[name], 1)
            if "fourth" in pair:
                line.addStretch(0)
                line.addWidget(self.add)
            self._list.footer.addLayout(line)
        self._side.setFixedWidth(_SIDE)
        facts = QWidget()
        facts.setLayout(self._facts)
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setSpacing(0)
        self._side.body.addWidget(scrolled(facts), 1)
        self._side.footer.addWidget(self.side)
        self.side.wanted.connect(self.step_)
        for edit in self.form.values():
            edit.returnPressed.connect(self.add_)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GUTTER)
        whole.addWidget(self._list, 1)
        whole.addWidget(self._side)

    # Reading

    def query(self) -> Callable[[], Circle]:
        """Everything of the community, and the rumours and ideas of the incident on screen."""
        desk, incident, section = self.context.desk, self.incident_id, self._section
        crowd = self._shown.crowd if self._shown is not None and monotonic() < self._crowd_until else None
        if section == "levels" and crowd is None:
            self._crowd_until = monotonic() + _CROWD_EACH

        def read() -> Circle:
            known = desk.community
            return Circle(
                rumours=() if incident is None else desk.rumours.list(incident),
                ideas=() if incident is None else desk.ideas.list(incident),
                kudos=known.kudos(),
                advocates=known.advocates(),
                experts=known.experts(),
                questions=known.questions() if section == "questions" else (),
                vips=desk.authors.lists(),
                crowd=desk.authors.crowd() if section == "levels" and crowd is None else crowd,
            )

        return read

    def show_(self, view: Any) -> None:
        """Show it; what is chosen and what is being written stay."""
        if isinstance(view, Circle):
            self._shown = view
            self._show_rows()
            self._arriving = self._arriving and not self._rows.walk()

    def shown(self) -> None:
        """The keys walk the list."""
        self._arriving = not self._rows.walk()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self.texts
        for name, chip in self.chips.items():
            chip.set_text(texts(f"community.section.{name}"))
        self.add.set_text(texts("community.add"))
        self._say_form()
        self.refresh()

    def _say_form(self) -> None:
        texts, name = self.texts, self._section
        self._list.set_title(texts("community.title"))
        self._empty.set_text(texts(f"community.empty.{name}"), texts(f"community.hint.{name}"))
        for key, edit in self.form.items():
            shown = texts.has(f"community.{key}.{name}")
            edit.setVisible(shown)
            if shown:
                edit.setPlaceholderText(texts(f"community.{key}.{name}"))
                edit.setAccessibleName(texts(f"community.{key}.{name}"))
        self._list.set_footer_visible(texts.has(f"community.first.{name}"))
        self.side.say(name, texts)
        self.about.setVisible(bool(self._mentions) and name in _WITH_MENTIONS)
        self.about.setText(texts("community.about", ids=", ".join(map(str, self._mentions))))

    def open_section(self, name: object | None = "rumours") -> None:
        """Show one of the lists."""
        if isinstance(name, str) and name in SECTIONS:
            self._section, self._chosen = name, None
            self.chips[name].setChecked(True)
            self._tell("")
            self._say_form()
            self._show_rows()
            if name in _READ_WHEN_SHOWN:
                self.refresh()

    def rows(self) -> tuple[PressRow, ...]:
        """The rows in their order."""
        return self._rows.rows()

    def _items(self) -> tuple[Item, ...]:
        if self._shown is None:
            return ()
        zone, now = self.context.desk.zone, self.context.desk.clock.now()
        return items(self._section, self._shown, self.texts, lambda at: when(at, zone, self.texts, ref=now))

    def _show_rows(self) -> None:
        found = self._items()
        self._rows.show_rows(((one.id, self._row(one)) for one in found), self._chosen)
        self._stack.setCurrentIndex(0 if found else 1)
        if found and self._chosen not in {one.id for one in found}:
            self._chosen = found[0].id
        self.choose(self._chosen)

    def _row(self, one: Item) -> PressRow:
        row = PressRow(self.context.theme, f"{one.title}. {one.under}")
        row.setProperty("item", one.id)
        row.set_chosen(one.id == self._chosen)
        inside = QVBoxLayout(row)
        inside.setContentsMargins(12, 7, 12, 8)
        inside.setSpacing(2)
        inside.addWidget(SafeLabel(one.title, "text", elide=True))
        inside.addWidget(SafeLabel(one.under, "promise" if one.warn else "small", elide=True))
        row.pressed.connect(partial(self.choose, one.id))
        row.entered.connect(partial(self.choose, one.id))
        return row

    def choose(self, item_id: int | None) -> None:
        """Show one at the right, or that there is none."""
        self._chosen = item_id
        for row in self.rows():
            row.set_chosen(row.property("item") == item_id)
        self._show_chosen()

    def _show_chosen(self) -> None:
        clear(self._facts)
        one = next((i for i in self._items() if i.id == self._chosen), None)
        self._side.set_title(one.title if one else self.texts("community.none"))
        self._side.set_footer_visible(one is not None and bool(STEPS[self._section]))
        self.side.allow(one.steps if one else None)
        for fact in one.facts if one else ():
            self._facts.addWidget(Row(*fact))
        self._facts.addStretch(1)

    # Doing

    def add_(self) -> None:
        """Keep what the form holds."""
        said = [edit.text().strip() for edit in self.form.values()]
        self.context.bridge.once(self, self._keeping(*said), self._added, self._failed)

    def _keeping(self, first: str, second: str, third: str, fourth: str) -> Callable[[], object]:
        desk, mentions = self.context.desk, self._mentions
        if self._section == "thanks":
            return partial(desk.community.thank, mentions[-1] if mentions else 0, first)
        if self._section == "experts":
            return partial(desk.community.add_expert, first, second, tuple(third.split(",")), fourth)
        incident = self.incident_id or 0
        if self._section == "rumours":
            return partial(desk.rumours.note, incident, first, tuple(second.split()))
        return partial(desk.ideas.note, incident, Bilingual(first, second), mentions)

    def _added(self, _kept: object) -> None:
        self._mentions = ()
        for edit in self.form.values():
            edit.clear()
        self._tell("")
        self._say_form()
        self.refresh()

    def _failed(self, error: CrisisDeskError) -> None:
        self._tell(self.texts.error(error))

    def _tell(self, problem: str) -> None:
        self.problem.setText(f"▲ {problem}" if problem else "")
        self.problem.setVisible(bool(problem))

    def step_(self, step: str) -> None:
        """Do one step with the chosen one, with what stands in the lines."""
        desk, chosen = self.context.desk, self._chosen
        if step == "statement":
            self._ask_where()
            return
        if chosen is None:
            return
        if step in ("mentions", "said"):
            self._to_inbox(step, chosen)
        elif step == "correct":
            self.context.bridge.call(
                partial(desk.rumours.correct, chosen), lambda d: self.context.act("draft.open", d.id), self._failed
            )
        else:
            self.context.bridge.call(self._verb(step, chosen), self._stepped, self._failed)

    def _verb(self, step: str, chosen: int) -> Callable[[], object]:
        """What a step asks of the desk, with the words and the mentions that are there now."""
        desk, said, mentions = self.context.desk, self.side.said(), self._mentions
        if step == "ask":
            newest = mentions[-1] if mentions else None
            return partial(desk.community.ask, chosen, said.en, said.es, newest)
        if step == "answer":
            asked = self._shown.questions if self._shown else ()
            heard = next((after for one, after in asked if one.id == chosen), None)
            at = heard.id if heard is not None and not said.es.strip() else None
            return partial(desk.community.answer, chosen, said.es, at)
        if step in set(IdeaState):
            return partial(desk.ideas.move, chosen, IdeaState(step), said)
        if step in set(RumourVerdict):
            return partial(desk.rumours.judge, chosen, RumourVerdict(step), said.es)
        plain: dict[str, Callable[[], object]] = {
            "remove": partial(desk.community.remove_expert, chosen),
            "undo": partial(desk.community.unthank, chosen, said.es),
            "reopen": partial(desk.rumours.reopen, chosen, said.es),
            "join": partial(desk.ideas.join, chosen, mentions),
            "tell": partial(desk.ideas.tell, chosen),
        }
        return plain[step]

    def _stepped(self, done: object) -> None:
        if isinstance(done, Moved) and done.idea.state in TOLD:  # its replies wait among the texts
            self.context.say("✓ " + self.texts("community.begun", n=len(done.drafts), held=len(done.held)))
        if isinstance(done, Answered):
            self.context.say("✓ " + self.texts("community.taken_in_begun" if done.draft else "community.taken_in"))
        if isinstance(done, Idea | Question):  # the mentions were for it
            self._mentions = ()
            self._say_form()
        self.side.clear()
        self._tell("")
        self.refresh()

    def _to_inbox(self, step: str, chosen: int) -> None:
        """The mentions that repeat the chosen claim, or those of the chosen list."""
        if self._shown is None:
            return
        if step == "said":
            names = tuple(self._shown.vips)
            found = [Sought(vip=names[chosen - 1])] if 0 < chosen <= len(names) else []
        else:
            found = [Sought(search=" ".join(one.words)) for one, _reach in self._shown.rumours if one.id == chosen]
        for sought in found:
            self.context.act("mentions.sought", sought)

    def _ask_where(self) -> None:
        choose_save(self, lambda file: self.save_statement(Path(file)), "kudos.csv")

    def save_statement(self, path: Path) -> None:
        """Write the credits; what goes wrong is said in the notice bar."""
        desk, texts = self.context.desk, self.texts

        def write() -> str:
            try:
                put_file(path, desk.community.statement())
            except OSError as error:
                return texts("inbox.detail.not_saved", file=path.name, reason=fault_of(error))
            return "✓ " + texts("areas.pack.saved", file=path.name)

        self.context.bridge.read(write, self.context.say)

    def _begin(self, section: str, mention_id: object | None) -> None:
        if isinstance(mention_id, int):
            self._mentions = tuple(dict.fromkeys((*self._mentions, mention_id)))
        self.open_section(section)
        self.form["first"].setFocus()

    def ask_expert(self, mention_id: object | None) -> None:
        """Ask an expert for whoever wrote a mention: choose who, then write what."""
        self._begin("experts", mention_id)
        if self.rows():
            self.words.setFocus()

    def actions_(self) -> Mapping[str, Doer]:
        """What this page does for the whole window."""
        return {
            "kudos.give": partial(self._begin, "thanks"),
            "idea.note": partial(self._begin, "ideas"),
            "expert.ask": self.ask_expert,
            "rumour.note": lambda _ref: self._begin("rumours", None),
        }
