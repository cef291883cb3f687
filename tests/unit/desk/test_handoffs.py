"""To private: what is never asked, numbers with consent that go on time and are in no export, and who imitates us."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.app import Desk
from crisisdesk.clock import PlayClock
from crisisdesk.desk import measured
from crisisdesk.desk.retelling import retell
from crisisdesk.model.area import RouteState
from crisisdesk.model.call_back import KEPT, LONGEST, Likeness
from crisisdesk.model.commitment import CommitmentKind
from crisisdesk.model.contact import Contact
from crisisdesk.model.draft import FieldValue
from crisisdesk.model.errors import InputError, StepError
from crisisdesk.model.fact import FactSection
from crisisdesk.model.mention import Mention, Page
from crisisdesk.model.playbook import Bilingual
from crisisdesk.model.source import PrivateWay
from crisisdesk.model.wallboard import Part
from crisisdesk.pipeline.impostors import check, distance, skeleton
from crisisdesk.pipeline.measures import figures
from crisisdesk.pipeline.phones import without_numbers
from crisisdesk.reports import incident as report
from crisisdesk.reports import measures, setting, tables, wallboard, written
from crisisdesk.reports.base import FORMATS, Kind
from crisisdesk.texts import Texts
from tests.fakes.outbox import START, desk_on

PHONE = "+52 55 1234 5678"
WORDS = "no tengo señal, mi número es 55-1234-5678, llámenme"
FORMS = ("+525512345678", "5512345678", "55 1234 5678", "55-1234-5678", "1234 5678", "1234-5678", "12345678")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = desk_on(tmp_path / "desk")
    built.contacts.save(Contact(slug="guardia.noc", name="Guardia", phone="55 0000 0101"))
    yield built
    built.close()


@pytest.fixture
def mention(desk: Desk) -> int:
    desk.incidents.open(title="Sin servicio", level=2, started_at=START - timedelta(minutes=5))
    said = Mention(source="mastodon", account="marca", native_id="1", text=WORDS, author="ana",
                   published_at=START, fetched_at=START)  # fmt: skip
    desk.ingest.page(Page(source="mastodon", account="marca", mentions=(said,)))
    return desk.mentions.latest(limit=1)[0].id


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────


NO_NUMBERS = ["", "hola", "123456", "1" * 16, "55 1234 5678 ext. 3", "５５１２３４５６７８", "()()()()"]


@pytest.mark.parametrize("phone", NO_NUMBERS)
def test_what_is_no_number_is_refused(desk: Desk, mention: int, phone: str) -> None:
    with pytest.raises(InputError) as caught:
        desk.handoffs.keep_phone(mention, phone, "me dijo que sí")
    assert caught.value.key == "call_back.no_number"
    assert phone == "" or phone not in str(caught.value.fields)


@pytest.mark.parametrize(("consent", "keep"), [("  ", KEPT), ("sí", LONGEST + timedelta(days=1)), ("sí", timedelta(0))])
def test_a_number_needs_consent_and_an_end(desk: Desk, mention: int, consent: str, keep: timedelta) -> None:
    with pytest.raises(InputError):
        desk.handoffs.keep_phone(mention, PHONE, consent, keep=keep)
    assert desk.handoffs.list(desk.incidents.list()[0].id) == ()


def test_a_number_is_masked_shown_to_who_calls_and_deleted_on_time_with_its_hash_kept(
    desk: Desk, mention: int
) -> None:
    kept = desk.handoffs.keep_phone(mention, PHONE, "llámenme a este número")
    incident = kept.incident_id
    (shown,) = desk.handoffs.list(incident)
    assert (shown.phone, shown.masked) == ("", "••• 78")
    assert desk.handoffs.number(kept.id) == "+525512345678"
    desk.clock.use(PlayClock(START + KEPT - timedelta(seconds=1)))
    desk.tick()
    assert desk.handoffs.number(kept.id)
    desk.clock.use(PlayClock(START + KEPT))
    desk.tick()
    with pytest.raises(StepError) as caught:
        desk.handoffs.number(kept.id)
    assert caught.value.key == "call_back.deleted"
    (gone,) = desk.handoffs.list(incident)
    assert gone.deleted_at == START + KEPT and gone.digest == kept.digest
    assert desk.handoffs.is_number(kept.id, "+52 (55) 1234-5678") and not desk.handoffs.is_number(kept.id, "5512345679")
    kinds = [e.kind for e in desk.timeline.entries(incident) if e.kind.startswith("call_back.")]
    assert kinds == ["call_back.deleted", "call_back.shown", "call_back.shown", "call_back.kept"]
    raw = sqlite3.connect(desk.paths.database)
    assert raw.execute("SELECT phone FROM call_back").fetchall() == [("",)]
    raw.close()


def test_its_owner_may_have_it_deleted_at_once_and_the_same_number_has_another_hash(desk: Desk, mention: int) -> None:
    one, other = (desk.handoffs.keep_phone(mention, PHONE, "sí") for _ in range(2))
    assert one.digest != other.digest
    assert desk.handoffs.forget(one.id).deleted_at is not None
    assert desk.handoffs.forget(one.id).phone == ""  # again does no harm
    with pytest.raises(StepError):
        desk.handoffs.promise(one.id, START + timedelta(hours=1), "Guardia")


def test_the_call_is_an_individual_promise_with_the_name_and_never_the_number(desk: Desk, mention: int) -> None:
    kept = desk.handoffs.keep_phone(mention, PHONE, "sí")
    with pytest.raises(InputError):
        desk.handoffs.promise(kept.id, START - timedelta(hours=1), "Guardia")
    owed = desk.handoffs.promise(kept.id, START + timedelta(hours=1), "Guardia")
    assert (owed.kind, owed.to_whom) == (CommitmentKind.INDIVIDUAL, "ana")
    with pytest.raises(StepError):
        desk.handoffs.promise(kept.id, START + timedelta(hours=2), "Guardia")
    assert desk.handoffs.list(kept.incident_id)[0].commitment_id == owed.id
    assert "1234" not in repr(owed)


# ── exports ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("deleted", [False, True])
def test_no_export_holds_the_number(desk: Desk, mention: int, tmp_path: Path, deleted: bool) -> None:
    kept = desk.handoffs.keep_phone(mention, PHONE, "sí")
    desk.handoffs.number(kept.id)
    desk.handoffs.promise(kept.id, START + timedelta(hours=1), "Guardia")
    if deleted:
        desk.handoffs.forget(kept.id)
    incident, made = kept.incident_id, dict[str, bytes]()
    data = desk.review.data(incident)
    assert data.examples  # the words with the number are among them
    for cut in ("internal", "public"):
        made[f"{cut}.json"] = tables.json(data, cut=cut).encode()
        for lang in ("es", "en"):
            texts = Texts(lang)
            made[f"{cut}.{lang}.html"] = report.html(data, texts, cut=cut).encode()
            made[f"{cut}.{lang}.md"] = report.markdown(data, texts, cut=cut).encode()
            made[f"{cut}.{lang}.csv"] = bytes(tables.timeline_csv(data, texts, cut=cut))
        path = tmp_path / f"{cut}.zip"
        desk.evidence.pack(incident, path, Texts("es"), cut=cut)
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as pack:
            made |= {f"{cut}/{name}": pack.read(name) for name in pack.namelist()}
    desk.incidents.resolve(incident, "ana")
    retell(desk, incident, tmp_path / "scenario")
    made |= {f"scenario/{p.name}": p.read_bytes() for p in (tmp_path / "scenario").iterdir()}
    assert len(made) > 15
    for name, content in made.items():
        for form in FORMS:
            assert form.encode() not in content, (name, form)


def _planted(desk: Desk, mention: int) -> int:
    """The number in everything that somebody can write down; the incident."""
    incident, (n, a, b, c) = desk.incidents.list()[0].id, FORMS[:4]
    desk.timeline.note(incident, f"llamó Ana, su número es {a}")
    desk.facts.say(incident, FactSection.KNOW, "aviso", Bilingual(f"avisar al {b}", f"tell {c}"), f"Ana {a}")
    desk.commitments.promise(
        incident, Bilingual(f"llamar al {c}", f"call {b}"), START + timedelta(hours=2),
        kind=CommitmentKind.INDIVIDUAL, to_whom=f"Ana {n}", giver="Guardia", owner=f"Red {a}",
    )  # fmt: skip
    desk.commitments.promise(
        incident, Bilingual(f"volver a llamar al {a}", f"call {b} again"), START + timedelta(hours=3),
        kind=CommitmentKind.REMEDY, giver="Guardia", owner="Red",
    )  # fmt: skip
    desk.incidents.set_title(incident, f"Sin servicio, lo cuenta el {b}")
    area = desk.areas.save(f"Red {a}", owner=f"Luis {b}").id
    route = desk.areas.send(area, mention_id=mention, cause=f"sin señal {n}", ask=f"llamen al {c}, pedido 88001234")
    desk.areas.sign(route.id, RouteState.ANSWERED, by=f"Eva {a}", text=f"llamada hecha al {b}")
    desk.areas.unsign(route.id, f"no contestó {n}")
    thanked = desk.community.thank(mention, f"dio el {a}")
    desk.community.unthank(thanked.id, f"era el {b}")
    said = Mention(source="mastodon", account="marca", native_id="2", text=f"{WORDS} y al 1234 5678 de mi vecina",
                   author=f"eva {n}", published_at=START, fetched_at=START)  # fmt: skip
    desk.ingest.page(Page(source="mastodon", account="marca", mentions=(said,)))
    return incident


def _exports(desk: Desk, incident: int, folder: Path) -> dict[str, bytes]:
    data, playbook, made = desk.review.data(incident), desk.playbooks.of(incident), dict[str, bytes]()
    for lang in ("es", "en"):
        texts = Texts(lang)
        for kind in Kind:
            for form in FORMATS[kind]:
                for cut in ("internal", "public"):
                    if form not in ("pdf", "zip"):  # the PDF is set from the same data
                        name = f"{kind}.{lang}.{cut}.{form}"
                        made[name] = written.content(data, texts, form, kind=kind, cut=cut)
        for form in ("html", "md", "csv"):
            made[f"area.{lang}.{form}"] = desk.areas.pack(desk.areas.list()[0].id, form, texts)
        week = desk.measures.period(START.date(), START.date(), days=7)
        made[f"voice.{lang}"] = setting.web(measured.voice(desk.measures, texts, week), texts).encode()
    made["handover"] = repr(desk.handover.note(incident, playbook)).encode()
    made["executive"] = repr(desk.handover.tell(incident, playbook)).encode()
    desk.wallboards.choose(Part)
    made["board"] = wallboard.page(desk.wallboards.view(), Texts("es")).encode()
    made["thanks"] = desk.community.statement()
    rows = desk.measures.rows(desk.measures.period(START.date(), START.date(), days=7))
    made |= {f"measures/{name}": body for name, body in measures.csv_files(rows, figures(rows)).items()}
    desk.evidence.pack(incident, folder / "pack.zip", Texts("es"))
    with zipfile.ZipFile(folder / "pack.zip") as pack:
        made |= {f"pack/{name}": pack.read(name) for name in pack.namelist()}
    return made


def test_a_kept_number_that_was_written_down_anywhere_is_in_no_export(
    desk: Desk, mention: int, tmp_path: Path
) -> None:
    kept = desk.handoffs.keep_phone(mention, PHONE, "sí")
    desk.handoffs.promise(kept.id, START + timedelta(hours=1), "Guardia")
    incident = _planted(desk, mention)
    made = _exports(desk, incident, tmp_path)
    assert len(made) > 40
    for name, content in made.items():
        for form in FORMS:
            assert form.encode() not in content, (name, form)
    pack = made["area.es.md"].decode()
    assert "pedido 88001234" in pack and "llamada hecha" in pack  # what is no telephone is still told
    assert "llamó Ana" in made["review.es.internal.md"].decode()
    assert "volver a llamar al" in made["board"].decode()


@given(st.text(alphabet="ab ,.", max_size=12), st.sampled_from(FORMS[:4]), st.text(alphabet="ab ,.", max_size=12))
def test_a_number_is_struck_however_it_is_spaced(before: str, phone: str, after: str) -> None:
    struck = without_numbers(f"{before} {phone} {after}")
    assert sum(c.isdigit() for c in struck) == 0
    assert without_numbers(f"{before} a las 18:30 del 25") == f"{before} a las 18:30 del 25"


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_text_says_what_is_never_asked_and_the_lint_holds_it(desk: Desk, mention: int) -> None:
    view = desk.handoffs.ask(mention)
    assert "tu tarjeta" in view.draft.body.es and "your password" in view.draft.body.en
    assert {p.key for p in view.problems if p.field != "promesa_llamada"} <= {"empty_field"}
    again = desk.handoffs.ask(mention)
    assert again.draft.id == view.draft.id
    for es, en in (
        ("el chat, y mándanos tu número de tarjeta", "the chat, and send us your card number"),
        ("mensaje directo con tu contraseña, envíala", "direct message: send us your password"),
    ):
        bad = desk.drafts.fill(view.draft.id, {"canal_seguro": FieldValue(text=Bilingual(es, en))})
        assert any(p.severity.value == "error" and dict(p.fields).get("rule") == "data.secret" for p in bad.problems)
        with pytest.raises(StepError):
            desk.drafts.copy(view.draft.id, "es", "mastodon")


def test_where_nothing_is_known_the_way_is_to_ask(desk: Desk, mention: int) -> None:
    assert [option.way for option in desk.handoffs.ways(mention)] == [PrivateWay.ASK]


# ── impostors ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("handle", "likeness"),
    [
        ("@MiBanco", Likeness.OURS), ("mibanco", Likeness.OURS),
        ("@mibаnco", Likeness.SAME_LOOK),  # a Cyrillic letter
        ("@MiBanc0", Likeness.SAME_LOOK), ("@mi_banco", Likeness.SAME_LOOK), ("@rnibanco", Likeness.SAME_LOOK),
        ("@míbanco", Likeness.SAME_LOOK), ("@mibanco@otra.example", Likeness.SAME_LOOK),
        ("@mibamco", Likeness.NEAR), ("@mibnaco", Likeness.NEAR), ("@mibancoo", Likeness.NEAR),
        ("@mibanco_ayuda", Likeness.DRESSED), ("@SoporteMiBanco", Likeness.DRESSED),
        ("@mibanco-oficial-mx", Likeness.DRESSED),
        ("@ana_robles", Likeness.OTHER), ("@mibancomehaquebrado", Likeness.OTHER), ("@otro_banco", Likeness.OTHER),
        ("", Likeness.OTHER),
    ],
)  # fmt: skip
def test_handles_that_may_be_taken_for_ours(handle: str, likeness: Likeness) -> None:
    found = check(handle, ("MiBanco",))
    assert (found.likeness, found.suspect) == (likeness, likeness not in (Likeness.OURS, Likeness.OTHER))


def test_our_names_come_from_the_sources_and_the_brand(desk: Desk) -> None:
    assert desk.handoffs.impostor("@nadie").likeness is Likeness.OTHER
    desk.handoffs._brand = ("TelMX",)
    assert desk.handoffs.impostor("@Te1MX").suspect


@given(st.text(max_size=20), st.text(max_size=20))
def test_edits_are_counted_as_a_distance(a: str, b: str) -> None:
    assert distance(a, b) == distance(b, a) <= max(len(a), len(b))
    assert (distance(a, b) == 0) == (a == b)
    assert skeleton(skeleton(a)) in (skeleton(a), skeleton(skeleton(a)))
