"""A playbook as the desk uses it: read from YAML by ``playbooks/read.py``, never changed in place.

Names of keys in the file are Spanish (with an English alias); names here are English. Pairs of texts are
:class:`Bilingual`. Durations are ``timedelta``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Bilingual:
    """The same text in Spanish and English; ``""`` where one is missing."""

    es: str = ""
    en: str = ""

    def get(self, lang: str) -> str:
        """The text in ``lang``, or the other one where it is missing."""
        return (self.en or self.es) if lang == "en" else (self.es or self.en)


class Measure(StrEnum):
    """What a threshold is about. The first four the desk measures itself; the rest a person tells it."""

    MENTIONS_RATIO = "mentions_ratio"
    NEGATIVE_SHARE = "negative_share"
    BACKLOG = "backlog"
    TYPE_COUNT = "type_count"
    AFFECTED_CUSTOMERS = "affected_customers"
    DURATION = "duration"
    NO_EMERGENCY_CALLS = "no_emergency_calls"
    OPEN_PROMISES_BROKEN = "open_promises_broken"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One sentence such as ``>= 5 veces lo normal durante 10 min``, understood.

    Attributes:
        measure: what it is about.
        op: ``>=``, ``>``, ``<=``, ``<`` or ``=``.
        value: the number; shares are 0–1, durations are seconds.
        window: for how long, or over what stretch; zero when the sentence gives none.
        minimum: the least number of mentions («de al menos 20»); 0 when none.
        subject: the mention type of a ``TYPE_COUNT``, the person's key of an ``OTHER``.
        sentence: as written.
        line: 1-based line in the file.
    """

    measure: Measure
    op: str
    value: float
    window: timedelta = timedelta(0)
    minimum: int = 0
    subject: str = ""
    sentence: str = ""
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A severity level; any threshold activates it, the highest that matches is proposed."""

    number: int
    name: Bilingual
    activates: tuple[Threshold, ...] = ()
    public_cadence: timedelta | None = None
    internal_cadence: timedelta | None = None
    wakes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role with the slugs of its holder and deputy; a deputy may also be the name of another role."""

    id: str
    holder: str = ""
    deputy: str = ""
    name: Bilingual = field(default_factory=Bilingual)


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderStep:
    """One step: whom (a role, or ``role.suplente``), by which channels, and how long to wait for an answer.

    ``awake_first``: when that person sleeps and the deputy does not, the deputy is called in this step.
    """

    to: str
    by: tuple[str, ...]
    wait: timedelta
    awake_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """An escalation ladder.

    Attributes:
        role: whose ladder it is.
        steps: in order.
        repeat: how many times in all the steps are walked, 1–9.
        if_nobody: what to do when nobody answered.
        ack_expires: an acknowledgement without an action wakes the ladder again after this.
    """

    role: str
    steps: tuple[LadderStep, ...]
    repeat: int = 1
    if_nobody: Bilingual = field(default_factory=Bilingual)
    ack_expires: timedelta = timedelta(minutes=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task of a phase, due ``before`` after T0."""

    id: str
    do: Bilingual
    owner: str
    before: timedelta
    template: str = ""
    needs: tuple[str, ...] = ()
    min_level: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase with its goal and tasks."""

    id: str
    name: Bilingual
    goal: Bilingual
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionType:
    """A row of the process table: type → answer or not → responsible → first reply → template."""

    id: str
    name: Bilingual
    words: tuple[str, ...] = ()
    answer: bool = True
    owner: str = ""
    deputy: str = ""
    first_reply: timedelta | None = None
    template: str = ""
    raises_to: int = 0
    note: Bilingual = field(default_factory=Bilingual)


class FieldKind(StrEnum):
    """What a template's field holds. ``PROMISE`` and ``NEXT_UPDATE`` become entries of the ledger."""

    TEXT = "text"
    TIME = "time"
    PROMISE = "promise"
    NEXT_UPDATE = "next_update"
    FACT = "fact"
    PERSON = "person"
    LINK = "link"
    LIST = "list"
    AMOUNT = "amount"
    DATE = "date"


class Audience(StrEnum):
    """Who reads a text. Only what is for the public, for key clients or for one person enters the ledger."""

    PUBLIC = "public"
    KEY_CLIENTS = "key_clients"
    PERSON = "person"
    INTERNAL = "internal"
    CALLERS = "callers"
    PRESS = "press"
    REGULATOR = "regulator"


POST_MORTEM: Final = "post_publico"
"""What happened and what changes, for everybody."""
PRELIMINARY: Final = "analisis_preliminar"
"""What is known a day after, for our own people only."""
AFTERWARDS: Final = frozenset({POST_MORTEM, PRELIMINARY})
"""Texts that are written when an incident is over, closed or not."""

AUDIENCE_BY_ID: Final = {
    PRELIMINARY: Audience.INTERNAL,
    "respuesta_individual": Audience.PERSON,
    "pasar_a_privado": Audience.PERSON,
    "clientes_clave": Audience.KEY_CLIENTS,
    "interno": Audience.INTERNAL,
    "guion_llamadas": Audience.INTERNAL,
    "ivr": Audience.CALLERS,
    "prensa_espera": Audience.PRESS,
    "regulador": Audience.REGULATOR,
}
"""Who reads the well-known templates where a playbook does not say; any other is for the public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateField:
    """A field of a template: required unless ``optional``; ``label`` is what the form shows."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    optional: bool = False
    label: Bilingual = field(default_factory=Bilingual)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A message template: a form, never code. Its texts hold ``{field}`` placeholders only.

    Attributes:
        approves: roles that must agree before it is published; the first alone when pre-cleared.
        pre_cleared: nobody has to be asked.
        forbids: names of fields that this message must not carry (``causa``, ``hora_solucion``…).
        limits: channel → greatest length in characters.
        tags: strategy tags (``reconstruir.disculpa``, ``negar``…).
        audience: who reads it.
        two_people: it needs the agreement of somebody who has not written it.
    """

    id: str
    purpose: Bilingual
    phase: str
    fields: tuple[TemplateField, ...]
    text: Bilingual
    approves: tuple[str, ...] = ()
    pre_cleared: bool = False
    forbids: tuple[str, ...] = ()
    limits: tuple[tuple[str, int], ...] = ()
    tags: tuple[str, ...] = ()
    audience: Audience = Audience.PUBLIC
    two_people: bool = False
    line: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentPolicy:
    """The playbook's rules about promises."""

    margin: timedelta = timedelta(minutes=20)
    max_risk: float = 0.20
    min_history: int = 8
    may_give_time: tuple[str, ...] = ()
    broken_template: str = "promesa_incumplida"
    broken_within: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompensationRule:
    """When to propose which compensation and who approves it."""

    when: Threshold
    proposes: str
    name: Bilingual
    approves: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """The default SCCT cluster with what to use and avoid."""

    cluster: str = "accidental"
    history_raises: bool = True
    use: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """A whole playbook. ``source`` is the file's text, kept with every incident that begins with it.

    ``cautions`` are what the sector must never forget, one sentence each; the handbook prints them on its second page.
    ``house`` are texts that every desk needs and that stand in where ``templates`` has none of that name.
    """

    id: str
    version: int
    title: Bilingual
    sector: str
    languages: tuple[str, ...]
    zone: str
    reviewed: date | None
    review_every: timedelta | None
    owner: str
    roles: tuple[Role, ...]
    levels: tuple[Level, ...]
    falls_if: Threshold | None
    ladders: tuple[Ladder, ...]
    phases: tuple[Phase, ...]
    mention_types: tuple[MentionType, ...]
    strategy: Strategy
    commitments: CommitmentPolicy
    compensation: tuple[CompensationRule, ...]
    templates: tuple[Template, ...]
    review_within: timedelta = timedelta(days=7)
    drill_every: timedelta | None = None
    drill_scenario: str = ""
    call_questions: tuple[Bilingual, ...] = ()
    cautions: tuple[Bilingual, ...] = ()
    source: str = ""
    house: tuple[Template, ...] = ()

    def role(self, role_id: str) -> Role | None:
        """The role called ``role_id``."""
        return next((r for r in self.roles if r.id == role_id), None)

    def level(self, number: int) -> Level | None:
        """The level numbered ``number``."""
        return next((lv for lv in self.levels if lv.number == number), None)

    def first_task(self, level: int) -> Task | None:
        """The task that is due first at ``level``; of equals the one written first."""
        tasks = (task for phase in self.phases for task in phase.tasks if task.min_level <= level)
        return min(tasks, key=lambda task: task.before, default=None)

    def ladder(self, role_id: str) -> Ladder | None:
        """The ladder of ``role_id``."""
        return next((ld for ld in self.ladders if ld.role == role_id), None)

    def template(self, template_id: str) -> Template | None:
        """The template called ``template_id``."""
        return next((t for t in (*self.templates, *self.house) if t.id == template_id), None)

    def audience_of(self, template_id: str) -> Audience:
        """Who reads the text of a template, also of one that the playbook has no longer."""
        template = self.template(template_id)
        return template.audience if template else AUDIENCE_BY_ID.get(template_id, Audience.PUBLIC)

    def mention_type(self, type_id: str) -> MentionType | None:
        """The row of the process table called ``type_id``."""
        return next((t for t in self.mention_types if t.id == type_id), None)
