"""What a desk has prepared besides its playbook: trainings held, what staff may share, the figures of the return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crisisdesk.model.playbook import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A training that was held.

    Attributes:
        id: its number in the list.
        day: when.
        what: its subject.
        roles: ids of the playbook's roles that took part.
        who: the people, as typed.
    """

    id: int
    day: date
    what: str
    roles: tuple[str, ...] = ()
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbassadorText:
    """A text that everybody on the staff may share under their own name.

    Attributes:
        phase: id of the playbook's phase in which it may be shared.
        text: in both languages.
        version: one more with every change.
        expires: the last day on which it may be shared.
    """

    id: int
    phase: str
    text: Bilingual
    version: int = 1
    expires: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidelines:
    """The guidelines for the staff in social networks.

    Attributes:
        say: who to send people to and how to behave.
        never_say: what nobody says.
        reviewed: when they were last looked through.
    """

    say: Bilingual = Bilingual()
    never_say: Bilingual = Bilingual()
    reviewed: date | None = None


ASSUMPTIONS = (
    "call_cost", "contact_cost", "deflected", "hour_cost", "minutes_per_reply", "listening_month", "focus_group",
    "focus_groups_year", "leaving", "customer_year", "ideas_year", "idea_worth",
)  # fmt: skip
"""The figures on which the return rests: money in ``currency``, ``deflected`` in calls saved per 100 answers,
``leaving`` in customers per 100 who would have left."""
PER_HUNDRED = ("deflected", "leaving")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One figure: ``value`` as typed (exact, with a point), where it comes from, and when it was set."""

    name: str
    value: str
    source: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """All of it."""

    trainings: tuple[Training, ...] = ()
    ambassador: tuple[AmbassadorText, ...] = ()
    guidelines: Guidelines = Guidelines()
    currency: str = "MXN"
    assumptions: tuple[Assumption, ...] = ()

    def assumption(self, name: str) -> Assumption | None:
        """The figure called ``name``."""
        return next((one for one in self.assumptions if one.name == name), None)
