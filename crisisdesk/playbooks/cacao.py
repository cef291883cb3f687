"""A playbook as a CACAO 2.0 document, for tools that exchange security playbooks (OASIS, Committee Specification 01).

Every task becomes an action step with a manual command, in the order of its time; its owner is a group of the agent
definitions. The same playbook always gives the same identifiers (UUID version 5), so that two exports can be compared.
What CACAO has no word for (levels, ladders, the process table) stays in our own file, which is the one that is edited.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from crisisdesk.model.playbook import Phase, Playbook, Task
from crisisdesk.playbooks.phrases import echo, plain_duration
from crisisdesk.texts import Texts

SPEC_VERSION: Final = "cacao-2.0"
NAMESPACE: Final = UUID("aa7caf3a-d55a-4e9a-b34e-056215fba56a")
"""The namespace that the specification gives for identifiers made from content."""
SECTORS: Final = {
    "telecom": "telecommunications", "banco": "financial-services", "ecommerce": "retail",
    "aerolinea": "transportation",
}  # fmt: skip


def document(playbook: Playbook, *, today: date, lang: str = "") -> dict[str, object]:
    """The playbook as a CACAO document.

    Args:
        playbook: as read.
        today: the day of a playbook that does not say when it was reviewed.
        lang: the language of its texts; the playbook's first one when empty.
    """
    said = lang or (playbook.languages[0] if playbook.languages else "es")
    made = datetime.combine(playbook.reviewed or today, time(0), ZoneInfo(playbook.zone))
    agents = {role.id: _id("group", playbook, "role", role.id) for role in playbook.roles}
    found: dict[str, object] = {
        "type": "playbook",
        "spec_version": SPEC_VERSION,
        "id": _id("playbook", playbook),
        "name": playbook.title.get(said) or playbook.id,
        "description": _description(playbook, said),
        "created_by": _id("identity", playbook),
        "created": _instant(made),
        "modified": _instant(made),
        "labels": [f"{playbook.id} {playbook.version}"],
    }
    if playbook.reviewed and playbook.review_every:
        found["valid_until"] = _instant(made + playbook.review_every)
    if playbook.sector in SECTORS:
        found["industry_sectors"] = [SECTORS[playbook.sector]]
    workflow = _workflow(playbook, agents, said)
    found["workflow_start"] = next(iter(workflow))
    found["workflow"] = workflow
    if agents:
        found["agent_definitions"] = {
            agents[role.id]: {"type": "group", "name": role.name.get(said) or role.id} for role in playbook.roles
        }
    return found


def text(playbook: Playbook, *, today: date, lang: str = "") -> str:
    """The document as JSON text that ends in a line break."""
    return json.dumps(document(playbook, today=today, lang=lang), ensure_ascii=False, indent=2) + "\n"


def _workflow(playbook: Playbook, agents: dict[str, str], lang: str) -> dict[str, dict[str, object]]:
    """Start, every task in the order of its time, end; each step names the next."""
    steps: list[tuple[str, dict[str, object]]] = []
    listed = [(phase, task) for phase in playbook.phases for task in phase.tasks]
    for index, (phase, task) in enumerate(sorted(listed, key=lambda pair: pair[1].before)):
        step_id = _id("action", playbook, "task", phase.id, task.id or str(index))
        steps.append((step_id, _action(playbook, phase, task, agents, lang)))
    if not steps:
        # The specification wants at least one action between start and end.
        nothing = Texts(lang)("cacao.no_tasks")
        steps.append((_id("action", playbook, "none"), {
            "type": "action", "name": nothing, "commands": [{"type": "manual", "command": nothing}],
            "agent": next(iter(agents.values()), _id("group", playbook, "nobody")),
        }))  # fmt: skip
    start, end = _id("start", playbook), _id("end", playbook)
    order = [step_id for step_id, _ in steps] + [end]
    made: dict[str, dict[str, object]] = {start: {"type": "start", "on_completion": order[0]}}
    for (step_id, step), follows in zip(steps, order[1:], strict=True):
        made[step_id] = {**step, "on_completion": follows}
    made[end] = {"type": "end"}
    return made


def _action(playbook: Playbook, phase: Phase, task: Task, agents: dict[str, str], lang: str) -> dict[str, object]:
    texts = Texts(lang)
    parts = [texts("cacao.due", after=plain_duration(task.before, lang) if task.before else "0 min")]
    if phase.name.get(lang):
        parts.append(texts("cacao.phase", phase=phase.name.get(lang)))
    if task.min_level:
        parts.append(texts("cacao.from_level", level=task.min_level))
    template = playbook.template(task.template)
    if template is not None:
        parts.append(texts("cacao.template", name=template.purpose.get(lang) or template.id))
        parts.append(template.text.get(lang))
    do = task.do.get(lang) or task.id
    return {
        "type": "action",
        "name": do,
        "description": "\n".join(parts),
        "commands": [{"type": "manual", "command": do}],
        "agent": agents.get(task.owner) or next(iter(agents.values()), _id("group", playbook, "nobody")),
    }


def _description(playbook: Playbook, lang: str) -> str:
    texts = Texts(lang)
    lines = [texts("cacao.made", name=playbook.id, version=playbook.version)]
    for level in playbook.levels:
        said = "; ".join(echo(one, lang) for one in level.activates)
        lines.append(texts("cacao.level", level=level.number, name=level.name.get(lang), when=said))
    return "\n".join(lines)


def _id(kind: str, playbook: Playbook, *parts: str) -> str:
    return f"{kind}--{uuid5(NAMESPACE, '/'.join((playbook.id, kind, *parts)))}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
