"""What the system or a library says reaches a reader in the reader's language, and by one road."""

from __future__ import annotations

import ast
import errno
import json
import os
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from yaml import YAMLError, safe_load

from crisisdesk.__main__ import main
from crisisdesk.desk.attachments import read_file
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.fault import KINDS, Fault, fault_of, yaml_fault
from crisisdesk.reports import pack
from crisisdesk.texts import LANGUAGES, Texts, catalogue

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_kind_has_its_sentence_and_no_sentence_is_left_over(lang: str) -> None:
    told = {key.removeprefix("faults.") for key in catalogue(lang) if key.startswith("faults.")}
    assert told == set(KINDS)


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_no_number_of_the_system_is_told_in_its_own_words(number: int) -> None:
    fault = fault_of(OSError(number, os.strerror(number)))
    assert fault.kind in KINDS
    for lang in LANGUAGES:
        told = Texts(lang)("cli.os_error", file="x", reason=fault)
        assert os.strerror(number) not in told and "{" not in told
        assert fault.kind != "other" or errno.errorcode[number] in told


def _broken_zip(folder: Path) -> None:
    (folder / "a.zip").write_bytes(b"no zip at all")
    zipfile.ZipFile(folder / "a.zip")


def _not_empty(folder: Path) -> None:
    (folder / "in").mkdir()
    folder.rmdir()


def _full(_: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("wb", buffering=0) as file:
        file.write(b"x")


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda folder: (folder / "none").read_bytes(), "missing"),
        (lambda folder: folder.read_bytes(), "folder"),
        (lambda folder: (folder / ("x" * 300)).write_bytes(b""), "long_name"),
        (lambda folder: folder.mkdir(), "exists"),
        (_not_empty, "not_empty"),
        (_full, "full"),
        (lambda folder: (folder / "a\0b").read_bytes(), "unfit"),
        (_broken_zip, "no_zip"),
        (lambda _: zlib.decompress(b"x"), "damaged"),
        (lambda _: json.loads("{"), "no_json"),
        (lambda _: b"\xff".decode(), "no_text"),
    ],
)
def test_real_refusals_are_known_for_what_they_are(act: Callable[[Path], object], kind: str, tmp_path: Path) -> None:
    with pytest.raises((OSError, ValueError, zlib.error, zipfile.BadZipFile)) as refused:
        act(tmp_path)
    assert fault_of(refused.value).kind == kind


def test_what_windows_calls_no_permission_may_be_another_program() -> None:
    locked = PermissionError(errno.EACCES, "in use")
    locked.winerror = 32  # type: ignore[attr-defined]
    assert fault_of(locked).kind == "busy"
    assert fault_of(PermissionError(errno.EACCES, "no")).kind == "denied"
    assert fault_of(RuntimeError("File 'a' is encrypted, password required for extraction")).kind == "password"
    assert fault_of(RuntimeError("else")) == Fault("other", "RuntimeError")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a: b: c", "yaml_colon"),
        ("a: 1\n b: 2", "yaml_colon"),
        ("a:\n  - 1\n - 2", "yaml_indent"),
        ("a: @x", "yaml_sign"),
        ("a: [1, 2", "yaml_sign"),
        ("a: *none", "yaml_name"),
    ],
)
def test_what_a_yaml_parser_says_is_told_in_our_words(text: str, kind: str) -> None:
    with pytest.raises(YAMLError) as refused:
        safe_load(text)
    problem = str(getattr(refused.value, "problem", ""))
    assert yaml_fault(problem).kind == kind, problem
    assert problem not in Texts("es")("playbook.finding.bad_yaml.text", detail=yaml_fault(problem))


@pytest.mark.parametrize(
    ("lang", "words"),
    [("es", ("no existe", "es una carpeta", "no es un archivo ZIP")), ("en", ("does not exist", "is a folder", "ZIP"))],
)
def test_a_reader_meets_them_in_one_language(
    lang: str, words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lint", str(tmp_path / "none.txt"), "--lang", lang]) == 2
    told = [capsys.readouterr().err]
    assert main(["lint", str(tmp_path), "--lang", lang]) == 2
    told.append(capsys.readouterr().err)
    (tmp_path / "a.zip").write_bytes(b"no zip")
    with pytest.raises(CrisisDeskError) as refused:
        pack.read(tmp_path / "a.zip")
    told.append(Texts(lang).error(refused.value))
    with pytest.raises(CrisisDeskError) as unread:
        read_file(tmp_path / "none")
    told.append(Texts(lang).error(unread.value))
    for said, wanted in zip(told, (*words, words[0]), strict=True):
        assert wanted in said
        assert "No such file" not in said and "Is a directory" not in said and "File is not" not in said


def test_the_systems_words_are_read_nowhere_but_for_the_log() -> None:
    """``strerror`` speaks the machine's language: only a line of the log may hold it."""
    shown = []
    for folder in ("crisisdesk", "ui"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = path.read_text("utf-8")
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Attribute) and node.attr == "strerror":
                    line = source.splitlines()[node.lineno - 1]
                    if "log." not in line:
                        shown.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert shown == []
