"""One of two desks on the same data file that answer the same mentions (``python -m tests.fakes.two_desks``)."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from crisisdesk.app import Desk
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.errors import StepError
from crisisdesk.model.playbook import Bilingual
from tests.fakes.outbox import CountingReplier, desk_on

WEB: Any = None


def answer(desk: Desk, incident: int, mention: int) -> None:
    """Take the mention, write its answer, read the plan, send it."""
    desk.reply_locks.take(mention)
    words = Bilingual(f"dato {mention} de {desk.actor}", f"fact {mention} by {desk.actor}")
    fields = ("nombre", "reconocimiento", "situacion", "siguiente_paso")
    values = {name: FieldValue(text=words) for name in fields}
    values["nombre"] = FieldValue(text=Bilingual("Ana", "Ana"))  # answers are told apart by more than the name
    draft = desk.drafts.start(incident, "respuesta_individual", mention_id=mention, values=values)
    plan = asyncio.run(desk.outbox.plan(draft.id, mention, "es", WEB))
    row = desk.outbox.confirm(draft.id, mention, "es", plan)
    asyncio.run(desk.outbox.send(row.id, WEB))


def main(folder: Path, actor: str) -> None:
    """Answer every mention as it is named on standard input; tell each line how it ended."""
    desk = desk_on(folder / "desk", CountingReplier(folder / "world"))
    desk.core.actor = actor
    (incident,) = desk.incidents.list()
    print("ready", flush=True)
    for line in sys.stdin:
        mention = int(line)
        try:
            answer(desk, incident.id, mention)
            told = {"mention": mention, "by": actor}
        except StepError as error:
            told = {"mention": mention, "key": error.key, "who": error.fields.get("who") or error.fields.get("by")}
        print(json.dumps(told), flush=True)
    desk.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
