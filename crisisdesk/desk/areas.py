"""Areas: a mention or a cause goes to the area that can mend it, with a due time, and comes back signed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from crisisdesk.desk.core import Core, check_step
from crisisdesk.desk.kept_numbers import Strike, shareable, strike_all
from crisisdesk.model.area import STEPS, USUAL, WAITING, Area, Asked, Board, Route, RouteState, Signature
from crisisdesk.model.commitment import NextItem, NextKind
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.events import AreasChanged
from crisisdesk.model.incident import Incident
from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.phones import everywhere
from crisisdesk.plain import clamp
from crisisdesk.reports import area_pack
from crisisdesk.store import mentions, rows, versions
from crisisdesk.store.database import Connection, Transaction
from crisisdesk.texts import Texts, both

_NAME: Final = 80
_WORDS: Final = 2_000
_LONGEST: Final = timedelta(days=366)
_TITLE: Final = 60


class Areas:
    """Keeps the areas, sends them what is theirs, and keeps their signatures."""

    def __init__(self, core: Core) -> None:
        self._core = core

    # -- the house -----------------------------------------------------------------------------------------------

    def list(self) -> tuple[Area, ...]:
        """All areas by name."""
        with self._core.read() as connection:
            return tuple(sorted(rows.areas.where(connection), key=lambda area: area.name.casefold()))

    def save(self, name: str, *, owner: str = "", within: timedelta = USUAL) -> Area:
        """Add an area, or give the one of this name another owner and another usual time.

        Raises:
            InputError: no name, or a time of less than a minute or more than a year.
        """
        name = clamp(" ".join(name.split()), _NAME)
        if not name:
            raise InputError("area.no_name")
        if not timedelta(minutes=1) <= within <= _LONGEST:
            raise InputError("area.within")
        minutes = int(within.total_seconds() // 60)
        with self._core.write() as tx:
            known = next((a for a in rows.areas.where(tx.connection) if a.name.casefold() == name.casefold()), None)
            owner = clamp(owner.strip(), _NAME)
            if known is not None:
                return self.edit(known.id, owner=owner or known.owner, within=within)
            tx.emit(AreasChanged())
            return rows.areas.insert(tx.connection, Area(id=0, name=name, owner=owner, minutes=minutes))

    def edit(self, area_id: int, *, owner: str, within: timedelta) -> Area:
        """Say anew who answers for an area, ``""`` for nobody, and how soon it usually answers.

        Raises:
            InputError: a time of less than a minute or more than a year.
            NotFoundError: no such area.
        """
        if not timedelta(minutes=1) <= within <= _LONGEST:
            raise InputError("area.within")
        owner, minutes = clamp(owner.strip(), _NAME), int(within.total_seconds() // 60)
        with self._core.write() as tx:
            before = rows.areas.get(tx.connection, area_id)
            if (before.owner, before.minutes) == (owner, minutes):
                return before
            area = rows.areas.update(tx.connection, area_id, owner=owner, minutes=minutes)
            data = {"to": area.name, "who": owner or None, "before": before.owner or None, "minutes": minutes}
            self._core.log_if_open(tx, "area.edited" if owner else "area.edited_nobody", data=data)
            tx.emit(AreasChanged())
            return area

    # -- asking and signing --------------------------------------------------------------------------------------

    def send(
        self,
        area_id: int,
        *,
        mention_id: int | None = None,
        cause: str = "",
        ask: str = "",
        due_at: datetime | None = None,
    ) -> Route:
        """Ask an area about a mention, or about a cause; without a due time its usual one counts.

        The same mention is with one area once at a time: a second sending returns the one that waits.

        Raises:
            InputError: neither a mention nor a cause, or a due time that has passed.
            NotFoundError: no such area or mention.
            StepError: the mention was deleted.
        """
        cause, ask = clamp(cause.strip(), _WORDS), clamp(ask.strip(), _WORDS)
        if mention_id is None and not cause:
            raise InputError("area.nothing")
        now = self._core.clock.now()
        with self._core.write() as tx:
            area = rows.areas.get(tx.connection, area_id)
            due = due_at or now + timedelta(minutes=area.minutes)
            if due <= now:
                raise InputError("area.past")
            if mention_id is not None:
                mentions.get(tx.connection, mention_id)
                versions.must_stand(tx.connection, mention_id)
                waits = rows.routes.first(tx.connection, area_id=area_id, mention_id=mention_id, state=WAITING)
                if waits is not None:
                    return waits
            route = rows.routes.insert(
                tx.connection,
                Route(
                    id=0,
                    area_id=area_id,
                    incident_id=self._core.open_incident(tx.connection),
                    mention_id=mention_id,
                    cause=cause,
                    ask=ask,
                    due_at=due,
                    state=RouteState.SENT,
                    sent_by=self._core.actor,
                    sent_at=now,
                ),
            )
            of = "cause" if mention_id is None else "mention"
            self._log(tx, "area.sent", route, area, due=due, what=cause or None, of=of)
            return route

    def sign(self, route_id: int, state: RouteState, *, by: str = "", text: str = "") -> Route:
        """Keep an area's signature: received, answered or put right; who signs is named.

        Raises:
            InputError: an answer or a correction without words, or nobody signs.
            StepError: not the next step of this one, or no signature at all.
        """
        text, by = clamp(text.strip(), _WORDS), clamp(by.strip(), _NAME)
        if state in (RouteState.SENT, RouteState.WITHDRAWN):
            raise StepError("area.no_signature", then=state.value)
        if state is not RouteState.RECEIVED and not text:
            raise InputError("area.no_words")
        with self._core.write() as tx:
            route = rows.routes.get(tx.connection, route_id)
            area = rows.areas.get(tx.connection, route.area_id)
            check_step(STEPS, route.state, state, "area.step")
            by = by or area.owner
            if not by:
                raise InputError("area.no_signer")
            signature = Signature(state=state, by=by, at=self._core.clock.now(), text=text)
            signed = rows.routes.update(
                tx.connection, route_id, state=state, signatures=(*route.signatures, signature)
            )
            self._log(tx, f"area.{state.value}", signed, area, who=by, what=text or None)
            return signed

    def unsign(self, route_id: int, reason: str) -> Route:
        """Take the last signature that stands back, and say why; it stays readable, and the step is to be signed again.

        Raises:
            InputError: no reason.
            StepError: no signature stands, or what was asked is withdrawn.
        """
        reason = clamp(reason.strip(), _WORDS)
        if not reason:
            raise InputError("area.no_reason")
        with self._core.write() as tx:
            route = rows.routes.get(tx.connection, route_id)
            if route.state is RouteState.WITHDRAWN or not route.standing:
                raise StepError("area.unsigned")
            last = route.standing[-1]
            gone = replace(last, undone_by=self._core.actor, undone_at=self._core.clock.now(), undone_reason=reason)
            signatures = tuple(gone if one is last else one for one in route.signatures)
            state = route.standing[-2].state if len(route.standing) > 1 else RouteState.SENT
            opened = rows.routes.update(tx.connection, route_id, state=state, signatures=signatures)
            area = rows.areas.get(tx.connection, route.area_id)
            self._log(tx, f"area.unsigned_{last.state.value}", opened, area, who=last.by, reason=reason)
            return opened

    def withdraw(self, route_id: int, reason: str = "") -> Route:
        """Take back what was asked while no answer has come; it stays on the record.

        Raises:
            StepError: it was answered, or taken back already.
        """
        with self._core.write() as tx:
            route = rows.routes.get(tx.connection, route_id)
            check_step(STEPS, route.state, RouteState.WITHDRAWN, "area.step")
            reason = clamp(reason.strip(), _WORDS)
            taken = rows.routes.update(tx.connection, route_id, state=RouteState.WITHDRAWN, reason=reason)
            self._log(tx, "area.withdrawn", taken, rows.areas.get(tx.connection, route.area_id), reason=reason or None)
            return taken

    def _log(self, tx: Transaction, kind: str, route: Route, area: Area, **data: object) -> None:
        """A row in the timeline of the incident that it was sent in, else of the one that is open."""
        tx.emit(AreasChanged())
        found = {"to": area.name, "mention": str(route.mention_id) if route.mention_id else None, **data}
        if route.incident_id is None:
            self._core.log_if_open(tx, kind, data=found)
        else:
            self._core.log(tx, kind, route.incident_id, data=found)

    # -- reading -------------------------------------------------------------------------------------------------

    def board(self, area_id: int | None = None) -> Board:
        """What the areas were asked, newest first: of all, or of one."""
        now = self._core.clock.now()
        with self._core.read() as connection:
            every = {area.id: area for area in rows.areas.where(connection)}
            routes = rows.routes.where(connection, newest_first=True)
            shown = [r for r in routes if area_id is None or r.area_id == area_id]
            about = mentions.of_ids(connection, [r.mention_id for r in shown if r.mention_id is not None])
        asked = [
            Asked(route=r, area=every[r.area_id], mention=about.get(r.mention_id) if r.mention_id else None)
            for r in shown
        ]
        return Board(
            areas=tuple(sorted(every.values(), key=lambda area: area.name.casefold())),
            asked=tuple(asked),
            waiting=dict(Counter(r.area_id for r in routes if r.state in WAITING)),
            late=dict(Counter(r.area_id for r in routes if r.overdue(now))),
        )

    def pack(self, area_id: int, kind: str, texts: Texts) -> bytes:
        """What an area was asked, as ``html``, ``md`` or ``csv``, to send to it: no phone numbers, nothing withdrawn.

        Raises:
            InputError: another format.
            NotFoundError: no such area.
        """
        if kind not in area_pack.FORMATS:
            raise InputError("area.format", format=kind, known=", ".join(area_pack.FORMATS))
        with self._core.read() as connection:
            area = rows.areas.get(connection, area_id)
            strike = strike_all(self._core, connection)
            shown = self.board(area_id).asked
            about = {m.id: m for m in shareable(connection, [one.mention for one in shown if one.mention is not None])}
        told = [one for one in shown if one.route.state is not RouteState.WITHDRAWN]
        told = [replace(one, mention=about.get(one.mention.id) if one.mention else None) for one in told]
        asked = [_struck(one, strike) for one in told]
        area = everywhere(area, strike)
        return area_pack.render(kind, area, asked, texts, zone=self._core.zone, now=self._core.clock.now())

    def due(self, connection: Connection, incident: Incident, now: datetime) -> tuple[NextItem, ...]:
        """Rows of «Lo siguiente»: answers that areas owe in this incident."""
        waits = rows.routes.where(connection, incident_id=incident.id, state=WAITING)
        return tuple(self._item(connection, route, now) for route in waits)

    def _item(self, connection: Connection, route: Route, now: datetime) -> NextItem:
        area = rows.areas.get(connection, route.area_id)
        what = route.cause or route.ask
        if not what and route.mention_id is not None:
            what = mentions.get(connection, route.mention_id).mention.text
        return NextItem(
            kind=NextKind.AREA,
            ref=route.id,
            due_at=route.due_at,
            title=both("desk.next.area", area=area.name),
            why=_quoted(what),
            key="area.show",
            overdue=route.overdue(now),
        )


def _quoted(text: str) -> Bilingual:
    said = clamp(" ".join(text.split()), _TITLE)
    return Bilingual(said, said)


def _struck(one: Asked, strike: Strike) -> Asked:
    """Without phone numbers; what somebody wrote in private stays private."""
    return everywhere(replace(one, mention=None) if one.mention is None or one.mention.mention.private else one, strike)
