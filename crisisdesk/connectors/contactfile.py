"""People out of a file: a CSV list of contacts, or vCards 2.1 to 4.0 as phones, Outlook and Google write them.

Every row or card gives a :class:`Person`, good or not, with its line; nothing is dropped in silence. A card reaches
the vCard library without pictures, keys and everything else that the desk does not use.
"""

from __future__ import annotations

import io
import re
import unicodedata
from binascii import Error as BinasciiError
from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from crisisdesk.connectors.columns import plain_name, unique_names
from crisisdesk.connectors.tablefile import Broken, csv_records, find_charset, opened, sample
from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import ImportFileError
from crisisdesk.model.person import Person, PersonProblem
from crisisdesk.plain import one_line

__all__ = ["MAX_PEOPLE", "read"]

MAX_BYTES: Final = 32 << 20  # a phone's whole address book with its pictures
MAX_PEOPLE: Final = 2_000
MAX_CARD: Final = 64 << 10
LENGTHS: Final = {"slug": 80, "name": 200, "title": 200, "phone": 40, "email": 254, "zone": 60, "deputy": 80}
"""Most characters of a field; what is longer is no name and no number."""

_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "slug": ("clave", "slug", "key"),
    "name": ("nombre_completo", "nombre_y_apellidos", "full_name", "display_name", "nombre_para_mostrar", "name",
             "nombre", "file_as", "contacto", "contact"),
    "first": ("first_name", "given_name", "nombre_de_pila"),
    "last": ("last_name", "family_name", "apellidos", "apellido", "surname"),
    "title": ("cargo", "puesto", "title", "job_title", "organization_1_title", "organization_title", "funcion"),
    "phone": ("movil", "celular", "telefono_movil", "mobile", "mobile_phone", "cell", "telefono", "phone", "tel",
              "phone_1_value", "business_phone", "telefono_del_trabajo", "primary_phone", "numero"),
    "email": ("correo", "email", "e_mail", "mail", "correo_electronico", "e_mail_address", "e_mail_1_value",
              "direccion_de_correo_electronico", "email_address"),
    "zone": ("zona_horaria", "zona", "time_zone", "timezone", "zone"),
    "deputy": ("suplente", "deputy", "sustituto"),
    "from_hour": ("desde", "desde_las", "from", "from_hour"),
    "to_hour": ("hasta", "hasta_las", "to", "to_hour", "until"),
}  # fmt: skip
_CARD_KEYS: Final = frozenset(("VERSION", "N", "FN", "ORG", "TITLE", "ROLE", "TEL", "EMAIL", "TZ"))
_ROUNDED: Final = re.compile(r"[0-9][.,]?[0-9]*E\+?[0-9]{1,2}", re.IGNORECASE)
_LINE: Final = re.compile(r"(?:[A-Za-z0-9-]+\.)?([A-Za-z0-9-]+)[;:]")
_DELIMITERS: Final = (",", ";", "\t", "|")


def read(path: Path, zone: str) -> tuple[Person, ...]:
    """The people of a file in its order, ``zone`` for those who bring none; ``ImportFileError`` in one sentence."""
    name = one_line(path.name, 80)
    begin = sample(path)
    with opened(path) as (file, _):
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ImportFileError("contacts_file.too_large", path=name, megabytes=MAX_BYTES >> 20)
    text = data.decode(find_charset(begin.data), errors="replace").removeprefix("\ufeff")
    cards = bool(re.search(r"^\s*BEGIN:VCARD", text[: 1 << 16], re.IGNORECASE | re.MULTILINE))
    people = tuple(_cards(text, zone) if cards else _rows(text, zone, name))
    if not people:
        raise ImportFileError("contacts_file.nobody", path=name)
    if len(people) > MAX_PEOPLE:
        raise ImportFileError("contacts_file.too_many", path=name, n=MAX_PEOPLE)
    return people


# CSV


