"""Which tone a crisis asks for: four questions, and what to say first, use and avoid, each with its reason.

The clusters and what fits them are those of situational crisis communication theory (Coombs, 2007) and of image repair
(Benoit, 1997): the more of it we could have prevented, the more we accommodate. History and distrust raise the
responsibility by one step (Coombs and Holladay, 2002); a promise of our own that we broke raises it by another. Denying
and making good contradict one another and never stand in one counsel.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crisisdesk.texts import Texts


class Cause(StrEnum):
    """Who caused it."""

    OUTSIDE = "outside"
    ACCIDENT = "accident"
    PREVENTABLE = "preventable"
    RUMOUR = "rumour"  # nothing of ours happened: what is said is false


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person answered.

    Attributes:
        cause: who caused it.
        repeated: a similar crisis happened in the last 24 months.
        distrusted: our clients already distrust us.
        broken_promises: promises of this crisis that were broken; the ledger counts them.
        harmed: somebody is hurt or in danger.
    """

    cause: Cause
    repeated: bool = False
    distrusted: bool = False
    broken_promises: int = 0
    harmed: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """One strategy (a tag of ``vocabulary.STRATEGIES``) and the key of its reason under ``strategy.reason``."""

    act: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counsel:
    """What to do with the answers.

    Attributes:
        cluster: ``victima``, ``accidental``, ``evitable`` or ``rumor``, after every step up.
        base: the cluster by the cause alone.
        raised: why it is above ``base``: ``repeated``, ``distrusted``, ``broken_promise``.
        first: what always comes first.
        use: what fits.
        avoid: what makes it worse.
        names_promise: the apology has to name the promise that was broken.
    """

    cluster: str
    base: str
    raised: tuple[str, ...]
    first: tuple[Advice, ...]
    use: tuple[Advice, ...]
    avoid: tuple[Advice, ...]
    names_promise: bool

    @property
    def used(self) -> tuple[str, ...]:
        """The tags that may be used, the first ones included."""
        return tuple(advice.act for advice in (*self.first, *self.use))

    @property
    def avoided(self) -> tuple[str, ...]:
        """The tags to avoid."""
        return tuple(advice.act for advice in self.avoid)


STEPS: Final = ("victima", "accidental", "evitable")
"""From the least to the most responsibility."""

_BASE: Final = {
    Cause.OUTSIDE: "victima", Cause.ACCIDENT: "accidental", Cause.PREVENTABLE: "evitable", Cause.RUMOUR: "rumor",
}  # fmt: skip
_USE: Final = {
    "victima": {"reforzar.agradecer": "thank_helpers", "reforzar.recordar": "remind_little"},
    "accidental": {
        "reconstruir.disculpa": "apologise_effects", "disminuir.excusa": "explain_verified",
        "reconstruir.compensacion": "compensate_long",
    },
    "evitable": {"reconstruir.disculpa": "apologise_fully", "reconstruir.compensacion": "compensate_named"},
    "rumor": {"correccion": "correct_facts", "negar": "deny_evidence"},
}  # fmt: skip
_AVOID: Final = {
    "victima": {
        "chivo_expiatorio": "blame_once", "disminuir.justificacion": "minimise", "negar": "deny_real",
        "atacar_al_acusador": "attack",
    },
    "accidental": {
        "disminuir.justificacion": "minimise", "negar": "deny_real", "chivo_expiatorio": "scapegoat",
        "atacar_al_acusador": "attack",
    },
    "evitable": {
        "negar": "deny_real", "disminuir.excusa": "excuse", "disminuir.justificacion": "minimise",
        "chivo_expiatorio": "scapegoat", "reforzar.recordar": "bolster_alone", "atacar_al_acusador": "attack",
    },
    "rumor": {
        "atacar_al_acusador": "attack_rumour", "reconstruir.disculpa": "apologise_false",
        "reconstruir.compensacion": "apologise_false", "chivo_expiatorio": "scapegoat",
    },
}  # fmt: skip
_HARM_FORBIDS: Final = ("reforzar.recordar", "reforzar.agradecer", "disminuir.excusa", "disminuir.justificacion")


def counsel(answers: Answers, *, history_raises: bool = True) -> Counsel:
    """What the answers ask for. ``history_raises`` is the playbook's ``antecedentes``."""
    base = _BASE[answers.cause]
    reasons = []
    if answers.repeated and history_raises:
        reasons.append("repeated")
    if answers.distrusted:
        reasons.append("distrusted")
    steps = int(bool(reasons))
    if answers.broken_promises > 0:
        reasons.append("broken_promise")
        steps += 1
    cluster = base if base == "rumor" else STEPS[min(STEPS.index(base) + steps, len(STEPS) - 1)]
    first = {
        "instruir": "facts_first" if cluster == "rumor" else "safety_first" if answers.harmed else "instruct",
        "ajustar": "adjust_harm" if answers.harmed else "adjust",
    }
    use, avoid = dict(_USE[cluster]), dict(_AVOID[cluster])
    if answers.harmed:
        for act in _HARM_FORBIDS:
            use.pop(act, None)
            avoid[act] = "harm"
        if cluster == "victima":
            use["reconstruir.compensacion"] = "help_harmed"
    return Counsel(
        cluster=cluster,
        base=base,
        raised=tuple(reasons) if base == "rumor" or cluster != base else (),
        first=_advice(first),
        use=_advice(use),
        avoid=_advice(avoid),
        names_promise=answers.broken_promises > 0,
    )


def _advice(acts: dict[str, str]) -> tuple[Advice, ...]:
    return tuple(Advice(act, reason) for act, reason in acts.items())


def mixes_denial(tags: Iterable[str]) -> bool:
    """Whether ``tags`` deny and make good at once."""
    found = set(tags)
    return "negar" in found and any(tag.startswith("reconstruir") for tag in found)


def told(advice: Advice, texts: Texts) -> tuple[str, str]:
    """An advice in words: what, and why."""
    return texts(f"strategy.act.{advice.act}"), texts(f"strategy.reason.{advice.reason}")
