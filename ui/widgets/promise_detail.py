"""One promise with everything about it, and its actions, one key each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.desk.draft_rules import approvers
from crisisdesk.desk.ledger_time import drifted
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.playbook import Playbook
from crisisdesk.plain import safe_link
from crisisdesk.words import lateness, when
from ui.context import Context
from ui.theme import GAP
from ui.widgets.badge import Badge
from ui.widgets.button import Button
from ui.widgets.kept_phones import KeptPhones
from ui.widgets.keycap import with_key
from ui.widgets.ledger import BADGE, giver_words
from ui.widgets.panel import clear
from ui.widgets.promise_forms import Givers, MoveForm, RemedyForm, WithdrawForm
from ui.widgets.safe import PlainView, SafeLabel

_KEYS: Final = {
    int(Qt.Key.Key_A): "update",
    int(Qt.Key.Key_C): "keep",
    int(Qt.Key.Key_M): "move",
    int(Qt.Key.Key_R): "withdraw",
    int(Qt.Key.Key_S): "steps",
    int(Qt.Key.Key_1): "same_hour",
    int(Qt.Key.Key_2): "same_instant",
}


class PromiseDetail(QWidget):
    """The right side of the page.

    Signals:
        kept: done in time, now.
        fulfilled: a broken one, done after all.
        update_wanted: write the next news.
        apology_wanted: open the apology.
        url_wanted: a safe address.
        zone_settled: the zone's rules changed; whether the local hour stands (else the instant does).
    """

    kept = Signal()
    fulfilled = Signal()
    update_wanted = Signal()
    apology_wanted = Signal()
    url_wanted = Signal(str)
    zone_settled = Signal(bool)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.commitment: Commitment | None = None
        self._givers: Givers = ()
        self._shown: tuple[object, ...] = ()
        self.move_form, self.withdraw_form = MoveForm(context), WithdrawForm(context)
        self.remedy_form = RemedyForm(context)
        self._what = SafeLabel("", "title", wrap=True)
        self._badge = Badge()
        self._quoted_label = SafeLabel("", "muted")
        self._quoted = PlainView(grows=True)
        self._facts = SafeLabel("", "muted", wrap=True)
        self._zone = SafeLabel("", "promise", wrap=True)
        self.phones = KeptPhones(context)
        self._actions = QVBoxLayout()
        self._actions.setSpacing(6)
        self.buttons: dict[str, Button] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(GAP)
        top = QHBoxLayout()
        top.addWidget(self._what, 1)
        top.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(top)
        for widget in (self._quoted_label, self._quoted, self._facts, self._zone, self.phones):
            column.addWidget(widget)
        column.addLayout(self._actions)
        for form in (self.move_form, self.withdraw_form, self.remedy_form):
            column.addWidget(form)
            form.left.connect(self.focus_actions)
        column.addStretch(1)

    def show_promise(
        self, commitment: Commitment, playbook: Playbook, people: Mapping[str, str], givers: Givers
    ) -> None:
        """Show one; a form that is being filled in for it stays."""
        same = self.commitment is not None and self.commitment.id == commitment.id
        key = (commitment, playbook.version, tuple(people.items()), self._context.lang)
        self.commitment, self._givers = commitment, givers
        self.phones.show_promise(commitment.id)
        if key == self._shown:
            return
        self._shown = key
        texts, lang = self._context.texts, self._context.lang
        self._what.setText(commitment.what.get(lang) or texts(f"commitments.kind.{commitment.kind}"))
        self._badge.set_badge(texts(f"commitments.state.{commitment.state}"), BADGE[commitment.state])
        quoted = commitment.quoted.get(lang)
        self._quoted_label.setText(texts("commitments.detail.quoted" if quoted else "commitments.detail.not_quoted"))
        self._quoted.set_text(quoted)
        self._quoted.setAccessibleName(texts("commitments.detail.quoted"))
        self._quoted.setVisible(bool(quoted))
        self._facts.setText("\n".join(self._told(commitment, people)))
        self._show_actions(commitment)
        if not same or commitment.state is not CommitmentState.OPEN:
            self.move_form.hide()
            self.withdraw_form.hide()
        self._show_remedy(commitment, playbook)

    @property
    def asking(self) -> bool:
        """Whether one of its forms stands open."""
        return any(form.isVisibleTo(self) for form in (self.move_form, self.withdraw_form, self.remedy_form))

    def press(self, key: int) -> bool:
        """Do what a letter says; whether it said anything."""
        button = self.buttons.get(_KEYS.get(key, ""))
        if button is None:
            return False
        button.click()
        return True

    def focus_actions(self) -> None:
        """Put the focus on the first thing to do."""
        if self.remedy_form.isVisibleTo(self):
            self.remedy_form.kinds.button(0).setFocus()
        elif self.buttons:
            next(iter(self.buttons.values())).setFocus()

    def _told(self, commitment: Commitment, people: Mapping[str, str]) -> list[str]:
        texts, zone = self._context.texts, commitment.zone
        now = self._context.desk.clock.now()
        who = commitment.to_whom
        told = [
            texts("commitments.ledger.to", who=who) if who else texts("commitments.ledger.to_public"),
            *giver_words(commitment, people, texts),
            texts("commitments.detail.owner", who=people.get(commitment.owner, commitment.owner)),
            texts("commitments.detail.made", time=when(commitment.made_at, zone, texts, ref=now)),
        ]
        if commitment.ended_at is not None:
            state = texts(f"commitments.state.{commitment.state}")
            told.append(
                texts("commitments.detail.ended", state=state, time=when(commitment.ended_at, zone, texts, ref=now))
            )
        if commitment.reason:
            told.append(texts("commitments.detail.reason", reason=commitment.reason))
        if commitment.remedy and commitment.remedy_kind is not None:
            kind = texts(f"commitments.remedy.{commitment.remedy_kind}").lower()
            told.append(texts("commitments.detail.remedy", kind=kind, text=commitment.remedy))
        late = commitment.lateness()
        if commitment.fulfilled_at is not None and late is not None:
            told.append(texts("commitments.detail.fulfilled", lateness=lateness(late, texts)))
        return told

    def _show_zone(self, commitment: Commitment) -> None:
        """The zone's rules changed since the promise: which of the two was meant, only a person knows."""
        means = drifted(commitment)
        self._zone.setVisible(means is not None)
        if means is None:
            return
        texts, zone = self._context.texts, commitment.zone
        told, now_at = f"{datetime.fromisoformat(commitment.wall.removesuffix('f1')):%H:%M}", commitment.due_at
        now = self._context.desk.clock.now()
        at = {"told": told, "instant": when(now_at, zone, texts, ref=now)}
        self._zone.setText("◆ " + texts("commitments.zone.changed", zone=zone, **at))
        for name, key, same_hour in (("same_hour", "1", True), ("same_instant", "2", False)):
            settle = partial(self.zone_settled.emit, same_hour)
            self._add(name, texts(f"commitments.zone.{name}", **at), key, settle)

    def _show_actions(self, commitment: Commitment) -> None:
        clear(self._actions)
        self.buttons = {}
        self._show_zone(commitment)
        open_ = commitment.state is CommitmentState.OPEN
        broken = commitment.state is CommitmentState.BROKEN
        news = commitment.kind is CommitmentKind.NEXT_UPDATE
        if open_ and news:  # publishing any text keeps it, and announces the next: nothing to move or withdraw
            self._say("update", "update", "A", self.update_wanted.emit)
        if open_:
            self._say("keep", "keep", "C", self.kept.emit)
        if open_ and not news:
            self._say("move", "move", "M", self._begin_move)
            self._say("withdraw", "withdraw", "R", self._begin_withdraw)
        if broken and commitment.apology_draft_id is not None:
            self._say("apology", "apology", "", self.apology_wanted.emit)
            if commitment.remedied_at is None:
                self._say("steps", "steps", "S", lambda: self._context.act("apology.build", commitment.id))
        if broken and commitment.fulfilled_at is None:
            self._say("keep", "fulfil", "C", self.fulfilled.emit)
        if link := safe_link(commitment.url):
            self._say("url", "open_url", "", lambda: self.url_wanted.emit(link))

    def _begin_move(self) -> None:
        if self.commitment is not None:
            self.withdraw_form.hide()
            self.move_form.begin(self.commitment.zone, self._givers)

    def _begin_withdraw(self) -> None:
        self.move_form.hide()
        self.withdraw_form.begin()

    def _say(self, name: str, words: str, key: str, do: Callable[[], object]) -> None:
        self._add(name, self._context.texts(f"commitments.detail.{words}"), key, do)

    def _add(self, name: str, words: str, key: str, do: Callable[[], object]) -> None:
        button = Button(words)
        button.set_key(key)
        button.clicked.connect(lambda _checked=False: do())
        self.buttons[name] = button
        self._actions.addWidget(with_key(button, key), 0, Qt.AlignmentFlag.AlignLeft)

    def _show_remedy(self, commitment: Commitment, playbook: Playbook) -> None:
        """The form that a broken promise asks for, until it has its remedy."""
        if commitment.state is not CommitmentState.BROKEN or commitment.remedy:
            self.remedy_form.hide()
            return
        texts, lang = self._context.texts, self._context.lang
        due = (commitment.ended_at or commitment.due_at) + playbook.commitments.broken_within
        template = playbook.template(playbook.commitments.broken_template)
        asked = approvers(template, playbook, commitment) if template is not None else ()
        roles = [(role_id, playbook.role(role_id)) for role_id in asked]
        named = ", ".join(role.name.get(lang) or role_id if role else role_id for role_id, role in roles)
        self.remedy_form.begin(
            commitment.quoted.get(lang) or commitment.what.get(lang),
            texts("commitments.remedy.due", time=when(due, commitment.zone, texts)),
            texts("commitments.remedy.approves", roles=named) if named else "",
        )
