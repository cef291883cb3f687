"""A network that counts, and a child that dies at a chosen point of sending (``python -m tests.fakes.outbox``)."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.mention import Mention
from crisisdesk.model.playbook import Bilingual, FieldKind
from crisisdesk.model.source import Limits, Receipt, ReplyPlan
from crisisdesk.paths import profile
from crisisdesk.settings import Settings

START = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)


@dataclass
class CountingReplier:
    """Answers, and posts, for every source. ``seen`` is a file with one key a line: what the world has received.

    Attributes:
        before: called before the network has it; ``after`` when it has it and we have not been told.
        remembers: whether the platform finds a reply by its key when it is asked.
    """

    seen: Path
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    remembers: bool = True
    limit: int = 500
    plans: list[ReplyPlan] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)

    def keys(self) -> list[str]:
        return self.seen.read_text().split() if self.seen.exists() else []

    async def plan(self, web: Any, target: Mention, text: str, key: str) -> ReplyPlan:
        whole = f"@{target.author} {text}"
        return ReplyPlan(
            target=target.native_id, text=whole, length_max=self.limit, cost="0.015",
            payload={"status": whole, "in_reply_to_id": target.native_id}, key=key,
        )  # fmt: skip

    @property
    def posts_as(self) -> str:
        return "@marca@m.example"

    async def plan_post(self, web: Any, text: str, lang: str, key: str) -> ReplyPlan:
        payload = {"status": text, "language": lang}
        return ReplyPlan(target="", text=text, length_max=self.limit, cost="0.015", payload=payload, key=key)

    async def publish(self, web: Any, plan: ReplyPlan, now: datetime) -> Receipt:
        self.before()
        with self.seen.open("a") as file:
            file.write(plan.key + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.plans.append(plan)
        self.after()
        return Receipt(native_id=f"n{len(self.keys())}", url="https://m.example/r/1", at=now)

    async def confirm(self, web: Any, plan: ReplyPlan, now: datetime) -> Receipt | None:
        found = self.remembers and plan.key in self.keys()
        return Receipt(native_id="n1", url="https://m.example/r/1", at=now) if found else None


def desk_on(folder: Path, replier: CountingReplier | None = None) -> Desk:
    """A desk on ``folder`` whose sources all answer through ``replier``."""
    settings = Settings(zone="America/Mexico_City", actor="ana")
    desk = build_desk(settings, profile(folder), clock=PlayClock(START))
    if replier is not None:
        answer_through(desk, replier)
    return desk


def answer_through(desk: Desk, connector: Any) -> None:
    """Whatever goes out of the desk goes through one connector."""
    find: Any = lambda source, account: connector  # noqa: E731
    desk.outbox._replier = desk.outbox._poster = desk.posts._poster = find


def text_of_ours(desk: Desk, template: str = "primer_mensaje") -> int:
    """A text of our own that may go out: its draft's id."""
    if not desk.contacts.list():
        desk.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0101"))
    incident = next(iter(desk.incidents.list()), None) or desk.incidents.open(
        title="Sin servicio", level=2, started_at=START - timedelta(minutes=5)
    )
    draft = desk.drafts.start(incident.id, template)
    fields = {
        f.name: FieldValue(text=Bilingual(f"dato {f.name}", f"fact {f.name}"))
        for f in desk.drafts.view(draft.id).template.fields
        if f.kind not in (FieldKind.PROMISE, FieldKind.NEXT_UPDATE, FieldKind.TIME) and not f.optional
    }
    view = desk.drafts.fill(draft.id, fields)
    for role in view.approvers:
        desk.drafts.approve(draft.id, role, "irene")
    view = desk.drafts.view(draft.id)
    assert view.publishable, view.problems
    return draft.id


def reply_of(desk: Desk, name: str = "Ana") -> tuple[int, int]:
    """A reply that may go out, and the mention that it answers: draft id, mention id."""
    if not desk.contacts.list():
        desk.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0101"))
    incident = next(iter(desk.incidents.list()), None) or desk.incidents.open(
        title="Sin servicio", level=2, started_at=START - timedelta(minutes=5)
    )
    desk.ingest.manual(f"no tengo señal {name}", author=name.lower(), channel="mastodon")
    mention = desk.mentions.latest(limit=1)[0]
    draft = desk.drafts.start(incident.id, "respuesta_individual", mention_id=mention.id)
    code = name.encode().hex()  # told apart by more than the name
    fields = {
        f.name: FieldValue(text=Bilingual(f"dato {code} {f.name}", f"fact {code} {f.name}"))
        for f in desk.drafts.view(draft.id).template.fields
        if f.kind not in (FieldKind.PROMISE, FieldKind.NEXT_UPDATE, FieldKind.TIME) and not f.optional
    }
    fields["nombre"] = FieldValue(text=Bilingual(name, name))
    view = desk.drafts.fill(draft.id, fields)
    assert view.publishable, view.problems
    return draft.id, mention.id


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, point: str) -> None:
    """Confirm and send one reply, and die at ``point``."""
    replier = CountingReplier(folder / "world")
    if point == "before_send":
        replier.before = die
    elif point == "after_send":
        replier.after = die
    desk = desk_on(folder / "desk", replier)
    draft, mention = reply_of(desk)
    plan = asyncio.run(desk.outbox.plan(draft, mention, "es", None))  # type: ignore[arg-type]
    row = desk.outbox.confirm(draft, mention, "es", plan)
    asyncio.run(desk.outbox.send(row.id, None))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
