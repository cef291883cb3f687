"""A small grammar of time commitments: which times of a text are promised, and which only told.

A time becomes a promise by what stands around it. A sentence is cut into clauses; the finite sign nearest before a
time, else nearest behind it, decides: what we will do or expect makes a promise, what happened, what is asked of the
reader, opening hours, other people's plans and an honest «we cannot say» do not. The words are data
(``resources/lexicons/promise.<lang>.toml``); this file is only the order in which they are weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from crisisdesk.pipeline.clauses import SPEAKS, Clause, Sentence
from crisisdesk.pipeline.reading import Line
from crisisdesk.pipeline.times import Sign, Time, grammar, times

TIME: Final = "promise.time"
UPDATE: Final = "promise.update"

_COMMIT: Final = frozenset({"future", "present", "expect"})
_CLOCK = re.compile(
    r"\d ?[:.h] ?\d|\d ?(?:h|hs|hrs|horas|a\.? ?m|p\.? ?m)\b|\b(?:a la una|las (?:\d|\w+$))|^\d+$|"
    r"medio ?dia|media ?noche|noon"
)
_DAY = re.compile(r"\d")
_OUR_OWN = re.compile(r"\b(?:we|i|our \w+|nuestr\w+ \w+|nosotros|yo) (?:\w+ ){0,2}?$|mos$|^we|^i'")
_BEGINS = re.compile(r"(?:ra|ran|remos|ras|reis)$|^vuelve|^will|'ll$")
"""Behind «desde el martes» only what is plainly ahead begins; «desde las 7 sale agua turbia» has begun."""
_OPENS = re.compile(
    r"\b(?:reabr|retom|reanud|reinici|regres|restabl|vuelv|volv|abr|arranc|empiez|empez|comienz|comenz|atiend|atend|opera|"
    r"circul|entra)"
)
"""Of the present only a beginning may be ahead: «reabrimos desde las 15 h»; «deja sin red desde las 7» has happened."""
_GOES_ON = re.compile(
    r" (?:de(?! trabajo)|sin|of(?! work)|without|free|old|for|in|per|por|al?|late|long|walk|drive|trip|with)\b"
)
_RETURN = re.compile(r"return|back|again|resume|de (?:vuelta|nuevo)|otra vez|nuevamente|regreso")


def promised(line: Line, lang: str) -> Iterator[tuple[str, int, int]]:
    """Rule and span of every promise of a time in a line, in order."""
    words = grammar(lang)
    found = times(line, words)
    closed = tuple((t.start, t.end) for t in found)
    for span in line.sentences(closed):
        if not any(span[0] <= t.start < span[1] for t in found):
            continue
        sentence = Sentence(line, span, found, words, lang)
        if sentence.question:
            continue
        for time in sentence.times:
            rule = _judge(sentence, time)
            if rule:
                yield rule, time.start, time.end


def _nearest(signs: Sequence[Sign], time: Time) -> Sign | None:
    """The sign that governs a time: the last that begins before it, else the first behind it."""
    signs = [s for s in signs if s.kind not in ("either", "ours")] or signs
    before = [s for s in signs if s.start < time.start]
    if before:
        return max(before, key=lambda s: (s.end if s.end <= time.start else time.start, s.end - s.start))
    return min((s for s in signs if s.start >= time.start), key=lambda s: s.start, default=None)


def _judge(sentence: Sentence, time: Time) -> str:  # the order of the questions is the grammar
    if time.kind == "nothing":
        return ""
    at = max(i for i, clause in enumerate(sentence.clauses) if clause.start <= time.start)
    clause = sentence.clauses[at]
    if sentence.disowned or _unsaid(sentence, at, time):
        return ""
    governing = _governing(sentence, at, time)
    if time.kind == "past":
        return TIME if _begins(sentence, time, governing) else ""
    told = governing is not None and governing.kind == "past" and not sentence.sure(time)
    # «debe presentar el informe antes del martes»: what the reader has to write is no news of ours.
    asked = governing is not None and governing.kind == "customer"
    owed = asked and governing is not None and _MUST.match(sentence.line.folded, governing.start) is not None
    updates = [] if told or owed else [
        c
        for c in ([clause] if governing else sentence.around(at))
        if any(not asked or u.start != governing.start for u in sentence.within(c, "update"))  # type: ignore[union-attr]
    ]  # fmt: skip
    if updates and not _ours(sentence, updates[-1], time):
        if sentence.within(clause, "other") and not _our_own(sentence, governing):
            return ""
        return TIME if time.kind in ("soon", "haste") else UPDATE
    if time.kind == "every" or _hours(sentence, clause, time, governing):
        return ""
    if _conditional(sentence, clause, time):
        return ""
    return TIME if _weigh(sentence, clause, time, governing) else ""


def _begins(sentence: Sentence, time: Time, governing: Sign | None) -> bool:
    """Whether «desde las 15 h» begins something that is yet to come."""
    if governing is None or governing.kind not in ("future", "present", "expect"):
        return False
    text = sentence.line.folded
    if governing.kind == "expect" and not text.startswith(("garantiz", "se espera", "esta previst"), governing.start):
        return False
    if text.startswith(("after ", "tras ", "despues de ", "luego de "), time.start):  # «se abonará tras siete días»
        return any(s.kind == "future" and s.start < time.start for s in sentence.signs)
    if not text.startswith(("desde las", "desde el", "desde manana"), time.start):
        return False
    verb = sentence.line.folded[governing.start : governing.end]
    if governing.kind == "present" and not sentence.line.folded.startswith("desde manana", time.start):
        return bool(_OPENS.search(verb) and (governing.start < time.start or _BEGINS.search(verb)))
    return governing.start < time.start or bool(_BEGINS.search(verb))


def _unsaid(sentence: Sentence, at: int, time: Time) -> bool:
    """Whether the time is one that was said before, or one that we say we cannot give."""
    scope: list[Sign] = []
    for i in range(at, -1, -1):
        scope = sentence.within(sentence.clauses[i], "unknown", "reported", "hearsay") + scope
        if sentence.clauses[i].hard:
            break
    said = [s for s in scope if s.start < time.end]
    if not said:
        bare = not sentence.within(sentence.clauses[at], *SPEAKS)
        return bare and any(sentence.within(sentence.clauses[i], "unknown") for i in sentence.near(at) if i > at)
    if any(s.kind == "hearsay" for s in said):
        return True
    last = said[-1]
    fresh = [s for s in sentence.signs if s.kind in ("future", "present") and last.end <= s.start < time.start]
    own = sentence.clauses[at]
    return not (fresh and fresh[-1].start >= own.start and not (own.start <= last.start))


def _ours(sentence: Sentence, clause: Clause, time: Time) -> bool:
    """Whether a promise of a solution stands nearer to the time than the word for news."""
    updates = sentence.within(clause, "update")
    results = [
        s
        for s in sentence.within(clause, "result")
        if not any(u.start <= s.start < u.end for u in updates)
        and not _RETURN.match(sentence.line.folded, s.start)  # «volvemos con más datos» is news, not a solution
    ]
    nearest = _nearest([*updates, *results], time)
    return nearest is not None and nearest.kind == "result"


def _governing(sentence: Sentence, at: int, time: Time) -> Sign | None:
    signs = sentence.within(sentence.clauses[at], *SPEAKS)
    first = next((s.start for s in signs if s.kind in _COMMIT), None)
    # «will have it fixed», «should see it corrected»: behind a future, a participle is no past.
    begins = sentence.clauses[at].start
    words = sentence.line.folded[begins : time.end]
    lead = begins + len(words) - len(words.lstrip(" ,")) if begins == sentence.start else begins - 1
    # A participle at the very beginning stands before its noun: «Held parcels go out tomorrow».
    return _nearest(
        [s for s in signs if s.kind != "participle" or (s.start > lead and (first is None or s.start < first))], time
    )


def _hours(sentence: Sentence, clause: Clause, time: Time, governing: Sign | None) -> bool:
    """Whether the time only tells when a door or a line is open."""
    ahead = time.kind in ("deadline", "soon") and (governing is None or governing.kind in ("future", "present"))
    if ahead or (governing is not None and governing.kind == "expect"):  # «para Navidad estará abierto»
        return False
    if governing is not None and governing.kind in ("future", "present") and sentence.on_a_day(time):
        return False  # «la tienda abre el 3 de mayo»
    at = sentence.clauses.index(clause)
    around = [clause, *(sentence.clauses[i] for i in sentence.near(at) if governing is None)]
    return any(sentence.within(c, "opening") for c in around) and not sentence.within(clause, "result")


def _conditional(sentence: Sentence, clause: Clause, time: Time) -> bool:
    """Whether the time belongs to an «if»: «si llamas antes de las 8 te atenderá una persona»."""
    text = sentence.line.folded[clause.start : clause.end].lstrip(" ,")
    if time.start <= sentence.line.folded.index(text, clause.start):  # «en cuanto amanezca» is the time itself
        return False
    return bool(sentence.words.signs["condition"].match(text)) and not any(
        s.start < time.start for s in sentence.within(clause, "future")
    )


def _weigh(sentence: Sentence, clause: Clause, time: Time, governing: Sign | None) -> bool:
    at = sentence.clauses.index(clause)
    result = bool(sentence.within(clause, "result"))
    if time.kind == "length":
        if _leads(sentence, clause, time):
            return True
        if not any(sentence.within(sentence.clauses[i], "wait") for i in (at, *sentence.near(at))):
            return False
    if time.kind == "span" and (governing is None or governing.kind not in ("future", "expect")):
        return False  # «de 9 a 18» is when somebody answers, unless somebody will come
    if governing is None and time.kind in ("deadline", "soon") and _stands(sentence, clause):
        return True  # «en una horita está por allá»: the verb is its own
    if governing is None and not result:
        for i in sentence.near(at):
            signs = sentence.within(sentence.clauses[i], *SPEAKS)
            result = result or bool(sentence.within(sentence.clauses[i], "result"))
            if signs:
                governing = _nearest(signs, time)
                break
    if sentence.within(clause, "other") and not result and not _our_own(sentence, governing):
        return False
    if (governing is None or governing.kind == "present") and _habit(sentence, time):
        return False
    if _OF.match(sentence.line.folded, time.start) and not _sure_of(sentence, time, governing):
        return False
    if governing is None:
        return result or (not sentence.within(clause, "state") and _bare(sentence, time))
    if governing.kind in ("either", "ours"):
        return _may_be_ahead(sentence, at, time, governing, result)
    return _governed(sentence, clause, time, governing, result)


def _governed(sentence: Sentence, clause: Clause, time: Time, governing: Sign, result: bool) -> bool:
    """Whether a sign that is plain by itself makes a time a promise."""
    text = sentence.line.folded[governing.start : governing.end]
    if governing.kind == "customer":  # «pueden recogerlas desde mañana» opens a door
        return bool(_MAY.match(text) and _from(sentence, time) and sentence.on_a_day(time))
    if governing.kind == "effort":
        return time.kind != "haste" and (time.kind != "neutral" or result or _aims(sentence, governing, time))
    if governing.kind == "past":
        return text.endswith("amos") and not text.endswith("bamos") and sentence.sure(time)
    if governing.kind == "expect":
        pasts = sentence.within(clause, "past", "reported")
        behind = max(time.end, governing.end)
        if any(s.start >= behind for s in pasts):  # «la previsión de las 13:00 no se cumplió»
            return False
        if _NOUN.match(text) and any(s.start < governing.start for s in pasts):  # «pusimos en marcha el plan a las 6»
            return False
        return not _reader_waits(sentence, governing)
    # «sentimos lo que les hicimos esta mañana»: what may be past is past where its time mostly is.
    told = sentence.lang == "es" and text.endswith(("amos", "imos")) and not _ahead(sentence, time)
    return governing.kind in _COMMIT and not (told and _MORNING.match(sentence.line.folded, time.start))


def _may_be_ahead(sentence: Sentence, at: int, time: Time, governing: Sign, result: bool) -> bool:
    """Whether a verb that may be present or past («reparamos», "hit") tells what is to come."""
    if any(sentence.within(sentence.clauses[i], "past") for i in sentence.near(at)):
        return False
    text = sentence.line.folded
    words = text[time.start : time.end]
    if result or sentence.sure(time) or (words in ("hoy", "ya casi") and governing.start != time.end + 1):
        return True  # «terminamos hoy», but «hoy terminamos»
    if sentence.lang == "es" and time.kind == "deadline" and not words.startswith(("en ", "hoy ")):
        return True
    if sentence.lang == "en":
        return words.startswith("this ") and _ahead(sentence, time)
    again = text.startswith("re", governing.start)  # «reabrimos», a way back, against «abrimos una investigación»
    return _ahead(sentence, time) and not _CLOCK.search(words) and (again or not _DAY.search(words))


def _our_own(sentence: Sentence, governing: Sign | None) -> bool:
    """Whether we are who acts, so that a storm or a match beside it does not make the time somebody else's."""
    if governing is None or governing.kind not in ("future", "present", "ours", "either"):
        return False
    text = sentence.line.folded
    before, verb = text[sentence.start : governing.start], text[governing.start : governing.end]
    return bool(_OUR_OWN.search(before) or _OUR_OWN.search(verb))


