"""The ladders of an incident, who holds each role, and the calls made so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.contact import Contact
from crisisdesk.model.escalation import CallAttempt, CallOutcome, Escalation, EscalationState
from crisisdesk.model.incident import Assignment
from crisisdesk.model.notification import Notification, NotificationState
from crisisdesk.model.playbook import Ladder, Playbook
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from crisisdesk.words import when
from ui.context import Context
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.countdown import Countdown
from ui.widgets.panel import clear
from ui.widgets.press_row import PressRow
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel

_LOOK: Final = {
    EscalationState.CALLING: ("◆", "promise"),
    EscalationState.ACKNOWLEDGED: ("✓", "good"),
    EscalationState.EXHAUSTED: ("▲", "danger"),
    EscalationState.STOPPED: ("–", "muted"),
}
_OUTCOME: Final = {
    CallOutcome.ANSWERED: ("✓", "good"),
    CallOutcome.VOICEMAIL: ("◆", "promise"),
    CallOutcome.NO_ANSWER: ("◆", "promise"),
    CallOutcome.DECLINED: ("▲", "danger"),
    None: ("○", "muted"),
}


def role_words(playbook: Playbook, role_id: str, lang: str) -> str:
    """A role as people call it."""
    role = playbook.role(role_id)
    return (role.name.get(lang) or role_id) if role is not None else role_id


def channel_word(channel: str, texts: Texts) -> str:
    """How a person is reached, in the reader's language; a word of the playbook's own stays as it is."""
    key = f"escalation.by.{channel}"
    return texts(key) if texts.has(key) else clamp(channel, 40)


def scrolled(inside: QWidget) -> QScrollArea:
    """``inside`` in an area that scrolls downwards only and takes no focus of its own."""
    inside.setProperty("ground", "clear")
    area = QScrollArea(widgetResizable=True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    return area


class LadderRow(PressRow):
    """One role's ladder: where it stands, and what comes next when."""

    def __init__(
        self, context: Context, playbook: Playbook, ladder: Ladder, running: Escalation | None, who: str, zone: str
    ) -> None:
        texts = context.texts
        self.role = ladder.role
        self.running = running
        name = role_words(playbook, ladder.role, context.lang)
        state = texts("escalation.ladders.waiting")
        mark, tone = "○", "muted"
        if running is not None:
            mark, tone = _LOOK[running.state]
            state = texts(f"escalation.ladders.{running.state}", who=who)
        super().__init__(context.theme, f"{name}: {state}")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 9)
        column.setSpacing(3)
        top = QHBoxLayout()
        top.addWidget(SafeLabel(name, "strong", elide=True), 1)
        calling = running is not None and running.state is EscalationState.CALLING
        if running is not None and calling:
            top.addWidget(Countdown(context, running.step_due_at, rank="muted"))
        column.addLayout(top)
        column.addWidget(RunsLabel(context.theme, (Run(f"{mark} {clamp(state, 90)}", tone, bold=tone != "muted"),)))
        if running is not None and (calling or running.ack_expires_at is not None):
            column.addWidget(SafeLabel(self._detail(context, ladder, running, zone), "muted", wrap=True))

    def _detail(self, context: Context, ladder: Ladder, running: Escalation, zone: str) -> str:
        texts = context.texts
        if running.state is EscalationState.ACKNOWLEDGED and running.ack_expires_at is not None:
            return texts("escalation.ladders.expires", time=when(running.ack_expires_at, zone, texts))
        return texts("escalation.ladders.step", n=running.step + 1, m=len(ladder.steps), round=running.round)


