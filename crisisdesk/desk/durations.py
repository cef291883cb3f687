"""A CSV of how long past incidents lasted, as people write them: any separator, headers in Spanish or English."""

from __future__ import annotations

import csv
import io
import math
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crisisdesk.model.errors import InputError
from crisisdesk.model.mention import RowProblem
from crisisdesk.pipeline.risk import Case
from crisisdesk.plain import one_line

_MOST_BYTES: Final = 4_000_000
_LONGEST: Final = 10 * 365 * 24 * 60
"""Minutes; nothing that lasted ten years is an outage."""

_DURATION: Final = frozenset(
    "duracion minutos minutes duration min mins duracion_min duracion_minutos duration_min duration_minutes"
    " tiempo time resolucion resolution minutos_hasta_resolver lasted length".split()
)
_CENSORED: Final = frozenset(
    "censurado censurada censored censura abierto abierta open sigue_abierto sigue_abierta still_open is_censored"
    " sin_resolver unresolved ongoing en_curso censor".split()
)
_ENDED: Final = frozenset(
    "evento event cerrado cerrada closed resuelto resuelta resolved terminado terminada finished ended observado"
    " observed finalizado finalizada".split()
)
_YES: Final = frozenset(
    "1 si s yes y true verdadero v x t open abierto abierta censored censurado censurada 1.0".split()
)
_NO: Final = frozenset("0 no n false falso f closed cerrado cerrada resuelto resuelta - 0.0".split()) | {""}


@dataclass(frozen=True, slots=True)
class DurationRow:
    """One row of the file: what it tells, or why it tells nothing."""

    row: int
    case: Case | None
    problem: RowProblem | None = None


def durations(path: Path) -> tuple[list[Case], list[RowProblem]]:
    """The cases of a file, and a sentence for each row that is none; ``InputError`` when nothing can be read."""
    rows = look_at(path)
    cases = [one.case for one in rows if one.case is not None]
    problems = [one.problem for one in rows if one.problem is not None]
    if not cases:
        raise InputError("risk.no_rows", file=one_line(path.name, 200), n=len(problems))
    return cases, problems


def look_at(path: Path) -> tuple[DurationRow, ...]:
    """Every row of a file, in its order, for a person to look at before anything is taken in."""
    rows = _rows(path)
    name = one_line(path.name, 200)
    if not rows:
        raise InputError("risk.empty", file=name)
    head = [_word(cell) for cell in rows[0][1]]
    at = next((i for i, word in enumerate(head) if word in _DURATION), None)
    if at is None:
        at = next((i for i, word in enumerate(head) if set(word.split("_")) & _DURATION), None)
    flag, inverse = _flag(head)
    if at is not None:
        rows = rows[1:]
    elif len(head) == 1 or (_number(rows[0][1][0]) is not None):
        at, flag, inverse = 0, (1 if len(head) > 1 else None), False  # no header: minutes, and perhaps a flag
    else:
        raise InputError("risk.no_column", file=name, found=one_line(", ".join(rows[0][1]), 200))
    found = []
    for number, cells in rows:
        case = _case(number, cells, at, flag, inverse)
        found.append(DurationRow(number, case) if isinstance(case, Case) else DurationRow(number, None, case))
    return tuple(found)


def _flag(head: list[str]) -> tuple[int | None, bool]:
    for i, word in enumerate(head):
        parts = {word, *word.split("_")}
        if parts & (_CENSORED | _ENDED):
            return i, not parts & _CENSORED
    return None, False


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    with path.open("rb") as stream:
        raw = stream.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise InputError("risk.too_large", file=one_line(path.name, 200), megabytes=_MOST_BYTES // 1_000_000)
    for encoding in ("utf-8-sig", "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252", "latin-1"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    text = text.replace("\x00", "")
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(";\t|,", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error:
        raise InputError("risk.damaged", file=one_line(path.name, 200)) from None


def _word(cell: str) -> str:
    plain = unicodedata.normalize("NFKD", cell.strip().lower())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return "_".join("".join(c if c.isalnum() else " " for c in letters).split())


def _number(cell: str) -> float | None:
    try:
        value = float(cell.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _case(number: int, cells: list[str], at: int, flag: int | None, inverse: bool) -> Case | RowProblem:
    told = cells[at] if at < len(cells) else ""
    shown = (("value", one_line(told, 60)),)
    minutes = _number(told)
    if minutes is None:
        return RowProblem(row=number, key="cli.risk.not_minutes", fields=shown)
    if not 0 < minutes <= _LONGEST:
        return RowProblem(row=number, key="cli.risk.not_credible", fields=shown)
    mark = cells[flag] if flag is not None and flag < len(cells) else ""
    word = mark.strip().lower()
    plain = _word(mark) or word
    if not {word, plain} & (_YES | _NO):
        return RowProblem(row=number, key="cli.risk.not_a_flag", fields=(("value", one_line(mark, 60)),))
    yes = bool({word, plain} & _YES)
    if not word and inverse:
        yes = True  # an empty «resuelto» is not said to be open
    return Case(minutes, open=yes != inverse)
