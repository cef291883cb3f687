"""Many ladders that are due, and a real process that climbs them: for kill -9 in tests and in the benchmark.

``python -m tests.fakes.many_ladders DIR`` opens the desk of DIR and lets the engine tick it, as the program does; it
prints ``ready`` and then a line for each commit in which a ladder moved, until it is killed.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from crisisdesk.app import Desk, build_desk
from crisisdesk.engine import Engine
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import StoreBusyError
from crisisdesk.model.escalation import Escalation, EscalationState
from crisisdesk.model.events import EscalationChanged, Event
from crisisdesk.model.incident import Assignment
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.store import rows

ROOT: Final = Path(__file__).resolve().parents[2]
ROLES: Final = ("enlace_tecnico", "direccion", "comunicacion", "comunidad", "legal")


def desk_in(folder: Path) -> Desk:
    """The desk of ``folder``, on the computer's own clock."""
    return build_desk(Settings(zone="America/Mexico_City", actor="ana"), profile(folder))


def prepare(desk: Desk, count: int, start: timedelta, span: timedelta) -> dict[int, datetime]:
    """Store ``count`` ladders whose next step is due evenly over ``span`` from ``start`` on; when each is due, by id.

    ``start`` is counted from the moment at which everything is stored.

    Each ladder calls a person of its own, so that «never twice in a minute» holds none back, and waits an hour after
    the step, so that it fires once.
    """
    text = desk.playbook.source
    for role in ROLES:
        step = rf"(\n  {role}:\n    - \{{paso: 1, [^\n]*\n    - \{{paso: 2, a: )[\w.]+([^\n]*espera: )\d+ min"
        text, changed = re.subn(step, rf"\g<1>{role}\g<2>60 min", text)
        assert changed == 1, role
    path = desk.paths.data / "plan.yaml"
    path.write_text(text, "utf-8")
    desk.playbooks.use(path)
    due: dict[int, datetime] = {}
    now = desk.clock.now()
    incidents = [desk.incidents.open(title=f"Avería {n}", level=1).id for n in range(-(-count // len(ROLES)))]
    with desk.core.write() as tx:
        rows.assignments.delete(tx.connection)
        for number in range(count):
            incident, role = incidents[number // len(ROLES)], ROLES[number % len(ROLES)]
            slug = f"p{number}"
            rows.contacts.insert(tx.connection, Contact(slug=slug, name=slug, phone="55 0000 0100", example=True))
            rows.assignments.insert(
                tx.connection, Assignment(incident_id=incident, role=role, contact_slug=slug, since=now)
            )
            made = rows.escalations.insert(
                tx.connection,
                Escalation(
                    id=0,
                    incident_id=incident,
                    role=role,
                    state=EscalationState.CALLING,
                    step=0,
                    round=1,
                    started_at=now,
                    step_due_at=now + timedelta(days=1),
                ),
            )
            due[made.id] = now
    begin = desk.clock.now() + start
    with desk.core.write() as tx:
        for number, escalation_id in enumerate(due):
            due[escalation_id] = begin + span * number / count
            rows.escalations.swap(tx.connection, escalation_id, {}, step_due_at=due[escalation_id])
    return due


def fired(desk: Desk, due: Sequence[int]) -> dict[int, list[datetime]]:
    """When each ladder took its second step, by id."""
    found: dict[int, list[datetime]] = {escalation_id: [] for escalation_id in due}
    with desk.core.read() as connection:
        for attempt in rows.attempts.where(connection, step=1):
            found[attempt.escalation_id].append(attempt.started_at)
    return found


def spawn(folder: Path) -> subprocess.Popen[str]:
    """A process that climbs the ladders of ``folder``."""
    command = [sys.executable, "-m", "tests.fakes.many_ladders", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def kill(process: subprocess.Popen[str]) -> list[str]:
    """kill -9; what it had said and nobody had read yet."""
    process.send_signal(signal.SIGKILL)
    assert process.stdout is not None
    rest = process.stdout.read().splitlines()
    process.stdout.close()
    process.wait()
    return rest


def main(folder: Path) -> None:
    """Climb until killed."""
    desk = desk_in(folder)

    def tell(event: Event) -> None:
        if isinstance(event, EscalationChanged):
            print(event.escalation_id, flush=True)

    desk.bus.subscribe(tell)
    engine = Engine()
    print("ready", flush=True)

    def tick() -> None:
        try:
            desk.tick()
        except StoreBusyError:  # the one before is still being killed
            return

    engine.every(1.0, tick)
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
