"""How people were answered one by one: the first answer counts, the backlog waits, a mood says over how many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.app import Desk
from crisisdesk.model.draft import Draft, DraftState, Publication
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.measures import backlog_peak
from crisisdesk.store import rows
from tests.unit.desk.conftest import START

MINUTE = timedelta(minutes=1)
INSTANTS = st.lists(st.integers(0, 50).map(lambda n: START + n * MINUTE), max_size=30)


@given(INSTANTS, st.data())
def test_the_peak_is_that_of_counting_at_every_instant(asked: list[datetime], data: st.DataObject) -> None:
    some = data.draw(st.lists(st.sampled_from(asked), max_size=len(asked), unique=True)) if asked else []
    answered = [at + MINUTE * data.draw(st.integers(0, 9)) for at in some]
    found = backlog_peak(asked, answered)
    waiting = {
        at: sum(a <= at for a in asked) - sum(a <= at for a in answered) for at in sorted({*asked, *answered})
    }
    most = max(waiting.values(), default=0)
    assert (found is None) == (most <= 0)
    if found is not None:
        assert found[1] >= most and found[1] <= len(asked)


@pytest.mark.parametrize("hours", [0, 30])
def test_the_first_answer_counts_and_the_moods_have_their_n(
    desk: Desk, incident: Incident, at: Callable[[float], datetime], hours: int
) -> None:
    begun = incident.started_at

    def say(n: int, text: str, when: datetime) -> None:
        one = Mention(source="import", account="a", native_id=str(n), author=f"u{n}", text=text, published_at=when,
                      fetched_at=when, channel="foro")  # fmt: skip
        desk.ingest.page(Page(source="import", account="a", mentions=(one,)))

    say(0, "pésimo servicio", begun - 2 * MINUTE)
    for n in (1, 2, 3):
        say(n, "sin servicio, pésimo", begun + n * MINUTE)
    at(20)
    first = next(m.id for m in desk.mentions.latest() if m.mention.native_id == "1")
    with desk.store.write() as tx:
        for minutes in (16, 9):
            draft = rows.drafts.insert(
                tx.connection,
                Draft(id=0, incident_id=incident.id, template_id="respuesta_individual", state=DraftState.PUBLISHED,
                      values={}, body=Bilingual("x", "x"), created_at=begun + 3 * MINUTE, updated_at=begun,
                      created_by="ana", approvals={}, mention_id=first, published_at=begun + minutes * MINUTE),
            )  # fmt: skip
            rows.publications.insert(
                tx.connection,
                Publication(id=0, draft_id=draft.id, incident_id=incident.id, channel="foro", lang="es", text="x",
                            digest="d", url="", published_at=begun + minutes * MINUTE,
                            recorded_at=begun + minutes * MINUTE, by="ana"),
            )  # fmt: skip
    if hours:
        desk.incidents.resolve(incident.id, "ana")
        at(20 + 5)
    found = desk.review.data(incident.id).answering
    assert found is not None
    assert (found.answered, found.median, found.p90) == (1, 8 * MINUTE, 8 * MINUTE)
    assert found.backlog == (begun + 3 * MINUTE, 3)
    assert (found.before.n, found.during.n) == (1, 3)
    assert found.during.labelled + (found.during.n - found.during.labelled) == 3
    assert (found.after is None) == (not hours)
