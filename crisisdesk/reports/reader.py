"""One incident in one reader's language: the small words that every section needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crisisdesk import words
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.review import ReviewData
from crisisdesk.model.timeline import Entry
from crisisdesk.reports.base import TEXT_LIMIT, Cell, Cut, link, shown
from crisisdesk.words import Sentences


@dataclass(frozen=True, slots=True)
class Reader:
    """The data of a report with the language, zone and cut it is told in."""

    data: ReviewData
    texts: Sentences
    cut: Cut

    @property
    def internal(self) -> bool:
        """Whether the team reads it."""
        return self.cut is Cut.INTERNAL

    @property
    def zone(self) -> str:
        """The incident's zone; every local time of the report is in it."""
        return self.data.incident.zone

    def say(self, key: str, **fields: object) -> str:
        """A sentence of ``report.toml``."""
        return self.texts(f"report.{key}", **fields)

    def time(self, instant: datetime | None) -> str:
        """Local time, with the date when it is not T0's day; a dash for ``None``."""
        if instant is None:
            return words.MISSING
        return words.when(instant, self.zone, self.texts, ref=self.data.incident.started_at)

    def since_start(self, instant: datetime | None) -> str:
        """``T+10 min``; a dash for ``None``."""
        return words.MISSING if instant is None else self.t_plus(instant - self.data.incident.started_at)

    def t_plus(self, delta: timedelta | None) -> str:
        """``T+10 min`` or ``T−3 min``; a dash for ``None``."""
        if delta is None:
            return words.MISSING
        said = words.duration(abs(delta), self.texts)
        return f"T{words.MINUS if delta < timedelta(0) else '+'}{said}"

    def duration(self, delta: timedelta) -> str:
        """A stretch of time."""
        return words.duration(delta, self.texts)

    def number(self, value: float) -> str:
        """A number as the language writes it."""
        return words.number(value, self.texts)

    def share(self, part: int, whole: int) -> str:
        """``part`` of ``whole`` as a percentage; a dash when there is nothing to divide by, and few are not none."""
        if not whole:
            return words.MISSING
        few = 0 < part / whole < 0.005
        return "<" + words.percent(0.01, self.texts) if few else words.percent(part / whole, self.texts)

    def own(self, pair: Bilingual) -> str:
        """A pair of texts in the reader's language, clamped."""
        return shown(pair.get(self.texts.lang))

    def role(self, role_id: str) -> str:
        """A role's name as the playbook gives it."""
        role = self.data.playbook.role(role_id)
        return (self.own(role.name) if role else "") or shown(role_id)

    def person(self, slug: str) -> str:
        """A contact's name, a role's name, or what was typed."""
        contact = next((c for c in self.data.contacts if c.slug == slug), None)
        return shown(contact.name) if contact else self.role(slug)

    def template(self, template_id: str) -> str:
        """What a template is for."""
        template = self.data.playbook.template(template_id)
        return (self.own(template.purpose) if template else "") or shown(template_id)

    def entry(self, entry: Entry) -> str:
        """A timeline entry's sentence."""
        return shown(words.entry_sentence(entry, self.texts, self.zone), TEXT_LIMIT)

    def actor(self, entry: Entry) -> str:
        """Who did it; the desk by its name."""
        return self.say("desk") if entry.actor == "desk" else shown(entry.actor)

    def address(self, url: str) -> Cell:
        """An address: a link when it is safe to open, else its text."""
        return Cell(shown(url, 160), link=link(url))
