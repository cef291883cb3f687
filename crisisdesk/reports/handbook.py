"""The handbook: a playbook on paper, for the day on which no screen works. Everything in the file is in it.

People stand in it by their role, as in the file; who holds a role today is written in by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from crisisdesk import words
from crisisdesk.model.playbook import Bilingual, Ladder, Playbook, Task, Template, Threshold
from crisisdesk.reports import setting
from crisisdesk.reports.base import Block, Cell, Cut, Document, Message, Section, Table, Words, shown
from crisisdesk.words import Sentences

FIRST: Final = timedelta(minutes=15)
FIRST_MESSAGE: Final = "primer_mensaje"
_BOX: Final = "☐"
_TO_WRITE_IN: Final = " "
_TEXT_LIMIT: Final = 20_000
_SAFE_CHANNELS: Final = ("llamada", "sms", "correo", "aviso", "chat")

Echo = Callable[[Threshold, str], str]
"""How a threshold is said in a language; ``playbooks.phrases.echo``."""


def document(playbook: Playbook, texts: Sentences, *, file: str, echo: Echo, today: date) -> Document:
    """The handbook of ``playbook`` in the language of ``texts``; ``file`` is the name of the file it came from."""
    return _Handbook(playbook, texts, file, echo, today).document()


def html(playbook: Playbook, texts: Sentences, *, file: str, echo: Echo, today: date) -> str:
    """The handbook as one file for a browser: no script, nothing loaded."""
    return setting.web(document(playbook, texts, file=file, echo=echo, today=today), texts)


class _Handbook:
    """Puts the handbook together, section by section."""

    def __init__(self, playbook: Playbook, texts: Sentences, file: str, echo: Echo, today: date) -> None:
        self._book, self._texts, self._file, self._echo, self._today = playbook, texts, file, echo, today

    # -- words ---------------------------------------------------------------------------------------------------

    def _say(self, key: str, **fields: object) -> str:
        return self._texts(f"handbook.{key}", **fields)

    def _own(self, pair: Bilingual, missing: str = "") -> str:
        return shown(pair.get(self._texts.lang) or missing, _TEXT_LIMIT)

    def _role(self, role_id: str) -> str:
        name, dot, which = role_id.partition(".")
        role = self._book.role(name)
        called = self._own(role.name, role.id) if role else shown(name)
        return self._say("deputy_of", role=called) if dot and which == "suplente" else called

    def _roles(self, role_ids: tuple[str, ...]) -> str:
        return ", ".join(map(self._role, role_ids)) or words.MISSING

    def _span(self, span: timedelta | None) -> str:
        if not span:
            return words.MISSING
        hours, rest = divmod(span, timedelta(hours=1))
        whole = not rest and hours < 48
        return self._texts("words.short.hour", n=hours) if whole else words.duration(span, self._texts)

    def _after(self, span: timedelta) -> str:
        return f"T+{self._span(span)}" if span else "T+0"

    def _day(self, day: date) -> str:
        return words.day(datetime(day.year, day.month, day.day, tzinfo=UTC), "UTC", self._texts)

    def _table(self, kind: str, widths: tuple[int, ...], rows: Sequence[tuple[Cell, ...]], *names: str) -> Table:
        head = tuple(self._say(f"column.{name}") if name else "" for name in names)
        assert len(head) == len(widths), kind
        return Table(head=head, rows=tuple(rows), widths=widths)

    # -- the document --------------------------------------------------------------------------------------------

    def document(self) -> Document:
        """Everything, in the order in which it is needed."""
        book = self._book
        title = self._own(book.title, book.id)
        made = [self._first_minutes(), *self._cautions(), self._levels(), self._people(), self._calls()]
        made += [*self._phases(), self._mentions(), self._tone(), self._texts_ready(), self._afterwards()]
        return Document(
            lang=self._texts.lang,
            cut=Cut.INTERNAL,
            banner="",
            kicker=self._say("kicker"),
            title=title,
            facts=tuple(self._facts()),
            lead=tuple(self._say(f"lead.{name}") for name in ("use", "people", "person")),
            sections=tuple(made),
            footer=self._say("footer", title=title, version=book.version, file=shown(self._file)),
        )

    def _facts(self) -> Iterator[tuple[str, str]]:
        book = self._book
        review = book.reviewed + book.review_every if book.reviewed and book.review_every else None
        values = {
            "version": str(book.version),
            "sector": self._say(f"sector.{book.sector}"),
            "zone": words.zone_name(book.zone, self._texts),
            "owner": self._role(book.owner) if book.owner else words.MISSING,
            "reviewed": self._day(book.reviewed) if book.reviewed else words.MISSING,
            "review_due": self._day(review) if review else words.MISSING,
            "file": shown(self._file),
            "printed": self._day(self._today),
        }
        for name, value in values.items():
            yield self._say(f"head.{name}"), value

    # -- the first page ------------------------------------------------------------------------------------------

    def _first_minutes(self) -> Section:
        book = self._book
        tasks = sorted((t for phase in book.phases for t in phase.tasks if t.before <= FIRST), key=lambda t: t.before)
        blocks: list[Block] = [self._checklist(tuple(tasks))]
        if book.call_questions:
            blocks.append(Words((self._say("ask"),)))
            blocks.append(Words(tuple(self._own(q) for q in book.call_questions), bulleted=True))
        if (template := book.template(FIRST_MESSAGE)) is not None:
            blocks.append(self._message(template))
        return Section("first", self._say("section.first"), tuple(blocks), self._say("note.first"), new_page=True)

    def _cautions(self) -> Iterator[Section]:
        if self._book.cautions:
            told = Words(tuple(self._own(caution) for caution in self._book.cautions), bulleted=True)
            yield Section("cautions", self._say("section.cautions"), (told,), new_page=True)

    def _checklist(self, tasks: tuple[Task, ...]) -> Table:
        rows = []
        for task in tasks:
            extra = [self._say("from_level", level=task.min_level)] if task.min_level else []
            extra += [self._say("needs", what=shown(", ".join(task.needs)))] if task.needs else []
            note = f" ({'; '.join(extra)})" if extra else ""
            rows.append((
                Cell(_BOX), Cell(self._after(task.before), "strong"), Cell(self._own(task.do, task.id) + note),
                Cell(self._role(task.owner)), Cell(self._purpose(task.template), "muted"), Cell(_TO_WRITE_IN),
            ))  # fmt: skip
        return self._table("tasks", (4, 13, 37, 19, 17, 10), rows, "", "before", "task", "who", "text", "done")

    def _purpose(self, template_id: str) -> str:
        template = self._book.template(template_id)
        return self._own(template.purpose, template_id) if template else shown(template_id)

    # -- levels and calls ----------------------------------------------------------------------------------------

    def _levels(self) -> Section:
        rows = []
        for level in sorted(self._book.levels, key=lambda lv: -lv.number):
            cadence = self._say(
                "cadence", public=self._span(level.public_cadence), internal=self._span(level.internal_cadence)
            )
            why = [shown(self._echo(t, self._texts.lang)) for t in level.activates]
            rows.append((
                Cell(f"{level.number} · {self._own(level.name)}", "strong"), Cell("; ".join(why) or words.MISSING),
                Cell(cadence), Cell(self._roles(level.wakes)),
            ))  # fmt: skip
        table = self._table("levels", (15, 41, 16, 28), rows, "level", "proposed", "cadence", "wakes")
        falls = self._book.falls_if
        end = (
            Words((self._say("falls", when=shown(self._echo(falls, self._texts.lang))),)) if falls else Words(())
        )
        first = not self._book.cautions
        return Section("levels", self._say("section.levels"), (table, end), self._say("note.levels"), new_page=first)

    def _people(self) -> Section:
        rows = [
            (
                Cell(self._own(role.name, role.id), "strong"), Cell(self._holder(role.holder), "muted"),
                Cell(self._holder(role.deputy), "muted"), Cell(_TO_WRITE_IN), Cell(_TO_WRITE_IN),
            )
            for role in self._book.roles
        ]  # fmt: skip
        table = self._table("people", (23, 23, 21, 19, 14), rows, "role", "holder", "deputy", "today", "phone")
        return Section("people", self._say("section.people"), (table,), self._say("note.people"), new_page=True)

    def _holder(self, slug: str) -> str:
        return self._role(slug) if self._book.role(slug) else shown(slug) or words.MISSING

    def _calls(self) -> Section:
        rows: list[tuple[Cell, ...]] = []
        for ladder in self._book.ladders:
            rows += self._ladder(ladder)
        table = self._table("calls", (24, 8, 32, 22, 14), rows, "ladder", "step", "to", "by", "wait")
        expires = {ladder.ack_expires for ladder in self._book.ladders}
        said = Words(tuple(self._say("ack_expires", span=self._span(span)) for span in sorted(expires)))
        return Section("calls", self._say("section.calls"), (table, said), self._say("note.calls"))

    def _ladder(self, ladder: Ladder) -> Iterator[tuple[Cell, ...]]:
        for number, step in enumerate(ladder.steps, start=1):
            by = ", ".join(self._say(f"by.{c}") if c in _SAFE_CHANNELS else shown(c) for c in step.by)
            name = self._role(ladder.role) if number == 1 else ""
            yield (
                Cell(name, "strong"), Cell(str(number)), Cell(self._role(step.to)), Cell(by),
                Cell(self._span(step.wait)),
            )  # fmt: skip
        nobody = self._own(ladder.if_nobody) or words.MISSING
        name = "" if ladder.steps else self._role(ladder.role)
        told = self._say("if_nobody", what=nobody)
        yield Cell(name, "strong"), Cell("×" + str(ladder.repeat)), Cell(told, "danger"), Cell(""), Cell("")

    # -- what to do, what to answer ------------------------------------------------------------------------------

    def _phases(self) -> Iterator[Section]:
        for number, phase in enumerate(self._book.phases):
            title = self._say("section.phase", number=number + 1, name=self._own(phase.name, phase.id))
            yield Section(
                f"phase{chr(ord('a') + number % 26)}{'x' * (number // 26)}", title, (self._checklist(phase.tasks),),
                self._own(phase.goal), new_page=number == 0,
            )  # fmt: skip

    def _mentions(self) -> Section:
        rows = []
        for row in self._book.mention_types:
            notes = [self._own(row.note)] if row.note.es or row.note.en else []
            notes += [self._say("raises", level=row.raises_to)] if row.raises_to else []
            if row.answer:
                deputy = f" → {self._role(row.deputy)}" if row.deputy else ""
                who = Cell(self._role(row.owner) + deputy)
            else:
                who = Cell(self._say("no_answer"), "muted")
            rows.append((
                Cell(self._own(row.name, row.id), "strong"),
                Cell(shown(", ".join(row.words), _TEXT_LIMIT), "muted"), who,
                Cell(self._span(row.first_reply), "strong"),
                Cell(". ".join([self._purpose(row.template), *notes]) if row.template else ". ".join(notes)),
            ))  # fmt: skip
        table = self._table("types", (16, 28, 20, 10, 26), rows, "type", "words", "answers", "first", "how")
        return Section("mentions", self._say("section.mentions"), (table,), self._say("note.mentions"), new_page=True)

    def _tone(self) -> Section:
        book = self._book
        strategy, rules = book.strategy, book.commitments

        def named(tags: tuple[str, ...]) -> str:
            return ", ".join(self._say(f"strategy.{tag.replace('.', '_')}") for tag in tags) or words.MISSING

        told = [
            self._say("cluster", name=self._say(f"cluster_name.{strategy.cluster}")),
            self._say("use", what=named(strategy.use)),
            self._say("avoid", what=named(strategy.avoid)),
            self._say("may_give_time", who=self._roles(rules.may_give_time)),
            self._say("margin", span=self._span(rules.margin)),
            self._say("risk", share=words.percent(rules.max_risk, self._texts), n=rules.min_history),
            self._say("broken", span=self._span(rules.broken_within), text=self._purpose(rules.broken_template)),
        ]
        rows = [
            (
                Cell(shown(self._echo(rule.when, self._texts.lang))),
                Cell(self._own(rule.name, rule.proposes), "strong"),
                Cell(self._roles(rule.approves)),
            )
            for rule in book.compensation
        ]  # fmt: skip
        blocks: list[Block] = [Words(tuple(told), bulleted=True)]
        if rows:
            blocks.append(self._table("compensation", (30, 42, 28), rows, "when", "compensation", "approves"))
        return Section("tone", self._say("section.tone"), tuple(blocks))

    # -- the texts -----------------------------------------------------------------------------------------------

    def _texts_ready(self) -> Section:
        blocks = tuple(self._message(template) for template in self._book.templates)
        return Section("texts", self._say("section.texts"), blocks, self._say("note.texts"), new_page=True)

    def _message(self, template: Template) -> Message:
        approves = self._say("pre_cleared") if template.pre_cleared else self._roles(template.approves)
        fields = ", ".join(
            self._own(f.label, f.name) + (f" ({self._say('optional')})" if f.optional else "") for f in template.fields
        )
        said = [self._say("fields", fields=fields or words.MISSING)]
        if template.forbids:
            said.append(self._say("forbids", names=shown(", ".join(template.forbids))))
        said += [self._say("limit", channel=shown(channel), n=n) for channel, n in template.limits]
        return Message(
            time="",
            title=self._own(template.purpose, template.id),
            where=self._say("approved_by", id=shown(template.id), who=approves),
            link="",
            es=shown(template.text.es, _TEXT_LIMIT),
            en=shown(template.text.en, _TEXT_LIMIT),
            approvals=" ".join(said),
        )

    def _afterwards(self) -> Section:
        book = self._book
        told = [self._say("review", span=self._span(book.review_within))]
        if book.drill_every:
            told.append(self._say("drill", span=self._span(book.drill_every), name=shown(book.drill_scenario)))
        return Section("afterwards", self._say("section.afterwards"), (Words(tuple(told)),))