class LadderList(QWidget):
    """Every role that has a ladder.

    Signals:
        wanted: a role; its ladder is to be shown, or begun.
    """

    wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[object, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 0, 1, 0)
        self._column.setSpacing(0)

    def show_ladders(
        self, playbook: Playbook, running: Mapping[str, Escalation], names: Mapping[str, str], *, zone: str
    ) -> None:
        """Show them; ``running`` holds the newest escalation of each role."""
        key = (playbook.id, playbook.version, tuple(running.items()), tuple(names.items()), zone, self._context.lang)
        if key == self._shown:
            return
        focused = next((row.role for row in self.rows() if row.hasFocus()), "")
        self._shown = key
        clear(self._column)
        for ladder in playbook.ladders:
            mine = running.get(ladder.role)
            who = names.get(mine.ack_by, mine.ack_by) if mine is not None else ""
            row = LadderRow(self._context, playbook, ladder, mine, who, zone)
            row.pressed.connect(lambda role=ladder.role: self.wanted.emit(role))
            self._column.addWidget(row)
            if ladder.role == focused:
                row.take_focus()
        self._column.addStretch(1)

    def focus_first(self) -> None:
        """Put the focus on the first ladder."""
        if rows := self.rows():
            rows[0].take_focus()

    def set_chosen(self, role: str) -> None:
        """Show whose card is on the table."""
        for row in self.rows():
            row.set_chosen(row.role == role)

    def rows(self) -> tuple[LadderRow, ...]:
        """The rows in their order."""
        items = (self._column.itemAt(place) for place in range(self._column.count()))
        widgets = (item.widget() for item in items if item is not None)
        return tuple(row for row in widgets if isinstance(row, LadderRow))


class RoleList(QWidget):
    """Who holds each role; somebody from the contacts is assigned by typing.

    Signals:
        assigned: a role and a contact's slug.
    """

    assigned = Signal(str, str)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[object, ...] = ()
        self._slugs: dict[str, str] = {}
        self._role = ""
        self.buttons: dict[str, PressRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 0, 1, 0)
        self._column.setSpacing(0)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._column.addLayout(self._rows)
        self.entry = QWidget()
        box = QVBoxLayout(self.entry)
        box.setContentsMargins(11, 8, 11, 8)
        box.setSpacing(4)
        self._asked = SafeLabel("", "muted")
        self.who = QLineEdit(maxLength=120)
        self._save = Button(on_press=self._assign)
        self._problem = SafeLabel("", "danger", wrap=True)
        line = QHBoxLayout()
        line.addWidget(self.who, 1)
        line.addWidget(self._save)
        box.addWidget(self._asked)
        box.addLayout(line)
        box.addWidget(self._problem)
        self._column.addWidget(self.entry)
        self._column.addStretch(1)
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self.who)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.who.setCompleter(completer)
        self.who.returnPressed.connect(self._assign)
        self.entry.hide()

    def show_roles(
        self, playbook: Playbook, assignments: Sequence[Assignment], contacts: Sequence[Contact]
    ) -> None:
        """Show who holds what; a role that nobody holds is amber."""
        texts, lang = self._context.texts, self._context.lang
        key = (playbook.id, playbook.version, tuple(assignments), tuple(contacts), lang)
        if key == self._shown:
            return
        self._shown = key
        self._slugs = {clamp(f"{c.name} · {c.title}" if c.title else c.name, 100): c.slug for c in contacts}
        self._names.setStringList(list(self._slugs))
        names = {contact.slug: contact.name for contact in contacts}
        held = {a.role: a.contact_slug for a in assignments}
        clear(self._rows)
        self.buttons = {}
        for role in playbook.roles:
            slug = held.get(role.id, role.holder)
            name = role.name.get(lang) or role.id
            who = names.get(slug, slug)
            row = self._row(name, who)
            row.pressed.connect(lambda role=role.id, name=name: self.ask(role, name))
            self.buttons[role.id] = row
            self._rows.addWidget(row)
        self._save.set_text(texts("escalation.roles.assign"))
        self.who.setPlaceholderText(texts("escalation.roles.who"))

    def missing(self) -> int:
        """How many roles nobody holds."""
        nobody = self._context.texts("escalation.roles.nobody")
        return sum(row.accessibleName().endswith(nobody) for row in self.buttons.values())

    def ask(self, role: str, name: str) -> None:
        """Ask in place who takes a role."""
        self._role = role
        self._asked.setText(name)
        self._problem.hide()
        self.who.clear()
        self.who.setAccessibleName(f"{name}: {self._context.texts('escalation.roles.who')}")
        self.entry.show()
        self.who.setFocus()

    def close_entry(self) -> None:
        """Nobody was assigned."""
        self.entry.hide()

    def _row(self, name: str, who: str) -> PressRow:
        texts = self._context.texts
        shown = who or texts("escalation.roles.nobody")
        row = PressRow(self._context.theme, texts("escalation.roles.row", role=name, who=clamp(shown, 80)))
        line = QHBoxLayout(row)
        line.setContentsMargins(11, 6, 11, 7)
        line.setSpacing(GAP)
        label = SafeLabel(name, "muted", wrap=True)
        line.addWidget(label, 5)
        tone = Run(shown) if who else Run(f"◆ {shown}", "promise", bold=True)
        line.addWidget(RunsLabel(self._context.theme, (tone,), limit=60), 4)
        return row

    def _assign(self) -> None:
        typed = self.who.text().strip()
        slug = self._slugs.get(typed) or next(
            (slug for shown, slug in self._slugs.items() if typed and typed.casefold() in shown.casefold()), ""
        )
        self._problem.setVisible(not slug)
        self._problem.setText("" if slug else "▲ " + self._context.texts("escalation.roles.unknown"))
        if slug:
            self.entry.hide()
            self.assigned.emit(self._role, slug)


