"""Experts, thanks with a reason, what was done of what people asked for, and rumours, each by its rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.community import RumourVerdict
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import DraftState
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.playbook import Bilingual
from crisisdesk.store import rows
from tests.fakes.outbox import START, desk_on


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = desk_on(tmp_path / "desk")
    built.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0101"))
    built.incidents.open(title="Sin servicio", level=2, started_at=START - timedelta(minutes=5))
    yield built
    built.close()


def said(desk: Desk, *texts: str, author: str = "ana", after: timedelta = timedelta(0)) -> tuple[int, ...]:
    before = desk.mentions.count()
    found = [
        Mention(source="mastodon", account="m", native_id=f"{before + n}", text=text, author=f"{author}{n or ''}",
                followers=100, published_at=START + after, fetched_at=START + after)
        for n, text in enumerate(texts)
    ]  # fmt: skip
    desk.ingest.page(Page(source="mastodon", account="m", mentions=tuple(found)))
    return tuple(range(before + 1, before + 1 + len(texts)))


def incident(desk: Desk) -> int:
    return desk.incidents.list()[0].id


# ── community ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_experts_are_asked_about_their_topics_only_and_agreed_to_it(desk: Desk) -> None:
    for args in (
        ("", "eva", ("red",), "sí"), ("x", " ", ("red",), "sí"),
        ("x", "eva", (" ",), "sí"), ("x", "eva", ("red",), " "),
    ):  # fmt: skip
        with pytest.raises(InputError):
            desk.community.add_expert(*args)
    eva = desk.community.add_expert("mastodon", "eva", ("Redes  móviles", "VPN"), "me escribió que sí")
    assert [e.author for e in desk.community.experts("redes móviles")] == ["eva"]
    assert desk.community.experts("cobros") == ()
    with pytest.raises(StepError) as caught:
        desk.community.ask(eva.id, "cobros", "¿qué opinas?")
    assert caught.value.fields["topics"] == "redes móviles, vpn"
    desk.community.ask(eva.id, "vpn", "¿te pasa también?")
    again = desk.community.add_expert("mastodon", "eva", ("vpn",), "solo vpn")
    assert desk.community.experts() == (again,)
    desk.community.remove_expert(again.id)
    assert desk.community.experts() == ()


def test_thanks_have_a_reason_and_are_credited_once(desk: Desk) -> None:
    ids = [said(desk, f"prueben con wifi {n}")[0] for n in range(3)]
    with pytest.raises(InputError):
        desk.community.thank(ids[0], " ")
    for one in ids[:2]:
        desk.community.thank(one, "explicó cómo llamar por wifi")
    with pytest.raises(StepError) as caught:
        desk.community.thank(ids[0], "otra vez")
    assert (caught.value.key, caught.value.fields["by"]) == ("community.credited", "ana")
    assert desk.community.advocates() == ()
    desk.community.thank(ids[2], "siguió ayudando")
    assert desk.community.advocates() == (("mastodon", "ana", 3),)
    assert len(desk.community.kudos("mastodon", "ana")) == 3


def test_what_was_done_is_told_to_everybody_who_asked_in_words_of_their_own(desk: Desk, tmp_path: Path) -> None:
    ids = said(desk, "pongan un mapa", "un mapa de fallas, por favor", "mapa ya")
    other = desk_on(tmp_path / "desk")
    other.core.actor = "luis"
    other.reply_locks.take(ids[2])
    asked, did = Bilingual("nos pediste un mapa", "you asked for a map"), Bilingual("ya está", "it is there")
    with pytest.raises(InputError):
        desk.community.we_did(incident(desk), asked, Bilingual("ya está", ""), ids)
    deed, drafts, held = desk.community.we_did(incident(desk), asked, did, ids)
    assert (deed.mention_ids, held) == (ids, (ids[2],))
    assert [d.mention_id for d in drafts] == list(ids[:2])
    assert all("nos pediste un mapa" in d.body.es for d in drafts) and len({d.body.es for d in drafts}) == 2
    assert desk.community.deeds(incident(desk)) == (deed,)
    other.close()


# ── rumours ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rumour_has_a_reach_a_verdict_a_correction_and_is_seen_again(desk: Desk) -> None:
    for claim, words in ((" ", ("hackeo",)), ("los hackearon", (" ",))):
        with pytest.raises(InputError):
            desk.rumours.note(incident(desk), claim, words)
    said(desk, "Dicen que hubo HACKEO en el banco", "el hackeo del banco", "nada que ver")
    row = desk.rumours.note(incident(desk), "hackearon el banco", ("hackeo banco",))
    ((_row, reach),) = desk.rumours.list(incident(desk))
    assert (reach.mentions, reach.authors, reach.followers, reach.after) == (2, 2, 200, 0)
    with pytest.raises(StepError):
        desk.rumours.correct(row.id)  # no verdict yet
    for verdict, evidence in ((RumourVerdict.OPEN, "x"), (RumourVerdict.FALSE, " ")):
        with pytest.raises(InputError):
            desk.rumours.judge(row.id, verdict, evidence)
    desk.rumours.judge(row.id, RumourVerdict.FALSE, "auditoría de seguridad")
    draft = desk.rumours.correct(row.id)
    assert desk.rumours.correct(row.id).id == draft.id
    with desk.core.write() as tx:
        rows.drafts.update(tx.connection, draft.id, state=DraftState.PUBLISHED, published_at=START)
    said(desk, "otra vez el hackeo al banco", author="eva", after=timedelta(minutes=9))
    ((_row, reach),) = desk.rumours.list(incident(desk))
    assert (reach.mentions, reach.after, reach.last) == (3, 1, START + timedelta(minutes=9))
