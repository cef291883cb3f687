"""An estimate as the desk would give it, from twelve invented cases."""

from __future__ import annotations

from crisisdesk.desk.risk import RiskView
from crisisdesk.model.playbook import Bilingual
from crisisdesk.pipeline.risk import Case, earliest, estimate
from crisisdesk.pipeline.risk_words import risk_line, sure_line
from crisisdesk.texts import LANGUAGES, Texts

MINUTES = (45, 62, 80, 95, 110, 140, 165, 190, 240, 310, 420, 660)


def foreseen(promise: float) -> RiskView:
    """A promise for minute ``promise``, an hour after the beginning."""
    cases = [Case(m) for m in MINUTES]
    found, sure = estimate(cases, 60, promise), earliest(cases, 60)
    told = Bilingual(*(risk_line(found, Texts(lang)) for lang in LANGUAGES))
    surely = Bilingual(*(sure_line(sure, Texts(lang)) for lang in LANGUAGES))
    return RiskView(found=found, sure=sure, sure_at=None, limit=0.2, line=told, sure_line=surely)
