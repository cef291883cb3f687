"""A change made in a form touches its own lines only: in every shipped playbook, whatever is typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources import files

from crisisdesk.model.errors import InputError
from crisisdesk.playbooks import nodes
from crisisdesk.playbooks.read import inspect
from crisisdesk.playbooks.save import add_item, move_item, remove, rename_key, set_value, value_at
from crisisdesk.playbooks.spans import Part, parts_of

DATA = Path(__file__).resolve().parents[2] / "data" / "playbooks"
SHIPPED = {
    entry.name: entry.read_text("utf-8") for entry in files("playbooks").iterdir() if entry.name.endswith(".yaml")
}
BOOKS = SHIPPED | {path.name: path.read_text("utf-8") for path in sorted(DATA.glob("*.yaml"))}
NASTY = [
    "20 min", "T+15 min", "Nuevo texto: con dos puntos", "# no es un comentario", "no", "11:00", "0155", "«así»",
    "¿A quién afecta?", "{servicio} falla. {zona}.", "a, b", "- x", "'", '"', "~", "x" * 300, "palabra " * 40 + "fin",
    "uno\ndos", ">= 5 veces lo normal", "", " ", "a  b", "x:", "*x", "!y", "<<", "---", "a #b", "a\tb", "\ufeff",
]  # fmt: skip
TYPED = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))


def walk(part: Part, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Part]]:
    """Every value of a text with its path, the whole first."""
    yield path, part
    steps: list[str | int] = [key.text for key in part.keys] or list(range(len(part.items)))
    for step, item in zip(steps, part.items, strict=True):
        yield from walk(item, (*path, step))


def tree(text: str) -> Part:
    root, _ = parts_of(text)
    assert root is not None
    return root


@pytest.fixture(scope="module", autouse=True)
def parsed_once() -> Iterator[None]:
    """The program keeps the trees of its last few texts; here more books than that take turns."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(nodes, "_parsed", lru_cache(maxsize=24)(nodes._parsed.__wrapped__))
        yield


@cache
def entries(name: str) -> list[tuple[tuple[str | int, ...], Part]]:
    """Every value of a playbook but the whole."""
    return [(path, part) for path, part in walk(tree(BOOKS[name])) if path]


@cache
def leaves(name: str) -> list[tuple[tuple[str | int, ...], Part]]:
    return [(path, part) for path, part in entries(name) if part.kind == "text"]


@cache
def lists(name: str) -> list[tuple[tuple[str | int, ...], Part]]:
    return [(path, part) for path, part in entries(name) if part.kind == "list" and len(part.items) > 1]


def storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def comments(text: str) -> list[str]:
    """The lines that are comments, in their order; those of a folded text are no comments."""
    inside = [(part.start, part.end) for _, part in walk(tree(text)) if part.style in ("|", ">")]
    found, at = [], 0
    for line in text.splitlines(keepends=True):
        if line.strip().startswith("#") and not any(start <= at < end for start, end in inside):
            found.append(line.strip())
        at += len(line)
    return found


@settings(max_examples=150)
@given(st.data())
def test_a_text_typed_in_a_form_changes_its_own_characters_only(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(BOOKS)))
    path, part = leaves(name)[data.draw(st.integers(0, len(leaves(name)) - 1))]
    typed = storable(data.draw(TYPED))
    text = BOOKS[name]
    try:
        made = set_value(text, path, typed)
    except InputError as error:
        assert error.key == "playbook.cannot_edit" and int(str(error.fields["line"])) >= 1
        # Only what cannot be told apart from the end of a folded text may be refused.
        assert part.style in ("|", ">")
        return
    assert made.startswith(text[: part.start]) and made.endswith(text[part.end :])
    found = value_at(made, path)
    assert isinstance(found, str) and found.rstrip("\n") == typed.rstrip("\n")
    assert comments(made) == comments(text)
    inspect(made, name)


@pytest.mark.parametrize("name", sorted(BOOKS))
def test_writing_a_value_that_is_there_already_changes_nothing(name: str) -> None:
    for path, part in leaves(name):
        assert set_value(BOOKS[name], path, part.text) == BOOKS[name]
    root = tree(BOOKS[name])
    assert set_value(BOOKS[name], (), root.data()) == BOOKS[name]


