"""A person's word on a mention: it wins, is kept, can be taken back, and teaches this desk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk import verdicts
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.events import VerdictsChanged
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import Judge, Mention, Page, Sentiment, StoredMention
from crisisdesk.model.source import Tombstone
from crisisdesk.pipeline import senses
from crisisdesk.pipeline.count import in_order, tally
from crisisdesk.store import mentions, rows
from tests.unit.desk.conftest import START

ODD = "El zurullómetro de la oficina volvió a pitar toda la mañana"
NEAR = "El zurullómetro de la oficina volvió a pitar otra vez"
FAR = "Mañana hay junta de vecinos en la parroquia"


def say(desk: Desk, text: str, name: str = "", version: str = "") -> StoredMention:
    now = desk.clock.now()
    made = Mention(source="feed", account="a", native_id=name or text, published_at=now, fetched_at=now, text=text,
                   version=version)  # fmt: skip
    desk.ingest.page(Page(source="feed", account="a", mentions=(made,)))
    with desk.core.read() as connection:
        return next(m for m in mentions.latest(connection, limit=50) if m.mention.native_id == made.native_id)


def counted(desk: Desk) -> tuple[int, int, int]:
    with desk.core.read() as connection:
        return mentions.totals(connection, START - timedelta(hours=1), START + timedelta(hours=1))


def test_nothing_said_an_unknown_type_and_an_unknown_mention_are_refused(desk: Desk) -> None:
    stored = say(desk, ODD)
    with pytest.raises(InputError) as nothing:
        desk.verdicts.correct(stored.id)
    assert nothing.value.key == "verdict.nothing"
    with pytest.raises(InputError) as unknown:
        desk.verdicts.correct(stored.id, type="<b>no_such</b>")
    assert unknown.value.key == "verdict.no_type"
    for verb in (lambda: desk.verdicts.correct(99, type=""), lambda: desk.verdicts.undo(99),
                 lambda: desk.verdicts.explain(99)):  # fmt: skip
        with pytest.raises(NotFoundError):
            verb()
    with pytest.raises(StepError) as none:
        desk.verdicts.undo(stored.id)
    assert none.value.key == "verdict.no_label"
    with desk.core.read() as connection:
        assert mentions.get(connection, stored.id) == stored and rows.labels.where(connection) == ()


def test_a_label_wins_is_counted_and_taken_back(desk: Desk) -> None:
    stored = say(desk, ODD)
    assert stored.verdict.type == "" and stored.verdict.sentiment is Sentiment.NEUTRAL
    told: list[VerdictsChanged] = []
    desk.bus.subscribe(lambda event: told.append(event) if isinstance(event, VerdictsChanged) else None)
    after = desk.verdicts.correct(stored.id, type="queja_servicio", sentiment=Sentiment.NEGATIVE, complaint=True)
    assert counted(desk) == (1, 1, 1)
    (found,) = desk.mentions.latest()
    assert found.verdict == after.verdict
    assert found.verdict.judge is Judge.PERSON and found.verdict.type == "queja_servicio"
    why = desk.verdicts.explain(stored.id)
    assert why.by == "ana" and why.stands == after.verdict and why.desk.verdict.type == ""
    assert sum(why.desk.probabilities.values()) == pytest.approx(1)
    assert [label.before.type for label in why.labels] == [""] and why.labels[0].at == START
    assert desk.verdicts.undo(stored.id).verdict == stored.verdict
    assert counted(desk) == (1, 0, 0) and desk.mentions.latest()[0].verdict == stored.verdict
    (label,) = desk.verdicts.explain(stored.id).labels
    assert not label.stands and label.undone_by == "ana"
    assert [e.mention_ids for e in told] == [(stored.id,), (stored.id,)]


def test_saying_the_same_again_changes_nothing_and_labels_stack(desk: Desk) -> None:
    stored = say(desk, ODD)
    first = desk.verdicts.correct(stored.id, type="idea")
    assert desk.verdicts.correct(stored.id, type="idea") == first
    desk.verdicts.correct(stored.id, type="rumor")
    assert len(desk.verdicts.explain(stored.id).labels) == 2
    assert desk.verdicts.undo(stored.id).verdict.type == "idea"
    assert desk.verdicts.explain(stored.id).by == "ana"
    assert desk.verdicts.undo(stored.id).verdict == stored.verdict


def test_a_label_outlives_an_edit_and_keeps_no_words_of_a_mention_that_is_gone(desk: Desk, clock: PlayClock) -> None:
    stored = say(desk, ODD, "1", version="a")
    desk.verdicts.correct(stored.id, type="rumor")
    edited = say(desk, "Sin señal en Puebla desde las seis", "1", version="b")
    assert edited.mention.text.startswith("Sin señal")
    assert edited.verdict.type == "rumor" and edited.verdict.judge is Judge.PERSON
    gone = Tombstone("feed", "a", "1", clock.now())
    desk.ingest.page(Page(source="feed", account="a", tombstones=(gone,)))
    desk.verdicts.forget()
    assert say(desk, NEAR).verdict.type == ""  # what is gone teaches nothing
    file = sqlite3.connect(desk.paths.database)
    held = "\n".join(str(row) for row in file.execute("SELECT * FROM label"))
    file.close()
    assert "zurull" not in held and "señal" not in held


def test_this_desk_learns_from_a_label_and_unlearns_it(desk: Desk, open_desk: Callable[[], Desk]) -> None:
    stored = say(desk, ODD)
    other = say(desk, FAR)
    desk.verdicts.correct(stored.id, type="rumor", sentiment=Sentiment.NEGATIVE)
    near, far = say(desk, NEAR), say(desk, FAR, "far again")
    assert (near.verdict.type, near.verdict.sentiment) == ("rumor", Sentiment.NEGATIVE)
    assert not near.verdict.complaint  # never learnt: alarms keep to their lists
    assert far.verdict == other.verdict
    why = desk.verdicts.explain(near.id).desk
    assert "zurullometro" in why.learnt and why.verdict == near.verdict
    again = open_desk()  # replayed from the file, the same
    assert say(again, NEAR, "after a restart").verdict == near.verdict
    again.verdicts.undo(stored.id)
    assert say(again, NEAR, "without").verdict.type == ""


def test_a_label_is_a_row_of_the_timeline_while_an_incident_is_open(desk: Desk) -> None:
    stored = say(desk, ODD)
    desk.verdicts.correct(stored.id, type="idea")
    incident = desk.incidents.open(title="Sin servicio", level=2, started_at=START)
    desk.verdicts.correct(stored.id, type="rumor")
    desk.verdicts.undo(stored.id)
    kinds = [e.kind for e in desk.timeline.entries(incident.id) if e.kind.startswith("mention.")]
    assert kinds == ["mention.unjudged", "mention.judged"]
    assert not any("zurull" in str(e.data) for e in desk.timeline.entries(incident.id))


def test_what_could_not_be_stored_is_not_learnt(desk: Desk, incident: Incident) -> None:
    stored = say(desk, ODD)
    with pytest.raises(ZeroDivisionError), desk.core.write():
        desk.verdicts.correct(stored.id, type="rumor")
        1 / 0  # noqa: B018
    assert desk.verdicts.explain(stored.id).labels == ()
    assert say(desk, NEAR).verdict.type == ""


def test_a_crisis_never_opens_on_sentiment_alone(desk: Desk) -> None:
    """What the detector counts of a text is the same however it feels: hatred alone raises nothing."""
    with desk.core.read() as connection:
        judge = desk.verdicts.classifier(connection)
    counted, felt = [], []
    for text in ("La parroquia abre a las nueve", "Los odio, los detesto, los aborrezco"):
        said = [
            Mention(source="feed", account="b", native_id=f"{n}", published_at=START + timedelta(seconds=3 * n),
                    fetched_at=START, text=f"{text} {n}", author=f"u{n}")
            for n in range(200)
        ]  # fmt: skip
        judged = [(m, judge.verdict(m)) for m in said]
        felt.append({verdict.sentiment for _, verdict in judged})
        counted.append(tally(in_order(judged)))
    assert Sentiment.NEGATIVE not in felt[0] and felt[1] == {Sentiment.NEGATIVE}
    assert counted[0] == counted[1] and all(minute.complainers == 0 for minute in counted[1].values())


@pytest.mark.skipif(not senses.available(), reason="the extra `full` is not installed")
def test_the_full_tier_comes_back_when_there_is_time_and_leaves_labels_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = say(desk, ODD), say(desk, FAR)
    desk.verdicts.correct(two.id, type="idea")
    assert desk.verdicts.deepen() == 0  # simulated time: nothing may depend on this computer's pace
    monkeypatch.setattr(PlayClock, "simulated", False)
    desk.verdicts._newest = -verdicts.HANDFUL
    assert desk.verdicts.deepen() == 0  # too much has come in
    assert desk.verdicts.deepen() == 1
    with desk.core.read() as connection:
        assert mentions.get(connection, one.id).verdict.judge is Judge.FULL
        assert mentions.get(connection, two.id).verdict.judge is Judge.PERSON
    assert desk.verdicts.deepen() == 0
