"""The call tree on paper: who is called, in which order, at which number, for the day on which no screen works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from crisisdesk import words
from crisisdesk.model.contact import Contact
from crisisdesk.model.playbook import Ladder, LadderStep, Playbook
from crisisdesk.reports.base import Cell, Cut, Document, Section, Table, Words, shown
from crisisdesk.words import Sentences

_DEPUTY = ".suplente"


def document(
    playbook: Playbook,
    contacts: Sequence[Contact],
    duty: Mapping[str, str],
    texts: Sentences,
    *,
    now: datetime,
    zone: str,
) -> Document:
    """The tree of ``playbook``: each ladder with its people and numbers.

    Args:
        duty: slug of a rotation → slug of who has the turn at ``now``; the paper says that it changes.
        zone: IANA zone of the printed time.
    """
    return _Tree(playbook, {c.slug: c for c in contacts}, duty, texts, now, zone).document()


class _Tree:
    def __init__(
        self,
        playbook: Playbook,
        contacts: Mapping[str, Contact],
        duty: Mapping[str, str],
        texts: Sentences,
        now: datetime,
        zone: str,
    ) -> None:
        self._book, self._contacts, self._duty, self._texts = playbook, contacts, duty, texts
        self._now, self._zone = now, zone

    def _say(self, key: str, **fields: object) -> str:
        return self._texts(f"call_tree.{key}", **fields)

    def document(self) -> Document:
        """Everything."""
        day = words.day(self._now, self._zone, self._texts)
        time = words.when(self._now, self._zone, self._texts)
        printed = self._say("printed", day=day, time=time)
        sections = [self._ladder(ladder) for ladder in self._book.ladders]
        questions = tuple(shown(q.get(self._texts.lang)) for q in self._book.call_questions)
        if questions:
            sections.append(Section("questions", self._say("questions"), (Words(questions, bulleted=True),)))
        return Document(
            lang=self._texts.lang,
            cut=Cut.INTERNAL,
            banner="",
            kicker=self._say("kicker"),
            title=shown(self._book.title.get(self._texts.lang) or self._book.id),
            facts=((self._say("made"), printed),),
            lead=(self._say("lead"),),
            sections=tuple(sections),
            footer=self._say("footer", printed=printed),
        )

    def _ladder(self, ladder: Ladder) -> Section:
        role = self._book.role(ladder.role)
        name = shown((role.name.get(self._texts.lang) if role else "") or ladder.role)
        head = tuple(self._say(f"column.{column}") for column in ("step", "who", "phone", "wait", "came"))
        rows = tuple(self._row(number, step) for number, step in enumerate(ladder.steps, 1))
        blocks: list[Table | Words] = [Table(head=head, rows=rows, widths=(7, 35, 26, 12, 20))]
        lost = shown(ladder.if_nobody.get(self._texts.lang))
        after = [self._say("repeat", n=ladder.repeat)] + ([self._say("if_nobody", what=lost)] if lost else [])
        blocks.append(Words((" ".join(after),)))
        return Section(f"ladder_{len(ladder.role)}_{shown(ladder.role)}", name, tuple(blocks))

    def _row(self, number: int, step: LadderStep) -> tuple[Cell, ...]:
        slug, turn = self._person(step.to)
        contact = self._contacts.get(slug)
        if contact is None:
            who, phone = self._say("nobody", slug=shown(slug) or words.MISSING), ""
        else:
            who = shown(contact.name) + (f" · {shown(contact.title)}" if contact.title else "")
            who += f" ({self._say('turn')})" if turn else ""
            phone = shown(contact.phone) or self._say("no_phone")
        return (
            Cell(str(number)),
            Cell(who, "" if contact else "danger"),
            Cell(phone, "strong"),
            Cell(words.duration(step.wait, self._texts)),
            Cell("☐"),
        )

    def _person(self, to: str) -> tuple[str, bool]:
        """Slug behind ``to``, and whether it is only this turn's."""
        for _ in range(5):
            deputy = to.endswith(_DEPUTY)
            role = self._book.role(to.removesuffix(_DEPUTY))
            if role is None:
                break
            to = role.deputy if deputy else role.holder
        return self._duty.get(to, to), to in self._duty
