"""Samples of the days ahead: turns, coverage, channels."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from datetime import datetime, timedelta

from crisisdesk.desk.channels import ChannelView
from crisisdesk.model.coverage import CoverageReport, Gap, GapKind, Loss
from crisisdesk.model.rotation import Override, Rotation, Shift
from crisisdesk.notifiers.base import notifiers
from tests.fakes import samples as s


def soon(**span: float) -> datetime:
    """So long after the samples' present."""
    return s.NOW + timedelta(**span)


ROTATIONS = (
    Rotation(id=1, slug="guardia.noc", name="Guardia del NOC", members=("guardia.noc", "jefe.redes"), zone=s.ZONE,
             starts_at=s.at("06:00"), turn_hours=168),
)  # fmt: skip
OVERRIDES = (
    Override(id=1, rotation_slug="guardia.noc", contact_slug="jefe.redes", starts_at=soon(hours=3),
             ends_at=soon(hours=9), reason="médico"),
)  # fmt: skip
NEXT_SHIFT = Shift(contact_slug="jefe.redes", starts_at=soon(hours=3), ends_at=soon(hours=9), stands_in=True)
COVERAGE = CoverageReport(
    starts_at=s.NOW,
    ends_at=soon(days=14),
    quality=71,
    losses=(
        Loss(points=15, key="unverified", fields=(("n", 2), ("who", "Bruno Salcedo"), ("days", 90))),
        Loss(points=10, key="asleep", fields=(("n", 112),)),
        Loss(points=4, key="nobody", fields=(("n", 14),)),
    ),
    gaps=(
        Gap(role="legal", kind=GapKind.NOBODY, starts_at=soon(days=2), ends_at=soon(days=2, hours=14)),
        Gap(role="direccion", kind=GapKind.ASLEEP, starts_at=soon(hours=14), ends_at=soon(hours=24),
            who="Bruno Salcedo"),
        Gap(role="comunidad", kind=GapKind.ALONE, starts_at=soon(days=3), ends_at=soon(days=4),
            who="Lucía Prado"),
    ),
)  # fmt: skip


def _channel(kind: str, **fields: object) -> ChannelView:
    every = dataclass_fields(notifiers()[kind].Settings)
    plain = {f.name: f.default for f in every if not f.metadata.get("secret")}
    return ChannelView(kind=kind, fields=every, values=plain, **{"kept": frozenset(), "enabled": False, **fields})  # type: ignore[arg-type]


IN_USE = {"enabled": True, "kept": frozenset({"token"}), "tested": "accepted", "tested_at": s.NOW}
CHANNELS = tuple(_channel(kind, **(IN_USE if kind == "telegram" else {})) for kind in sorted(notifiers()))
