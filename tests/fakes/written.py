"""The part of the fake desk that the playbook's editor, health and walk ask for."""

from __future__ import annotations

from typing import Any

from crisisdesk.playbooks.health import Health
from crisisdesk.playbooks.outline import Understood
from crisisdesk.playbooks.rehearse import Rehearsal
from tests.fakes import samples as s


def written_nouns() -> dict[str, Any]:
    """What the playbook's editor, its health and its walk ask for: nothing written, nothing found."""
    return {
        "writing": lambda: "",
        "understand": lambda text: Understood(text, None, (), None),
        "keep_writing": lambda text: None,
        "health": lambda last_drill, trained_roles: Health(parts=(), reminders=()),
        "rehearse": lambda level, at: Rehearsal(
            level=level, start=s.NOW, calls=(), messages=(), gaps=(), knows_contacts=True
        ),
    }
