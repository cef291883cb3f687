"""One contact in a form: what the ladder needs to reach a person at three in the morning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crisisdesk.model.contact import Channel, Contact, DayHours
from crisisdesk.texts import Texts
from ui.theme import GAP
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.safe import SafeLabel

_FIELDS: Final = (
    "slug", "name", "title", "phone", "email", "from_hour", "to_hour", "zone", "deputy", "channels", "week",
)  # fmt: skip
_HINTED: Final = ("slug", "from_hour", "channels", "week")
_PLACES: Final = {
    "name": (0, 0), "slug": (0, 1), "title": (0, 2), "phone": (1, 0), "email": (1, 1), "deputy": (1, 2),
    "from_hour": (2, 0), "to_hour": (2, 1), "zone": (2, 2),
    "channels": (3, 0), "week": (3, 1),
}  # fmt: skip


def read_hour(text: str) -> time | None:
    """``7``, ``07:30`` or nothing; ValueError for anything else."""
    if not text.strip():
        return None
    hour, _colon, minute = text.strip().partition(":")
    return time(int(hour), int(minute or 0))


def read_channels(text: str) -> tuple[Channel, ...]:
    """``telegram 42, ntfy tema-9``: kind and address, with commas; ValueError for anything else."""
    from crisisdesk.notifiers.base import notifiers  # brings the web client, which the first window does not need

    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        kind, _space, address = part.replace(":", " ", 1).partition(" ")
        if kind.strip().lower() not in notifiers() or not address.strip():
            raise ValueError(part)
        found.append(Channel(kind.strip().lower(), address.strip()))
    return tuple(found)


def read_week(text: str, days: Sequence[str]) -> tuple[DayHours, ...]:
    """``sáb dom: no; vie: 8-15``: days, a colon, hours or «no»; ``days`` are their names from Monday on."""
    found: dict[int, DayHours] = {}
    names = {name[:3].casefold(): number for number, name in enumerate(days)}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        who, colon, hours = part.partition(":")
        if not colon:
            raise ValueError(part)
        hours = hours.strip()
        start = end = None
        if hours.casefold() != "no":
            first, _dash, last = hours.replace("–", "-").partition("-")
            start, end = read_hour(first), read_hour(last)
            if start is None or end is None:
                raise ValueError(part)
        for name in who.replace(",", " ").split():
            number = names.get(name[:3].casefold())
            if number is None:
                raise ValueError(name)
            found[number] = DayHours(number, start, end)
    return tuple(found[number] for number in sorted(found))


def said_week(week: Sequence[DayHours], days: Sequence[str]) -> str:
    """A week as :func:`read_week` reads it."""
    parts = []
    for day in week:
        hours = "no" if day.start is None or day.end is None else f"{day.start:%H:%M}-{day.end:%H:%M}"
        parts.append(f"{days[day.weekday]}: {hours}")
    return "; ".join(parts)


def known_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


class ContactForm(QWidget):
    """Edits one contact in place; what was typed stays until it is saved.

    Signals:
        wanted: the contact to save.
        unwanted: slug of the contact to delete, asked twice.
    """

    wanted = Signal(object)
    unwanted = Signal(str)

    def __init__(self, texts: Texts, zone: str) -> None:
        super().__init__()
        self._texts = texts
        self._zone = zone
        self._contact: Contact | None = None
        self._sure = False
        self.edits = {name: QLineEdit(maxLength=200) for name in _FIELDS}
        self._fields = {name: Field("", edit) for name, edit in self.edits.items()}
        grid = QGridLayout()
        grid.setSpacing(GAP)
        for name, (row, column) in _PLACES.items():
            grid.addWidget(self._fields[name], row, column, Qt.AlignmentFlag.AlignTop)
        self.save = Button("", self._ask, kind="primary")
        self.new = Button("", lambda: self.put(None), kind="plain")
        self.delete = Button("", self._ask_delete, kind="quiet")
        self._problem = SafeLabel("", "danger", wrap=True)
        ends = QHBoxLayout()
        ends.setSpacing(GAP)
        for button in (self.save, self.new, self.delete):
            ends.addWidget(button)
        ends.addWidget(self._problem, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP)
        whole.addLayout(grid)
        whole.addLayout(ends)
        for edit in self.edits.values():
            edit.returnPressed.connect(self._ask)
        self.retranslate()
        self.put(None)

    @property
    def contact(self) -> Contact | None:
        """The contact being edited, or ``None`` for a new one."""
        return self._contact

    def retranslate(self) -> None:
        """Say everything again."""
        texts = self._texts
        for name, field in self._fields.items():
            hint = texts(f"preparation.contact.{name}_hint") if name in _HINTED else None
            field.set_label(texts(f"preparation.contact.{name}"), hint)
        self.save.set_text(texts("preparation.contact.save"))
        self.new.set_text(texts("preparation.contact.new"))
        self._set_sure(False)

    def put(self, contact: Contact | None) -> None:
        """Edit a contact, or a new one."""
        self._contact = contact
        shown = contact or Contact(slug="", name="", zone=self._zone)
        for name, edit in self.edits.items():
            edit.setText(self._said(shown, name))
            edit.setCursorPosition(0)
            self._fields[name].set_problem("")
        self.edits["slug"].setReadOnly(contact is not None)
        self.delete.setVisible(contact is not None)
        self._problem.setText("")
        self.save.setEnabled(True)
        self._set_sure(False)

    def failed(self, problem: str) -> None:
        """Say why the desk did not save it."""
        self._problem.setText(f"▲ {problem}")
        self.save.setEnabled(True)

    def _ask(self) -> None:
        if not self.save.isEnabled():
            return
        contact = self._read()
        if contact is not None:
            self.save.setEnabled(False)
            self._problem.setText("")
            self.wanted.emit(contact)

    def _read(self) -> Contact | None:
        typed = {name: edit.text().strip() for name, edit in self.edits.items()}
        hours: dict[str, time | None] = {}
        problems = {name: "missing" for name in ("slug", "name") if not typed[name]}
        for name in ("from_hour", "to_hour"):
            try:
                hours[name] = read_hour(typed.pop(name))
            except ValueError:
                problems[name] = "hour"
        channels: tuple[Channel, ...] = ()
        week: tuple[DayHours, ...] = ()
        try:
            channels = read_channels(typed.pop("channels"))
        except ValueError:
            problems["channels"] = "channels"
        try:
            week = read_week(typed.pop("week"), self._days())
        except ValueError:
            problems["week"] = "week"
        if not known_zone(typed["zone"]):
            problems["zone"] = "zone"
        for name, field in self._fields.items():
            said = problems.get(name)
            field.set_problem(self._texts(f"preparation.contact.problem_{said}") if said else "")
        if problems:
            self.edits[next(name for name in _FIELDS if name in problems)].setFocus()
            return None
        same_phone = self._contact is not None and self._contact.phone == typed["phone"]
        return Contact(
            slug=typed["slug"],
            name=typed["name"],
            title=typed["title"],
            phone=typed["phone"],
            email=typed["email"],
            zone=typed["zone"],
            deputy=typed["deputy"],
            from_hour=hours["from_hour"],
            to_hour=hours["to_hour"],
            channels=channels,
            week=week,
            verified_at=self._contact.verified_at if self._contact is not None and same_phone else None,
            id=self._contact.id if self._contact is not None else 0,
        )

    def _days(self) -> tuple[str, ...]:
        return tuple(self._texts(f"preparation.contact.day{n}") for n in range(7))

    def _said(self, shown: Contact, name: str) -> str:
        value = getattr(shown, name)
        if name == "channels":
            return ", ".join(f"{channel.kind} {channel.address}" for channel in shown.channels)
        if name == "week":
            return said_week(shown.week, self._days())
        return f"{value:%H:%M}" if isinstance(value, time) else value or ""

    def _set_sure(self, sure: bool) -> None:
        self._sure = sure
        self.delete.set_text(self._texts("preparation.contact.delete_sure" if sure else "preparation.contact.delete"))
        self.delete.set_kind("danger" if sure else "quiet")

    def _ask_delete(self) -> None:
        if not self._sure:
            self._set_sure(True)
        elif self._contact is not None:
            self.unwanted.emit(self._contact.slug)
