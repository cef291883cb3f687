"""What the review tells about one incident, as sheets: milestones, promises, what was said, what was heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crisisdesk.model.commitment import Commitment, CommitmentState
from crisisdesk.model.draft import Draft
from crisisdesk.model.incident import IncidentTask, TaskState
from crisisdesk.model.review import Milestone, PromiseScore, ReviewData
from crisisdesk.words import duration, lateness, number, percent
from ui.context import Context
from ui.models.columns import DANGER_MARK, DONE_MARK, WARNING_MARK, Cell, Look, outside
from ui.theme import GUTTER
from ui.widgets.chart import ChartView
from ui.widgets.history_panel import HistoryPanel
from ui.widgets.panel import Panel, clear
from ui.widgets.review_duties import ReviewDuties
from ui.widgets.row import Row
from ui.widgets.safe import SafeLabel
from ui.widgets.sheet import Sheet

_SIDE: Final = 344
_CHART: Final = 190
_MILESTONES: Final = (
    ("review.column.milestone", 0, False),
    ("review.column.target", 110, True),
    ("review.column.took", 110, True),
    ("review.column.result", 190, False),
)
_PROMISES: Final = (
    ("review.column.due", 140, False),
    ("review.column.what", 0, False),
    ("review.column.giver", 130, False),
    ("review.column.ended", 230, False),
)
_SAID: Final = (
    ("review.column.time", 140, False),
    ("review.column.message", 0, False),
    ("review.column.channel", 120, False),
)
_STATE_MARKS: Final = {
    CommitmentState.OPEN: (WARNING_MARK, "promise"),
    CommitmentState.KEPT: (DONE_MARK, "good"),
    CommitmentState.MOVED: (WARNING_MARK, "promise"),
    CommitmentState.WITHDRAWN: ("", "muted"),
    CommitmentState.BROKEN: (DANGER_MARK, "danger"),
}


def milestone_cells(one: Milestone, look: Look) -> tuple[Cell, ...]:
    """Name, target, what it took, and whether the target was met; nothing is claimed without both."""
    texts = look.texts
    target = (
        Cell(text="T+" + duration(one.target, texts), token="muted")
        if one.target is not None
        else Cell(text="—", token="muted")
    )
    name = Cell(text=texts(f"review.milestone.{one.key}"))
    if one.took is None:
        return name, target, Cell(text="—", token="muted"), Cell(text=texts("review.not_yet"), token="muted")
    took = Cell(text="T+" + duration(one.took, texts), bold=True)
    if one.target is None:
        return name, target, took, Cell(text=texts("review.no_target"), token="muted")
    over = one.took - one.target
    if over.total_seconds() <= 0:
        return name, target, took, Cell(text=texts("review.met"), mark=DONE_MARK, mark_token="good")
    late = texts("review.missed", duration=duration(over, texts))
    return name, target, took, Cell(text=late, token="danger", mark=DANGER_MARK, mark_token="danger")


def promise_cells(one: Commitment, look: Look) -> tuple[Cell, ...]:
    """When it was due, what, who gave the time, and how it ended."""
    texts = look.texts
    mark, token = _STATE_MARKS[one.state]
    late = one.lateness()
    said = texts(f"review.state.{one.state}")
    if late is not None:
        said = f"{said}, {lateness(late, texts)}"
    return (
        Cell(text=look.time(one.due_at), bold=True),
        Cell(text=outside(one.what.get(texts.lang)), under=texts(f"review.kind.{one.kind}")),
        Cell(text=outside(one.giver, 80) or "—", token="muted"),
        Cell(text=said, mark=mark, mark_token=token, under=outside(one.remedy or one.reason, 120)),
    )


def score_sentence(score: PromiseScore, look: Look) -> str:
    """«3 de 4 cumplidas (75 %)», counted over those that ended; or that nothing was promised yet."""
    texts = look.texts
    ended = score.kept + score.broken
    if not score.made:
        return texts("review.score.none")
    if not ended:
        return texts("review.score.open", n=score.made)
    return texts("review.score.kept", kept=score.kept, ended=ended, share=percent(score.kept / ended, texts))


def answer_rows(data: ReviewData, look: Look) -> list[tuple[str, str, str]]:
    """First answers with median and P90, the most that waited at once, and the mood before, during and after."""
    texts, found = look.texts, data.answering
    if found is None:
        return []
    rows = []
    if found.median is not None and found.p90 is not None:
        both = texts("review.answers.both", median=duration(found.median, texts), p90=duration(found.p90, texts))
        rows.append((texts("review.answers.first"), both, f"n = {number(found.answered, texts)}"))
    if found.backlog is not None:
        at, most = found.backlog
        said = texts("review.heard.peak_at", n=number(most, texts), time=look.time(at))
        rows.append((texts("review.answers.backlog"), said, texts("review.answers.backlog_note")))
    for name, mood in (("before", found.before), ("during", found.during), ("after", found.after)):
        if mood is not None and mood.n:
            share = percent(mood.negative / mood.labelled, texts) if mood.labelled else "—"
            note = texts("review.answers.labelled", n=number(mood.labelled, texts), of=number(mood.n, texts))
            rows.append((texts(f"review.answers.{name}"), share, note))
    return rows


class ReviewView(QScrollArea):
    """The document: chart and tables on the left, figures on the right."""

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._texts = context.texts
        theme = context.theme
        self.chart = ChartView(context)
        self.chart.setFixedHeight(_CHART)
        self.milestones = Sheet(_MILESTONES, look, theme)
        self.promises = Sheet(_PROMISES, look, theme, row=44)
        self.said = Sheet(_SAID, look, theme, row=62, lines=2)
        self._panels = {name: Panel(" ", flush=name != "chart") for name in ("chart", "milestones", "promises", "said")}
        self._figures = {name: Panel(" ") for name in ("kept", "answers", "heard", "tasks")}
        self.duties = ReviewDuties(context, look)
        self.history = HistoryPanel(context)
        self._lay_out()

    def _lay_out(self) -> None:
        whole = QWidget()
        whole.setProperty("ground", "clear")
        line = QHBoxLayout(whole)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GUTTER)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(GUTTER)
        for name, widget in (
            ("chart", self.chart),
            ("milestones", self.milestones),
            ("promises", self.promises),
            ("said", self.said),
        ):
            self._panels[name].body.addWidget(widget)
            left.addWidget(self._panels[name])
        left.insertWidget(2, self.duties)
        for panel in self._figures.values():
            panel.setFixedWidth(_SIDE)
            panel.body.setSpacing(0)
            right.addWidget(panel)
        self.history.setFixedWidth(_SIDE)
        right.insertWidget(1, self.history)
        left.addStretch(1)
        right.addStretch(1)
        line.addLayout(left, 1)
        line.addLayout(right)
        self.setWidget(whole)
        self.setWidgetResizable(True)

    def set_review(self, data: ReviewData, look: Look) -> None:
        """Show one incident's review."""
        texts = look.texts
        for name, panel in {**self._panels, **self._figures}.items():
            panel.set_title(texts(f"review.section.{name}"), "")
        for name, table in (("milestones", self.milestones), ("promises", self.promises), ("said", self.said)):
            table.setAccessibleName(texts(f"review.section.{name}"))
        self.chart.set_data(data.chart)
        self.milestones.put([milestone_cells(one, look) for one in data.milestones], look)
        self._panels["milestones"].set_note(texts("review.from_t0", time=look.time(data.incident.started_at)))
        self.promises.put([promise_cells(one, look) for one in data.commitments], look)
        self.said.put([self._said_cells(draft, look, data) for draft in data.published], look)
        for name, rows in (("promises", data.commitments), ("said", data.published)):
            self._panels[name].set_note(texts(f"review.count.{name}", n=len(rows)))
        self.duties.put(data, look)
        self._put_figures(data, look)

    @staticmethod
    def _said_cells(draft: Draft, look: Look, data: ReviewData) -> tuple[Cell, ...]:
        template = data.playbook.template(draft.template_id)
        purpose = template.purpose.get(look.texts.lang) if template else draft.template_id
        since = draft.published_at
        took = "T+" + duration(since - data.incident.started_at, look.texts) if since else ""
        return (
            Cell(text=look.time(since) if since else "—", bold=True, under=took),
            Cell(text=outside(draft.body.get(look.texts.lang)), under=purpose),
            Cell(text=outside(draft.channel, 60), token="muted"),
        )

    def _put_figures(self, data: ReviewData, look: Look) -> None:
        texts = look.texts
        kept: list[tuple[str, str, str]] = []
        for name, score in (("promises", data.promises), ("updates", data.updates)):
            median = score.median_lateness
            note = texts("review.score.median", lateness=lateness(median, texts)) if median is not None else ""
            others = [
                texts(f"review.score.{state}", n=count)
                for state, count in (("moved", score.moved), ("withdrawn", score.withdrawn), ("broken", score.broken))
                if count
            ]
            kept.append(
                (
                    texts(f"review.score.{name}"),
                    score_sentence(score, look),
                    " · ".join([note, *others] if note else others),
                )
            )
        self._fill("kept", kept)
        self._fill("answers", answer_rows(data, look))
        heard = [(texts("review.heard.mentions"), number(data.mentions, texts), "")]
        if data.mentions:
            share = percent(data.complaints / data.mentions, texts)
            heard.append(
                (
                    texts("review.heard.complaints"),
                    texts("review.heard.share", n=number(data.complaints, texts), share=share),
                    "",
                )
            )
        if data.peak is not None:
            at, count = data.peak
            heard.append(
                (
                    texts("review.heard.peak"),
                    texts("review.heard.peak_at", n=number(count, texts), time=look.time(at)),
                    "",
                )
            )
        heard += [(outside(channel, 40), number(count, texts), "") for channel, count in data.by_source[:8]]
        self._fill("heard", heard)
        done = sum(task.state is TaskState.DONE for task in data.tasks)
        self._figures["tasks"].set_note(texts("review.count.tasks", done=done, n=len(data.tasks)))
        left = [task for task in data.tasks if task.state is not TaskState.DONE]
        self._fill("tasks", [self._task_row(task, look) for task in left[:8]])

    @staticmethod
    def _task_row(task: IncidentTask, look: Look) -> tuple[str, str, str]:
        state = look.texts(f"review.task.{task.state}")
        return look.time(task.due_at), outside(task.do.get(look.texts.lang), 120), state

    def _fill(self, name: str, rows: Sequence[tuple[str, str, str]]) -> None:
        body = self._figures[name].body
        clear(body)
        for label, value, note in rows:
            body.addWidget(Row(label, value, note, label_width=112))
        if not rows:
            body.addWidget(SafeLabel(self._texts(f"review.nothing.{name}"), "muted", wrap=True))
