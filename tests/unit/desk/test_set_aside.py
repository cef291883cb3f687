"""A text that was set aside stays aside: it goes out by no way, and what may be out is not set aside."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crisisdesk.app import Desk
from crisisdesk.model.community import RumourVerdict
from crisisdesk.model.draft import DraftState
from crisisdesk.model.errors import StepError
from crisisdesk.model.outgoing import OutgoingState
from tests.fakes.outbox import CountingReplier, desk_on, reply_of, text_of_ours

WEB: Any = None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = desk_on(tmp_path / "desk", CountingReplier(tmp_path / "world"))
    yield built
    built.close()


def ended(desk: Desk, draft: int) -> Any:
    assert desk.drafts.view(draft).draft.state is DraftState.DISCARDED
    return pytest.raises(StepError, match=r"draft\.ended")


def test_it_is_neither_copied_nor_posted(desk: Desk) -> None:
    draft = text_of_ours(desk)
    plan = asyncio.run(desk.posts.plan(draft, "mastodon", "marca", "es", WEB))
    desk.drafts.discard(draft)
    with ended(desk, draft):
        desk.drafts.copy(draft, "es", "x")
    with ended(desk, draft):
        desk.posts.confirm(draft, "mastodon", "marca", "es", plan)
    with ended(desk, draft):
        desk.drafts.publish(draft, channel="x", url="")


def test_nor_is_it_sent_as_an_answer_that_waited(desk: Desk) -> None:
    draft, mention = reply_of(desk)
    plan = asyncio.run(desk.outbox.plan(draft, mention, "es", WEB))
    row = desk.outbox.confirm(draft, mention, "es", plan)
    with pytest.raises(StepError, match="may_be_out"):
        desk.drafts.discard(draft)
    desk.outbox.recover()  # as after a start: it was confirmed and never sent
    desk.drafts.discard(draft)
    with ended(desk, draft):
        desk.outbox.confirm_again(row.id)
    assert desk.outbox.cancel(row.id).state is OutgoingState.CANCELLED
    with ended(desk, draft):
        desk.outbox.confirm(draft, mention, "es", plan)


def test_a_rumour_whose_correction_was_set_aside_gets_another(desk: Desk) -> None:
    text_of_ours(desk)
    rumour = desk.rumours.note(desk.incidents.list()[0].id, "que cierran las tiendas", ("cierran",))
    desk.rumours.judge(rumour.id, RumourVerdict.FALSE, "lo dice la dirección")
    first = desk.rumours.correct(rumour.id)
    assert desk.rumours.correct(rumour.id) == first
    desk.drafts.discard(first.id)
    other = desk.rumours.correct(rumour.id)
    assert (other.state, other.id == first.id) == (DraftState.WRITING, False)
    assert desk.rumours.correct(rumour.id) == other
