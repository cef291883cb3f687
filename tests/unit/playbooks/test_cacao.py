"""The CACAO export holds every property that the specification requires, and always the same identifiers.

The table below has the required properties of CACAO Security Playbooks 2.0 for what we write: the playbook, its start,
action and end steps, manual commands and group agents; identifiers and timestamps as its data types say.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from resources import files

from crisisdesk.__main__ import main
from crisisdesk.playbooks import cacao
from crisisdesk.playbooks.read import read

SHIPPED = sorted(entry.name for entry in files("playbooks").iterdir() if entry.name.endswith(".yaml"))
TODAY = date(2026, 11, 22)
IDENTIFIER = re.compile(
    r"[a-z][a-z0-9-]+[a-z0-9]--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
REQUIRED = {
    "playbook": {
        "type", "spec_version", "id", "name", "created_by", "created", "modified", "workflow_start", "workflow",
    },
    "start": {"type", "on_completion"},
    "action": {"type", "commands", "agent"},
    "end": {"type"},
    "manual": {"type", "command"},
    "group": {"type", "name"},
}  # fmt: skip


def required(thing: dict[str, Any]) -> None:
    assert REQUIRED[thing["type"]] <= set(thing), thing
    assert all(value not in ("", [], {}) for value in thing.values()), thing


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("lang", ["", "en"])
def test_every_shipped_playbook_has_what_the_specification_requires(name: str, lang: str) -> None:
    book = read(files("playbooks", name).read_bytes(), name)
    made: dict[str, Any] = json.loads(cacao.text(book, today=TODAY, lang=lang))
    required(made)
    assert (made["type"], made["spec_version"]) == ("playbook", "cacao-2.0")
    for key, kind in (("id", "playbook"), ("created_by", "identity"), ("workflow_start", "start")):
        assert IDENTIFIER.fullmatch(made[key]) and made[key].startswith(f"{kind}--")
    assert INSTANT.fullmatch(made["created"]) and made["created"] <= made["modified"] < made["valid_until"]
    steps, agents = made["workflow"], made["agent_definitions"]
    for step_id, step in steps.items():
        required(step)
        assert IDENTIFIER.fullmatch(step_id) and step_id.startswith(f"{step['type']}--")
        if step["type"] == "action":
            assert step["agent"] in agents
            for command in step["commands"]:
                required(command)
    for agent_id, agent in agents.items():
        required(agent)
        assert IDENTIFIER.fullmatch(agent_id) and agent_id.startswith("group--")
    # Every step is reached from the start, once, and the last one is the end.
    walked, here = [], made["workflow_start"]
    while here:
        walked.append(here)
        here = steps[here].get("on_completion")
    assert sorted(walked) == sorted(steps) and steps[walked[-1]]["type"] == "end"
    assert len(walked) == 2 + sum(len(phase.tasks) for phase in book.phases)


def test_the_same_playbook_gives_the_same_document_and_another_other_identifiers() -> None:
    first, other = (read(files("playbooks", name).read_bytes(), name) for name in SHIPPED[:2])
    assert cacao.text(first, today=TODAY) == cacao.text(first, today=date(2030, 1, 1))
    ids = [set(re.findall(IDENTIFIER, cacao.text(book, today=TODAY))) for book in (first, other)]
    assert ids[0] and not ids[0] & ids[1]


def test_the_command_writes_a_file_and_spares_the_playbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book, out = tmp_path / "b.yaml", tmp_path / "b.json"
    book.write_bytes(files("playbooks", SHIPPED[0]).read_bytes())
    assert main(["export-cacao", str(book), "--out", str(out)]) == 0
    assert json.loads(out.read_text("utf-8"))["type"] == "playbook"
    assert main(["export-cacao", str(book), "--out", str(book)]) == 2
    assert main(["export-cacao", str(tmp_path / "none.yaml"), "--out", str(out)]) == 2
    book.write_text("version: uno\n", encoding="utf-8")
    out.unlink()
    assert main(["export-cacao", str(book), "--out", str(out)]) == 2 and not out.exists()
    assert "Traceback" not in capsys.readouterr().err