def _rows(text: str, zone: str, file: str) -> Iterator[Person]:
    delimiter = _delimiter(text)
    header: tuple[str, ...] | None = None
    columns: dict[str, list[int]] = {}
    line = 1
    found = 0
    for row in csv_records(io.StringIO(text, newline=""), delimiter):
        start, line = line, line + _height(row)
        if isinstance(row, Broken):
            yield Person(line=start, read=Contact(slug="", name=""), problems=(_blocks("unreadable_row"),))
            continue
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            header = unique_names(row)
            columns = _columns(header)
            if not ({"name", "first", "last"} & columns.keys()) or not ({"phone", "email", "slug"} & columns.keys()):
                raise ImportFileError("contacts_file.no_columns", path=file, found=one_line(", ".join(header), 160))
            continue
        found += 1
        if found > MAX_PEOPLE + 1:
            return
        cells = {field: _first(row, places) for field, places in columns.items()}
        extra = [cell for cell in (_cell(row, place) for place in columns.get("phone", ())) if cell]
        yield _person(start, cells, zone, more_phones=len(extra) - 1, ragged=len(row) > len(header))


def _height(row: list[str] | Broken) -> int:
    return 1 if isinstance(row, Broken) else 1 + sum(cell.count("\n") for cell in row)


def _delimiter(text: str) -> str:
    first = next((line for line in text[: 1 << 16].splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _columns(header: Sequence[str]) -> dict[str, list[int]]:
    """Field → its columns, the best name first."""
    plain = [plain_name(name) for name in header]
    found: dict[str, list[int]] = {}
    for field, names in _NAMES.items():
        places = [plain.index(name) for name in names if name in plain]
        if places:
            found[field] = places
    # Outlook's «Nombre» beside «Apellidos» is a given name only.
    if "last" in found and "first" not in found and "nombre" in plain:
        found["first"] = [plain.index("nombre")]
    return found


def _cell(row: Sequence[str], place: int) -> str:
    return _tidy(row[place]) if place < len(row) else ""


def _first(row: Sequence[str], places: Sequence[int]) -> str:
    return next((cell for place in places if (cell := _cell(row, place))), "")


# vCard


def _cards(text: str, zone: str) -> Iterator[Person]:
    lines: list[str] = []
    start = size = found = 0
    kept = False
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        word = line.strip().upper()
        if word == "BEGIN:VCARD":
            if start:
                yield Person(line=start, read=Contact(slug="", name=""), problems=(_blocks("open_card"),))
            start, lines, size, kept = number, [], 0, False
        elif not start:
            continue
        elif word == "END:VCARD":
            yield _card(start, lines, size, zone)
            start, found = 0, found + 1
            if found > MAX_PEOPLE + 1:
                return
        else:
            kept = _keep(line, kept)
            if kept and size <= MAX_CARD:
                lines.append(line)
                size += len(line)
    if start:
        yield Person(line=start, read=Contact(slug="", name=""), problems=(_blocks("open_card"),))


def _keep(line: str, before: bool) -> bool:
    """Whether the line belongs to something that we use; a folded line goes with the one before it."""
    match = None if line[:1] in (" ", "\t") else _LINE.match(line)
    return before if match is None else match.group(1).upper() in _CARD_KEYS


def _card(start: int, lines: Sequence[str], size: int, zone: str) -> Person:
    import vobject
    from vobject.base import VObjectError

    refused = Person(line=start, read=Contact(slug="", name=""), problems=(_blocks("unreadable_card"),))
    if size > MAX_CARD:
        return refused
    try:
        card = vobject.readOne("\r\n".join(("BEGIN:VCARD", *lines, "END:VCARD", "")), allowQP=True)
    except (VObjectError, ValueError, LookupError, TypeError, AttributeError, AssertionError, BinasciiError,
            StopIteration, RecursionError):  # fmt: skip
        return refused  # what the library lets slip on a garbled card
    contents: Mapping[str, list[Any]] = getattr(card, "contents", {})
    phones = sorted(contents.get("tel", ()), key=_phone_rank)
    cells = {
        "name": _value(contents.get("fn")) or _spoken(contents.get("n")),
        "title": _value(contents.get("title")) or _value(contents.get("role")) or _value(contents.get("org")),
        "phone": _plain_number(_value(phones)),
        "email": _value(contents.get("email")).removeprefix("mailto:"),
        "zone": _value(contents.get("tz")),
    }
    return _person(start, cells, zone, more_phones=len(phones) - 1, zone_matters=False)


def _value(found: Sequence[Any] | None) -> str:
    if not found:
        return ""
    value = found[0].value
    if isinstance(value, list):
        value = " · ".join(str(part) for part in value if part)
    return _tidy(value if isinstance(value, str) else str(value))


def _spoken(found: Sequence[Any] | None) -> str:
    if not found:
        return ""
    name = found[0].value
    return _tidy(" ".join(str(getattr(name, part, "") or "") for part in ("given", "additional", "family")))


def _phone_rank(phone: Any) -> int:
    """A pocket first, then the preferred one, then any; a fax never before a phone."""
    kinds = {str(kind).upper() for kind in (*phone.params.get("TYPE", ()), *phone.singletonparams)}
    return 9 if "FAX" in kinds else 0 if "CELL" in kinds else 1 if "PREF" in kinds or "PREF" in phone.params else 2


def _plain_number(value: str) -> str:
    number, _, rest = value.removeprefix("tel:").partition(";")
    extension = re.search(r"ext=(\d{1,6})", rest)
    return f"{number} ext {extension.group(1)}" if extension else number


# Both


def _tidy(cell: str) -> str:
    """One line without what cannot be seen, and without the sign that makes a spreadsheet leave a number alone."""
    seen = "".join(c for c in cell if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\n ")
    seen = " ".join(seen.split())
    match = re.fullmatch(r'="(.*)"', seen)
    return match.group(1).strip() if match else seen.removeprefix("'").strip()


def _person(
    line: int,
    cells: Mapping[str, str],
    zone: str,
    *,
    more_phones: int = 0,
    ragged: bool = False,
    zone_matters: bool = True,
) -> Person:
    problems: list[PersonProblem] = []
    both = f"{cells.get('first', '')} {cells.get('last', '')}".strip()
    told = {**cells, "name": both if cells.get("first") and cells.get("last") else cells.get("name") or both}
    for field, most in LENGTHS.items():
        if len(told.get(field, "")) > most:
            problems.append(_blocks("too_long", field=field, most=str(most)))
            told[field] = told[field][:most]
    if ragged:
        problems.append(PersonProblem(key="more_cells"))
    if more_phones > 0:
        problems.append(PersonProblem(key="more_phones", fields=(("n", str(more_phones)),)))
    if _ROUNDED.fullmatch(told.get("phone", "")):
        problems.append(_blocks("rounded_phone", phone=told["phone"]))
    own_zone = told.get("zone", "")
    if own_zone and not _known(own_zone):
        if zone_matters:
            told_zone = (("zone", one_line(own_zone, 60)), ("ours", zone))
            problems.append(PersonProblem(key="unknown_zone", fields=told_zone))
        own_zone = ""
    hours = {name: _hour(told.get(name, ""), problems) for name in ("from_hour", "to_hour")}
    given = {field for field in LENGTHS if told.get(field)} - ({"zone"} if not own_zone else set())
    contact = Contact(
        slug=told.get("slug", "").lower(),
        name=told["name"],
        title=told.get("title", ""),
        phone=told.get("phone", ""),
        email=told.get("email", ""),
        deputy=told.get("deputy", "").lower(),
        zone=own_zone or zone,
        from_hour=hours["from_hour"],
        to_hour=hours["to_hour"],
    )
    given |= {name for name, hour in hours.items() if hour is not None}
    return Person(line=line, read=contact, problems=tuple(problems), given=frozenset(given))


def _hour(text: str, problems: list[PersonProblem]) -> time | None:
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2})?)?", text, re.ASCII)
    if match and int(match.group(1)) < 24 and int(match.group(2) or 0) < 60:
        return time(int(match.group(1)), int(match.group(2) or 0))
    problems.append(PersonProblem(key="hour", fields=(("hour", one_line(text, 40)),)))
    return None


def _known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _blocks(key: str, **fields: str) -> PersonProblem:
    return PersonProblem(key=key, fields=tuple(fields.items()), blocks=True)
