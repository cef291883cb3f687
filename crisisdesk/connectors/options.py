"""A connector's settings as a form or a command line fills them in: texts in, typed ``Settings`` out, or one sentence.

Lists are written with commas. A secret is never among the texts: it is asked for by name.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Final
from urllib.parse import urlsplit

from crisisdesk.connectors.base import Listener, connectors
from crisisdesk.model.errors import InputError
from crisisdesk.model.source import Query
from crisisdesk.plain import one_line, safe_link

QUERY: Final = ("terms", "phrases", "handles", "hashtags", "exclude", "langs", "native")
"""Names of the query's parts."""
_YES: Final = frozenset({"1", "yes", "true", "on", "si", "sí"})
_NO: Final = frozenset({"0", "no", "false", "off", ""})
_OURS: Final = frozenset({"allow_private"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting of a connector.

    Attributes:
        name: the field's name, also its key in the texts.
        type: ``text``, ``yes_no``, ``number`` or ``list``.
        default: as a text; ``""`` where there is none.
        required: nothing works without it.
        secret: asked for from the keyring, never written down.
        choices: the values that it may have, or none.
    """

    name: str
    type: str
    default: str
    required: bool
    secret: bool
    choices: tuple[str, ...]


def connector_of(kind: str) -> Any:
    """The connector of ``kind``; raises ``InputError`` that names those there are."""
    found = connectors().get(kind)
    if found is None:
        raise InputError("sources.unknown_kind", kind=one_line(kind, 60), known=", ".join(sorted(connectors())))
    return found


def options_of(connector: Any) -> tuple[Option, ...]:
    """What a person fills in for ``connector``, in its order."""
    hints = typing.get_type_hints(connector.Settings)
    found = []
    for field in fields(connector.Settings):
        if field.name in _OURS:
            continue
        default = "" if field.default is MISSING else _written(field.default)
        found.append(
            Option(
                name=field.name,
                type=_type(hints[field.name]),
                default=default,
                required=bool(field.metadata.get("required")),
                secret=bool(field.metadata.get("secret")),
                choices=tuple(field.metadata.get("choices") or ()),
            )
        )
    return tuple(found)


def settings_of(
    connector: Any,
    texts: Mapping[str, str],
    secret: Callable[[str], str | None],
    *,
    permits: frozenset[str] = frozenset(),
    lacking_secrets: bool = False,
) -> Any:
    """The connector's ``Settings``.

    Args:
        connector: its class.
        texts: what the person wrote, by option.
        secret: gives the secret of an option, or ``None``.
        permits: ``host:port`` of servers inside this network that the person allowed.
        lacking_secrets: required secrets may be missing (to know the account, or to show a form).

    Raises:
        InputError: an unknown option, a secret among the texts, a value of the wrong kind, a required one missing.
    """
    options = {option.name: option for option in options_of(connector)}
    for name in texts:
        if name not in options and name not in QUERY:
            known = ", ".join([*options, *QUERY])
            raise InputError("sources.unknown_setting", kind=connector.kind, name=one_line(name, 60), known=known)
        if name in options and options[name].secret:
            raise InputError("sources.secret_written", kind=connector.kind, name=name)
    values: dict[str, Any] = {}
    for name, option in options.items():
        text = (secret(name) or "") if option.secret else texts.get(name, option.default).strip()
        if option.required and not text and not (option.secret and lacking_secrets):
            key = "sources.secret_missing" if option.secret else "sources.missing"
            raise InputError(key, kind=connector.kind, field=name)
        if option.choices and text not in option.choices:
            raise InputError("sources.choice", name=name, value=one_line(text, 60), known=", ".join(option.choices))
        if name.endswith(("_url", "address")) and text and not safe_link(text):
            raise InputError("feed.address", address=one_line(text, 200))
        values[name] = _typed(option, text)
    if any(field.name == "allow_private" for field in fields(connector.Settings)):
        values["allow_private"] = permits
    return connector.Settings(**values)


def query_of(texts: Mapping[str, str]) -> Query:
    """The query among the texts."""
    parts = {name: _list(texts.get(name, "")) for name in QUERY if name != "native"}
    return Query(**parts, native=texts.get("native", "").strip())


def places(texts: Mapping[str, str]) -> frozenset[str]:
    """``host:port`` of every address among the texts: what a person wrote down by hand is what they allow."""
    found = set()
    for name, text in texts.items():
        if name.endswith(("_url", "address")) and safe_link(text):
            parts = urlsplit(text.strip())
            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 443)
            found.add(f"{parts.hostname}:{port}")
    return frozenset(found)


def secret_name(connector: Any, texts: Mapping[str, str], name: str) -> str:
    """Under which name the keyring keeps the secret of an option of this source."""
    settings = settings_of(connector, texts, lambda _: None, lacking_secrets=True)
    return f"source:{connector.kind}:{build(connector, settings, Query()).account}:{name}"


def build(connector: Any, settings: Any, query: Query) -> Listener:
    """The connector itself; raises ``WebError`` where its settings contradict each other."""
    listener: Listener = connector(settings, query)
    return listener


def _type(hint: Any) -> str:
    if hint is bool:
        return "yes_no"
    if hint is int:
        return "number"
    return "list" if typing.get_origin(hint) is tuple or isinstance(hint, types.GenericAlias) else "text"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part for raw in text.split(",") if (part := raw.strip()))


def _typed(option: Option, text: str) -> Any:
    if option.type == "yes_no":
        if text.lower() not in _YES | _NO:
            raise InputError("sources.yes_no", name=option.name, value=one_line(text, 60))
        return text.lower() in _YES
    if option.type == "number":
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise InputError("sources.number", name=option.name, value=one_line(text, 60))
        return int(text)
    return _list(text) if option.type == "list" else text
