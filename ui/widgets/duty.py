"""What the days-ahead view is given and what it asks for: turns, and the call tree on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.rotation import Override, Rotation
from crisisdesk.reports import call_tree
from crisisdesk.reports.base import Document
from crisisdesk.words import zone_info
from ui.context import Context
from ui.widgets.contact_form import read_hour
from ui.widgets.coverage_view import Ahead, CoverageView


def documents() -> Path:
    """Where a person looks for papers."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home())


class Duty:
    """Carries the days-ahead view's wishes to the desk."""

    def __init__(
        self,
        context: Context,
        view: CoverageView,
        refresh: Callable[[], None],
        paper: Callable[[Document, Path], None],
    ) -> None:
        self._context = context
        self._paper = paper
        self._view = view
        self._refresh = refresh
        view.form.wanted.connect(self._save)
        view.unwanted.connect(self._remove)
        view.stand_in.wanted.connect(self._stand_in)
        view.relieved.connect(self._relieve)
        view.printed.connect(self.print)

    def query(self, incident_id: int | None) -> Callable[[], Ahead]:
        """Everything that the view shows."""
        desk = self._context.desk

        def read() -> Ahead:
            rotations = desk.rotations.list()
            playbook = desk.playbook if incident_id is None else desk.incidents.playbook(incident_id)
            return Ahead(
                report=desk.coverage.report(),
                playbook=playbook,
                rotations=rotations,
                overrides=desk.rotations.overrides(),
                duty={r.slug: desk.rotations.on_duty(r.slug) for r in rotations},
                nexts={r.slug: desk.rotations.who_next(r.slug) for r in rotations},
                contacts=desk.contacts.list(),
                zone=desk.zone,
                now=desk.clock.now(),
            )

        return read

    def _save(self, slug: str, members: str, hours: str, start: str) -> None:
        desk, texts, form = self._context.desk, self._context.texts, self._view.form
        try:
            at = read_hour(start) or time(7)
        except ValueError:
            form.tell(texts("escalation.coverage.problem_start"))
            return
        if not hours.isdecimal():
            form.tell(texts("escalation.coverage.problem_hours"))
            return
        zone = zone_info(desk.zone)
        first = datetime.combine(desk.clock.now().astimezone(zone).date(), at, zone)
        rotation = Rotation(
            slug=slug,
            name=slug,
            members=tuple(filter(None, (one.strip() for one in members.split(",")))),
            zone=desk.zone,
            starts_at=first,
            turn_hours=int(hours),
        )
        self._context.bridge.call(lambda: desk.rotations.save(rotation), self._saved, self._failed)

    def _saved(self, _rotation: Rotation) -> None:
        for edit in self._view.form.edits.values():
            edit.clear()
        self._view.form.tell("")
        self._context.say(self._context.texts("escalation.coverage.added"))
        self._refresh()

    def _failed(self, error: CrisisDeskError) -> None:
        self._view.form.tell(self._context.texts.error(error))

    def _remove(self, slug: str) -> None:
        desk = self._context.desk
        self._context.bridge.call(lambda: desk.rotations.delete(slug), lambda _done: self._refresh())

    def _stand_in(self, turn: str, person: str, start: datetime, end: datetime, reason: str) -> None:
        context, form = self._context, self._view.stand_in

        def done(_override: Override) -> None:
            form.reset()
            context.say("✓ " + context.texts("escalation.stand_in.saved"))
            self._refresh()

        context.bridge.call(
            lambda: context.desk.rotations.stand_in(turn, person, start, end, reason),
            done,
            lambda error: form.tell(context.texts.error(error)),
        )

    def _relieve(self, override_id: int) -> None:
        desk = self._context.desk
        self._context.bridge.call(lambda: desk.rotations.withdraw(override_id), lambda _done: self._refresh())

    def print(self) -> None:
        """Put the call tree on paper, in the person's documents."""
        desk, texts = self._context.desk, self._context.texts

        def read() -> Document:
            duty = {r.slug: desk.rotations.on_duty(r.slug) for r in desk.rotations.list()}
            now, zone = desk.clock.now(), desk.zone
            return call_tree.document(desk.playbook, desk.contacts.list(), duty, texts, now=now, zone=zone)

        path = documents() / texts("call_tree.file")
        self._context.bridge.read(read, lambda document: self._paper(document, path))
