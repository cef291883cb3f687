"""Where a text for Bluesky holds links, hashtags and handles, by their places in UTF-8 bytes.

The server accepts wrong places silently, so they are counted here once for every text.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

_LINK = re.compile(r"https?://[^\s<>\"]{1,2000}[^\s<>\".,;:!?)\]]")
_HANDLE = re.compile(r"(?<![\w@])@([a-zA-Z0-9-]{1,63}(?:\.[a-zA-Z0-9-]{1,63}){1,5})")
_TAG = re.compile(r"(?<![\w#])#([^\W\d_][\w]{0,63})")
_FEATURE = "app.bsky.richtext.facet#"


async def facets_of(text: str, did_of: Callable[[str], Awaitable[str]]) -> list[dict[str, object]]:
    """The facets of ``text``; a handle behind which ``did_of`` finds nobody stays plain words."""
    facets: list[dict[str, object]] = []
    for found in _LINK.finditer(text):
        facets.append(_facet(text, found, {"$type": f"{_FEATURE}link", "uri": found[0]}))
    for found in _TAG.finditer(text):
        facets.append(_facet(text, found, {"$type": f"{_FEATURE}tag", "tag": found[1]}))
    for found in _HANDLE.finditer(text):
        if did := await did_of(found[1]):
            facets.append(_facet(text, found, {"$type": f"{_FEATURE}mention", "did": did}))
    return facets


def _facet(text: str, found: re.Match[str], feature: Mapping[str, str]) -> dict[str, object]:
    first, last = len(text[: found.start()].encode()), len(text[: found.end()].encode())
    return {"index": {"byteStart": first, "byteEnd": last}, "features": [dict(feature)]}
