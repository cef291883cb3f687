"""Writing to a service once, and reading what it says of a request that it refused.

What is surely refused, and what nobody knows, are different errors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crisisdesk.model.errors import AmbiguousError, PermanentError, RefusedError, TransientError

if TYPE_CHECKING:
    from crisisdesk.web import Answer, Web


async def send(
    web: Web,
    url: str,
    payload: Mapping[str, Any] | bytes,
    *,
    headers: Mapping[str, str],
    method: str = "POST",
    also: frozenset[int] = frozenset(),
    allow_private: frozenset[str] = frozenset(),
) -> Answer:
    """Send ``payload`` (a mapping as JSON) once.

    Raises:
        AmbiguousError: it may or may not have been carried out: a time-out, a broken or endless answer, a server error.
        WebError: it was not.
    """
    from crisisdesk.web import UNANSWERED

    body = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
    kind = {} if isinstance(payload, bytes) else {"Content-Type": "application/json"}
    try:
        return await web.post(
            url, body, method=method, headers={**kind, **headers}, also=also, allow_private=allow_private
        )
    except (TransientError, RefusedError) as error:
        if error.key in UNANSWERED or error.key in ("web.server", "web.too_large"):
            raise AmbiguousError(error.key, **error.fields) from None
        raise


def body_of(answer: Answer, now: datetime | None = None) -> Any:
    """The answer's JSON; a refusal that does not say in JSON what was wrong is raised by its status alone."""
    from crisisdesk.web import json_of
    from crisisdesk.wire import refusal

    try:
        return json_of(answer)
    except PermanentError:
        if answer.status >= 400:
            raise refusal(answer.status, answer.headers, answer.host, now or datetime.now(UTC)) from None
        raise


def taken(answer: Answer, *names: str) -> Any:
    """The JSON of a request that was taken, in which one of the fields ``names`` tells what became of it.

    Raises:
        AmbiguousError: the service said yes and nothing that can be read: what was sent may be out.
        WebError: the service refused.
    """
    try:
        value = body_of(answer)
    except PermanentError as error:
        if answer.status >= 400:
            raise
        raise AmbiguousError(error.key, **error.fields) from None
    if answer.status < 400 and not (isinstance(value, dict) and any(map(value.get, names))):
        raise AmbiguousError("web.unexpected", host=answer.host)
    return value
