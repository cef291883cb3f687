"""Text from outside, made harmless for each place where it is shown or written.

Mentions, authors, feed titles and file names are hostile until they went through here. The stored text is never
changed: these functions make what a widget, a log line, a spreadsheet or a Markdown file gets. All of them are
linear in the length that they look at and never raise on any ``str``, lone surrogates included.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import SplitResult, urlsplit

CELL_LIMIT: Final = 500
"""Code points that a table cell or a tooltip shows."""
DETAIL_LIMIT: Final = 20_000
"""Code points that the detail view shows; more is offered as a file."""

_COUNTED: Final = 200_000
_MARKS_PER_BASE: Final = 4
_LINK_LIMIT: Final = 2_000

_DIRECTION: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Soft hyphen, grapheme joiner, fillers, zero widths, variation selectors (FE0F apart), annotations, tags.
_INVISIBLE: Final = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0e\ufeff"
    "\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_NONCHARACTERS: Final = "\ufdd0-\ufdef" + "".join(chr(p << 16 | 0xFFFE) + chr(p << 16 | 0xFFFF) for p in range(17))
_BROKEN: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff" + _NONCHARACTERS

_CALM_TEXT = re.compile("[ -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03ff\u0400-\u0481\u2010-\u2027\u20a0-\u20bf]*")
_LINE_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_REPLACED = re.compile(f"[{_BROKEN}]")
_DIRECTIONS = re.compile(f"[{_DIRECTION}]+")
_INVISIBLES = re.compile(f"[{_INVISIBLE}]+")
_JOINER_RUN = re.compile("[\u200c\u200d\ufe0f]{2,}")
_DROPPED = re.compile(f"[{_DIRECTION}{_INVISIBLE}]")
_SPACE_RUN = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]{9,}")
_BREAK_RUN = re.compile("(?:[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*\n){4,}")
_LONG_WORD = re.compile(r"(\S{60})(?=\S)")

_CELL_BREAKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_FORMULA_START: Final = frozenset("=+-@%|;\u2212")
_QUOTES: Final = frozenset("\"'`\u00b4\u2018\u2019\u201c\u201d\u00ab\u00bb")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~:@&$=^])")


@dataclass(frozen=True, slots=True)
class Hidden:
    """How many characters of a text a reader cannot see: for the badge beside it."""

    direction: int
    invisible: int

    def __bool__(self) -> bool:
        return bool(self.direction or self.invisible)


def clamp(text: str, limit: int = CELL_LIMIT, *, isolate: bool = False, break_long: bool = False) -> str:
    """Make a text safe for a PlainText widget: at most ``limit`` code points, nothing that hangs or misleads.

    Args:
        text: anything; only its first ``8 * limit`` code points are looked at.
        limit: most code points kept; a cut text ends in «…».
        isolate: wrap in U+2068…U+2069, so that its direction cannot reorder what stands beside it.
        break_long: let a word of more than 60 characters break across lines (detail view).
    """
    window = text[: 8 * limit]
    shown = window if _CALM_TEXT.fullmatch(window) and "         " not in window else _tamed(window)
    if len(shown) > limit or len(window) < len(text):
        shown = shown[: max(limit - 1, 0)] + "…"
    if break_long:
        shown = _LONG_WORD.sub("\\1\u200b", shown)
    return f"\u2068{shown}\u2069" if isolate else shown


def hidden(text: str) -> Hidden:
    """Count direction controls and other invisible characters of the first 200,000 code points."""
    if text.isascii():
        return Hidden(0, 0)
    looked = text[:_COUNTED]
    joiners = sum(len(run) - len(_one_joiner(run)) for run in _JOINER_RUN.findall(looked))
    direction = sum(map(len, _DIRECTIONS.findall(looked)))
    return Hidden(direction, sum(map(len, _INVISIBLES.findall(looked))) + joiners)


def one_line(text: str, limit: int = 200) -> str:
    """Make a text safe for one log or terminal line: every control character is written out (``\\n``, ``\\x1b``)."""
    window = text[: limit + 1]
    shown = window if window.isprintable() else "".join(map(_written_out, window))
    return shown if len(shown) <= limit else shown[: max(limit - 1, 0)] + "…"


def csv_cell(value: object) -> str:
    """Make a value safe for a spreadsheet's cell; the writer must still quote every cell (``csv.QUOTE_ALL``)."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    flat = _REPLACED.sub("\ufffd", _CELL_BREAKS.sub(" ", str(value)))
    return "'" + flat if _starts_formula(flat) else flat


