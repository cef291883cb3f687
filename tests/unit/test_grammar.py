"""What is typed wrong is told in one sentence of the reader's language, with status 2."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from crisisdesk.__main__ import COMMANDS, IN_WINDOWS, main, parser
from crisisdesk.commands.console import language
from crisisdesk.texts import LANGUAGES, Texts

WRONG = [
    ("--bogus",),
    ("nonsense",),
    ("--data-dir", ""),
    ("--data-dir=", "doctor"),
    ("check",),
    ("check", "a", "b"),
    ("classify", "x", "--tier", "nope"),
    ("classify", "x", "--tier"),
    ("erase", "m1"),
    ("check", "x", "--json=1"),
    ("report", "x", "--fo", "pdf", "--f", "y"),
    ("measures", "--c", "x"),
]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_one_sentence_and_no_english_of_argparse(
    words: tuple[str, ...], lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main([*words, "--lang", lang])
    said = capsys.readouterr()
    assert left.value.code == 2 and said.out == ""
    assert len(said.err.splitlines()) == 1 and "--help" in said.err
    for english in ("error:", "usage:", "unrecognized", "required", "invalid", "expected", "ignored", "could match"):
        assert english not in said.err


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_is_in_the_readers_language(command: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parser(Texts(lang), command).parse_args([*([command] if command else []), "--help"])
    said = capsys.readouterr().out
    assert left.value.code == 0
    assert said.count(Texts(lang)("cli.usage.begins")) == 1 and "show this help" not in said and "cli." not in said
    if not command:
        assert all(name in said for name in (*COMMANDS, *IN_WINDOWS))


def test_the_profiles_language_is_used_and_its_broken_settings_are_left_alone(tmp_path: Path) -> None:
    kept = tmp_path / "settings.toml"
    kept.write_text('language = "en"\n')
    assert language(["--data-dir", str(tmp_path), "doctor"]) == "en"
    assert language([f"--data-dir={tmp_path}", "--lang", "es"]) == "es"
    for broken in ('language = "en', "language = 5", 'language = "xx"'):
        kept.write_text(broken)
        assert language(["--data-dir", str(tmp_path)]) in LANGUAGES
        assert kept.read_text() == broken
    assert language(["--data-dir", "\0"]) in LANGUAGES


def test_the_bundle_holds_answers_and_logs_and_nothing_that_is_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "d", tmp_path / "b.zip"
    (folder / "logs").mkdir(parents=True)
    (folder / "logs" / "crisisdesk.log").write_bytes(b"asked https://ana:CDCANARY-1@host/x \xff\n")
    (folder / "settings.toml").write_text('brand = "Acme"\n')
    main(["--data-dir", str(folder), "--lang", "en", "doctor", "--json", "--bundle", str(out)])
    assert "b.zip" in capsys.readouterr().err
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == ["doctor.json", "logs/crisisdesk.log"]
        everything = b"".join(map(archive.read, archive.namelist()))
        assert json.loads(archive.read("doctor.json"))["sqlite"]["ok"] is True
    assert b"asked https://" in everything and b"CDCANARY" not in everything and b"Acme" not in everything
