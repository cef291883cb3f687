"""Areas: what each area of the house was asked, by when, and its signatures; one is chosen and signed at the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from crisisdesk.model import events as ev
from crisisdesk.model.area import STEPS, Area, Asked, Board, Route, RouteState
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.fault import fault_of
from crisisdesk.paths import put_file
from crisisdesk.plain import clamp
from crisisdesk.words import countdown, when
from ui.context import Context
from ui.models.columns import outside
from ui.pages.base import Doer, Page
from ui.theme import GAP, GUTTER
from ui.widgets.area_form import AreaForm
from ui.widgets.area_terms import AreaTerms
from ui.widgets.button import Button
from ui.widgets.choose import choose_save
from ui.widgets.draft_form import QuietCombo
from ui.widgets.empty import EmptyState
from ui.widgets.ladders import scrolled
from ui.widgets.panel import Panel, clear
from ui.widgets.press_list import PressList
from ui.widgets.press_row import PressRow
from ui.widgets.row import Row
from ui.widgets.safe import PlainView, SafeLabel

_SIDE = 420
_MOST = 300
_SIGNED = (RouteState.RECEIVED, RouteState.ANSWERED, RouteState.CORRECTED)


class AreasPage(Page):
    """The page of the areas."""

    name: ClassVar[str] = "areas"
    wants: ClassVar[tuple[type[ev.Event], ...]] = (ev.AreasChanged, ev.MentionsChanged)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._shown: Board | None = None
        self._chosen: int | None = None
        self.which = QuietCombo("")
        self.which.setMinimumContentsLength(24)
        self.form, self.terms = AreaForm(context), AreaTerms(context)
        self.by, self.words = QLineEdit(maxLength=80), QLineEdit(maxLength=2_000)
        self.sign = {state: Button("", partial(self.sign_, state)) for state in _SIGNED}
        self.take_back = Button("", self.withdraw, kind="quiet")
        self.unsign = Button("", self.unsign_, kind="quiet")
        kinds = ("html", "md", "csv")
        self.packs = {kind: Button(kind.upper(), partial(self._ask_where, kind), kind="quiet") for kind in kinds}
        self._list, self._side = Panel("-", flush=True), Panel("-", wrap=True)
        self._rows, self._facts = PressList(), QVBoxLayout()
        self._arriving = False
        self.text = PlainView()
        self._pack_label = SafeLabel("", "muted")
        self._empty = EmptyState()
        self._stack = QStackedWidget()
        self._lay_out()
        self.which.currentIndexChanged.connect(self._choose_area)
        self.terms.wanted.connect(self.edit)
        self.form.wanted.connect(self.send)
        self.retranslate()

    def _lay_out(self) -> None:
        self._list.header.addWidget(self.which)
        self._list.header.addWidget(self._pack_label)
        for button in self.packs.values():
            self._list.header.addWidget(button)
        self._stack.addWidget(scrolled(self._rows))
        self._stack.addWidget(self._empty)
        self._list.body.addWidget(self.terms)
        self._list.body.addWidget(self._stack, 1)
        self._list.footer.addWidget(self.form)
        self._side.setFixedWidth(_SIDE)
        self._facts.setSpacing(0)
        self._side.body.addLayout(self._facts)
        self._side.body.addWidget(self.text, 1000)  # takes all there is while it is shown
        self._side.body.addStretch(1)
        self._signing = QWidget()
        signing = QVBoxLayout(self._signing)
        signing.setContentsMargins(0, 0, 0, 0)
        signing.setSpacing(GAP)
        signing.addWidget(self.by)
        signing.addWidget(self.words)
        for buttons in (tuple(self.sign.values()), (self.take_back, self.unsign)):
            line = QHBoxLayout()
            for button in buttons:
                line.addWidget(button)
            line.addStretch(1)
            signing.addLayout(line)
        self._side.footer.addWidget(self._signing)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(GUTTER, GUTTER, GUTTER, GUTTER)
        whole.setSpacing(GUTTER)
        whole.addWidget(self._list, 1)
        whole.addWidget(self._side)

    # Reading

    def query(self) -> Callable[[], Board]:
        """All areas and what each was asked."""
        desk = self.context.desk
        return desk.areas.board

    def show_(self, view: Any) -> None:
        """Show them; the chosen one and what is being written stay."""
        if not isinstance(view, Board):
            return
        self._shown = view
        area = self.which.currentData()
        self.which.blockSignals(True)
        self.which.clear()
        self.which.addItem(self.texts("areas.all"), None)
        for one in view.areas:
            waits, late = view.waiting.get(one.id, 0), view.late.get(one.id, 0)
            key = "areas.named_late" if late else "areas.named"
            self.which.addItem(clamp(self.texts(key, name=outside(one.name, 40), n=waits, late=late), 90), one.id)
        self.which.setCurrentIndex(max(self.which.findData(area), 0))
        self.which.blockSignals(False)
        self.form.put(view.areas, self.context.desk.zone)
        self.terms.put(self._area())
        self._show_rows()
        self._arriving = self._arriving and not self._rows.walk()

    def shown(self) -> None:
        """The keys walk the list."""
        self._arriving = not self._rows.walk()

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        texts = self.texts
        self._list.set_title(texts("areas.title"))
        self.which.setAccessibleName(texts("areas.which"))
        self._pack_label.setText(texts("areas.pack.save"))
        self.text.setAccessibleName(texts("inbox.column.text"))
        for edit, key in ((self.by, "areas.by"), (self.words, "areas.words")):
            edit.setPlaceholderText(texts(key))
            edit.setAccessibleName(texts(key))
        for state, button in self.sign.items():
            button.set_text(texts(f"areas.sign.{state.value}"))
        self.take_back.set_text(texts("areas.withdraw"))
        self.unsign.set_text(texts("areas.unsign"))
        self.terms.retranslate()
        self._empty.set_text(texts("areas.empty"), texts("areas.empty_hint"))
        self.form.retranslate()
        self.refresh()

    def _area(self) -> Area | None:
        area = self.which.currentData()
        return next((one for one in (self._shown.areas if self._shown else ()) if one.id == area), None)

    def _choose_area(self, _index: int) -> None:
        self.terms.put(self._area())
        self._show_rows()

    def rows(self) -> tuple[PressRow, ...]:
        """The rows in their order."""
        return self._rows.rows()

    def _of_area(self) -> list[Asked]:
        if self._shown is None:
            return []
        area = self.which.currentData()
        found = [one for one in self._shown.asked if area is None or one.route.area_id == area]
        now = self.context.desk.clock.now()
        return sorted(found, key=lambda one: (not one.route.overdue(now), not STEPS[one.route.state]))[:_MOST]

    def _show_rows(self) -> None:
        found = self._of_area()
        self._rows.show_rows(((one.route.id, self._row(one)) for one in found), self._chosen)
        self._stack.setCurrentIndex(0 if found else 1)
        for button in self.packs.values():
            button.setEnabled(self.which.currentData() is not None)
        if found and self._chosen not in {one.route.id for one in found}:
            self._chosen = found[0].route.id
        self.choose(self._chosen)

    def _row(self, one: Asked) -> PressRow:
        texts, route, now = self.texts, one.route, self.context.desk.clock.now()
        late = route.overdue(now)
        state = texts(f"areas.state.{route.state.value}")
        due = when(route.due_at, self.context.desk.zone, texts, ref=now)
        head = f"{outside(one.area.name, 60)} · {state} · {texts('areas.due', time=due)}"
        if late:
            head = f"▲ {head} · {texts('areas.late')}"
        what = self._what(one)
        row = PressRow(self.context.theme, f"{head}. {what}")
        row.setProperty("route", route.id)
        row.set_chosen(route.id == self._chosen)
        inside = QVBoxLayout(row)
        inside.setContentsMargins(12, 7, 12, 8)
        inside.setSpacing(2)
        inside.addWidget(SafeLabel(what, "text", elide=True))
        inside.addWidget(SafeLabel(head, "danger" if late else "small", elide=True))
        row.pressed.connect(lambda: self.choose(route.id))
        row.entered.connect(lambda: self.choose(route.id))
        return row

    def _what(self, one: Asked) -> str:
        route = one.route
        if route.cause or one.mention is None:
            return outside(route.cause or route.ask) or self.texts("areas.gone")
        return outside(one.mention.mention.text) or self.texts("inbox.no_text")

    def choose(self, route_id: int | None) -> None:
        """Show one at the right, or that there is none."""
        self._chosen = route_id
        for row in self.rows():
            row.set_chosen(row.property("route") == route_id)
        self._show_chosen()

    def _chosen_one(self) -> Asked | None:
        return next((one for one in self._of_area() if one.route.id == self._chosen), None)

    def _show_chosen(self) -> None:
        clear(self._facts)
        one, texts = self._chosen_one(), self.texts
        self._side.set_footer_visible(one is not None)
        self.text.setVisible(one is not None and one.mention is not None)
        if one is None:
            self._side.set_title(texts("areas.none"))
            return
        route, zone, now = one.route, self.context.desk.zone, self.context.desk.clock.now()
        self._side.set_title(outside(one.area.name, 60))
        due = f"{when(route.due_at, zone, texts, ref=now)} · {countdown(route.due_at, now, texts)}"
        facts = [("due", due, ""), ("cause", route.cause, ""), ("ask", route.ask, "")]
        facts.append(("sent", f"{route.sent_by} · {when(route.sent_at, zone, texts, ref=now)}", ""))
        for s in route.signatures:
            facts.append((f"state.{s.state.value}", s.text or "✓", f"{s.by} · {when(s.at, zone, texts, ref=now)}"))
            if s.undone_at is not None:
                facts.append(
                    ("undone", s.undone_reason, f"{s.undone_by} · {when(s.undone_at, zone, texts, ref=now)}")
                )
        if route.state is RouteState.WITHDRAWN:
            facts.append(("state.withdrawn", route.reason or "✓", ""))
        for key, value, note in facts:
            if value:
                known = "." in key or key == "undone"
                self._facts.addWidget(Row(texts(f"areas.{key}" if known else f"areas.fact.{key}"), value, note))
        if one.mention is not None:
            self.text.set_text(one.mention.mention.text or texts("inbox.no_text"))
        steps = STEPS[route.state]
        for state, button in self.sign.items():
            button.setEnabled(state in steps)
        self.take_back.setEnabled(RouteState.WITHDRAWN in steps)
        signed = bool(route.standing) and route.state is not RouteState.WITHDRAWN
        self.unsign.setEnabled(signed)
        self._signing.setVisible(bool(steps) or signed)
        self._side.set_footer_visible(bool(steps) or signed)

    # Doing

    def send(self, area: str, mention_id: object, cause: str, ask: str, due: object) -> None:
        """Send what the form holds; an area that is not known yet is kept."""
        desk = self.context.desk

        def do() -> Route:
            known = next((a for a in desk.areas.list() if a.name.casefold() == area.casefold()), None)
            kept = known or desk.areas.save(area)
            return desk.areas.send(kept.id, mention_id=mention_id, cause=cause, ask=ask, due_at=due)  # type: ignore[arg-type]

        self.context.bridge.once(self.form, do, self._sent, self._not_sent)

    def _sent(self, route: Route) -> None:
        self.form.done()
        self._chosen = route.id
        self.context.say("✓ " + self.texts("areas.sent"))
        self.refresh()

    def _not_sent(self, error: CrisisDeskError) -> None:
        self.form.tell(self.texts.error(error))

    def sign_(self, state: RouteState) -> None:
        """Keep the signature that the two lines hold."""
        one, desk = self._chosen_one(), self.context.desk
        if one is None:
            return
        route_id, by, text = one.route.id, self.by.text(), self.words.text()

        def signed(_route: Route) -> None:
            self.words.clear()
            self.context.say("✓ " + self.texts(f"areas.state.{state.value}"))
            self.refresh()

        self.context.bridge.call(lambda: desk.areas.sign(route_id, state, by=by, text=text), signed)

    def withdraw(self) -> None:
        """Take the chosen one back; the reason is what stands in the line."""
        one, desk = self._chosen_one(), self.context.desk
        if one is not None:
            route_id, reason = one.route.id, self.words.text()
            self.context.bridge.call(lambda: desk.areas.withdraw(route_id, reason), lambda _route: self.refresh())

    def unsign_(self) -> None:
        """Take the last signature of the chosen one back; the reason is what stands in the line."""
        one, desk = self._chosen_one(), self.context.desk
        if one is None:
            return
        route_id, reason = one.route.id, self.words.text()

        def done(_route: Route) -> None:
            self.words.clear()
            self.context.say("✓ " + self.texts("areas.undone"))
            self.refresh()

        self.context.bridge.call(lambda: desk.areas.unsign(route_id, reason), done)

    def edit(self, area_id: int, owner: str, within: object) -> None:
        """Say anew who answers for an area and how soon."""
        desk = self.context.desk

        def done(_area: Area) -> None:
            self.context.say("✓ " + self.texts("areas.terms.saved"))
            self.refresh()

        self.context.bridge.call(lambda: desk.areas.edit(area_id, owner=owner, within=within), done)  # type: ignore[arg-type]

    def _ask_where(self, kind: str) -> None:
        area = self.which.currentData()
        name = next((a.name for a in (self._shown.areas if self._shown else ()) if a.id == area), "")
        if not name:
            return
        safe = "".join(c if c.isalnum() else "-" for c in name).strip("-") or "area"
        choose_save(self, lambda file: self.save_pack(int(area), kind, Path(file)), f"{safe}.{kind}")

    def save_pack(self, area_id: int, kind: str, path: Path) -> None:
        """Write an area's pack; what goes wrong is said in the notice bar."""
        desk, texts = self.context.desk, self.texts

        def write() -> str:
            body = desk.areas.pack(area_id, kind, texts)
            try:
                put_file(path, body)
            except OSError as error:
                return texts("inbox.detail.not_saved", file=path.name, reason=fault_of(error))
            return "✓ " + texts("areas.pack.saved", file=path.name)

        self.context.bridge.read(write, self.context.say)

    def begin(self, mention_id: object | None) -> None:
        """Send a mention: the form waits for the area."""
        self.form.begin(mention_id if isinstance(mention_id, int) else None)

    def open_route(self, route_id: object | None) -> None:
        """Show one thing that was asked («Lo siguiente»)."""
        if isinstance(route_id, int):
            self.which.setCurrentIndex(0)
            self._chosen = route_id
            self.refresh()

    def actions_(self) -> Mapping[str, Doer]:
        """What this page does for the whole window."""
        return {"area.send": self.begin, "area.show": self.open_route}