@settings(max_examples=60)
@given(st.data())
def test_an_item_moved_takes_its_lines_along_and_leaves_the_rest(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(name for name in BOOKS if lists(name))))
    path, part = lists(name)[data.draw(st.integers(0, len(lists(name)) - 1))]
    now, to = (data.draw(st.integers(0, len(part.items) - 1)) for _ in range(2))
    text = BOOKS[name]
    made = move_item(text, (*path, now), to)
    wanted = part.data()
    assert isinstance(wanted, list)
    wanted.insert(to, wanted.pop(now))
    assert value_at(made, path) == wanted
    assert sorted(comments(made)) == sorted(comments(text))
    assert move_item(made, (*path, to), now) == text
    if not part.flow:
        assert sorted(made.split("\n")) == sorted(text.split("\n"))


@settings(max_examples=60)
@given(st.data())
def test_what_is_removed_takes_only_its_own_lines(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(BOOKS)))
    path, part = entries(name)[data.draw(st.integers(0, len(entries(name)) - 1))]
    text = BOOKS[name]
    made = remove(text, path)
    before = value_at(text, path[:-1])
    after = value_at(made, path[:-1])
    assert before is not None and after is not None and len(after) == len(before) - 1
    inside = [line.strip() for line in text[part.start : part.end].split("\n") if line.strip().startswith("#")]
    assert Counter(comments(text)) - Counter(inside) == Counter(comments(made))
    same = 0  # the lines above and below stay; at most one line, which it shared with others, is new
    old, new = ([line for line in whole.split("\n") if line.strip()] for whole in (text, made))
    while same < len(new) and new[same] == old[same]:
        same += 1
    below = len(new) - same - 1
    assert below <= 0 or new[-below:] == old[-below:]


@settings(max_examples=60)
@given(st.data())
def test_an_item_added_adds_lines_and_changes_no_other(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(name for name in BOOKS if lists(name))))
    path, part = lists(name)[data.draw(st.integers(0, len(lists(name)) - 1))]
    at = data.draw(st.integers(0, len(part.items)))
    value = data.draw(st.sampled_from([item.data() for item in part.items]))
    text = BOOKS[name]
    made = add_item(text, path, value, at)
    wanted = part.data()
    assert isinstance(wanted, list)
    wanted.insert(at, value)
    found = value_at(made, path)
    assert found == wanted or str(found).replace("\\n", "") == str(wanted).replace("\\n", "")
    assert comments(made) == comments(text)
    if not part.flow:
        rest = iter(made.split("\n"))
        assert all(line in rest for line in text.split("\n"))


SMALL = BOOKS["small.yaml"]
ENGLISH = BOOKS["english.yaml"]


def changed(before: str, after: str) -> list[str]:
    """The lines of ``after`` that ``before`` does not have."""
    old = before.split("\n")
    return [line for line in after.split("\n") if line not in old]


def test_a_new_key_stands_where_it_usually_does() -> None:
    made = set_value(SMALL, ("menciones", 0, "puede_esperar"), "sí")
    lines = made.split("\n")
    assert lines[lines.index("    puede_esperar: sí") - 1] == "    plantilla: actualizacion"
    assert changed(SMALL, made) == ["    puede_esperar: sí"]


def test_a_new_template_a_new_role_and_a_new_phase_look_like_their_neighbours() -> None:
    made = set_value(SMALL, ("personas", "legal"), {"titular": "luz", "suplente": "teo"})
    assert changed(SMALL, made) == ["  legal: {titular: luz, suplente: teo}"]
    text = "Sabemos que {servicio} falla y lo estamos mirando con el centro de red desde hace un rato; " * 2 + "fin."
    made = set_value(made, ("plantillas", "nueva"), {"campos": ["servicio"], "es": text, "en": "{servicio} fails."})
    assert "  nueva:\n    campos: [servicio]\n    es: >-\n      Sabemos" in made
    assert max(len(line) for line in changed(SMALL, made)) <= 120
    assert value_at(made, ("plantillas", "nueva", "es")) == text
    task = {"id": "b2", "haz": {"es": "Mirar", "en": "Look"}, "quien": "redes", "antes_de": "T+40 min"}
    made = add_item(made, ("fases", 1, "tareas"), task)
    assert "      - {id: b2, haz: {es: Mirar, en: Look}, quien: redes, antes_de: T+40 min}" in made.split("\n")


