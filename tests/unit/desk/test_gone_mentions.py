"""A mention that was deleted, at its source or by law, waits for nothing and nobody answers it; its count stays."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.community import IdeaState
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import StepError
from crisisdesk.model.inbox import Reply, Sought
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.outgoing import OutgoingState
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.source import Tombstone
from tests.fakes.outbox import START, CountingReplier, desk_on, reply_of

WEB: Any = None
DANGER = "hay un cable caído y chispas, hay heridos, se quema la casa, ayuda por favor, mi hijo no respira"
WRONG = "llevo horas sin servicio, no funciona nada, es una vergüenza"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = desk_on(tmp_path / "desk", CountingReplier(tmp_path / "world"))
    built.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0101"))
    built.incidents.open(title="Sin servicio", level=2, started_at=START - timedelta(minutes=5))
    yield built
    built.close()


def said(desk: Desk, *texts: str) -> list[int]:
    first = desk.mentions.count() + 1
    found = tuple(
        Mention(source="mastodon", account="m", native_id=f"{first + n}", text=text, author=f"vecina{first + n}",
                published_at=START - timedelta(minutes=1), fetched_at=START)
        for n, text in enumerate(texts)
    )  # fmt: skip
    desk.ingest.page(Page(source="mastodon", account="m", mentions=found))
    return [first + n for n in range(len(texts))]


def gone(desk: Desk, mention_id: int, *, source: str = "mastodon", account: str = "m") -> None:
    native = next(row.mention.native_id for row in desk.mentions.latest() if row.id == mention_id)
    stone = Tombstone(source, account, native, START)
    desk.ingest.page(Page(source=source, account=account, mentions=(), tombstones=(stone,)))


def test_nobody_begins_to_answer_it(desk: Desk) -> None:
    first, second = said(desk, WRONG, "¿cuándo vuelve la luz a la sierra?")
    gone(desk, first)
    desk.authors.erasures.erase(second, "ley")
    for mention in (first, second):
        with pytest.raises(StepError) as caught:
            desk.replies.start(mention)
        assert caught.value.key == "mention.gone"
    assert desk.reply_locks.standing() == ()


def test_an_answer_that_was_begun_is_not_sent_any_more(desk: Desk) -> None:
    draft, mention = reply_of(desk)
    plan = asyncio.run(desk.outbox.plan(draft, mention, "es", WEB))
    gone(desk, mention, source="manual", account="ana")
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm(draft, mention, "es", plan)
    assert caught.value.key == "mention.gone"
    with pytest.raises(StepError):
        asyncio.run(desk.outbox.plan(draft, mention, "es", WEB))
    assert desk.outbox.list(desk.incidents.list()[0].id) == ()


def test_what_waited_for_the_network_is_not_confirmed_again(desk: Desk, tmp_path: Path) -> None:
    draft, mention = reply_of(desk)
    plan = asyncio.run(desk.outbox.plan(draft, mention, "es", WEB))
    row = desk.outbox.confirm(draft, mention, "es", plan)
    desk.outbox.recover()  # as after a start: it was confirmed and never sent
    gone(desk, mention, source="manual", account="ana")
    with pytest.raises(StepError) as caught:
        desk.outbox.confirm_again(row.id)
    assert caught.value.key == "mention.gone"
    assert desk.outbox.cancel(row.id).state is OutgoingState.CANCELLED


def test_danger_that_is_gone_leaves_the_top_of_the_inbox_and_what_waits(desk: Desk) -> None:
    first, second = said(desk, DANGER, DANGER + " ya")
    waiting = Sought(reply=Reply.OPEN)
    assert {row.id for row in desk.mentions.latest(sought=waiting)} == {first, second}
    gone(desk, first)
    assert [row.id for row in desk.mentions.danger()] == [second]
    desk.authors.erasures.erase(second, "ley")
    assert desk.mentions.danger() == ()
    assert desk.mentions.latest(sought=waiting) == ()
    assert desk.mentions.count() == 2


def test_who_asked_and_is_gone_is_told_nothing_and_the_idea_moves_on(desk: Desk) -> None:
    first, second = said(desk, "quiero una app", "yo también la quiero")
    incident = desk.incidents.list()[0].id
    idea = desk.ideas.note(incident, Bilingual("una app", "an app"), (first, second))
    gone(desk, second)
    moved = desk.ideas.move(idea.id, IdeaState.DONE, Bilingual("ya está", "it is there"))
    assert ([draft.mention_id for draft in moved.drafts], moved.held) == ([first], ())
    assert moved.idea.mention_ids == (first, second)


def test_an_expert_s_answer_is_taken_in_though_who_asked_is_gone(desk: Desk) -> None:
    (asker,) = said(desk, "¿sirve el VPN?")
    eva = desk.community.add_expert("mastodon", "eva", ("vpn",), "sí")
    asked = desk.community.ask(eva.id, "vpn", "¿sirve?", asker)
    gone(desk, asker)
    told = desk.community.answer(asked.id, "sí, con el puerto 443")
    assert told.draft is None
    assert told.credited is not None


def test_the_review_and_the_alert_quote_nobody_who_is_gone_and_the_pack_still_counts_them(desk: Desk) -> None:
    first, second = said(desk, WRONG, WRONG + " y nadie contesta")
    incident = desk.incidents.list()[0].id
    gone(desk, first)
    found = desk.review.data(incident)
    assert [m.id for m in found.examples] == [second]
    assert found.mentions == 2
    assert [m.id for m in desk.evidence.data(incident).mentions] == [first, second]


def test_nothing_is_begun_for_it_anywhere_else(desk: Desk) -> None:
    (one,) = said(desk, WRONG)
    area, eva = desk.areas.save("Red"), desk.community.add_expert("mastodon", "eva", ("vpn",), "sí")
    incident = desk.incidents.list()[0].id
    (stands,) = said(desk, "quiero una app")
    idea = desk.ideas.note(incident, Bilingual("una app", "an app"), (stands,))
    gone(desk, one)
    entries = len(desk.timeline.entries(incident))
    for act in (
        lambda: desk.areas.send(area.id, mention_id=one),
        lambda: desk.community.ask(eva.id, "vpn", "¿sirve?", one),
        lambda: desk.handoffs.keep_phone(one, "55 1234 5678", "sí"),
        lambda: desk.ideas.note(incident, Bilingual("otra", "another"), (one,)),
        lambda: desk.ideas.join(idea.id, (one,)),
    ):
        with pytest.raises(StepError, match=r"mention\.gone"):
            act()
    assert len(desk.timeline.entries(incident)) == entries
