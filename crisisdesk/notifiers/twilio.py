"""What Twilio's SMS and voice have in common: signing in, numbers, and how it says no."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from crisisdesk.model.errors import PermanentError
from crisisdesk.notifiers.base import Outside, permits, setting
from crisisdesk.plain import clamp
from crisisdesk.web import Answer, json_of

_PATH: Final = "2010-04-01/Accounts"
_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSettings:
    """The account, its token, the number it calls from, and the prefix of numbers written without one (``+52``)."""

    account: str = setting(required=True)
    token: str = setting(secret=True, required=True)
    sender: str = setting(required=True)
    prefix: str = setting("+52")
    server: str = setting("https://api.twilio.com")
    inside: bool = setting(False)


def number(phone: str, prefix: str) -> str:
    """A phone number as the network wants it, ``+`` and digits; PermanentError when it cannot be told."""
    spoken = re.split(r"(?i)\s*(?:x|ext\.?)\s*\d+\s*$", phone.strip())[0]
    digits = re.sub(r"\D", "", spoken)
    whole = f"+{digits}" if spoken.startswith("+") else f"{prefix}{digits}"
    if not re.fullmatch(r"\+[1-9]\d{6,14}", whole):
        raise PermanentError("notice.number", number=clamp(phone, 40))
    return whole


async def post(own: TwilioSettings, outside: Outside, what: str, form: Mapping[str, str]) -> Mapping[str, Any]:
    """Post a form to the account's ``what``; Twilio's own reason where it refuses."""
    answer = await outside.web.post(
        f"{own.server}/{_PATH}/{_account(own)}/{what}.json",
        urlencode(form).encode(),
        headers={**_head(own), "Content-Type": "application/x-www-form-urlencoded"},
        also=frozenset({400, 404}),
        allow_private=permits(own.server, own.inside),
    )
    return _fields(answer)


async def status(own: TwilioSettings, outside: Outside, what: str, sid: str) -> Mapping[str, Any]:
    """What Twilio knows of one message or call."""
    if not re.fullmatch(r"[A-Z]{2}[0-9a-fA-F]{32}", sid):
        raise PermanentError("notice.refused", host="twilio", reason="sid")
    answer = await outside.web.get(
        f"{own.server}/{_PATH}/{_account(own)}/{what}/{sid}.json",
        headers=_head(own),
        allow_private=permits(own.server, own.inside),
    )
    return _fields(answer)


def _account(own: TwilioSettings) -> str:
    if not _ACCOUNT.fullmatch(own.account):
        raise PermanentError("notice.account")
    return own.account


def _head(own: TwilioSettings) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{own.account}:{own.token}".encode()).decode()}


def _fields(answer: Answer) -> Mapping[str, Any]:
    said = json_of(answer)
    fields: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    if answer.status >= 400:
        reason = clamp(f"{fields.get('code', answer.status)} {fields.get('message', '')}", 120)
        raise PermanentError("notice.refused", host=answer.host, reason=reason)
    return fields
