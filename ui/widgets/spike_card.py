"""The spike card: how much, since when, against what, in whose words, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from crisisdesk.model.alert import Alert, AlertState, Exclusion, SignalKind
from crisisdesk.model.incident import Incident
from crisisdesk.plain import clamp
from crisisdesk.texts import Texts
from crisisdesk.words import duration, number, percent, reason, when
from ui.actions import key_of
from ui.context import Context
from ui.theme import GAP, INSET
from ui.widgets.button import Button
from ui.widgets.panel import clear
from ui.widgets.runs import Run, RunsLabel
from ui.widgets.safe import SafeLabel

ANSWERABLE = (AlertState.OPEN, AlertState.SNOOZED, AlertState.CLEARED)
QUOTE_LIMIT = 160


def return_words(days: float, context: Context) -> str:
    """How rare so much is: «tan alto ocurre una vez cada 41 días»; empty when it is not rare."""
    if days < 1:
        return ""
    years = days / 365
    if years >= 2:
        return context.texts("room.spike.rare_years", n=number(round(min(years, 100)), context.texts))
    return context.texts("room.spike.rare_days", n=round(days))


def quoted(terms: Sequence[str], texts: Texts) -> str:
    """Words in quotation marks, separated by commas."""
    return ", ".join(texts("room.ask.exclude_example", text=clamp(term, 60)) for term in terms)


def exclusion_words(found: Exclusion, texts: Texts) -> str:
    """What the exclusion would have removed, now and in the month before, with up to two examples."""
    now = texts(
        "room.ask.exclude_now",
        terms=quoted(found.terms, texts), removed=number(found.removed, texts), n=number(found.of, texts),
    )  # fmt: skip
    month = texts(
        "room.ask.exclude_month" if found.whole_month else "room.ask.exclude_month_of",
        removed=number(found.removed_before, texts), n=number(found.of_before, texts),
        complaints=number(found.complaints_before, texts),
    )  # fmt: skip
    said = [f"{now} {month}."]
    said += [quoted((" ".join(example.text.split())[:90],), texts) for example in found.examples[:2]]
    return "\n".join(said)


def _of(alert: Alert) -> str:
    """Ending of the sentences about an alert that is not about everything."""
    return "" if alert.signal.kind is SignalKind.VOLUME else f"_{alert.signal.kind.value}"


class _Stat(QWidget):
    """A small heading with runs of text below it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.heading = SafeLabel("", "muted")
        self.runs = RunsLabel(context.theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.heading)
        column.addWidget(self.runs)
        column.addStretch(1)