def test_a_new_ladder_stands_with_the_others_and_looks_like_them() -> None:
    step = {"paso": "1", "a": "legal", "por": ["llamada"], "espera": "5 min"}
    made = set_value(SMALL, ("escaladas", "legal"), [step])
    assert changed(SMALL, made) == ["  legal:", "    - {paso: 1, a: legal, por: [llamada], espera: 5 min}"]
    assert made.index("  legal:") < made.index("  acuse_caduca")


def test_keys_are_written_in_the_language_of_the_file() -> None:
    path = ("niveles", 0, "cadencia", "publica")
    made = set_value(ENGLISH, path, "25 min")
    assert value_at(made, path) == "25 min" and value_at(made, ("levels", 0, "cadence", "public")) == "25 min"
    task = {"id": "z9", "haz": "Look again", "quien": "comms", "antes_de": "T+50 min"}
    made = add_item(ENGLISH, ("fases", 0, "tareas"), task)
    assert "id: z9" in made and "do: Look again" in made and "before: T+50 min" in made and "haz" not in made


def test_the_only_item_leaves_an_empty_list_and_a_comment_behind_it() -> None:
    text = "fases:\n  - fase: a\n    tareas:  # lo que se hace\n      # uno\n      - {id: x}\n    nombre: A\n"
    made = remove(text, ("fases", 0, "tareas", 0))
    assert made == "fases:\n  - fase: a\n    tareas: []  # lo que se hace\n      # uno\n    nombre: A\n"
    again = add_item(made, ("fases", 0, "tareas"), {"id": "x"})
    assert value_at(again, ("fases", 0, "tareas")) == [{"id": "x"}] and "# lo que se hace" in again


def test_windows_line_ends_and_a_last_line_without_one_stay() -> None:
    text = "\ufeffplaybook: x\r\nniveles:\r\n  - nivel: 1  # uno\r\n  - nivel: 2"
    made = set_value(text, ("niveles", 1, "nivel"), "3")
    assert made == text[:-1] + "3"
    assert add_item(made, ("niveles",), {"nivel": "4"}) == made + "\r\n  - nivel: 4"
    assert remove(text, ("niveles", 1)) == "\ufeffplaybook: x\r\nniveles:\r\n  - nivel: 1  # uno"
    assert move_item(text, ("niveles", 1), 0).splitlines()[2:] == ["  - nivel: 2", "  - nivel: 1  # uno"]


def test_a_folded_text_keeps_the_lines_before_and_after_the_change() -> None:
    text = SHIPPED["caida-de-servicio.yaml"]
    path = ("plantillas", "primer_mensaje", "es")
    old = value_at(text, path)
    assert isinstance(old, str)
    made = set_value(text, path, old.replace("Sentimos las molestias", "Lo sentimos"))
    assert len(changed(text, made)) == 1


def test_a_name_is_changed_in_its_own_place() -> None:
    made = rename_key(SMALL, ("personas", "redes"), "red")
    assert changed(SMALL, made) == ["  red: {titular: noc, suplente: jefe}"]
    with pytest.raises(InputError):
        rename_key(SMALL, ("personas", "redes"), "comunicacion")


def test_a_broken_text_is_told_with_its_line_and_never_changed() -> None:
    with pytest.raises(InputError) as caught:
        set_value("a: 1\nb: [1, 2\n", ("a",), "2")
    assert caught.value.key == "playbook.cannot_edit_broken" and caught.value.fields["line"] == 2
    with pytest.raises(InputError):
        set_value(SMALL, ("niveles", 9, "nivel"), "2")
    with pytest.raises(InputError):
        add_item(SMALL, ("version",), "x")