_MORNING = re.compile(r"esta (?:manana|madrugada)\b")
_MUST = re.compile(r"(?:deb|tien|pued|podr|you |customers |passengers )")
_MAY = re.compile(r"(?:pued|podr|can|may|you can|you may|customers can|passengers can)")
_FROM = re.compile(r"\b(?:desde|a partir|from|as of|starting)\b")
_OF = re.compile(r"(?:del (?:lunes|martes|miercoles|jueves|viernes|sabado|domingo)|de (?:este|esta|hoy|las)\b)")
_NOUN = re.compile(r"(?:el|la|nuestr[oa]|our|the)\b")
def _from(sentence: Sentence, time: Time) -> bool:
    return bool(_FROM.search(sentence.line.folded, max(sentence.start, time.start - 12), time.end))


def _sure_of(sentence: Sentence, time: Time, governing: Sign | None) -> bool:
    """Whether «del jueves», which mostly tells which one («la cita del jueves»), is when it will be."""
    if sentence.sure(time) or time.kind == "deadline":
        return True
    if governing is None or governing.kind not in _COMMIT:
        return False
    leaves = governing.kind == "future" and sentence.line.folded.startswith("de las", time.start)
    return leaves or governing.start < time.start


_LASTS = re.compile(r"(?:until|till|hasta)\b")
_WAITS = re.compile(r"(?:esper|aguard|wait)")


