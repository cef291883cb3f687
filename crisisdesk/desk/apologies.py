"""An apology built in four steps: acknowledge, own, remedy, prevent. How much of it is asked follows the strategy.

The steps are those on which the literature agrees (Lazare, 2004; Benoit, 1997); the cluster that the strategy wizard
found (SCCT) says which of them must be there: the more of it we could have prevented, the more. What comes out is an
ordinary draft of the playbook's own template, under the same lint, rules and approvals as any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from crisisdesk.desk.commitments import Commitments
from crisisdesk.desk.core import Core
from crisisdesk.desk.drafts import Drafts
from crisisdesk.desk.playbooks import Playbooks
from crisisdesk.desk.strategy import Strategies
from crisisdesk.model.commitment import Commitment, CommitmentKind, CommitmentState, RemedyKind
from crisisdesk.model.draft import Draft, FieldValue
from crisisdesk.model.errors import InputError, NotFoundError, StepError
from crisisdesk.model.playbook import Bilingual, Playbook, Template
from crisisdesk.playbooks.strategy import Answers, Cause, Counsel
from crisisdesk.store import rows
from crisisdesk.texts import both

TEMPLATE: Final = "disculpa"
SORRY: Final = "reconstruir.disculpa"


class Part(StrEnum):
    """What an apology says, in its order; ``EFFECT`` belongs to acknowledging."""

    ACKNOWLEDGE = "acknowledge"
    EFFECT = "effect"
    OWN = "own"
    REMEDY = "remedy"
    PREVENT = "prevent"


REQUIRED: Final[Mapping[str, frozenset[Part]]] = {
    "victima": frozenset({Part.ACKNOWLEDGE, Part.EFFECT}),
    "accidental": frozenset({Part.ACKNOWLEDGE, Part.EFFECT, Part.OWN, Part.REMEDY}),
    "evitable": frozenset(Part),
    "rumor": frozenset({Part.ACKNOWLEDGE}),
}
"""By cluster: what may not be missing."""

_FIELDS: Final[Mapping[Part, tuple[str, ...]]] = {
    Part.ACKNOWLEDGE: ("que_paso", "motivo"),
    Part.EFFECT: ("efecto_en_personas", "efecto"),
    Part.OWN: ("responsabilidad", "disculpa"),
    Part.REMEDY: ("remedio",),
    Part.PREVENT: ("prevencion",),
}
"""The templates' fields that a part goes into; the first that a template has."""
_BY_DAY: Final = "fecha"
_CAUSE_OF: Final = {
    "victima": Cause.OUTSIDE, "accidental": Cause.ACCIDENT, "evitable": Cause.PREVENTABLE, "rumor": Cause.RUMOUR,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyPlan:
    """What an apology of this incident must say.

    Attributes:
        counsel: what the strategy asks for.
        decided: a person went through the wizard; else the playbook's own cluster is taken.
        required: the parts that may not be missing.
        fits: an apology is among what the strategy uses; where it is not, it is said and nothing is forbidden.
        owns: what owning it says in this cluster, to be changed.
        template: the draft's template.
        promise: the broken promise that it answers, or ``None``.
    """

    counsel: Counsel
    decided: bool
    required: frozenset[Part]
    fits: bool
    owns: Bilingual
    template: Template
    promise: Commitment | None = None


class Apologies:
    """Plans an apology and makes the draft of it."""

    def __init__(
        self, core: Core, playbooks: Playbooks, strategies: Strategies, drafts: Drafts, commitments: Commitments
    ) -> None:
        self._core = core
        self._playbooks = playbooks
        self._strategies = strategies
        self._drafts = drafts
        self._commitments = commitments

    def plan(self, incident_id: int, commitment_id: int | None = None) -> ApologyPlan:
        """What an apology must say, for an incident or for one of its broken promises."""
        playbook = self._playbooks.of(incident_id)
        promise = self._broken(commitment_id)
        decided = self._strategies.decisions(incident_id)
        broken = self._strategies.broken(incident_id)
        if decided:
            answers = decided[0].answers
            answers = Answers(
                cause=answers.cause,
                repeated=answers.repeated,
                distrusted=answers.distrusted,
                harmed=answers.harmed,
                broken_promises=broken,
            )
        else:
            cause = _CAUSE_OF.get(playbook.strategy.cluster, Cause.ACCIDENT)
            answers = Answers(cause=cause, broken_promises=broken)
        counsel = self._strategies.counsel(answers, incident_id)
        return ApologyPlan(
            counsel=counsel,
            decided=bool(decided),
            required=REQUIRED[counsel.cluster] | ({Part.OWN, Part.REMEDY} if promise else set()),
            fits=SORRY in counsel.used or promise is not None,
            owns=both(f"apology.own.{'promise' if promise else counsel.cluster}"),
            template=_template(playbook, promise),
            promise=promise,
        )

    def _broken(self, commitment_id: int | None) -> Commitment | None:
        if commitment_id is None:
            return None
        promise = self._commitments.get(commitment_id)
        if promise.state is not CommitmentState.BROKEN:
            raise StepError("commitment.not_broken")
        return promise

    def build(
        self,
        incident_id: int,
        parts: Mapping[Part, Bilingual],
        *,
        commitment_id: int | None = None,
        by: datetime | None = None,
        remedy: RemedyKind = RemedyKind.COMPENSATION,
    ) -> Draft:
        """Open the draft that says ``parts``; what the strategy asks for and is missing is refused by name.

        Args:
            commitment_id: the broken promise that it answers; its remedy is written down with it.
            by: the day by which what prevents it is done.
            remedy: what kind of remedy it is, for a broken promise.
        """
        plan = self.plan(incident_id, commitment_id)
        said = {part: text for part, text in parts.items() if text.es.strip() or text.en.strip()}
        missing = next((part for part in Part if part in plan.required and part not in said), None)
        if missing is not None:
            raise InputError(f"apology.missing_{missing.value}")
        with self._core.write() as tx:
            if plan.promise is not None:
                self._commitments.set_remedy(plan.promise.id, remedy, said[Part.REMEDY].get("es"))
                plan = self.plan(incident_id, commitment_id)
            values = _values(plan, said, by)
            draft = self._drafts.start(incident_id, plan.template.id, answers=commitment_id, values=values)
            return rows.drafts.get(tx.connection, draft.id)


def _template(playbook: Playbook, promise: Commitment | None) -> Template:
    """The text for a broken promise, or the apology; of two wishes the first that the playbook has."""
    broken = promise is not None and promise.kind is not CommitmentKind.NEXT_UPDATE
    wanted = (playbook.commitments.broken_template, TEMPLATE) if broken else (TEMPLATE,)
    named = [playbook.template(template_id) for template_id in wanted]
    tagged = [template for template in playbook.templates if SORRY in template.tags]
    found = next((template for template in (*named, *tagged) if template is not None), None)
    if found is None:
        raise NotFoundError("draft.no_template", template=TEMPLATE)
    return found


def _values(plan: ApologyPlan, said: Mapping[Part, Bilingual], by: datetime | None) -> dict[str, FieldValue]:
    names = [field.name for field in plan.template.fields]
    texts = dict(said)
    if plan.promise is not None and "promesa_rota" not in names and Part.ACKNOWLEDGE in texts:
        # The template does not name the promise by itself, so the acknowledgement quotes it.
        told = plan.promise.quoted if plan.promise.quoted.es or plan.promise.quoted.en else plan.promise.what
        texts[Part.ACKNOWLEDGE] = _joined("apology.quoted", promise=told, text=texts[Part.ACKNOWLEDGE])
    places = {part: next((name for name in _FIELDS[part] if name in names), "") for part in Part}
    for part, host in ((Part.EFFECT, Part.OWN), (Part.PREVENT, Part.REMEDY)):
        if part in texts and not places[part] and host in texts:  # no field of its own: its neighbour says it too
            texts[host] = _joined(f"apology.joined.{part.value}", first=texts[host], more=texts[part])
    values = {places[part]: FieldValue(text=text) for part, text in texts.items() if places[part]}
    if by is not None and _BY_DAY in names:
        values[_BY_DAY] = FieldValue(instant=by)
    return values


def _joined(key: str, **texts: Bilingual) -> Bilingual:
    """The sentence ``key`` in the languages in which every text is there; what is missing stays visibly missing."""
    whole = both(key, **texts)
    es, en = (all((text.es, text.en)[side].strip() for text in texts.values()) for side in (0, 1))
    return Bilingual(whole.es if es else "", whole.en if en else "")
