"""Between the apology's builder and the desk: the plan is read, the parts become a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from crisisdesk.desk.apologies import ApologyPlan, Part
from crisisdesk.model.commitment import RemedyKind
from crisisdesk.model.playbook import Bilingual
from ui.context import Context
from ui.widgets.apology_builder import ApologyBuilder


class ApologyWays(QObject):
    """Begins an apology and hands over its draft.

    Signals:
        begun: the builder stands ready.
        started: the draft was opened (a ``Draft``).
    """

    begun = Signal()
    started = Signal(object)

    def __init__(self, context: Context, builder: ApologyBuilder, incident: Callable[[], int | None]) -> None:
        super().__init__()
        self._context, self._builder, self._incident = context, builder, incident
        builder.built.connect(self._build)
        builder.wizard_wanted.connect(lambda: context.act("strategy.choose", None))

    def begin(self, thing: object | None) -> None:
        """Ask what an apology must say: for a broken promise by its id, else for the incident."""
        incident_id, desk = self._incident(), self._context.desk
        promise = thing if isinstance(thing, int) else None
        if incident_id is None:
            return

        def ready(read: tuple[ApologyPlan, str]) -> None:
            self._builder.begin(*read, (incident_id, promise))
            self.begun.emit()
            self._builder.rows[Part.ACKNOWLEDGE].lines[0].setFocus()

        self._context.bridge.read(
            lambda: (desk.apologies.plan(incident_id, promise), desk.incidents.get(incident_id).zone), ready
        )

    def _build(self, parts: Mapping[Part, Bilingual], by: datetime | None, kind: RemedyKind) -> None:
        incident_id, desk, plan = self._incident(), self._context.desk, self._builder.plan
        if incident_id is None or plan is None:
            return
        promise = plan.promise.id if plan.promise is not None else None

        def done(draft: object) -> None:
            self._builder.done()
            self.started.emit(draft)

        self._context.bridge.call(
            lambda: desk.apologies.build(incident_id, parts, commitment_id=promise, by=by, remedy=kind), done
        )
