"""Which column of somebody's export is what: by its name in Spanish or English, else by what is in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from crisisdesk.connectors.dates import Dates

FIELDS: Final = (
    "native_id",
    "published_at",
    "published_time",
    "author",
    "channel",
    "lang",
    "text",
    "url",
    "is_repost",
    "likes",
    "reposts",
    "followers",
)
"""What a column can be: attributes of a mention; ``published_time`` is the hour when the date stands alone."""

# In order of preference: an export often holds several that would do.
_NAMES: Final[Mapping[str, str]] = {
    "native_id": """id id_str tweet_id status_id post_id mention_id message_id comment_id review_id uniqueid unique_id
        guid uuid uri identificador id_tweet id_mensaje id_comentario folio""",
    "published_at": """created_at published_at fecha_hora fecha_y_hora datetime date_time timestamp tweet_created
        created_time created_utc posted_at published fecha_de_publicacion fecha_publicacion fecha_de_creacion
        fecha_creacion date fecha pubdate created calldate call_date sent_at creado publicado start time hora""",
    "published_time": "time hora hour",
    "author": """author screen_name user_screen_name username user_username user_name handle autor usuario user
        nombre_de_usuario cuenta from remitente author_name author_username name nombre account perfil""",
    "channel": """channel canal network red_social red platform plataforma medio source fuente origen media site
        sitio via""",
    "lang": "lang language idioma lengua tweet_lang",
    "text": """text full_text texto message mensaje body content contenido comment comentario tweet tweet_text post
        cuerpo review resena opinion queja descripcion description title titulo asunto subject""",
    "url": "url link permalink enlace liga vinculo tweet_url post_url permalink_url direccion_web",
    "is_repost": "is_repost is_retweet es_retweet es_repost es_reenvio retweet repost rt reenvio",
    "likes": """likes like_count favorite_count public_metrics_like_count me_gusta favorites favs favoritos
        reacciones reactions""",
    "reposts": """reposts repost_count retweet_count public_metrics_retweet_count retweets shares share_count
        compartidos reenvios""",
    "followers": """followers followers_count follower_count user_followers_count author_followers seguidores
        num_seguidores""",
}
_RANKS: Final = {field: {name: rank for rank, name in enumerate(names.split())} for field, names in _NAMES.items()}
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_LONG_TEXT: Final = 15


def plain_name(name: str) -> str:
    """A column's name without case, accents and signs: ``Fecha y hora`` is ``fecha_y_hora``."""
    letters = unicodedata.normalize("NFKD", name[:200].casefold())
    return _NOT_NAME.sub("_", "".join(char for char in letters if not unicodedata.combining(char))).strip("_")


def by_name(header: Sequence[str]) -> dict[str, str]:
    """Field to column for the columns whose names are known; a column is used once."""
    names = {column: plain_name(column) for column in header}
    found: dict[str, str] = {}
    for field in FIELDS:
        ranks = _RANKS[field]
        known = [column for column in header if names[column] in ranks and column not in found.values()]
        if known:
            found[field] = min(known, key=lambda column: ranks[names[column]])
    # An hour alone is no date: «hora» is the date's second half, or all there is.
    if "published_time" in found and plain_name(found.get("published_at", "")) not in ("date", "fecha"):
        del found["published_time"]
    return found


def by_content(
    header: Sequence[str], rows: Sequence[Sequence[str]], found: Mapping[str, str], dates: Dates
) -> dict[str, str]:
    """Add to ``found`` the date and the text where only their content tells which columns they are."""
    result = dict(found)
    for field, score in (("published_at", _date_score(dates)), ("text", _text_score)):
        if field in result:
            continue
        free = [(at, column) for at, column in enumerate(header) if column not in result.values()]
        scored = [
            (score([row[at] for row in rows if at < len(row) and row[at].strip()]), -at, column) for at, column in free
        ]
        best = max(scored, default=(0.0, 0, ""))
        if best[0] > 0:
            result[field] = best[2]
    return result


def unique_names(cells: Sequence[str]) -> tuple[str, ...]:
    """Names for all columns: empty ones get their number, repeated ones « (2)»."""
    seen: dict[str, int] = {}
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())[:200] or str(number)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)


def looks_like_header(first: Sequence[str], dates: Dates) -> bool:
    """Whether a first row holds names: some are known, or none of its cells is a date while it is all words."""
    if by_name(unique_names(first)):
        return True
    return all(cell.strip() and not _is_date(cell, dates) and len(cell) < 60 for cell in first)


def flat_names(objects: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names in JSON objects, in the order seen, inner ones as ``user.name``; lists are left out."""
    names: dict[str, None] = {}
    for row in objects:
        _flatten("", row, names, 3)
    return tuple(names)


def pick(row: Mapping[str, Any], name: str) -> Any:
    """The value at a flat name; ``None`` where there is none."""
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value


def _flatten(prefix: str, row: Mapping[str, Any], names: dict[str, None], depth: int) -> None:
    for key, value in row.items():
        if isinstance(value, Mapping) and depth > 1:
            _flatten(f"{prefix}{key}.", value, names, depth - 1)
        elif not isinstance(value, list) and len(names) < 200:
            names.setdefault(f"{prefix}{key}")


def _is_date(cell: str, dates: Dates) -> bool:
    try:
        return dates.read(cell).year >= 1990
    except ValueError:
        return False


def _date_score(dates: Dates) -> Any:
    def score(cells: Sequence[str]) -> float:
        share = sum(_is_date(cell, dates) for cell in cells) / max(len(cells), 1)
        return share if share >= 0.6 else 0.0

    return score


def _text_score(cells: Sequence[str]) -> float:
    mean = sum(map(len, cells)) / max(len(cells), 1)
    return mean if mean >= _LONG_TEXT else 0.0
