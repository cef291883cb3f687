"""The door that every mention comes through."""

from __future__ import annotations

from pathlib import Path

from crisisdesk.app import Desk
from crisisdesk.playbooks.read import read


def test_a_playbook_that_was_saved_judges_from_the_next_mention_on(desk: Desk, tmp_path: Path) -> None:
    word = "zurullómetro"
    desk.ingest.manual(f"mi {word} no va")
    text = desk.playbook.source.replace("ejemplos: [", f"ejemplos: [{word}, ", 1)
    assert text != desk.playbook.source
    expected = next(t.id for t in read(text, "p.yaml").mention_types if word in t.words)
    path = tmp_path / "otro.yaml"
    path.write_text(text, "utf-8")
    desk.playbooks.use(path)
    desk.ingest.manual(f"otro {word}")
    newest, _ = desk.mentions.latest(limit=2)
    assert newest.verdict.type == expected and word in newest.verdict.words