class SpikeCard(QFrame):
    """Shows one alert; its buttons depend on whether somebody has answered it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._headline = RunsLabel(context.theme, pixel_size=15)
        self._rare = SafeLabel("", "muted")
        self._against = SafeLabel("", "text", wrap=True)
        self._about = RunsLabel(context.theme)
        self._note = SafeLabel("", "muted", wrap=True)
        self._stats = tuple(_Stat(context) for _ in range(3))
        self._why = RunsLabel(context.theme)
        self._next = RunsLabel(context.theme)
        self._quotes = QVBoxLayout()
        self._quotes.setSpacing(5)
        self.buttons: dict[str, Button] = {}
        self._alert_id: int | None = None
        self._compact = self._asking = self._proposes = False
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.setSpacing(INSET)
        head.addWidget(self._headline, 1)
        head.addWidget(self._rare)
        column.addLayout(head)
        column.addWidget(self._against)
        column.addWidget(self._note)
        stats = QGridLayout()
        stats.setHorizontalSpacing(16)
        for n, stat in enumerate(self._stats):
            stats.addWidget(stat, 0, n)
            stats.setColumnStretch(n, 1)
        self._details = QWidget()
        details = QVBoxLayout(self._details)
        details.setContentsMargins(0, 0, 0, 0)
        details.setSpacing(10)
        details.addWidget(self._about)
        details.addLayout(stats)
        details.addLayout(self._quotes)
        column.addWidget(self._details)
        column.addWidget(self._why)
        column.addWidget(self._next)
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for name in ("alert.open", "update.write", "promise.none", "alert.snooze", "alert.mentions"):
            row.addWidget(self._button(name))
        row.addStretch(1)
        row.addWidget(self._button("alert.dismiss"))
        column.addWidget(self._row)

    def _button(self, name: str) -> Button:
        primary = name in ("alert.open", "update.write")
        button = Button("", lambda: self._context.act(name, self._alert_id), kind="primary" if primary else "plain")
        self.buttons[name] = button
        return button

    def set_compact(self, compact: bool) -> None:
        """In a small window leave out the words, the quotes, and what the list below says anyway."""
        self._compact = compact
        self._details.setVisible(not compact and not self._asking)
        self._against.setVisible(not compact)
        self._next.setVisible(bool(self._next.text()) and not compact and not self._asking)

    def set_asking(self, asking: bool) -> None:
        """Stand back while something is asked: only the headline stays."""
        self._asking = asking
        self._row.setVisible(not asking)
        self._why.setVisible(self._proposes and not asking)
        self.set_compact(self._compact)

    def set_alert(
        self,
        alert: Alert,
        incident: Incident | None,
        level_name: str,
        zone: str,
        before: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Show ``alert``; ``incident`` is the one on screen, ``level_name`` the name of the proposed level.

        Args:
            before: ``(days ago, mentions)`` of the same stretch.
        """
        texts, signal, why = self._context.texts, alert.signal, alert.explanation
        self._alert_id = alert.id
        since = when(signal.since, zone, texts, ref=signal.at)
        ratio = number(round(signal.ratio, 1), texts)
        self._headline.set_runs(
            (
                Run("▲ " + texts(f"room.spike.ratio{_of(alert)}", ratio=ratio), "danger", bold=True),
                Run("  " + texts("room.spike.since", time=since), bold=True),
            )
        )
        self._rare.setText(return_words(signal.return_days, self._context))
        self._against.setText(self._compared(alert, before))
        notes = []
        if signal.amplified:
            notes.append(texts("room.spike.amplified"))
        if signal.provisional:
            notes.append(texts("room.spike.learning", n=int(signal.learning_days), needed=int(signal.needed_days)))
        self._note.setText("◆ " + " · ".join(notes))
        self._note.setVisible(bool(notes))
        self._show_about(alert)
        self._show_stats(alert)
        self._show_quotes([example.text for example in why.examples])
        answerable = alert.state in ANSWERABLE and alert.incident_id is None
        self._show_why(alert, level_name, answerable)
        self._show_buttons(alert, incident, answerable)

    def _compared(self, alert: Alert, before: Sequence[tuple[int, int]]) -> str:
        """How much, in how long, against what, and the same stretch a day and a week ago."""
        texts, signal = self._context.texts, alert.signal
        count, stretch = number(signal.count, texts), duration(timedelta(minutes=signal.window_minutes), texts)
        usual = number(round(signal.expected), texts)
        said = [texts(f"room.spike.against{_of(alert)}", n=signal.count, count=count, stretch=stretch, expected=usual)]
        if signal.kind is SignalKind.VOLUME:  # those count mentions of every kind
            said += [texts(f"room.spike.days_{days}", count=number(many, texts)) for days, many in before]
        return " · ".join(said)

    def _show_about(self, alert: Alert) -> None:
        """The likely topic: the phrase that most share, what comes with it, and of how many mentions that is true."""
        texts, why = self._context.texts, alert.explanation
        self._about.setVisible(bool(why.topic))
        if why.topic:
            phrase, *others = (clamp(part, 80) for part in why.topic)
            quoted = Run(texts("commitments.ledger.quote", text=phrase), bold=True)
            runs = [Run(texts("room.spike.topic") + " ", "muted"), quoted]
            if others:
                runs.append(Run(" " + texts("room.spike.topic_with", terms=" · ".join(others[:3]))))
            runs.append(Run(" " + texts("room.spike.topic_share", share=percent(why.topic_share, texts)), "muted"))
            self._about.set_runs(runs)

    def set_next(self, what: str, key: str, then: str = "") -> None:
        """What to do next, with its key, and what comes ``then``; nothing when ``what`` is empty."""
        said = [Run(self._context.texts("room.spike.next") + " ", "muted"), Run(what, bold=True)]
        said += [Run(f" ({key})")] if key else []
        said += [Run(f"; {then}", "muted")] if then else []
        self._next.set_runs(said if what else ())
        self._next.setVisible(bool(what) and not self._asking and not self._compact)

    def _show_stats(self, alert: Alert) -> None:
        texts, signal, why = self._context.texts, alert.signal, alert.explanation
        terms, complaints, sources = self._stats
        terms.heading.setText(texts("room.spike.terms"))
        terms.runs.set_runs((Run(" · ".join(why.terms[:4]) or texts("room.spike.no_terms"), bold=bool(why.terms)),))
        complaints.heading.setText(texts("room.spike.complaints"))
        runs = [
            Run(percent(why.complaint_share, texts), bold=True),
        ]
        if signal.kind is SignalKind.VOLUME:
            runs.append(Run(" " + texts("room.spike.of", n=number(signal.count, texts))))
        if why.usual_complaint_share is not None:
            usual = percent(why.usual_complaint_share, texts)
            runs.append(Run(" " + texts("room.spike.usual", share=usual), "muted"))
        complaints.runs.set_runs(runs)
        sources.heading.setText(texts("room.spike.sources"))
        said = " · ".join(f"{name} {percent(share, texts)}" for name, share in why.sources[:3])
        sources.runs.set_runs((Run(said or "—"),))

    def _show_quotes(self, quotes: Sequence[str]) -> None:
        clear(self._quotes)
        texts = self._context.texts
        for quote in quotes[:3]:
            flat = " ".join(quote[: 8 * QUOTE_LIMIT].split())
            quoted = texts("commitments.ledger.quote", text=flat)
            self._quotes.addWidget(SafeLabel(quoted, "muted", elide=True, limit=QUOTE_LIMIT))

    def _show_why(self, alert: Alert, level_name: str, answerable: bool) -> None:
        texts, proposal = self._context.texts, alert.proposal
        self._proposes = answerable
        self._why.setVisible(answerable and not self._asking)
        if not proposal.level:
            self._why.set_runs((Run(texts("room.spike.no_level"), "muted"),))
            return
        runs = [Run(texts("room.spike.proposes", level=proposal.level, name=level_name), bold=True)]
        for n, why in enumerate(proposal.why[:3]):
            lead = texts("room.spike.because") if n == 0 else " · "
            runs.append(Run(lead + reason(why, texts), "muted"))
        self._why.set_runs(runs)

    def _show_buttons(self, alert: Alert, incident: Incident | None, answerable: bool) -> None:
        texts, buttons = self._context.texts, self.buttons
        seen = {
            "alert.open": answerable,
            "alert.snooze": answerable and alert.state is not AlertState.SNOOZED,
            "alert.dismiss": answerable,
            "update.write": incident is not None and not answerable,
            "promise.none": incident is not None and not answerable,
            "alert.mentions": True,
        }
        for name, button in buttons.items():
            button.setVisible(seen[name])
            key = key_of(name, texts)
            button.set_key(key)
            said = texts(f"room.button.{name.replace('.', '_')}", n=alert.signal.count)
            button.set_text(f"{said} ({key})" if name == "alert.open" else said)


def phase_runs(phases: Sequence[tuple[str, int, int, bool]], label: str) -> tuple[Run, ...]:
    """The line of phases: ``(name, done, total, current)`` each, the current one marked ●, finished ones ✓."""
    runs = [Run(label + "  ", "muted")]
    for n, (name, done, total, current) in enumerate(phases):
        if n:
            runs.append(Run(" › ", "muted"))
        if current:
            runs.append(Run(f"● {name} {done}/{total}", "accent", bold=True))
        elif total and done >= total:
            runs.append(Run(f"✓ {name}", "good"))
        else:
            runs.append(Run(name, "muted"))
    return tuple(runs)