_SENT: Final = {
    NotificationState.DELIVERED: ("●", "good"),
    NotificationState.ACKNOWLEDGED: ("✓", "good"),
    NotificationState.FAILED: ("▲", "danger"),
    NotificationState.ATTEMPTED: ("◆", "promise"),
}


class CallHistory(QWidget):
    """Every call made, newest first, with what came of it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._shown: tuple[object, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 0, 12, 8)
        self._column.setSpacing(GAP)

    def show_calls(
        self,
        playbook: Playbook,
        attempts: Sequence[CallAttempt],
        roles: Mapping[int, str],
        names: Mapping[str, str],
        *,
        zone: str,
        messages: Sequence[Notification] = (),
    ) -> None:
        """Show them; ``roles`` names the role of each escalation, ``messages`` are what the desk itself sent."""
        texts, lang = self._context.texts, self._context.lang
        key = (tuple(attempts), tuple(roles.items()), tuple(names.items()), zone, lang, tuple(messages))
        if key == self._shown:
            return
        self._shown = key
        clear(self._column)
        if not attempts:
            self._column.addWidget(SafeLabel(texts("escalation.history.empty"), "muted", wrap=True))
        for attempt in sorted(attempts, key=lambda a: (a.started_at, a.id), reverse=True):
            mark, tone = _OUTCOME[attempt.outcome]
            outcome = texts(f"escalation.outcome.{attempt.outcome or 'pending'}")
            role = role_words(playbook, roles.get(attempt.escalation_id, ""), lang)
            by = ", ".join(channel_word(channel, texts) for channel in attempt.channels)
            line = texts("escalation.history.line", role=role, channels=by)
            note = f" · {attempt.note}" if attempt.note else ""
            mine = [one for one in messages if one.attempt_id == attempt.id]
            self._column.addWidget(
                RunsLabel(
                    self._context.theme,
                    (
                        Run(f"{when(attempt.started_at, zone, texts)}  ", "muted"),
                        Run(names.get(attempt.contact_slug, attempt.contact_slug), bold=True),
                        Run(f"  {mark} {outcome}", tone),
                        Run(f"\n{line}{note}", "muted"),
                        *(run for one in mine for run in self._message(one)),
                    ),
                )
            )
        self._column.addStretch(1)

    def _message(self, one: Notification) -> tuple[Run, Run]:
        """What is honestly known of a message: its channel, its state, and why it did not go out."""
        texts = self._context.texts
        mark, tone = _SENT.get(one.state, ("○", "muted"))
        why = ""
        if one.error_key and one.state in (NotificationState.FAILED, NotificationState.WAITING):
            why = " · " + texts(f"errors.{one.error_key}", **dict(one.error_fields))
        state = texts(f"notice.state.{one.state}")
        return Run(f"\n{mark} {texts(f'notice.kind.{one.kind}')}: ", tone), Run(f"{state}{why}", "muted")
