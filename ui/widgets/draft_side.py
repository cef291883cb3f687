"""The right column of the drafting page: what blocks, who agrees, and the way out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.draft import DraftState, DraftView
from ui.context import Context
from ui.theme import GAP
from ui.widgets.draft_approvals import Approvals
from ui.widgets.draft_check import CheckList
from ui.widgets.draft_publish import PublishBar
from ui.widgets.draft_snapshot import DraftSnapshot
from ui.widgets.draft_words import blocked_because, check_lines
from ui.widgets.mention_care import MentionCare
from ui.widgets.panel import Panel
from ui.widgets.post_pane import PostPane
from ui.widgets.proofs import Proofs
from ui.widgets.reply_pane import ReplyPane


class DraftSide(Panel):
    """«Antes de publicar».

    Attributes:
        check: the checklist; ``wanted`` leads to a field.
        approvals: who agrees; ``given`` records it.
        publish: copy, open, «publicado».
        reply: for an answer to one person, the way through its source; ``post`` for a text of our own.
        proofs: where a text is out.

    Signals:
        field_wanted: the field whose problem was pressed.
    """

    field_wanted = Signal(str)

    def __init__(self, context: Context) -> None:
        super().__init__("-")
        self._context = context
        self.check = CheckList(context)
        self.approvals = Approvals(context)
        self.publish = PublishBar(context)
        self.reply = ReplyPane(context)
        self.post = PostPane(context)
        self.proofs = Proofs(context)
        self.care = MentionCare(context)
        inside = QWidget()
        inside.setProperty("ground", "clear")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(GAP)
        for widget in (self.reply, self.care, self.proofs, self.check):
            column.addWidget(widget)
        column.addWidget(self.approvals)
        column.addWidget(self.post)
        column.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.body.addWidget(area, 1)
        self.footer.addWidget(self.publish)
        self.check.wanted.connect(self._lead)
        self.reply.answering.connect(self.care.show_mention)

    def show_view(self, view: DraftView, shown: DraftSnapshot) -> None:
        """Show how the draft stands."""
        texts, zone = self._context.texts, shown.incident.zone
        locked = view.draft.state in (DraftState.PUBLISHED, DraftState.DISCARDED)
        self.check.show_lines(() if locked else check_lines(view, shown.playbook, texts))
        people = tuple(shown.people.values())
        self.approvals.show_view(view, shown.playbook, people, now=shown.now, zone=zone, locked=locked)
        used = {d.channel: d.url for d in shown.drafts if d.state is DraftState.PUBLISHED and d.channel}
        channels = tuple(dict.fromkeys((*(name for name, _limit in view.template.limits), *used)))
        blocked = blocked_because(view, shown.playbook, texts)
        self.reply.show_view(view)
        self.post.show_view(view)
        self.proofs.show_proofs(view.publications, zone)
        self.publish.show_state(blocked=blocked, channels=channels, addresses=used, zone=zone, locked=locked)

    def _lead(self, name: str) -> None:
        """To a field, or to the approval that is missing."""
        if name in self.approvals.buttons:
            self.approvals.buttons[name].click()
        else:
            self.field_wanted.emit(name)

    def retranslate(self) -> None:
        """Say everything in the language on screen."""
        self.set_title(self._context.texts("drafting.check.title"))
        self.publish.retranslate()
        self.reply.retranslate()
        self.post.retranslate()
        self.care.retranslate()
