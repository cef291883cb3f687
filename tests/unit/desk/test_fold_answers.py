"""Whoever is in a fold, at however many desks: each person is begun once, and no two are told the same words."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crisisdesk.app import Desk
from crisisdesk.model.draft import Draft
from crisisdesk.model.errors import StepError
from crisisdesk.model.fact import FactSection
from crisisdesk.model.inbox import Fold
from crisisdesk.model.mention import Mention, Page, Verdict
from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.openings import Manner, alike, openings
from tests.fakes.outbox import CountingReplier, desk_on

WEB: Any = None
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    made = tuple(desk_on(tmp_path / "desk", CountingReplier(tmp_path / "world")) for _ in range(2))
    made[1].core.actor = "luis"
    made[0].incidents.open(title="Sin señal", level=2, started_at=made[0].clock.now() - timedelta(minutes=5))
    incident = made[0].incidents.list()[0].id
    know = Bilingual("hay fallas en la red del centro", "there are faults in the network downtown")
    made[0].facts.say(incident, FactSection.KNOW, "alcance_actual", know, "noc")
    doing = Bilingual("el equipo técnico está en el sitio", "the technical team is on site")
    made[0].facts.say(incident, FactSection.DOING, "trabajo", doing, "noc")
    yield made  # type: ignore[misc]
    for desk in made:
        desk.close()


def say(desk: Desk, names: list[str], batch: int) -> Fold | None:
    """One mention of each name, in words of this batch; the fold that they are in, where there is one."""
    now = desk.clock.now()
    letter, long = chr(97 + batch % 26), 2 + batch // 26 % 20
    odd = [letter * 3 + chr(97 + (batch + k) % 26) * long + "kq" * k for k in range(1, 9)]
    text = f"No tengo señal {' '.join(odd)}"
    said = tuple(
        Mention(source="mastodon", account="marca", native_id=f"{batch}.{n}", text=text, author=name, published_at=now,
                fetched_at=now)
        for n, name in enumerate(names)
    )  # fmt: skip
    desk.ingest.page(Page(source="mastodon", account="marca", mentions=said))
    ours = [row for row in desk.mentions.latest(len(names)) if row.mention.native_id.startswith(f"{batch}.")]
    return next((row.fold for row in ours if row.fold is not None and not row.fold.flood), None)


BATCHES = iter(range(1_000))


@given(st.lists(NAMES, min_size=2, max_size=9), st.lists(st.booleans(), min_size=10, max_size=10))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_is_in_it(desks: tuple[Desk, Desk], names: list[str], second: list[bool]) -> None:
    batch = next(BATCHES)
    fold = say(desks[0], [name and f"{name} {batch}" for name in names], batch)
    if fold is None:
        return
    said = {row.id: row for row in desks[0].mentions.members(fold)}
    people = {row.mention.author or row.id for row in said.values()}
    begun: list[Draft] = []
    with pytest.raises(StepError) as done:
        for other in second:  # one more than there can be people
            begun.append(desks[other].replies.start_next(fold))
    assert done.value.key == "reply.fold_done"
    told = [said[draft.mention_id or 0] for draft in begun]
    assert Counter(row.mention.author or row.id for row in told) == Counter(people)
    for lang in ("es", "en"):
        read = [alike(draft.body.get(lang), row.mention.author) for draft, row in zip(begun, told, strict=True)]
        assert len(set(read)) == len(read)
    assert not desks[0].outbox.list(desks[0].incidents.list()[0].id)


def test_when_every_beginning_is_used_up_the_next_answer_cannot_go_out_as_it_is(desks: tuple[Desk, Desk]) -> None:
    desk = desks[0]
    many = len(openings(Manner.COMPLAINT)) + 1
    fold = say(desk, [f"vecina {n}" for n in range(many)], 900)
    assert fold is not None
    with desk.core.write() as tx:  # whatever the desk thinks of these words: the manner with most beginnings
        from crisisdesk.store import versions

        for one in desk.mentions.ids_in(fold):
            versions.judge(tx.connection, one, Verdict(complaint=True))
    begun = [desk.replies.start_next(fold) for _ in range(many)]
    bodies = [alike(draft.body.es, f"vecina {n}") for n, draft in enumerate(begun[:-1])]
    assert len(set(bodies)) == many - 1
    last = begun[-1]
    assert last.mention_id is not None
    plan = asyncio.run(desk.outbox.plan(last.id, last.mention_id, "es", WEB))
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm(last.id, last.mention_id, "es", plan)
    assert caught.value.key == "draft.blocked"
    assert desk.outbox.list(last.incident_id) == ()
