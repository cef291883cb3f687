"""What the inbox shows at one moment, and how that is said above the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crisisdesk.model.alert import Alert
from crisisdesk.model.area import Area
from crisisdesk.model.inbox import Fold, Listed, Sought, Window
from crisisdesk.model.playbook import MentionType
from crisisdesk.plain import one_line
from crisisdesk.texts import Texts
from crisisdesk.words import number, when
from ui.models.columns import Look


@dataclass(frozen=True, slots=True)
class InboxView:
    """The newest page of the mentions that a filter lets through.

    Attributes:
        danger: who speaks of people in danger and waits for an answer.
        unfolded: what the rows that are unfolded stand for.
        people: who has a mention now.
        mark: another one as soon as any desk on the data file has given a mention to somebody.
    """

    filter: Sought
    page: Window
    danger: tuple[Listed, ...]
    unfolded: Mapping[Fold, tuple[Listed, ...]]
    total: int
    alert: Alert | None
    look: Look
    kinds: tuple[MentionType, ...]
    sources: tuple[str, ...]
    saved: Mapping[str, Sought]
    people: tuple[str, ...] = ()
    areas: tuple[Area, ...] = ()
    mark: object = None

    @property
    def rows(self) -> tuple[Listed, ...]:
        """The rows of the page."""
        return self.page.rows


def counts(view: InboxView, held: int, more: bool, newer: int, chosen: int, texts: Texts) -> str:
    """How many mentions there are, how many of them are let through, chosen, and how many came in above."""
    said = [texts("inbox.count.all", n=view.total, shown=number(view.total, texts))]
    if view.filter:
        said = [
            texts("inbox.count.all", n=held, shown=number(held, texts) + ("+" if more else "")),
            texts("inbox.count.filtered", shown=number(view.total, texts)),
        ]
    if chosen > 1:
        said.append(texts("inbox.count.chosen", n=chosen))
    if newer:
        said.append(texts("inbox.count.newer", n=newer, shown=number(newer, texts)))
    return " · ".join(said)


def narrowing(view: InboxView, texts: Texts) -> str:
    """What another page or key narrowed the list to: one person, a stretch of the chart, an alert; or nothing."""
    if view.filter.author is not None:
        who = one_line(view.rows[0].mention.author if view.rows else view.filter.author[1], 40)
        return texts("inbox.filter.person", who=who)
    if view.filter.start is not None:
        stretch = (view.filter.start, view.filter.end or view.look.now)
        start, end = (when(at, view.look.zone, texts, ref=view.look.now) for at in stretch)
        return texts("inbox.from_stretch", start=start, end=end)
    if view.alert is not None:
        since = when(view.alert.signal.since, view.look.zone, texts, ref=view.look.now)
        return texts("inbox.from_alert", time=since)
    return ""