def markdown(text: str) -> str:
    """Escape a text for Markdown, so that it stays the same words: no markup, links, images, HTML or lists."""
    lines = (line.lstrip() for line in _cleaned(text).split("\n"))
    return "\n".join(_MARKDOWN.sub(r"\\\1", line) for line in lines)


def safe_link(url: str) -> str:
    """The address if it is http(s) with a host and without credentials, else ``""``: nothing else may be opened."""
    link = url.strip()
    return link if _split(link) is not None else ""


def shown_host(url: str) -> str:
    """The host of a safe link as it really is (``xn--…`` for letters of other alphabets), else ``""``."""
    parts = _split(url.strip())
    return _ascii_host(parts.hostname or "") if parts is not None else ""


def _tamed(text: str) -> str:
    return _BREAK_RUN.sub("\n\n\n", _SPACE_RUN.sub(" " * 8, _few_marks(_cleaned(text))))


def _cleaned(text: str) -> str:
    """Line breaks as ``\\n``, tabs as spaces, broken characters as U+FFFD, hidden ones dropped."""
    lines = _LINE_BREAKS.sub("\n", text).replace("\t", " ")
    seen = _DROPPED.sub("", _REPLACED.sub("\ufffd", lines))
    return _JOINER_RUN.sub(lambda run: _one_joiner(run[0]), seen)


def _one_joiner(run: str) -> str:
    """What an honest emoji needs of a run of joiners: a leading FE0F and one ZWJ or ZWNJ."""
    start = "\ufe0f" if run[0] == "\ufe0f" else ""
    return start + next((char for char in run if char != "\ufe0f"), "")


def _few_marks(text: str) -> str:
    """Keep at most four combining marks per base letter; joiners do not count as a base."""
    kept: list[str] = []
    marks = 0
    for char in text:
        if char < "\u0300" or char in "\u200c\u200d":
            marks = marks if char in "\u200c\u200d" else 0
            kept.append(char)
        elif unicodedata.category(char)[0] != "M":
            marks = 0
            kept.append(char)
        elif marks < _MARKS_PER_BASE:
            marks += 1
            kept.append(char)
    return "".join(kept)


def _written_out(char: str) -> str:
    if char.isprintable() or char == "\u200d":
        return char
    if unicodedata.category(char) == "Zs":
        return " "
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char) or char.encode("unicode_escape").decode("ascii")


def _starts_formula(cell: str) -> bool:
    """Whether a spreadsheet could take the cell for a formula once it skipped blanks, marks and quotes."""
    for char in cell:
        plain = unicodedata.normalize("NFKC", char)[:1] or char
        if plain in _FORMULA_START:
            return True
        if not (char.isspace() or char in _QUOTES or unicodedata.category(char)[0] in "CZM"):
            return False
    return False


def _split(link: str) -> SplitResult | None:
    """The parts of an address that is safe to open, else ``None``."""
    if not 0 < len(link) <= _LINK_LIMIT or not link.isprintable() or any(char in link for char in ' \\<>"'):
        return None
    try:
        parts = urlsplit(link)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or not _ascii_host(host):
        return None
    return parts


def _ascii_host(host: str) -> str:
    if not host or "%" in host:
        return ""
    try:
        return host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return ""
