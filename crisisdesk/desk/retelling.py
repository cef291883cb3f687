"""A past incident told again as a scenario: what people wrote, the quiet days before it, and who could be called.

The files lie in the person's own data folder and hold real people's words; nothing of them is ever shipped.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML

from crisisdesk.desk.kept_numbers import shareable
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.fault import fault_of
from crisisdesk.model.incident import Incident, IncidentState
from crisisdesk.model.mention import StoredMention
from crisisdesk.model.playbook import Playbook
from crisisdesk.paths import put_file
from crisisdesk.store import mentions, minutes
from crisisdesk.words import zone_info

if TYPE_CHECKING:
    from crisisdesk.app import Desk

BEFORE: Final = timedelta(minutes=30)
AFTER: Final = timedelta(minutes=20)
LEARN: Final = timedelta(days=14)
_NO_PHONE: Final = "00 0000 0000"
_HEAD: Final = (
    "# Escenario hecho de una incidencia real de esta mesa. Lleva textos de personas reales: no sale de esta carpeta.\n"
    "# Scenario made from a real incident of this desk. It holds real people's words: it stays in this folder.\n"
)


def retell(desk: Desk, incident_id: int, folder: Path) -> Path:
    """Write the scenario of a closed or resolved incident, its mentions and its playbook; the scenario's path."""
    incident = next((one for one in desk.incidents.list() if one.id == incident_id), None)
    if incident is None:
        raise StepError("scenario.no_such_incident", id=incident_id)
    if incident.state is IncidentState.ACTIVE:
        raise StepError("scenario.still_open", name=incident.name)
    start, end = _stretch(incident)
    with desk.core.read() as connection:
        said = shareable(connection, mentions.between(connection, start, end))
        normal = _normal(minutes.counts(connection, start - LEARN, start), desk.zone)
    if not said:
        raise StepError("scenario.nothing_said", name=incident.name)
    name = f"incidencia-{incident.name}"
    playbook = desk.playbooks.of(incident.id)
    data = _data(desk, incident, playbook, name, normal, start, end)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        put_file(folder / f"{name}.jsonl", "".join(map(_line, said)).encode("utf-8"))
        put_file(folder / f"{name}.playbook.yaml", playbook.source.encode("utf-8"))
        path = folder / f"{name}.yaml"
        put_file(path, (_HEAD + _yaml(data)).encode("utf-8"))
    except OSError as error:
        raise InputError("scenario.unwritable", path=folder.name, reason=fault_of(error)) from error
    return path


def _stretch(incident: Incident) -> tuple[datetime, datetime]:
    """From half an hour before T0 to a while after its end, within T0's own local day: a scenario stands on one day."""
    t0 = incident.started_at.astimezone(zone_info(incident.zone)).replace(second=0, microsecond=0)
    over = incident.closed_at or incident.resolved_at or incident.started_at
    start = max(t0 - BEFORE, t0.replace(hour=0, minute=0))
    end = min(over.astimezone(t0.tzinfo).replace(second=0, microsecond=0) + AFTER, t0.replace(hour=23, minute=59))
    return start.astimezone(UTC), end.astimezone(UTC)


def _normal(counted: tuple[Any, ...], zone: str) -> list[str]:
    """The usual mentions per five minutes at each hour of the day, from the two weeks before."""
    totals, days = [0] * 24, {one.minute.astimezone(zone_info(zone)).date() for one in counted}
    for one in counted:
        totals[one.minute.astimezone(zone_info(zone)).hour] += one.total
    return [f"{total / (12 * max(1, len(days))):.2f}" for total in totals]


def _data(
    desk: Desk, incident: Incident, playbook: Playbook, name: str, normal: list[str], start: datetime, end: datetime
) -> dict[str, Any]:
    zone = zone_info(incident.zone)

    def clock(instant: datetime) -> str:
        return f"{instant.astimezone(zone):%H:%M}"

    both = {"es": incident.title, "en": incident.title}
    people = {}
    for role in playbook.roles:
        for slug in (role.holder, role.deputy):
            contact = desk.contacts.find(slug)
            if contact is not None:
                people[slug] = {"nombre": contact.name, "cargo": contact.title, "telefono": _NO_PHONE}
    return {
        "escenario": name,
        "titulo": both,
        "fecha": f"{incident.started_at.astimezone(zone):%Y-%m-%d}",
        "zona": incident.zone,
        "playbook": playbook.id,
        "marca": desk.settings.brand or incident.title,
        "empieza": clock(start),
        "termina": clock(end),
        "historia": "14 d",
        "previo": "1 min",
        "normal": normal,
        "menciones": f"{name}.jsonl",
        "esperado": {"incidencia": "sí", "nivel": str(incident.level)},
        "contactos": people or {"nadie": {"nombre": "—", "telefono": _NO_PHONE}},
    }


def _line(one: StoredMention) -> str:
    m = one.mention
    told = {
        "id": m.native_id, "created_at": m.published_at.isoformat(), "author": m.author, "channel": m.channel,
        "lang": m.lang, "text": m.text, "url": m.url, "is_repost": m.is_repost, "followers": m.followers,
    }  # fmt: skip
    return json.dumps({key: value for key, value in told.items() if value not in ("", None)}, ensure_ascii=False) + "\n"


def _yaml(data: dict[str, Any]) -> str:
    """YAML with every text quoted, so that none becomes a number, an hour or a yes."""
    yaml: Any = YAML()
    out = StringIO()
    yaml.default_style = '"'
    yaml.width = 4096
    yaml.dump(data, out)
    return out.getvalue()
