"""The team: who fills each role, and the contacts with their form in place."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crisisdesk.model.contact import Contact
from crisisdesk.model.errors import CrisisDeskError
from crisisdesk.model.playbook import Role
from ui.context import Context
from ui.models.columns import DANGER_MARK, DONE_MARK, WARNING_MARK, Cell, Column, Look, SheetRow, outside
from ui.models.table import RowTable
from ui.widgets.contact_form import ContactForm
from ui.widgets.data_table import DataTable
from ui.widgets.panel import Panel
from ui.widgets.seven_steps import Prepared
from ui.widgets.sheet import Sheet

_TABLE_ROWS = 8


def role_cells(role: Role, now: Prepared, look: Look) -> tuple[Cell, ...]:
    """The role, who fills it, and who stands in; «nadie» where there is no one."""
    texts = look.texts
    known = {contact.slug: contact for contact in now.contacts}
    roles = {one.id: one for one in now.playbook.roles}

    def who(slug: str, *, needed: bool = True) -> Cell:
        contact = known.get(slug)
        if contact is None and slug in roles:
            return Cell(text=texts("preparation.role_of", role=roles[slug].name.get(texts.lang)))
        if contact is None:
            mark, token = (DANGER_MARK, "danger") if needed else (WARNING_MARK, "promise")
            return Cell(text=texts("preparation.nobody"), token=token, mark=mark, mark_token=token, under=slug)
        name = outside(contact.name, 80)
        if contact.example or not contact.phone:
            note = texts("preparation.example_contact" if contact.example else "preparation.no_phone")
            return Cell(text=name, mark=WARNING_MARK, mark_token="promise", under=note)
        return Cell(text=name, mark=DONE_MARK, mark_token="good", under=outside(contact.title, 80))

    name = Cell(text=role.name.get(texts.lang), bold=True, under=role.id)
    return name, who(role.holder), who(role.deputy, needed=False)


def _contact_name(one: Contact, look: Look) -> Cell:
    return Cell(text=outside(one.name, 80), bold=True)


def _contact_hours(one: Contact, look: Look) -> Cell:
    if one.from_hour is None or one.to_hour is None:
        return Cell(text=look.texts("preparation.any_hour"), token="muted")
    return Cell(text=f"{one.from_hour:%H:%M}–{one.to_hour:%H:%M}")


def _contact_verified(one: Contact, look: Look) -> Cell:
    if one.example:
        return Cell(text=look.texts("preparation.example"), mark=WARNING_MARK, mark_token="promise")
    return Cell(text=look.time(one.verified_at) if one.verified_at else look.texts("preparation.never"), token="muted")


CONTACTS: tuple[Column[Contact], ...] = (
    Column(heading="preparation.contact.name", cell=_contact_name, width=170),
    Column(
        heading="preparation.contact.title", cell=lambda one, look: Cell(text=outside(one.title, 80), token="muted")
    ),
    Column(
        heading="preparation.contact.phone", cell=lambda one, look: Cell(text=outside(one.phone, 40) or "—"), width=150
    ),
    Column(heading="preparation.column.hours", cell=_contact_hours, width=140),
    Column(heading="preparation.column.verified", cell=_contact_verified, width=130),
)


class TeamView(QWidget):
    """Roles above, contacts and their form below.

    Signals:
        changed: a contact was saved or deleted.
    """

    changed = Signal()

    def __init__(self, context: Context, look: Look) -> None:
        super().__init__()
        self._context = context
        self._named: tuple[Role, ...] = ()
        theme = context.theme
        self._roles = Panel(" ", flush=True)
        self.roles = Sheet(
            (("preparation.column.role", 280, False), ("preparation.column.holder", 0, False),
             ("preparation.column.deputy", 0, False)), look, theme, row=44)  # fmt: skip
        self._people = Panel(" ", flush=True)
        self._model: RowTable[Contact] = RowTable(CONTACTS, look, lambda one: one.slug)
        self.table = DataTable(self._model, theme, row=30)
        self.form = ContactForm(context.texts, context.desk.zone)
        self._roles.body.addWidget(self.roles)
        self._people.body.addWidget(self.table)
        self._people.footer.addWidget(self.form)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(10)
        whole.addWidget(self._roles)
        whole.addWidget(self._people)
        whole.addStretch(1)
        self.table.chosen.connect(self._choose)
        self.roles.opened.connect(self._fill_role)
        self.form.wanted.connect(self._save)
        self.form.unwanted.connect(self._delete)

    def put(self, now: Prepared, look: Look) -> None:
        """Show the team; a form being filled in is not disturbed."""
        texts = look.texts
        self._named = now.playbook.roles
        self._roles.set_title(texts("preparation.roles"), texts("preparation.roles_note"))
        self._people.set_title(texts("preparation.contacts"), texts("preparation.contact_count", n=len(now.contacts)))
        self.roles.put([role_cells(role, now, look) for role in now.playbook.roles], look)
        self.roles.setAccessibleName(texts("preparation.roles"))
        self.table.setAccessibleName(texts("preparation.contacts"))
        self._model.set_look(look)
        self._model.show(now.contacts)
        self.table.fit_height(_TABLE_ROWS)
        self.form.retranslate()

    def _fill_role(self, row: SheetRow) -> None:
        """Begin the contact that a role is missing, with the key that the playbook uses."""
        known = {contact.slug: contact for contact in self._model.rows()}
        role = self._named[row[0]]
        missing = next((slug for slug in (role.holder, role.deputy) if slug and slug not in known), "")
        self.form.put(None if missing else known.get(role.holder))
        if missing:
            self.form.edits["slug"].setText(missing)
        self.form.edits["name"].setFocus()

    def _choose(self, contact: Contact | None) -> None:
        if contact is not None:
            self.form.put(contact)

    def _save(self, contact: Contact) -> None:
        desk = self._context.desk
        self._context.bridge.call(lambda: desk.contacts.save(contact), self._saved, self._failed)

    def _saved(self, contact: Contact) -> None:
        self._context.say(self._context.texts("preparation.contact.saved", name=outside(contact.name, 80)))
        self.form.put(contact)
        self.changed.emit()

    def _delete(self, slug: str) -> None:
        desk = self._context.desk
        self._context.bridge.call(lambda: desk.contacts.delete(slug), self._deleted, self._failed)

    def _deleted(self, _done: object) -> None:
        self._context.say(self._context.texts("preparation.contact.deleted"))
        self.form.put(None)
        self.changed.emit()

    def _failed(self, error: CrisisDeskError) -> None:
        self.form.failed(self._context.texts.error(error))
