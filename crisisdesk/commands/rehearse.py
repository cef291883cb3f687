"""``crisisdesk rehearse PLAYBOOK``: its first hour on an empty clock, and what does not hold."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time, timedelta
from pathlib import Path

from crisisdesk.commands.console import print_json
from crisisdesk.connectors import contactfile
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import InputError
from crisisdesk.model.playbook import Playbook
from crisisdesk.plain import one_line
from crisisdesk.playbooks.phrases import plain_duration
from crisisdesk.playbooks.read import read
from crisisdesk.playbooks.rehearse import Call, Gap, Message, Rehearsal, rehearse
from crisisdesk.texts import Texts
from crisisdesk.words import zone_info


def declare(sub: argparse.ArgumentParser, texts: Texts) -> None:
    """The command's own arguments."""
    sub.add_argument("playbook", type=Path, metavar="PLAYBOOK")
    sub.add_argument("--at", default="03:00", metavar="HH:MM", help=texts("cli.rehearse.at"))
    sub.add_argument("--level", type=int, metavar="N", help=texts("cli.rehearse.level"))
    sub.add_argument("--contacts", type=Path, metavar="FILE", help=texts("cli.rehearse.contacts"))
    sub.add_argument("--json", action="store_true", help=texts("cli.json"))


def run(options: argparse.Namespace, texts: Texts) -> int:
    """``crisisdesk rehearse PLAYBOOK``: calls, texts and gaps; 1 when there is a gap."""
    path: Path = options.playbook
    playbook = read(path.read_bytes(), path.name)
    if options.level is not None and playbook.level(options.level) is None:
        raise InputError("rehearse.no_level", level=options.level)
    walk = rehearse(
        playbook,
        day=_today(playbook),
        at=_hour(options.at),
        level=options.level,
        contacts=_contacts(options.contacts, playbook),
    )
    if options.json:
        print_json(as_json(walk, texts))
    else:
        print(report(walk, playbook, texts))
    return 1 if walk.gaps else 0


def as_json(walk: Rehearsal, texts: Texts) -> dict[str, object]:
    """The walk as data: minutes after T0, ids and places as in the file, gaps with their sentence."""
    return {
        "level": walk.level,
        "start": walk.start.isoformat(),
        "contacts_known": walk.knows_contacts,
        "calls": [
            {"minute": _minutes(c.at), "role": c.role, "to": c.to, "who": c.who, "by": list(c.by),
             "wait_minutes": _minutes(c.wait), "round": c.lap, "reachable": c.reachable}
            for c in walk.calls
        ],
        "messages": [
            {"minute": _minutes(m.due), "template": m.template, "task": m.task, "owner": m.owner,
             "approves": list(m.approves), "agreed_minutes": _minutes(m.agreed)}
            for m in walk.messages
        ],
        "gaps": [
            {"key": g.key, "minute": _minutes(g.at), "level": g.level, "line": g.line, "field": g.where,
             "message": told(g, texts)}
            for g in walk.gaps
        ],
    }  # fmt: skip


def report(walk: Rehearsal, playbook: Playbook, texts: Texts) -> str:
    """The walk as a person reads it."""
    lines = [
        texts("rehearse.title", title=playbook.title.get(texts.lang), level=walk.level, hour=f"{walk.start:%H:%M}",
              zone=playbook.zone),
        "", texts("rehearse.calls"), *(f"  {_call(call, texts)}" for call in walk.calls),
        "", texts("rehearse.messages"), *(f"  {_message(m, playbook, texts)}" for m in walk.messages),
        "", texts("rehearse.gaps" if walk.gaps else "rehearse.no_gaps"),
        *(f"  {texts('rehearse.gap_line', line=gap.line)}: {told(gap, texts)}" for gap in walk.gaps),
    ]  # fmt: skip
    if not walk.knows_contacts:
        lines += ["", texts("rehearse.unknown_contacts")]
    return "\n".join(one_line(line, 400) if line else "" for line in lines)


def told(gap: Gap, texts: Texts) -> str:
    """A gap as one sentence."""
    return texts(f"rehearse.gap.{gap.key}", **gap.fields)


def _call(call: Call, texts: Texts) -> str:
    line = texts(
        "rehearse.call", at=_after(call.at), role=call.role, who=call.who or call.to, by=", ".join(call.by),
        wait=plain_duration(call.wait, texts.lang), lap=call.lap,
    )  # fmt: skip
    return f"{line} · {texts('rehearse.unreachable')}" if call.reachable is False else line


def _message(message: Message, playbook: Playbook, texts: Texts) -> str:
    template = playbook.template(message.template)
    what = texts("rehearse.cadence") if not message.template else message.template
    if template is not None:
        what = template.purpose.get(texts.lang) or template.id
    approval = ""
    if message.approves:
        agreed = plain_duration(message.agreed, texts.lang)
        approval = texts("rehearse.approval", approves=", ".join(message.approves), agreed=agreed)
    return texts("rehearse.message", at=_after(message.due), what=what, owner=message.owner, approval=approval)


def _after(span: timedelta) -> str:
    return f"T+{_minutes(span):>2} min"


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def _hour(text: str) -> time:
    try:
        return time.fromisoformat(text.strip().zfill(5))
    except ValueError:
        raise InputError("rehearse.bad_hour", hour=one_line(text, 40)) from None


def _today(playbook: Playbook) -> date:
    return datetime.now(zone_info(playbook.zone)).date()


def _contacts(path: Path | None, playbook: Playbook) -> dict[str, Contact] | None:
    if path is None:
        return None
    return {person.read.slug: person.read for person in contactfile.read(path, playbook.zone) if person.read.slug}
