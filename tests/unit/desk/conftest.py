"""A desk on a data folder of its own and a clock that stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import DraftView, FieldValue
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual, FieldKind
from crisisdesk.paths import profile
from crisisdesk.settings import Settings

START = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)  # 07:00 in Mexico City
PEOPLE = (
    "comunicacion.titular",
    "comunicacion.suplente",
    "guardia.noc",
    "jefe.redes",
    "dir.general",
    "dir.operaciones",
    "cm.turno",
    "cm.guardia",
    "legal.titular",
)


@pytest.fixture
def clock() -> PlayClock:
    return PlayClock(START)


@pytest.fixture
def open_desk(tmp_path: Path, clock: PlayClock) -> Iterator[Callable[[], Desk]]:
    """Opens the same data folder again and again, as a restart does."""
    opened: list[Desk] = []

    def build() -> Desk:
        while opened:
            opened.pop().close()
        settings = Settings(zone="America/Mexico_City", actor="ana")
        opened.append(build_desk(settings, profile(tmp_path / "desk"), clock=clock))
        return opened[0]

    yield build
    for desk in opened:
        desk.close()


@pytest.fixture
def desk(open_desk: Callable[[], Desk]) -> Desk:
    built = open_desk()
    for n, slug in enumerate(PEOPLE):
        built.contacts.save(Contact(slug=slug, name=slug.title(), phone=f"55 0000 01{n:02d}"))
    return built


@pytest.fixture
def incident(desk: Desk) -> Incident:
    return desk.incidents.open(title="Sin servicio", level=3, started_at=START - timedelta(minutes=5))


@pytest.fixture
def at(desk: Desk, clock: PlayClock) -> Callable[[float], datetime]:
    """``at(20)``: go to 20 minutes after 07:00, letting every minute pass with its tick."""

    def move(minutes: float) -> datetime:
        target = START + timedelta(minutes=minutes)
        while clock.now() < target:
            clock.move_to(min(target, clock.now() + timedelta(minutes=1)))
            desk.tick()
        return target

    return move


def filled(desk: Desk, draft_id: int, **given: FieldValue) -> DraftView:
    """Fill every empty required field with words, or a time an hour ahead, and approve."""
    view = desk.drafts.view(draft_id)
    values: dict[str, FieldValue] = {}
    for field in view.template.fields:
        known = view.draft.values.get(field.name, FieldValue())
        if field.name in given or not known.empty or field.optional:
            continue
        if field.kind in (FieldKind.PROMISE, FieldKind.NEXT_UPDATE, FieldKind.TIME, FieldKind.DATE):
            values[field.name] = FieldValue(instant=desk.clock.now() + timedelta(hours=1), giver="guardia.noc")
        else:
            values[field.name] = FieldValue(text=Bilingual(f"dato {field.name}", f"fact {field.name}"))
    desk.drafts.fill(draft_id, values | given)
    for role in view.template.approves:
        desk.drafts.approve(draft_id, role, "ana")
    return desk.drafts.view(draft_id)
