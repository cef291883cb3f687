"""The page for a wall or a second screen: off until a person turns it on, with the parts that they choose.

It only reads. It is made off the loop, at most once in some seconds for everybody together, so that no number of
readers slows the desk; it ends with the desk, and its address is another each time that it is turned on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from typing import Any, Final

from crisisdesk import serving
from crisisdesk.desk.core import Core
from crisisdesk.desk.handover import Handover
from crisisdesk.desk.kept_numbers import strike_kept
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.room import Room
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import WallboardChanged
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.model.playbook import Audience, Bilingual, Playbook
from crisisdesk.model.wallboard import PUBLIC_PARTS, Owed, Part, Said, Standing, Wallboard
from crisisdesk.pipeline.phones import everywhere
from crisisdesk.reports import wallboard as report
from crisisdesk.store import rows, sources
from crisisdesk.store.database import Connection
from crisisdesk.texts import Texts

PORT: Final = 8477
_FRESH: Final = 3.0
_PATIENCE: Final = 10.0
_META: Final = "wallboard"
_PROMISES, _TEXTS = 12, 4

Submit = Callable[[Coroutine[Any, Any, Any]], "Future[Any]"]


class Wallboards:
    """Turns the page on and off, and says what is on it."""

    def __init__(self, core: Core, playbooks: Playbooks, room: Room, handover: Handover, lang: str) -> None:
        self._core = core
        self._playbooks = playbooks
        self._room = room
        self._handover = handover
        self._texts = Texts(lang)
        self._submit: Submit | None = None
        self._server = serving.PageServer(self._fresh, report.style())
        self._lock = asyncio.Lock()
        self._made: tuple[float, bytes] = (0.0, b"")
        self._choice = 0  # how often somebody has chosen: what was being made before that is shown to nobody
        self._address = ""
        self._network = False
        self._port = PORT

    def use(self, submit: Submit) -> None:
        """The loop that the page is served from, which also ends it."""
        self._submit = submit

    # -- a person's acts -------------------------------------------------------------------------------------------

    def choose(self, parts: Iterable[Part]) -> Standing:
        """What is on the page from now on; kept for the next time."""
        with self._core.write() as tx:
            sources.set_meta(tx.connection, _META, sorted(part.value for part in parts))
            if self._address:
                self._log(tx, "wallboard.changed")
            tx.emit(WallboardChanged())
        self._renew()
        return self.standing()

    def open(self, *, network: bool = False, port: int = PORT) -> Standing:
        """Turn the page on, for this computer, or for the local network when ``network``.

        Raises:
            InputError: nothing was chosen, the port is taken, or there is no local network.
            StepError: the desk does not run.
        """
        if not self.parts():
            raise InputError("wallboard.nothing")
        host = serving.network_address() if network else serving.LOOPBACK
        self._renew()
        self._address = self._wait(self._server.open(host, port))
        self._network, self._port = network, port
        with self._core.write() as tx:
            self._log(tx, "wallboard.opened_network" if network else "wallboard.opened")
            tx.emit(WallboardChanged())
        return self.standing()

    def close(self) -> Standing:
        """Turn it off; the address that was is worth nothing any more."""
        if self._address:
            self._wait(self._server.close())
            self._address = ""
            with self._core.write() as tx:
                self._log(tx, "wallboard.closed")
                tx.emit(WallboardChanged())
        return self.standing()

    def standing(self) -> Standing:
        """How it stands."""
        return Standing(
            address=self._address,
            network=self._network,
            port=self._port,
            parts=self.parts(),
            reads=self._server.reads,
        )

    def parts(self) -> frozenset[Part]:
        """What a person chose; at first only what is public already."""
        with self._core.read() as connection:
            kept = sources.get_meta(connection, _META)
        if not isinstance(kept, list):
            return PUBLIC_PARTS
        return frozenset(part for part in Part if part.value in kept)

    # -- what is on it -----------------------------------------------------------------------------------------------

    def view(self) -> Wallboard:
        """The page as values: the gravest open incident, with the chosen parts only."""
        parts, now = self.parts(), self._core.clock.now()
        with self._core.read() as connection:
            active = rows.incidents.where(connection, state=IncidentState.ACTIVE)
            incident = _gravest(active)
            if incident is None:
                return Wallboard(now=now, zone=self._core.zone, drill=self._core.drill, parts=parts)
            playbook = self._playbooks.of(incident.id)
            public = _public(connection, incident, playbook)
            owed = _owed(connection, incident, public)
            said = _said(connection, incident, public) if Part.TEXTS in parts else ()
            strike = strike_kept(connection) or str
        level = playbook.level(incident.level)
        leveled, told = Part.LEVEL in parts, Part.EXECUTIVE in parts
        news = [one.due_at for one in owed if one.kind is CommitmentKind.NEXT_UPDATE]
        found = Wallboard(
            now=now,
            zone=incident.zone,
            drill=self._core.drill or incident.drill,
            parts=parts,
            title=incident.title if leveled or told else "",
            live=True,
            more=len(active) - 1,
            level=incident.level if leveled else 0,
            level_name=level.name if level is not None and leveled else Bilingual(),
            since=incident.started_at if leveled else None,
            executive=self._handover.executive(incident.id, playbook) if told else Bilingual(),
            news=min(news, default=None) if Part.NEWS in parts else None,
            promises=tuple(Owed(c.what, c.due_at) for c in owed[:_PROMISES]) if Part.PROMISES in parts else (),
            texts=said,
        )
        return everywhere(found, strike)

    # -- serving -----------------------------------------------------------------------------------------------------

    async def _fresh(self) -> bytes:
        """The page, at most some seconds old; however many ask, it is made once."""
        async with self._lock:
            clock = asyncio.get_running_loop().time
            while not self._made[1] or clock() - self._made[0] > _FRESH:
                choice = self._choice
                made = await asyncio.to_thread(lambda: report.page(self.view(), self._texts).encode())
                if choice == self._choice:
                    self._made = (clock(), made)
                    return made
            return self._made[1]

    def _renew(self) -> None:
        self._choice += 1
        self._made = (0.0, b"")

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        if self._submit is None:
            work.close()
            raise StepError("wallboard.not_running")

        async def told() -> tuple[Any, InputError | None]:
            try:
                return await work, None
            except InputError as error:  # a person's to mend, no failure of the loop
                return None, error

        found, error = self._submit(told()).result(_PATIENCE)
        if error is not None:
            raise error
        return found

    def _log(self, tx: Any, kind: str) -> None:
        """What was opened, never under which address."""
        active = _gravest(rows.incidents.where(tx.connection, state=IncidentState.ACTIVE))
        data = {"parts": sorted(part.value for part in self.parts())}
        self._core.log(tx, kind, active.id if active is not None else None, data=data)


def _gravest(active: Iterable[Incident]) -> Incident | None:
    return max(active, key=lambda one: (one.level, one.id), default=None)


def _public(connection: Connection, incident: Incident, playbook: Playbook) -> frozenset[int]:
    """The drafts that everybody may read when they are out."""
    drafts = rows.drafts.where(connection, incident_id=incident.id, mention_id=None)
    return frozenset(d.id for d in drafts if playbook.audience_of(d.template_id) is Audience.PUBLIC)


def _owed(connection: Connection, incident: Incident, public: frozenset[int]) -> list[Commitment]:
    """What everybody was told, first due first; promises to one person, to clients and inside are nobody else's."""
    private = (CommitmentKind.INTERNAL, CommitmentKind.INDIVIDUAL)
    open_ = rows.commitments.where(connection, incident_id=incident.id, state=CommitmentState.OPEN)
    found = [c for c in open_ if c.kind not in private and (c.draft_id is None or c.draft_id in public)]
    return sorted(found, key=lambda c: (c.due_at, c.id))


def _said(connection: Connection, incident: Incident, public: frozenset[int]) -> tuple[Said, ...]:
    """The last texts that the public read, newest first; each draft once."""
    found: dict[int, Said] = {}
    for proof in rows.publications.where(connection, newest_first=True, incident_id=incident.id):
        if proof.draft_id in public and proof.draft_id not in found:
            found[proof.draft_id] = Said(proof.channel, proof.url, proof.published_at, proof.text)
    return tuple(sorted(found.values(), key=lambda one: one.at, reverse=True)[:_TEXTS])
