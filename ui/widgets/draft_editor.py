"""A draft being written: both texts as the public will read them, and the form that feeds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.commitment import Commitment
from crisisdesk.model.draft import DraftState, DraftView, FieldValue
from crisisdesk.model.playbook import Bilingual, FieldKind
from crisisdesk.pipeline.lengths import measure
from crisisdesk.plain import clamp
from crisisdesk.words import unlabelled, when
from ui.context import Context
from ui.theme import GAP, GUTTER, INSET, set_style
from ui.widgets.badge import Badge
from ui.widgets.button import Button
from ui.widgets.draft_findings import FindingsPanel, chips
from ui.widgets.draft_form import OWED, TIMES, DraftForm, FormWords
from ui.widgets.draft_pieces import Piece, pieces
from ui.widgets.draft_promise import PromiseFound, PromisePanel
from ui.widgets.draft_text import DraftText, Part
from ui.widgets.draft_words import group_of, length_said, problem_sentence
from ui.widgets.panel import Panel
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel

LANGS = ("es", "en")


def promises_found(view: DraftView, values: dict[str, FieldValue]) -> tuple[PromiseFound, ...]:
    """Unregistered promises, at most one per language, with the field that holds their words."""
    found: dict[str, PromiseFound] = {}
    for problem in view.problems:
        if problem.key != "unregistered_promise" or (problem.lang or "es") in found:
            continue
        words, lang = dict(problem.fields).get("words", ""), problem.lang or "es"
        holders = (n for n, v in values.items() if words and words.casefold() in v.text.get(lang).casefold())
        found[lang] = PromiseFound(words, problem.field or next(holders, ""), lang)
    return tuple(found[lang] for lang in LANGS if lang in found)


def split(part: Part, found: tuple[tuple[str, str], ...]) -> list[Part]:
    """A part with the words that the lint asks about standing out: words and look of each."""
    if part.look in ("owed", "time", "promise", "asked"):
        return [part]
    for number, (words, look) in enumerate(found):
        start = part.text.casefold().find(words.casefold())
        if start >= 0:
            end = start + len(words)
            before, after = replace(part, text=part.text[:start]), replace(part, text=part.text[end:])
            chip = replace(part, text=part.text[start:end], look=look)
            return [
                *(split(before, found) if before.text else ()),
                chip,
                *(split(after, found[number:]) if after.text else ()),
            ]
    return [part]


class TextPanel(Panel):
    """One language: the text, its length, and what is wrong with it below."""

    def __init__(self, context: Context, lang: str) -> None:
        super().__init__("-")
        self.lang = lang
        self.text = DraftText(context.theme)
        self.count = SafeLabel("", "muted")
        self.header.addWidget(self.count)
        inside = QWidget()
        inside.setProperty("ground", "clear")
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(0, 0, 4, 0)
        self.column.setSpacing(GAP)
        self.findings = FindingsPanel(context)
        self.column.addWidget(self.text)
        self.column.addWidget(self.findings)
        self.column.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.body.addWidget(area, 1)
        self._area = area

    def reveal(self, widget: QWidget) -> None:
        """Scroll to what stands below the text."""
        self.column.activate()
        self._area.ensureWidgetVisible(widget, 0, 0)

    def add_below(self, widget: QWidget) -> None:
        """Put something between the text and the empty space."""
        self.column.insertWidget(self.column.count() - 1, widget)


class DraftEditor(QWidget):
    """The middle of the page while a draft is open.

    Signals:
        edited: a person changed the field with this name.
        left: back to the list of texts.
        discarded: set this draft aside.
    """

    edited = Signal(str)
    left = Signal()
    discarded = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._view: DraftView | None = None
        self._words = FormWords("UTC", (), {})
        self._next_at = context.desk.clock.now()
        self._channel = ""
        self.form = DraftForm(context)
        self.panels = {lang: TextPanel(context, lang) for lang in LANGS}
        self.promise = PromisePanel(context)
        self._differ = QFrame()
        self._differ.setProperty("panel", "warning")
        self._differ_said = RunsLabel(context.theme)
        self._lay_out()
        self.form.edited.connect(self._on_edited)
        self.form.entered.connect(self._on_entered)
        for panel in self.panels.values():
            panel.text.field_pressed.connect(self.form.go_to)
            panel.findings.wanted.connect(self.form.go_to)
        self.promise.opened.connect(self._reveal_promise)

    def _lay_out(self) -> None:
        self.back = Button(on_press=self.left.emit, kind="quiet", key="Esc")
        self._purpose = SafeLabel("", "title", elide=True)
        self._state = Badge()
        self._answers = SafeLabel("", "promise", elide=True)
        self.saved = SafeLabel("", "small")
        self.discard = Button(on_press=self._discard, kind="quiet")
        bar = QHBoxLayout()
        bar.setSpacing(GAP)
        bar.addWidget(self.back)
        bar.addWidget(self._purpose, 2)
        bar.addWidget(self._answers, 2)
        for widget in (self.saved, self._state, self.discard):
            bar.addWidget(widget)
        inside = QVBoxLayout(self._differ)
        inside.setContentsMargins(INSET, GAP, INSET, GAP)
        inside.addWidget(self._differ_said)
        self._differ.hide()
        texts = QHBoxLayout()
        texts.setSpacing(GUTTER)
        for lang in LANGS:
            texts.addWidget(self.panels[lang], 1)
        self.panels["en"].add_below(self._differ)
        self._fields = Panel("-")
        self.take = Button(on_press=self.form.take_suggestions, kind="quiet", key="Ctrl+U")
        self._fields.header.addWidget(self.take)
        area = QScrollArea(widgetResizable=True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.form.setProperty("ground", "clear")
        area.setWidget(self.form)
        self._fields.body.addWidget(area, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GUTTER)
        whole.addLayout(bar)
        whole.addLayout(texts, 8)
        whole.addWidget(self._fields, 7)

    @property
    def draft_id(self) -> int | None:
        """The draft on screen."""
        return self._view.draft.id if self._view is not None else None

    def show_view(
        self, view: DraftView, words: FormWords, next_at: datetime, *, answers: Commitment | None, fresh: bool
    ) -> None:
        """Show a draft; ``fresh`` = it has just been opened, so the cursor goes to its first empty field."""
        texts = self._context.texts
        self._view, self._words, self._next_at = view, words, next_at
        self.promise.incident_id = view.draft.incident_id
        purpose = view.template.purpose.get(texts.lang) or view.template.id
        locked = view.draft.state in (DraftState.PUBLISHED, DraftState.DISCARDED)
        self.back.set_text("‹ " + texts("drafting.form.back"))
        self._purpose.setText(purpose)
        self._answers.setText(
            texts("drafting.form.answers", what=answers.what.get(texts.lang)) if answers is not None else ""
        )
        self._answers.setVisible(answers is not None)
        kind = {DraftState.PUBLISHED: "good", DraftState.COPIED: "promise"}.get(view.draft.state, "plain")
        self._state.set_badge(texts(f"drafts.state.{view.draft.state}"), kind)
        self.discard.setVisible(not locked)
        self._calm_discard()
        self._fields.set_title(texts("drafting.form.fields"), self._published_note(view))
        self.form.show_view(view, words)
        self._show_take()
        self.show_text()
        if fresh:
            self.form.go_to_empty()

    def retranslate(self) -> None:
        """Say what does not come with a draft in the language on screen."""
        self.promise.retranslate()

    def show_problems(self, view: DraftView) -> None:
        """Show what the desk found after saving, without touching what is being written."""
        self._view = view
        self.show_text()

    def set_channel(self, channel: str) -> None:
        """Count against another channel's limit."""
        self._channel = channel
        self.show_text()

    def show_text(self) -> None:
        """Draw both texts from what stands in the form now."""
        view, texts = self._view, self._context.texts
        if view is None:
            return
        values = {**view.draft.values, **self.form.values()}
        found = promises_found(view, values)
        now = self._context.desk.clock.now()
        for lang, panel in self.panels.items():
            taken = pieces(view.template, values, lang, zone=self._words.zone, now=now)
            panel.set_title(texts(f"drafting.form.{lang}"), view.template.purpose.get(lang))
            panel.text.set_parts(self._parts(taken, chips(view.problems, lang)), texts(f"drafts.lang.{lang}"))
            self._count(panel, taken)
            panel.findings.show_problems(view.problems, lang)
        self._show_promise(found)
        self._show_differ()

    def replace_promises(self, change: Callable[[str, str, str], str]) -> None:
        """Change every field that holds an unregistered promise: text, words, language → text."""
        if self._view is None:
            return
        for found in promises_found(self._view, self.form.values()):
            if found.field:
                old = self.form.value(found.field).text
                text = change(old.es if found.lang == "es" else old.en, found.words, found.lang)
                new = Bilingual(text, old.en) if found.lang == "es" else Bilingual(old.es, text)
                self.form.put(found.field, FieldValue(text=new))

    def announce(self, next_at: datetime) -> bool:
        """Write when the next news comes; whether the text has a field for it."""
        fields = self._view.template.fields if self._view is not None else ()
        names = [field.name for field in fields if field.kind is FieldKind.NEXT_UPDATE]
        for name in names:
            self.form.put(name, FieldValue(instant=next_at))
        return bool(names)

    def tell_saved(self, said: str, *, trouble: bool = False) -> None:
        """Say how it stands with saving."""
        self.saved.setText(f"▲ {said}" if trouble else said)
        set_style(self.saved, rank="danger" if trouble else "small")

    def tell_unsaved(self, reason: str) -> None:
        """Say why what was written is not stored yet."""
        self.tell_saved(self._context.texts("drafting.form.unsaved", reason=reason), trouble=True)

    def _published_note(self, view: DraftView) -> str:
        at = view.draft.published_at
        if at is None:
            return ""
        return self._context.texts("drafting.form.published", time=when(at, self._words.zone, self._context.texts))

    def _parts(self, taken: tuple[Piece, ...], found: tuple[tuple[str, str], ...]) -> list[Part]:
        assert self._view is not None
        fields = {f.name: f for f in self._view.template.fields}
        parts: list[Part] = []
        for piece in taken:
            field = fields.get(piece.field)
            if piece.empty:
                texts = self._context.texts
                label = (field.label.get(texts.lang) if field else "") or unlabelled(piece.field, texts)
                parts.append(Part(label, "optional" if field and field.optional else "empty", piece.field))
            else:
                kind = field.kind if field is not None else None
                parts += split(Part(piece.text, _look(kind), piece.field), found)
        return parts

    def _count(self, panel: TextPanel, taken: tuple[Piece, ...]) -> None:
        """How long the text is, as its channel counts; what is still empty does not count."""
        assert self._view is not None
        limits, texts = self._view.template.limits, self._context.texts
        channel = self._channel or next((name for name, _limit in limits), "")
        text = "".join(piece.text for piece in taken if not piece.empty)
        length = measure(text, channel, panel.lang, limits=limits)
        panel.count.setText(("" if length.fits else "▲ ") + length_said(length, texts))
        set_style(panel.count, rank="muted" if length.fits else "danger")
        spoken = texts("drafting.form.count_spoken", said=length_said(length, texts), channel=clamp(channel, 60))
        panel.count.setAccessibleName(spoken if channel else length_said(length, texts))

    def _show_promise(self, found: tuple[PromiseFound, ...]) -> None:
        first = found[0] if found else None
        if first is not None:
            panel = self.panels[first.lang]
            if not panel.isAncestorOf(self.promise):
                panel.add_below(self.promise)
        self.promise.show_found(first, self._next_at, self._words)

    def _reveal_promise(self) -> None:
        for panel in self.panels.values():
            if panel.isAncestorOf(self.promise):
                panel.reveal(self.promise)

    def _show_differ(self) -> None:
        assert self._view is not None
        texts = self._context.texts
        found = [p for p in self._view.problems if group_of(p) == "languages"]
        self._differ.setVisible(bool(found))
        runs: list[Run] = []
        for problem in found:
            said = problem_sentence(problem, self._view, self._context.desk.playbook, texts)
            lead, _colon, rest = said.partition(":")
            runs += [Run("\n")] if runs else []
            runs += [Run(f"◆ {lead}:", "promise", bold=True), Run(rest)]
        self._differ_said.set_runs(tuple(runs))

    def _show_take(self) -> None:
        count = len(self.form.suggested())
        self.take.setVisible(count > 0)
        if count:
            self.take.set_text(self._context.texts("drafting.form.use_all", n=count))

    def _on_edited(self, name: str) -> None:
        self._show_take()
        self.show_text()
        self.edited.emit(name)

    def _on_entered(self, name: str) -> None:
        for panel in self.panels.values():
            panel.text.set_current(name)

    def _discard(self) -> None:
        """The first press asks, the second does it."""
        if self.discard.property("kind") == "danger":
            self._calm_discard()
            self.discarded.emit()
        else:
            self.discard.set_kind("danger")
            self.discard.set_text(self._context.texts("drafting.form.discard_sure"))

    def _calm_discard(self) -> None:
        self.discard.set_kind("quiet")
        self.discard.set_text(self._context.texts("drafting.form.discard"))


def _look(kind: FieldKind | None) -> str:
    """How a field's words stand in the text."""
    if kind is None:
        return "plain"
    return "owed" if kind in OWED else "time" if kind in TIMES else "filled"
