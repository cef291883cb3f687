"""What a verb of the lists tells where it stands: that something will happen, that it will not, or a request.

«Llega el camión» tells, «recoge la tarjeta» asks, «la entrega» is no verb at all: the words beside a form decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from crisisdesk.pipeline import verbs
from crisisdesk.pipeline.reading import Line
from crisisdesk.pipeline.times import Sign, Time

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_BREAK = re.compile(r"[.,:;!?()«»“”\"—–-]|\s-\s")

_CLITICS: Final = frozenset("se te le les nos os me lo".split())
_ARTICLES: Final = frozenset(
    "el la los las un una unos unas su sus tu tus mi nuestro nuestra nuestros nuestras vuestro vuestra este esta estos "
    "estas ese esa esos esas del al de por para en sin con a sobre cada todo toda otra ninguna ningun primera "
    "otro primer segunda ultima nueva proxima cualquier dicha alguna como tras segun fin mismo misma que".split()
)
"""Before a form these make it a noun: «la entrega», «sin cobro»."""
_OBJECT_TOO: Final = frozenset("la los las".split())
_LEADS_ES = re.compile(
    r"(?:por favor|porfa|favor de|y|e|o|u|pero|entonces|despues|luego|si no|solo|simplemente|mejor|tambien|tampoco|"
    r"no|nunca|jamas|ni|antes|primero|ahora|ya|ademas|nos|hoy|manana)\b"
)
_LEADS_EN = re.compile(
    r"(?:please|kindly|and|or|but|then|so|simply|just|also|first|next|instead|otherwise|do not|don't|never|always|do|"
    r"today|tomorrow|now)\b"
)
_OURS: Final = frozenset("tu tus te vuestro vuestra vuestros vuestras".split())
_NO = re.compile(
    r"\b(?:(?:no|nunca|ni|tampoco|jamas) (?:(?:se|te|le|les|lo|la|los|las|nos|os|me) ){0,2}|"
    r"(?:ningun[oa]?|nadie|none of) (?:\w+ ){0,3})$"
)

_COUNTS = re.compile(r"cuent\w+ con\b")
"""«Cuenten con ello» assures; «cuenta hasta treinta» asks."""
_AGAIN = re.compile(
    r"vuelv[ea]n? a (?!funcionar|estar|haber|ser|tener|operar|circular|abrir)\w+[aei]r(?:l[aeo]s?|se|te|nos)?\b"
)
"""«Vuelve a conectarlo» asks; «vuelve a funcionar» tells."""
_ASKS: Final = frozenset((verbs.REQUEST, verbs.FORMAL))
_BEFORE_NOUN: Final = frozenset(
    "the a an your our their my his her its this that these those all any some no many most more every each another "
    "other first second last new late early next full partial two three four five six ten several few both of for in "
    "on at by with without from about after before during than and or to as are is be been being was were".split()
)
_WHO: Final = frozenset(
    "we they you i people crews staff engineers customers everyone both who all also then now already usually".split()
)
_BE: Final = frozenset("is are am be".split())
_OBJECTS: Final = frozenset("the your a an any all us it them this that our every each his her me these those".split())
_BY: Final = frozenset("before by until no".split())
_PARTICLES: Final = frozenset("up down off on out in back to with for away at into by".split())
_MODALS: Final = re.compile(
    r"(?:to|can|can't|cannot|could|may|might|must|will|won't|would|should|shall|did|didn't|do|don't|does|doesn't|not|let|"
    r"please|never|still)$"
)


def verb_signs(line: Line, span: tuple[int, int], found: Sequence[Time], lang: str) -> Iterator[Sign]:
    """Signs of the listed verbs in a sentence, in order; a word inside a time is none."""
    known = verbs.forms(lang)
    words = list(_WORD.finditer(line.folded, *span))
    for at, word in enumerate(words):
        kinds = known.get(word[0])
        if kinds is None or any(t.start <= word.start() and word.end() <= t.end for t in found):
            continue
        if _COUNTS.match(line.folded, word.start()):
            continue
        if line.folded[max(word.start() - 2, 0) : word.start() - 1].isdigit():
            continue  # «412 entregas», "300 calls"
        before = words[at - 1][0] if at else ""
        behind = words[at + 1][0] if at + 1 < len(words) else ""
        lead, fronted = _lead(line.folded, span[0], word.start(), found)
        if lang == "es":
            accented = line.accented[word.end() - 1]
            if accented in "áéíó":
                continue  # «reparó» is past, «llegá» a request that the lexicon knows
            again = _AGAIN.match(line.folded, word.start())
            kind = _spanish(word[0], kinds if again is None else _ASKS, before, behind, lead, fronted)
        else:
            kind = _english(kinds, before, behind, lead)
        if kind == "present" and _NO.search(line.folded, span[0], word.start()):
            kind = "negated"
        if kind:
            yield Sign(kind, word.start(), word.end())


def _lead(text: str, start: int, at: int, found: Sequence[Time]) -> tuple[str, bool]:
    """What stands between the last break and a word, without the times, and whether a time was among it."""
    breaks = [m.end() for m in _BREAK.finditer(text, start, at)]
    first = breaks[-1] if breaks else start
    left, fronted, last = "", False, first
    for time in found:
        if first <= time.start and time.end <= at:
            left += text[last : time.start]
            last, fronted = time.end, True
    return (left + text[last:at]).strip(), fronted


def _opens(lead: str, leads: re.Pattern[str]) -> bool:
    while lead:
        m = leads.match(lead)
        if m is None:
            return False
        lead = lead[m.end() :].strip()
    return True


def _spanish(word: str, kinds: frozenset[str], before: str, behind: str, lead: str, fronted: bool) -> str:
    opens = _opens(lead, _LEADS_ES)
    tells = bool(kinds & {verbs.ONE, verbs.MANY})
    if opens and kinds & {verbs.FORMAL, verbs.REQUEST} and not (tells and fronted):
        return "customer"
    if verbs.WE in kinds:
        return "ours"
    if verbs.PAST in kinds:
        return "past"
    if not tells:
        return ""
    if before in _OBJECT_TOO and word.endswith(("e", "en")):
        return "present"  # «la recibe», «los reciben»: no noun ends so
    if before in _ARTICLES:
        return ""
    if before in _CLITICS:
        return "present"
    if opens and verbs.INVERTED not in kinds and verbs.ONE in kinds and (not fronted or behind in _OURS):
        return "customer"
    return "present"


def _english(kinds: frozenset[str], before: str, behind: str, lead: str) -> str:
    opens = _opens(lead, _LEADS_EN)
    bare = bool(kinds & {verbs.MANY, verbs.REQUEST})
    if opens and bare:
        near = behind in _OBJECTS or (verbs.NOUN not in kinds and behind in _PARTICLES | _BY)
        return "customer" if near else ""
    if before in _BE or before.endswith(("'re", "'m", "'s")):
        return "present" if kinds & {verbs.DOING, verbs.DONE} else ""
    if before in _BEFORE_NOUN or _MODALS.match(before) or opens:
        return ""
    if verbs.ONE in kinds:
        return "present"
    if verbs.MANY in kinds and (before in _WHO or (before.endswith("s") and not before.endswith("ss"))):
        return "present"
    return ""
