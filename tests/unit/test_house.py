"""The house rules that no ordinary tool checks: what may lie where, how long it may be, and what is never used bare."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP_LEVEL = {
    "CHANGELOG.md", "LICENSE", "README.md", "crisisdesk", "docs", "packaging", "pyproject.toml", "resources", "tests",
    "ui",
}  # fmt: skip
MADE = {"build", "dist", "out", "shots", "__pycache__", "crisisdesk.egg-info"}  # what tools leave; .gitignore names it

# Each of these shows markup, or reads local files, when it is given a mention's text.
RICH_NAMES = {
    "QErrorMessage", "QGraphicsTextItem", "QInputDialog", "QLabel", "QMessageBox", "QProgressDialog", "QTextBrowser",
    "QTextDocument", "QTextEdit", "QToolTip", "QWhatsThis", "QWizardPage",
}  # fmt: skip
RICH_CALLS = {"appendHtml", "insertHtml", "setHtml", "setMarkdown", "setToolTip", "setWhatsThis"}
RICH_FILES = {"ui/widgets/safe.py", "ui/paper.py", "ui/page_breaks.py"}
CHART_TEXTS = {"annotate", "figtext", "set_title", "set_xlabel", "set_ylabel", "suptitle", "text"}

MOST_LINES = {"ui/window.py": 200}
MOST_LINES_ELSEWHERE = 400
MOST_LINES_IN_A_FUNCTION = 60


def sources(*folders: str) -> Iterator[tuple[str, str]]:
    """Path and text of every Python file below ``folders``."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def parsed(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for name, text in sources(*folders):
        yield name, ast.parse(text, name)


def is_true(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


# ── what lies where ──────────────────────────────────────────────────────────────────────────────────────────────


def test_the_top_level_is_exactly_as_allowed() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - MADE
    assert found == TOP_LEVEL


def test_packaging_is_not_a_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists(), "it would hide the library named packaging"


def test_tests_are_not_a_package() -> None:
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_the_licence_is_mit() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert text.startswith("MIT License\n")
    assert "The CrisisDesk developers" in text


def test_the_lock_carries_names_versions_and_hashes_only() -> None:
    text = (ROOT / "packaging" / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("    --hash=sha256:", ""), re.MULTILINE), "an option of pip"
    entries = re.split(r"\n(?=\w)", text.strip())
    assert len(entries) > 50
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("section", ["qt", "screen", "fonts", "test"])
def test_the_system_packages_are_listed(section: str) -> None:
    assert f"[{section}]" in (ROOT / "packaging" / "apt.txt").read_text("utf-8")


def test_ci_calls_the_test_command_and_nothing_else() -> None:
    path = ROOT / ".ci" / "run"
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert lines == [
        "set -euo pipefail",
        'cd "$(dirname "${BASH_SOURCE[0]}")/.."',
        "exec python3 packaging/dev.py test",
    ]
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o111 == 0o111


# ── names and sizes ──────────────────────────────────────────────────────────────────────────────────────────────


def test_file_names_say_what_is_inside() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
    shadows = {"http", "secrets", "email"}
    assert [name for name, _ in sources("crisisdesk", "ui") if Path(name).stem in vague | shadows] == []


def test_files_are_short() -> None:
    long = {
        name: count
        for name, text in sources("crisisdesk", "ui")
        if (count := text.count("\n")) > MOST_LINES.get(name, MOST_LINES_ELSEWHERE)
    }
    assert long == {}


def test_functions_are_short() -> None:
    long = {
        f"{name}:{node.lineno} {node.name}": count
        for name, tree in parsed("crisisdesk", "ui")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (count := (node.end_lineno or node.lineno) - node.lineno + 1) > MOST_LINES_IN_A_FUNCTION
    }
    assert long == {}


def test_annotations_are_never_evaluated() -> None:
    evaluated = [
        name
        for name, tree in parsed("crisisdesk", "ui", "resources", "tests")
        if not name.endswith("__init__.py")
        and not any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    ]
    assert evaluated == []


def test_public_methods_of_the_window_have_docstrings() -> None:
    """Ruff's D102 without Qt's overrides, which keep Qt's camelCase and Qt's documentation."""
    bare = [
        f"{name}:{node.lineno} {owner.name}.{node.name}"
        for name, tree in parsed("ui")
        for owner in ast.walk(tree)
        if isinstance(owner, ast.ClassDef) and not owner.name.startswith("_")
        for node in owner.body
        if isinstance(node, ast.FunctionDef)
        and re.fullmatch(r"[a-z][a-z0-9_]*", node.name)
        and node.name not in QT_OVERRIDES
        and not any("setter" in ast.unparse(decorator) for decorator in node.decorator_list)
        and ast.get_docstring(node) is None
    ]
    assert bare == []


# Qt's virtual functions whose names have no capital letter.
QT_OVERRIDES = {"data", "event", "flags", "index", "paint", "parent", "sibling", "sort"}


# ── text from outside ────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_that_shows_markup_is_used_bare() -> None:
    found = []
    for name, tree in parsed("ui"):
        if name in RICH_FILES:
            continue
        for node in ast.walk(tree):
            used = ""
            if isinstance(node, ast.ImportFrom):
                used = next((alias.name for alias in node.names if alias.name in RICH_NAMES), "")
            elif isinstance(node, ast.Attribute):
                used = node.attr if node.attr in RICH_NAMES | RICH_CALLS else ""
            if used:
                found.append(f"{name}:{node.lineno} {used}")
    assert found == [], "use ui/widgets/safe.py"


def test_files_are_asked_for_in_one_place() -> None:
    """Qt's own ways of asking for a file are modal; ``ui/widgets/choose.py`` never is."""
    found = [
        f"{name}:{node.lineno}"
        for name, tree in parsed("ui")
        if name != "ui/widgets/choose.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and any(alias.name == "QFileDialog" for alias in node.names)
    ]
    assert found == []


def test_form_rows_have_labels_of_our_own() -> None:
    """``QFormLayout.addRow("text", …)`` makes a rich-text label by itself."""
    found = [
        f"{name}:{node.lineno}"
        for name, tree in parsed("ui")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"addRow", "insertRow"}
        and any(isinstance(argument, ast.Constant | ast.JoinedStr) for argument in node.args[:1])
        and not isinstance(getattr(node.args[0], "value", None), int)
    ]
    assert found == []


def test_chart_texts_are_never_read_as_mathematics() -> None:
    """A brand named ``$\\frac{1}{$`` would stop the drawing."""
    found = []
    for name, text in sources("crisisdesk/reports", "ui/widgets"):
        if "matplotlib" not in text or re.search(r"text\.parse_math['\"]\]?\s*[:=]\s*False", text):
            continue
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            plain = {word.arg: word.value for word in node.keywords}.get("parse_math")
            if node.func.attr in CHART_TEXTS and len(node.args) > 0 and not is_true(plain, False):
                found.append(f"{name}:{node.lineno} {node.func.attr}")
    assert found == []


def test_the_pipeline_and_the_desk_never_print() -> None:
    """What a command without a window prints, its own files print."""
    found = [
        f"{name}:{node.lineno}"
        for name, tree in parsed("crisisdesk")
        if name != "crisisdesk/__main__.py" and not name.startswith("crisisdesk/commands/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert found == []
