"""Who has which mention: one at a time, written down, the same at every desk on the file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.errors import InputError, NotFoundError
from crisisdesk.model.events import Event, MentionsAssigned
from crisisdesk.model.inbox import MINE, Sought
from crisisdesk.model.incident import Incident
from crisisdesk.model.mention import Mention, Page
from crisisdesk.paths import profile
from crisisdesk.settings import Settings
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.unit.desk.conftest import PEOPLE, START


def said(desk: Desk, n: int) -> list[int]:
    """``n`` mentions, the oldest first."""
    page = tuple(
        Mention(source="x", account="marca", native_id=str(k), text=f"sin señal en la colonia {k}", author=f"v{k}",
                published_at=START - timedelta(minutes=10 * (n - k)), fetched_at=START)
        for k in range(n)
    )  # fmt: skip
    desk.ingest.page(Page(source="x", account="marca", mentions=page))
    return [row.id for row in reversed(desk.mentions.latest(n))]


def has(desk: Desk) -> dict[int, str]:
    return {row.id: row.assignee for row in desk.mentions.latest(50)}


@pytest.mark.parametrize("name", ["", "  \n ", MINE])
def test_nobody_is_no_person_to_give_it_to(desk: Desk, name: str) -> None:
    (one,) = said(desk, 1)
    with pytest.raises(InputError):
        desk.assignees.assign([one], name)
    assert has(desk) == {one: ""}


def test_one_mention_that_is_not_there_and_none_is_given(desk: Desk) -> None:
    ids = said(desk, 2)
    with pytest.raises(NotFoundError):
        desk.assignees.assign([*ids, 999], "Luis")
    with pytest.raises(NotFoundError):
        desk.assignees.unassign([999])
    assert set(has(desk).values()) == {""}


def test_too_many_at_once_are_refused_and_none_at_all_is_nothing(desk: Desk) -> None:
    with pytest.raises(InputError):
        desk.assignees.assign(list(range(6_000)), "Luis")
    assert desk.assignees.assign([], "Luis") == 0 and desk.assignees.unassign([]) == 0


def test_each_act_is_one_row_of_the_timeline_while_an_incident_is_open(desk: Desk, incident: Incident) -> None:
    ids = said(desk, 3)
    assert desk.assignees.assign(ids[:1], " Luis  Ortega ") == 1
    assert desk.assignees.assign(ids, "Luis Ortega") == 2  # one has it already
    assert desk.assignees.assign(ids, "Luis Ortega") == 0  # and that is no act
    assert desk.assignees.unassign([ids[0], ids[0]]) == 1
    assert has(desk) == {ids[0]: "", ids[1]: "Luis Ortega", ids[2]: "Luis Ortega"}
    rows = [e for e in desk.timeline.entries(incident.id) if e.kind.startswith("mention.")]
    told = {lang: [entry_sentence(e, Texts(lang), desk.zone) for e in reversed(rows)] for lang in ("es", "en")}
    assert told["es"] == [
        f"Mención {ids[0]} asignada a Luis Ortega", "2 menciones asignadas a Luis Ortega",
        f"Mención {ids[0]} sin asignar: la tenía Luis Ortega",
    ]  # fmt: skip
    assert told["en"][1] == "2 mentions assigned to Luis Ortega"
    assert rows[0].actor == "ana"


def test_without_an_incident_it_is_kept_and_nothing_is_written_down(desk: Desk) -> None:
    ids, told = said(desk, 2), list[Event]()
    desk.bus.subscribe(told.append)
    desk.assignees.assign(ids, "Luis")
    assert [e for e in told if isinstance(e, MentionsAssigned)] == [MentionsAssigned(tuple(ids))]
    assert set(has(desk).values()) == {"Luis"}


def test_mine_nobodys_and_somebodys(desk: Desk) -> None:
    first, second, third = said(desk, 3)
    desk.assignees.assign([first], "ana")
    desk.assignees.assign([second], "Luis")

    def found(**sought: object) -> list[int]:
        return [row.id for row in desk.mentions.latest(sought=Sought(**sought))]  # type: ignore[arg-type]

    assert found(assignee=MINE) == [first]
    assert found(assignee="") == [third]
    assert found(assignee="Luis") == [second]
    with desk.core.acting_as("Luis"):
        assert found(assignee=MINE) == [second]
    assert found(search="colonia", assignee="Luis") == [second]


def test_the_last_hours_and_the_area_narrow_too(desk: Desk) -> None:
    ids = said(desk, 20)  # one each ten minutes
    assert len(desk.mentions.latest(sought=Sought(hours=1))) == 6
    area = desk.areas.save("Cobros")
    desk.areas.send(area.id, mention_id=ids[0], ask="¿qué pasó?")
    back = desk.areas.send(area.id, mention_id=ids[1], ask="¿y aquí?")
    assert [r.id for r in desk.mentions.latest(sought=Sought(area=area.id))] == [ids[1], ids[0]]
    desk.areas.withdraw(back.id)
    assert [r.id for r in desk.mentions.latest(sought=Sought(area=area.id))] == [ids[0]]
    assert desk.mentions.latest(sought=Sought(area=area.id, hours=1)) == ()


def test_the_new_filters_are_kept_under_a_name(desk: Desk) -> None:
    wanted = Sought(assignee=MINE, hours=24, area=3)
    desk.inbox_filters.keep("lo mío", wanted)
    assert desk.inbox_filters.all() == {"lo mío": wanted}


def test_oneself_comes_first_then_roles_with_their_people_then_contacts(desk: Desk, incident: Incident) -> None:
    ids = said(desk, 2)
    desk.assignees.assign(ids, "Alguien De Fuera")
    people = desk.assignees.candidates()
    assert people[0].mine and people[0].name == "ana" and not any(p.mine for p in people[1:])
    held = [p for p in people if p.role.es]
    assert held and people[1 : 1 + len(held)] == tuple(held) and all(p.role.en for p in held)
    assert len(people) == len({p.name for p in people}) == len(PEOPLE) + 2
    assert people[-1].name == "Alguien De Fuera" and people[-1].waiting == 2
    assert desk.assignees.names() == ("Alguien De Fuera",)


def test_another_desk_on_the_same_file_sees_it(desk: Desk, clock: PlayClock, tmp_path: Path) -> None:
    ids = said(desk, 2)
    other = build_desk(Settings(zone="America/Mexico_City", actor="luis"), profile(tmp_path / "desk"), clock=clock)
    try:
        marks = [other.assignees.mark()]
        desk.assignees.assign(ids, "luis")
        marks.append(other.assignees.mark())
        assert has(other) == dict.fromkeys(ids, "luis") == desk.assignees.of(ids)
        desk.assignees.unassign(ids[:1])
        marks.append(other.assignees.mark())
        clock.move_to(START + timedelta(minutes=1))
        desk.assignees.assign(ids[1:], "ana")
        marks.append(other.assignees.mark())
        assert len(set(marks)) == 4
    finally:
        other.close()
