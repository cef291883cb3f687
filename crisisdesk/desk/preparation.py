"""Preparation: trainings, guidelines with their ambassador texts, and the assumptions of the return."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from crisisdesk.desk.core import Core
from crisisdesk.model.errors import InputError, NotFoundError
from crisisdesk.model.events import PreparationChanged
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.preparation import (
    ASSUMPTIONS,
    PER_HUNDRED,
    AmbassadorText,
    Assumption,
    Guidelines,
    Preparation,
    Training,
)
from crisisdesk.store import sources

_KEPT: Final = "preparation"
_LONGEST: Final = 4_000
_MOST: Final = Decimal(10) ** 12

T = TypeVar("T", Training, AmbassadorText)


class Preparations:
    """Keeps what was prepared, in the data file; every change is one transaction."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def get(self) -> Preparation:
        """All that is kept."""
        with self._core.read() as connection:
            return _typed(sources.get_meta(connection, _KEPT))

    def add_training(self, day: date, what: str, *, roles: Sequence[str] = (), who: str = "") -> Training:
        """A training that was held; InputError for one without a subject or in the future."""
        _said(what, "preparation.no_subject")
        if day > self._today():
            raise InputError("preparation.future_training", day=day.isoformat())
        made: list[Training] = []

        def add(now: Preparation) -> Preparation:
            new = Training(
                id=_next(now.trainings), day=day, what=what.strip(), roles=tuple(roles), who=who.strip()[:_LONGEST]
            )
            made.append(new)
            return replace(now, trainings=(*now.trainings, new))

        self._change(add)
        return made[0]

    def remove_training(self, training_id: int) -> None:
        """A training that was not held after all."""
        self._change(lambda now: replace(now, trainings=_without(now.trainings, training_id)))

    def save_text(
        self, phase: str, text: Bilingual, expires: date | None, *, text_id: int | None = None
    ) -> AmbassadorText:
        """A text that the staff may share; a changed one is a new version of itself."""
        _said(text.es, "preparation.no_text", lang="es")
        _said(text.en, "preparation.no_text", lang="en")
        if not phase.strip():
            raise InputError("preparation.no_phase")
        made: list[AmbassadorText] = []

        def save(now: Preparation) -> Preparation:
            if text_id is None:
                new = AmbassadorText(id=_next(now.ambassador), phase=phase, text=text, expires=expires)
                made.append(new)
                return replace(now, ambassador=(*now.ambassador, new))
            old = _found(now.ambassador, text_id)
            changed = old.text != text or old.phase != phase
            new = replace(old, phase=phase, text=text, expires=expires, version=old.version + changed)
            made.append(new)
            return replace(now, ambassador=tuple(new if one.id == text_id else one for one in now.ambassador))

        self._change(save)
        return made[0]

    def remove_text(self, text_id: int) -> None:
        """Nobody shares it any more."""
        self._change(lambda now: replace(now, ambassador=_without(now.ambassador, text_id)))

    def save_guidelines(self, say: Bilingual, never_say: Bilingual) -> Guidelines:
        """The guidelines, looked through today."""
        for pair in (say, never_say):
            for text in (pair.es, pair.en):
                if len(text) > _LONGEST:
                    raise InputError("preparation.too_long", n=_LONGEST)
        new = Guidelines(say=say, never_say=never_say, reviewed=self._today())
        self._change(lambda now: replace(now, guidelines=new))
        return new

    def save_assumptions(self, values: dict[str, tuple[str, str]], currency: str) -> Preparation:
        """Figures as typed with where each comes from; an empty one is taken back. All of them or none.

        Args:
            values: name (``model.preparation.ASSUMPTIONS``) → figure, source.
            currency: three letters, such as ``MXN``.
        """
        code = currency.strip().upper()
        if len(code) != 3 or not (code.isascii() and code.isalpha()):
            raise InputError("preparation.currency", currency=currency[:20])
        typed = {name: (_figure(name, value), source.strip()) for name, (value, source) in values.items()}
        for name, (value, source) in typed.items():
            if value and not source:
                raise InputError("preparation.no_source", figure=name)

        def save(now: Preparation) -> Preparation:
            kept = []
            for name in ASSUMPTIONS:
                before = now.assumption(name)
                value, source = typed.get(name, (before.value, before.source) if before else ("", ""))
                if not value:
                    continue
                same = before is not None and (before.value, before.source) == (value, source) and now.currency == code
                kept.append(before if same and before else Assumption(name=name, value=value, source=source, day=today))
            return replace(now, assumptions=tuple(kept), currency=code)

        today = self._today()
        return self._change(save)

    def _today(self) -> date:
        return self._core.clock.now().astimezone(ZoneInfo(self._core.zone)).date()

    def _change(self, change: Callable[[Preparation], Preparation]) -> Preparation:
        with self._core.write() as tx:
            new = change(_typed(sources.get_meta(tx.connection, _KEPT)))
            sources.set_meta(tx.connection, _KEPT, msgspec.to_builtins(new))
            tx.emit(PreparationChanged())
            return new


def _typed(kept: object) -> Preparation:
    return Preparation() if kept is None else msgspec.convert(kept, Preparation)


def _next(rows: Sequence[T]) -> int:
    return 1 + max((row.id for row in rows), default=0)


def _found(rows: Sequence[T], row_id: int) -> T:
    for row in rows:
        if row.id == row_id:
            return row
    raise NotFoundError("preparation.gone")


def _without(rows: tuple[T, ...], row_id: int) -> tuple[T, ...]:
    gone = _found(rows, row_id)
    return tuple(row for row in rows if row is not gone)


def _said(text: str, key: str, **fields: object) -> None:
    if not text.strip():
        raise InputError(key, **fields)
    if len(text) > _LONGEST:
        raise InputError("preparation.too_long", n=_LONGEST)


def _figure(name: str, typed: str) -> str:
    """A figure with a comma or a point as an exact number, or nothing."""
    text = typed.strip().replace(" ", "").replace("\u00a0", "")
    if not text:
        return ""
    whole, point, part = text.replace(",", ".").partition(".")
    try:
        if not (whole.isascii() and whole.isdigit() and (not point or (part.isascii() and part.isdigit()))):
            raise InvalidOperation
        value = Decimal(f"{whole}.{part}" if point else whole)
    except InvalidOperation:
        raise InputError("preparation.figure", figure=name, value=typed.strip()[:40]) from None
    if value > _MOST or (name in PER_HUNDRED and value > 100):
        raise InputError("preparation.figure", figure=name, value=typed.strip()[:40])
    return format(value, "f")