def _habit(sentence: Sentence, time: Time) -> bool:
    """Whether a present tells a habit («por la noche baja el consumo») or what lasts («contesta hasta las 8»)."""
    words = sentence.line.folded[time.start : time.end]
    return bool(sentence.words.generic.search(words) or _LASTS.match(words))


def _reader_waits(sentence: Sentence, governing: Sign) -> bool:
    """Whether who is asked to wait was asked for something before: «reinicia y espera un minuto»."""
    waits = _WAITS.match(sentence.line.folded, governing.start)
    return waits is not None and any(s.kind == "customer" and s.start < governing.start for s in sentence.signs)


_STANDS = re.compile(r"(?<!no )(?<!not )\b(?:esta|estan|estamos|hay|is|are)\b(?! (?:no|not)\b)")


def _stands(sentence: Sentence, clause: Clause) -> bool:
    stands = _STANDS.search(sentence.line.folded, clause.start, clause.end)
    return stands is not None and not sentence.within(clause, "other")


def _leads(sentence: Sentence, clause: Clause, time: Time) -> bool:
    """Whether a sentence is little more than a length: «Dos horas más y listo», "Twenty minutes, tops"."""
    words = sentence.line.folded
    before, behind = words[sentence.start : time.start].strip(" ,¡¿-"), words[time.end : sentence.end]
    signs = [s for s in sentence.signs if s.kind not in ("wait", "result", "future", "expect", "update")]
    return not before and not signs and not _GOES_ON.match(behind)


def _bare(sentence: Sentence, time: Time) -> bool:
    """Whether a time with no sign around it still lies ahead: «Mañana a primera hora.», «Wages land on Friday»."""
    if time.kind in ("deadline", "soon"):
        return True
    denied = _NOT.search(sentence.line.folded, sentence.start, time.start)
    return time.kind == "neutral" and denied is None and _ahead(sentence, time)


_NOT = re.compile(r"\b(?:no|not|nunca|never|tampoco)\b")


def _aims(sentence: Sentence, effort: Sign, time: Time) -> bool:
    """Whether an effort names what it is for before it names the time: «trabajamos para tenerlo a las 6»."""
    return bool(sentence.words.purpose.search(sentence.line.folded, effort.end, time.start))


def _ahead(sentence: Sentence, time: Time) -> bool:
    """Whether a time lies ahead by its own words («mañana», "tonight") or may («a las 8»)."""
    words = sentence.line.folded[time.start : time.end]
    return bool(sentence.words.ahead.search(words)) and not sentence.words.behind.search(words)
