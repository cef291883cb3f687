"""Google Play: reviews with text of one app, and the developer's answer to each.

Reviews that were written or changed in the last seven days, newest change first; a change keeps the id, so the version
is the time of the change. A service account's key signs a short-lived token; it stays in the keyring.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote, urlencode

from crisisdesk.connectors.base import option
from crisisdesk.connectors.fields import Reading, at, instant, joined, objects, rows, whole, words
from crisisdesk.connectors.sending import body_of, send, taken
from crisisdesk.connectors.walk import Told, Walk, Walker
from crisisdesk.model.errors import AuthError
from crisisdesk.model.mention import Mention
from crisisdesk.model.source import Limits, Query, Receipt, ReplyPlan

if TYPE_CHECKING:
    from crisisdesk.web import Web

SCOPE: Final = "https://www.googleapis.com/auth/androidpublisher"
_LIFE: Final = timedelta(minutes=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class GooglePlaySettings:
    """The app's package name and the service account's key file (its whole JSON)."""

    package: str = option(required=True)
    key: str = option(secret=True, required=True)
    base_url: str = option("https://androidpublisher.googleapis.com", required=True)
    sign_in_url: str = option("https://oauth2.googleapis.com/token", required=True)
    allow_private: frozenset[str] = frozenset()


class GooglePlay(Walker):
    """One app's reviews."""

    kind: ClassVar[str] = "googleplay"
    Settings: ClassVar[type[Any]] = GooglePlaySettings
    limits: ClassVar[Limits] = Limits(reply_max=350, pace=300.0, lookback=7 * 86_400.0)
    overlap: ClassVar[timedelta] = timedelta(hours=1)

    def __init__(self, settings: GooglePlaySettings, query: Query = Query()) -> None:
        self._settings = settings
        self._token = ""
        self._until: datetime | None = None

    @property
    def account(self) -> str:
        """The app's package."""
        return self._settings.package

    def _place(self, path: str = "") -> str:
        package = quote(self._settings.package, safe="")
        base = self._settings.base_url.rstrip("/")
        return f"{base}/androidpublisher/v3/applications/{package}/reviews{path}"

    async def _headers(self, web: Web, now: datetime) -> dict[str, str]:
        if not self._token or self._until is None or now >= self._until:
            claim = signed(self._settings.key, self._settings.sign_in_url, now)
            form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": claim}
            answer = await web.post(
                self._settings.sign_in_url,
                urlencode(form).encode(),
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                allow_private=self._settings.allow_private,
            )
            self._token = words(body_of(answer), "access_token")
            if not self._token:
                raise AuthError("web.sign_in", host=answer.host)
            self._until = now + _LIFE
        return {"Authorization": f"Bearer {self._token}"}

    async def ask(self, web: Web, here: Walk, now: datetime) -> Told:
        """A page of reviews."""
        answer = await web.get(
            self._place(),
            headers=await self._headers(web, now),
            params={"maxResults": "100", **({"token": here.token} if here.token else {})},
            allow_private=self._settings.allow_private,
        )
        return parse(body_of(answer), self.account, now)

    async def plan(self, web: Web, target: Mention, text: str, key: str) -> ReplyPlan:
        """The answer under the review; a second one replaces the first, so it cannot be doubled."""
        return ReplyPlan(
            target=target.native_id,
            text=text,
            length_max=self.limits.reply_max,
            payload={"replyText": text},
            key=key,
        )

    async def publish(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt:
        """Send it."""
        answer = await send(
            web,
            self._place(f"/{quote(plan.target, safe='')}:reply"),
            plan.payload,
            headers=await self._headers(web, now),
            allow_private=self._settings.allow_private,
        )
        edited = instant(taken(answer, "result"), "result", "lastEdited", "seconds")
        return Receipt(plan.target, "", edited or now)

    async def confirm(self, web: Web, plan: ReplyPlan, now: datetime) -> Receipt | None:
        """Whether the review holds our answer."""
        answer = await web.get(
            self._place(f"/{quote(plan.target, safe='')}"),
            headers=await self._headers(web, now),
            allow_private=self._settings.allow_private,
        )
        for comment in objects(rows(body_of(answer), "comments")):
            if words(comment, "developerComment", "text").split() == plan.text.split():
                edited = instant(comment, "developerComment", "lastModified", "seconds")
                return Receipt(plan.target, "", edited or now)
        return None


def parse(value: Any, account: str, now: datetime) -> Told:
    """The mentions of a page of reviews; stars stand in front of the words."""
    reading, indexed = Reading(GooglePlay.kind, account, now), list[datetime]()
    for review in objects(rows(value, "reviews")):
        said = next((c["userComment"] for c in objects(rows(review, "comments")) if at(c, "userComment")), None)
        changed = instant(said, "lastModified", "seconds")
        if changed is not None:
            indexed.append(changed)
        stars = whole(said, "starRating")
        title, _, body = words(said, "text").partition("\t")
        native_id = words(review, "reviewId")
        reading.add(
            native_id,
            changed,
            joined("★" * min(max(stars, 0), 5) if stars else "", title.strip(), body.strip()),
            author=words(review, "authorName"),
            channel="Google Play",
            lang=words(said, "reviewerLanguage"),
            likes=whole(said, "thumbsUpCount"),
            version=words(said, "lastModified", "seconds"),
            url=f"https://play.google.com/store/apps/details?id={quote(account, safe='')}"
            f"&reviewId={quote(native_id, safe='')}",
        )
    return Told(reading=reading, indexed=indexed, token=words(value, "tokenPagination", "nextPageToken"))


def signed(key: str, audience: str, now: datetime) -> str:
    """A claim signed with the service account's key; raises ``AuthError`` where the key is none."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    try:
        account = json.loads(key)
        private = serialization.load_pem_private_key(words(account, "private_key").encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise AuthError("sources.bad_key", kind=GooglePlay.kind) from None
    if not isinstance(private, rsa.RSAPrivateKey):
        raise AuthError("sources.bad_key", kind=GooglePlay.kind)
    start = int(now.timestamp())
    claims = {
        "iss": words(account, "client_email"),
        "scope": SCOPE,
        "aud": audience,
        "iat": start,
        "exp": start + 3600,
    }
    head = f"{_packed({'alg': 'RS256', 'typ': 'JWT'})}.{_packed(claims)}"
    mark = private.sign(head.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{head}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def _packed(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


CONNECTOR = GooglePlay
