"""What comes after the sample incident, calm and hostile: actions, voices, a change of the playbook, duties, areas."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from crisisdesk.model.area import RouteState, Signature
from crisisdesk.model.duties import AreaSigned, CallCentre, Duty, DutyRow
from crisisdesk.model.followup import (
    ActionState,
    CarriedAction,
    Feedback,
    Followup,
    Participant,
    PlaybookProposal,
    ProposalState,
    ReviewAction,
)
from crisisdesk.model.measure import ServiceDay
from crisisdesk.model.playbook import Bilingual as B
from crisisdesk.pipeline.measures import service_figures

AT = datetime(2026, 3, 18, 16, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def _action(number: int, what: str, owner: str, days: int, state: ActionState = ActionState.OPEN) -> ReviewAction:
    return ReviewAction(
        id=number, incident_id=7, what=what, owner=owner, due_at=AT + days * DAY, state=state, created_by="Inés Vega",
        created_at=AT, words="acta 12" if state is ActionState.DONE else "",
    )  # fmt: skip


FOLLOWUP = Followup(
    due_at=AT + 6 * DAY,
    set_by_person=True,
    actions=(_action(2, "Segunda ruta", "tecnico", 20), _action(3, "Guion corto", "Sara", 1, ActionState.DONE)),
    carried=(CarriedAction(action=_action(1, "Medir la red", "Sara", -3), incident="2026-01-05-1", title="Eco"),),
    feedback=(
        Feedback(id=1, incident_id=7, who="guardia.red", well="rápido", badly="el guion tardó", change="",
                 noted_by="Inés Vega", noted_at=AT),
    ),
    participants=(
        Participant(key="tomas.rey", name="Tomás Rey"), Participant(key="guardia.red", name="Q. Ibarra", heard=1),
    ),
    names=(("tecnico", B("Enlace técnico", "Technical liaison")), ("guardia.red", B("Q. Ibarra", "Q. Ibarra"))),
    proposals=(
        PlaybookProposal(id=1, incident_id=7, why="Legal llegó tarde", playbook_id="caida", base_version=3, base="a",
                         text="b", state=ProposalState.ACCEPTED, by="Inés Vega", at=AT, decided_by="Amalia Duarte",
                         decided_at=AT, version=4),
    ),
)  # fmt: skip
_ROW = DutyRow(mention_id=5, at=AT, author="vecina", text="sin señal", by="Sara")
DUTIES_SAMPLE = tuple(
    Duty(key=key, n=n, rows=(_ROW,) if n < 900 else ())
    for key, n in (("listen", 900), ("respond", 12), ("inform", 4), ("connect", 3), ("feed_back", 1))
)
_CALLS = ServiceDay(
    day=date(2026, 3, 17), line="phone", contacts=1_940, seconds=Decimal(512_160), cost=Decimal("3104.00"),
    currency="MXN", asked=120, satisfied=41, rated=80, detractors=52,
)  # fmt: skip
CALLS_SAMPLE = CallCentre(
    first=date(2026, 3, 10), last=date(2026, 3, 18), days=(_CALLS,), figures=(tuple(service_figures([_CALLS])),)
)


def area_signed(text: str) -> AreaSigned:
    """What one area was asked, every word of it ``text``."""
    steps = (RouteState.RECEIVED, RouteState.ANSWERED)
    signatures = tuple(Signature(state=step, by=text, at=AT) for step in steps)
    return AreaSigned(
        area=text, what=text, sent_at=AT - DAY, due_at=AT, state=RouteState.ANSWERED, signatures=signatures
    )


def hostile_followup(text: str) -> Followup:
    """The follow-up with ``text`` in every word of it."""
    both = B(text, text)
    return replace(
        FOLLOWUP,
        held_by=text,
        actions=tuple(replace(a, what=text, owner=text, words=text) for a in FOLLOWUP.actions),
        carried=tuple(
            replace(c, action=replace(c.action, what=text), incident=text, title=text) for c in FOLLOWUP.carried
        ),
        feedback=tuple(replace(f, who=text, well=text, badly=text, change=text) for f in FOLLOWUP.feedback),
        participants=tuple(replace(p, name=text) for p in FOLLOWUP.participants),
        names=tuple((key, both) for key, _name in FOLLOWUP.names),
        proposals=tuple(replace(p, why=text, by=text, decided_by=text, reason=text) for p in FOLLOWUP.proposals),
    )
