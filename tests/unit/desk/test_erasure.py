"""Erasing one person by law: no byte of theirs is left in the data folder, and what stays is true."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import is_dataclass, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from crisisdesk.__main__ import main
from crisisdesk.app import Desk, build_desk
from crisisdesk.clock import PlayClock
from crisisdesk.model.attachment import Upload
from crisisdesk.model.author import Relation
from crisisdesk.model.chain import Status
from crisisdesk.model.community import IdeaState
from crisisdesk.model.contact import Contact
from crisisdesk.model.erasure import CODES, Traces
from crisisdesk.model.errors import InputError, NotFoundError
from crisisdesk.model.events import ChangedElsewhere, Event
from crisisdesk.model.fact import FactSection
from crisisdesk.model.inbox import Sought
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.received import Received
from crisisdesk.paths import profile
from crisisdesk.reports import incident as report
from crisisdesk.settings import Settings
from crisisdesk.store import rows
from crisisdesk.store.chain import Key
from crisisdesk.store.erasure import _ELSEWHERE as elsewhere
from crisisdesk.texts import Texts
from crisisdesk.words import entry_sentence
from tests.fakes.outbox import START, desk_on

NAME, ID = "rosa_quiroz", "did:plc:qzrosa7712"
SAID = "Vivo en la calle Olmo doce y mi madre depende de un respirador, llevamos dos horas sin luz"
EARLIER = "Vivo en la calle Encina nueve y mi madre depende de un respirador"
TRACES = [b"rosa_quiroz", b"qzrosa7712", b"calle olmo", b"calle encina", b"respirador", b"900100200"]


def post(number: str, text: str, author: str, author_id: str = "", **more: object) -> Mention:
    return Mention(
        source="bluesky", account="b", native_id=f"at://{author_id or author}/post/{number}", text=text, author=author,
        author_id=author_id, url=f"https://bsky.example/profile/{author}/post/{number}", version="1",
        published_at=START, fetched_at=START, **more,
    )  # fmt: skip


def taken_in(desk: Desk, *found: Mention) -> None:
    desk.ingest.page(Page(source="bluesky", account="b", mentions=found))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = desk_on(tmp_path / "desk")
    built.core.key = Key(b"k" * 32)
    built.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0101"))
    built.incidents.open(title="Sin servicio", level=2, started_at=START - timedelta(minutes=5))
    first = post("1", EARLIER, NAME, ID)
    taken_in(built, first)
    taken_in(built, replace(first, text=SAID, version="2"))
    taken_in(built, post("2", "sigo esperando una respuesta de alguien", NAME, ID))
    yield built
    built.close()


def mine(desk: Desk) -> int:
    return next(m.id for m in desk.mentions.latest() if m.mention.author == NAME)


def left(desk: Desk) -> set[bytes]:
    """The traces that are still anywhere in the data folder, log of the data file included."""
    held = b"".join(p.read_bytes().lower() for p in desk.paths.data.rglob("*") if p.is_file())
    return {trace for trace in TRACES if trace in held}


def lived(desk: Desk) -> int:
    """Everything that a desk does with somebody; the incident."""
    incident, one = desk.incidents.get("latest").id, mine(desk)
    others = (
        post("a", f"RT @{NAME}: {SAID}", "vecino"),
        post("b", f"que alguien ayude a @{NAME} ya", "vecina"),
        post("c", "aquí tampoco hay luz", "otra", parent_id=f"at://{ID}/post/1"),
        post("d", "sigo esperando una respuesta de alguien", "nadie"),  # many say the same
    )
    taken_in(desk, *others)
    desk.authors.say(one, Relation.CLIENT, vip=True)
    desk.community.thank(one, "avisó la primera")
    desk.community.add_expert("bluesky", NAME, ("redes",), "me escribió que sí")
    area = desk.areas.save("Redes")
    desk.areas.send(area.id, mention_id=one, ask=f"llamen a {NAME}: {SAID[:50]}")
    desk.replies.start(one)
    desk.facts.say(
        incident, FactSection.KNOW, "casos", Bilingual(f"Caso de {NAME}: {SAID}", "One case"), "guardia.noc"
    )
    note = desk.timeline.note(incident, f"Se llama a {NAME.upper()}; dice: «{SAID[10:60]}»",
                              files=[Upload("caso.txt", f"caso de {NAME}".encode())])  # fmt: skip
    desk.timeline.revise(note.id, f"Se llamó a {NAME}")
    desk.timeline.note(incident, "foto de la acometida", files=[Upload(f"{NAME}.jpg", b"\xff\xd8")])
    desk.timeline.note(incident, "Se llama al proveedor")
    return incident


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


def test_without_a_reason_nothing_is_erased(desk: Desk) -> None:
    before = desk.chain.head()
    with pytest.raises(InputError):
        desk.authors.erasures.erase(mine(desk), "  ")
    with pytest.raises(NotFoundError):
        desk.authors.erasures.erase(999, "ley")
    assert desk.chain.head() == before


def test_a_look_tells_what_it_would_take_and_changes_nothing(desk: Desk) -> None:
    lived(desk)
    before, rows = desk.chain.head(), desk.mentions.latest()
    told = desk.authors.erasures.look(mine(desk))
    assert (desk.chain.head(), desk.mentions.latest()) == (before, rows)
    assert told == desk.authors.erasures.erase(mine(desk), "lo pide la persona")
    assert told.mentions == 2
    assert told.quotes >= 4
    assert told.entries >= 2
    assert told.files == 2


# ── what is left ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_byte_of_the_person_is_left_and_the_chain_still_holds(desk: Desk) -> None:
    incident = lived(desk)
    assert left(desk) == set(TRACES) - {b"900100200"}
    done = desk.authors.erasures.erase(mine(desk), f"lo pide {NAME} por escrito")
    assert done.left == ()
    assert left(desk) == set()
    found = desk.chain.verify()
    assert (found.integrity.status, found.files.status) == (Status.INTACT, Status.INTACT)  # type: ignore[union-attr]
    assert found.redacted >= 3
    told = next(e for e in desk.timeline.entries(incident) if e.kind == "person.erased")
    assert (told.actor, told.data["reason"]) == ("ana", "lo pide … por escrito")
    assert "menciones: 2" in entry_sentence(told, Texts("es"), "UTC")
    assert "Se llama al proveedor" in {e.text for e in desk.timeline.entries(incident)}


def test_what_others_said_stays_without_the_person(desk: Desk) -> None:
    lived(desk)
    desk.authors.erasures.erase(mine(desk), "ley")
    texts = {m.mention.author: m.mention.text for m in desk.mentions.latest()}
    assert texts["vecina"] == "que alguien ayude a … ya"
    assert texts["vecino"].startswith("RT …: …")
    assert texts["otra"] == "aquí tampoco hay luz"
    assert texts["nadie"] == "sigo esperando una respuesta de alguien"
    for words in (NAME, "respirador", "olmo"):
        assert desk.mentions.latest(sought=Sought(search=words)) == ()
    assert desk.mentions.latest(sought=Sought(search="tampoco"))
    assert desk.authors.lists() is not None
    assert desk.community.experts() == ()


def test_one_mention_alone_goes_and_the_rest_of_the_person_stays(desk: Desk) -> None:
    incident, one = desk.incidents.get("latest").id, mine(desk)
    first = min(m.id for m in desk.mentions.latest() if m.mention.author == NAME)
    desk.timeline.note(incident, f"dice: «{SAID}»")
    desk.timeline.note(incident, f"llamar a {NAME}")
    assert one != first
    done = desk.authors.erasures.erase(first, "ley", only=True)
    assert (done.mentions, done.entries) == (1, 1)
    assert left(desk) == {b"rosa_quiroz", b"qzrosa7712"}
    taken_in(desk, replace(post("n", "nadie firma estas palabras tan largas", ""), native_id="at://n"))
    nobody = next(m.id for m in desk.mentions.latest() if m.mention.native_id == "at://n")
    assert desk.authors.erasures.erase(nobody, "ley").mentions == 1


def test_counts_and_times_stay_and_what_a_source_tells_again_does_not_come_back(desk: Desk) -> None:
    before = desk.mentions.count()
    desk.authors.erasures.erase(mine(desk), "ley")
    assert desk.mentions.count() == before
    taken_in(desk, post("1", SAID, NAME, ID), replace(post("2", "otra vez lo mismo", NAME, ID), version="3"))
    assert desk.mentions.count() == before
    assert left(desk) == set()
    taken_in(desk, post("9", "esto es nuevo y de otro día", NAME, ID))
    assert desk.mentions.count() == before + 1


def test_the_networks_answers_that_hold_them_go_too(desk: Desk) -> None:
    body = json.dumps({"text": "otra cosa de rosa_quiroz 900100200"}).encode()
    got = Received(url="https://bsky.example/x", status=200, headers=(), at=START, body=body)
    page = Page(source="bluesky", account="b", mentions=(post("5", "una más de las mías", NAME, ID),), received=(got,))
    desk.ingest.page(page)
    assert hashlib.sha256(body).hexdigest().encode() in (desk.paths.database.read_bytes() + _wal(desk))
    desk.authors.erasures.erase(mine(desk), "ley")
    assert left(desk) == set()
    with desk.core.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM answer_body").scalar_one() == 0


def _wal(desk: Desk) -> bytes:
    beside = desk.paths.database.with_name(desk.paths.database.name + "-wal")
    return beside.read_bytes() if beside.exists() else b""


def test_rows_on_which_times_rest_stay_and_are_named(desk: Desk) -> None:
    incident = desk.incidents.get("latest").id
    desk.incidents.set_title(incident, f"El caso de {NAME}")
    done = desk.authors.erasures.erase(mine(desk), "ley")
    (row,) = done.left
    with desk.core.read() as connection:
        (kind,) = connection.exec_driver_sql("SELECT kind FROM timeline WHERE id = ?", (row,)).one()
    assert kind == "incident.title_set"
    assert NAME not in desk.incidents.get(incident).title


def test_the_packs_that_hold_their_words_are_named(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "_page_chart", lambda *_: b"")
    desk.evidence.pack("latest", tmp_path / "para-el-regulador.zip", Texts("es"))
    assert desk.authors.erasures.look(mine(desk)).packs == ("para-el-regulador.zip",)


# ── people who are called like something of ours ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["Active", "Writing", "ALCANCE", "bluesky", "comunicacion", "Studying", "Received"])
def test_whoever_is_called_like_one_of_our_own_words_takes_none_of_them_along(desk: Desk, name: str) -> None:
    taken_in(desk, post("7", "llevo tres horas sin luz en mi casa de la sierra", name))
    one = next(m.id for m in desk.mentions.latest() if m.mention.author == name)
    incident = desk.incidents.get("latest").id
    idea = desk.ideas.note(incident, Bilingual(f"lo que pide {name}", "what they ask"), (one,))
    desk.ideas.move(idea.id, IdeaState.STUDYING)
    desk.areas.send(desk.areas.save("Redes").id, mention_id=one)
    text = desk.drafts.start(incident, "alcance")
    kept = len(desk.timeline.entries(incident))
    done = desk.authors.erasures.erase(one, "ley")
    for table in vars(rows).values():
        if isinstance(table, rows.Rows):
            with desk.store.read() as connection:
                table.where(connection)  # whatever cannot be read any more raises
    assert (desk.incidents.get(incident).state, desk.drafts.view(text.id).template.id) == ("active", "alcance")
    assert desk.ideas.list(incident)[0].said.es == "lo que pide …"
    assert desk.room.view(incident).next
    gone = sum(e.redacted for e in desk.timeline.entries(incident))
    assert (gone, len(desk.timeline.entries(incident))) == (done.entries, kept + done.entries + 1)
    assert done.entries == 2  # the rows of the idea alone


def test_whoever_calls_themselves_like_the_brand_does_not_take_its_name_away(tmp_path: Path) -> None:
    settings = Settings(zone="America/Mexico_City", actor="ana", brand="Luz del Sur", terms=("@LuzDelSur", "Luzsurera"))
    desk = build_desk(settings, profile(tmp_path / "brand"), clock=PlayClock(START))
    incident = desk.incidents.open(title="Luz del Sur sin servicio", level=2, started_at=START - timedelta(minutes=5))
    taken_in(desk, post("1", "esto lo digo yo y nadie más en toda la sierra", "Luz del Sur", "did:plc:parodia99"),
             post("2", "estamos como siempre, dice una que pasaba", "luzsurera"),
             post("3", "Luz del Sur no contesta, Luzsurera, @luzdelsur", "vecina"),
             post("4", "aquí lo mismo que ayer y que antes de ayer", "luzdelsur"))  # fmt: skip
    entries = len(desk.timeline.entries(incident.id))
    for name in ("Luz del Sur", "luzsurera", "luzdelsur"):
        one = next(m.id for m in desk.mentions.latest() if m.mention.author == name)
        assert desk.authors.erasures.erase(one, "ley").quotes == 0
    assert desk.incidents.get(incident.id).title == "Luz del Sur sin servicio"
    assert "Luz del Sur no contesta, Luzsurera, @luzdelsur" in {m.mention.text for m in desk.mentions.latest()}
    assert len(desk.timeline.entries(incident.id)) == entries + 3  # the acts alone
    held = b"".join(p.read_bytes() for p in desk.paths.data.rglob("*") if p.is_file())
    assert b"parodia99" not in held
    desk.close()


def test_every_state_and_kind_in_the_data_file_is_known_as_a_word_of_ours() -> None:
    lacking = {
        f"{table.kind.__name__}.{name}"
        for table in vars(rows).values()
        if isinstance(table, rows.Rows) and table.table.name not in elsewhere
        for name in _codes(table.kind)
    }
    assert lacking == set()


def _codes(kind: object, seen: frozenset[object] = frozenset()) -> Iterator[str]:
    """Fields of a dataclass, and of those inside it, that hold one of our own words and are not known as such."""
    if not isinstance(kind, type) or not is_dataclass(kind) or kind in seen:
        return
    for name, hint in get_type_hints(kind).items():
        for part in _parts(hint):
            if isinstance(part, type) and issubclass(part, StrEnum) and name not in CODES:
                yield name
            yield from _codes(part, seen | {kind})


def _parts(hint: object) -> Iterator[object]:
    yield hint
    for part in get_args(hint):
        yield from _parts(part)


def test_a_fold_lets_go_of_them(desk: Desk) -> None:
    text = "no tengo señal en el centro de la ciudad desde esta mañana y nadie contesta"
    taken_in(desk, *(post(f"f{n}", text, f"persona{n}", f"did:plc:persona{n}") for n in range(3)))
    fold = next(row.fold for row in desk.mentions.window().rows if row.many == 3)
    assert fold is not None
    second = next(m.id for m in desk.mentions.latest() if m.mention.author == "persona1")
    desk.authors.erasures.erase(second, "ley")
    assert [m.mention.author for m in desk.mentions.members(fold)] == ["persona2", "persona0"]
    assert desk.replies.state_of(fold).people == 2


def test_every_page_hears_of_it(desk: Desk) -> None:
    heard: list[Event] = []
    desk.bus.subscribe(heard.append)
    desk.authors.erasures.look(mine(desk))
    assert heard == []
    desk.authors.erasures.erase(mine(desk), "ley")
    assert ChangedElsewhere() in heard


# ── how a trace is found ─────────────────────────────────────────────────────────────────────────────────────────

SOMEBODY = Traces(["@eva", "Rosa Quiroz"], ["https://x.example/eva/1", "77"], [SAID, "ayuda ya por favor"])


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("nueva evaluación de Rosa, la de siempre", "nueva evaluación de Rosa, la de siempre"),
        ("dice eva que sí", "dice eva que sí"),  # three letters are a word of many texts
        ("dice @Eva, que sí; @evaluador no", "dice …, que sí; @evaluador no"),
        ("ROSA QUIROZ y Rosa Quirozz", "… y Rosa Quirozz"),
        ("mira https://x.example/eva/1.", "mira …."),
        ("hay 77 casos", "hay 77 casos"),
        (f"«{SAID}»", "«…»"),
        (f"dijo:{SAID[4:70]}… y más", "dijo:…… y más"),
        (SAID[:29], SAID[:29]),
        (f"{SAID[:40]} ¿sí? {SAID[40:80]}", "… ¿sí? …"),
        ("AYUDA YA POR FAVOR, dice", "…, dice"),
        ("İ" * 3 + SAID, "İ" * 3 + "…"),
    ],
)
def test_names_addresses_and_quotes_are_struck_and_nothing_else(text: str, kept: str) -> None:
    assert SOMEBODY.strike(text) == kept
    assert SOMEBODY.strike(kept) == kept


def test_json_is_struck_inside_and_stays_json() -> None:
    value = {"Rosa Quiroz": ["@eva", 3, None, {"es": "de Rosa Quiroz"}]}
    assert SOMEBODY.strike_in(value) == {"Rosa Quiroz": ["…", 3, None, {"es": "de …"}]}
    assert SOMEBODY.within(b"acta de Rosa Quiroz")
    assert not SOMEBODY.within(b"\xff\xfe\x00")


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_looks_first_and_erases_only_when_told(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    one, folder = str(mine(desk)), str(desk.paths.data)
    assert main(["erase", one, "--data-dir", folder, "--lang", "es"]) == 1
    assert "menciones: 2" in capsys.readouterr().out
    assert mine(desk)
    assert main(["erase", one, "--yes", "--data-dir", folder]) == 2
    assert main(["erase", "999", "--data-dir", folder]) == 2
    capsys.readouterr()
    assert main(["erase", one, "--yes", "--reason", "ley", "--json", "--data-dir", folder]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["mentions"], told["done"]) == (2, True)
    assert left(desk) == set()
