"""Handles that people may take for ours: letters that look alike, one letter off, our name dressed as help. Pure.

Look-alikes follow the idea of Unicode's UTS 39 «skeleton»: two handles whose skeletons are the same cannot be told
apart by eye. The table holds the letters that imitate Latin ones, not the whole of Unicode's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from crisisdesk.model.call_back import Impostor, Likeness

_ALIKE: Final = str.maketrans(
    "аеорсухіјѕԁԛԝһкмтвнɡıοναρτυκικεҽ0135$8@|!",
    "aeopcyxijsdqwhkmtbhgiovaptukikeeoless" + "ba" + "ll",
)
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("ii", "u"))
_NOT_LETTERS: Final = re.compile(r"[\W_]+")
DRESSES: Final = frozenset(
    "ayuda soporte support help helpdesk oficial official atencion clientes cliente care servicio service contacto "
    "contact real verificado verified mx es us co ar cl pe team equipo reembolsos refunds".split()
)
_SHORT: Final = 4


def skeleton(handle: str) -> str:
    """A handle as an eye reads it: case, accents, marks and look-alike letters undone."""
    folded = unicodedata.normalize("NFKD", name_of(handle).casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    plain = plain.translate(_ALIKE)
    for pair, one in _PAIRS:
        plain = plain.replace(pair, one)
    return _NOT_LETTERS.sub("", plain).replace("l", "i")


def name_of(handle: str) -> str:
    """A handle without its ``@`` and without its server."""
    return handle.strip().lstrip("@").partition("@")[0]


def distance(one: str, other: str) -> int:
    """Edits (insert, delete, replace, swap of neighbours) between two texts: Damerau–Levenshtein, optimal alignment."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def check(handle: str, ours: Iterable[str]) -> Impostor:
    """How ``handle`` stands to our own names; the strongest likeness wins."""
    own = tuple(dict.fromkeys(name for name in ours if skeleton(name)))
    whole, name = handle.strip().lstrip("@").casefold(), name_of(handle).casefold()
    for one in own:
        known = one.strip().lstrip("@").casefold()
        if whole == known or ("@" not in known and "@" not in whole and name == known):
            return Impostor(handle, Likeness.OURS, one)
    mine = skeleton(handle)
    for likeness in (Likeness.SAME_LOOK, Likeness.NEAR, Likeness.DRESSED):
        for one in own:
            if _is(likeness, mine, handle, one):
                return Impostor(handle, likeness, one)
    return Impostor(handle, Likeness.OTHER)


def _is(likeness: Likeness, mine: str, handle: str, one: str) -> bool:
    target = skeleton(one)
    if likeness is Likeness.SAME_LOOK:
        return mine == target
    if len(target) < _SHORT:
        return False
    if likeness is Likeness.NEAR:
        return distance(mine, target) <= (1 if len(target) < 8 else 2)
    if target not in mine:
        return False
    rest = mine.replace(target, " ", 1).split()
    return all(_dressed(part) for part in rest) and bool(rest)


def _dressed(part: str) -> bool:
    """Whether what is left is only words of help, or figures."""
    words = sorted({skeleton(word) for word in DRESSES}, key=len, reverse=True)
    while part:
        found = next((word for word in words if part.startswith(word)), "")
        if not found:
            return False
        part = part[len(found) :]
    return True
