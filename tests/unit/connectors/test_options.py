"""Settings of sources from texts: typed, complete, without a secret in them."""

from __future__ import annotations

import pytest

from crisisdesk.connectors.base import connectors
from crisisdesk.connectors.feed import Feed
from crisisdesk.connectors.helpdesk import Helpdesk
from crisisdesk.connectors.jsonhttp import JsonHttp
from crisisdesk.connectors.options import (
    connector_of,
    options_of,
    places,
    query_of,
    secret_name,
    settings_of,
)
from crisisdesk.connectors.reddit import Reddit
from crisisdesk.connectors.x import X
from crisisdesk.model.errors import InputError
from crisisdesk.texts import LANGUAGES, Texts


def refused(key: str, connector: object, texts: dict[str, str], secret: str | None = "s") -> None:
    with pytest.raises(InputError) as caught:
        settings_of(connector, texts, lambda _: secret)
    assert caught.value.key == key
    for lang in LANGUAGES:
        sentence = Texts(lang).error(caught.value)
        assert "{" not in sentence and not sentence.startswith("errors.")


def test_a_source_that_there_is_not() -> None:
    with pytest.raises(InputError) as caught:
        connector_of("telex")
    assert "bluesky" in str(caught.value.fields["known"])


def test_what_is_wrong_is_told() -> None:
    refused("sources.unknown_setting", X, {"handle": "m", "handel": "m"})
    refused("sources.secret_written", X, {"handle": "m", "token": "abc"})
    refused("sources.secret_missing", X, {"handle": "m"}, secret=None)
    refused("sources.missing", X, {})
    refused("sources.choice", Helpdesk, {"dialect": "otro", "base_url": "https://h.test"})
    refused("sources.yes_no", JsonHttp, {"address": "https://h.test/a", "html": "quizás"})
    refused("sources.number", JsonHttp, {"address": "https://h.test/a", "pages": "-1"})
    refused("feed.address", Feed, {"address": "file:///etc/passwd"})
    refused("feed.address", X, {"handle": "m", "base_url": "ftp://h.test"})


def test_values_are_typed() -> None:
    texts = {"address": "https://h.test/a", "html": "Sí", "pages": "3", "items": "data.items"}
    settings = settings_of(JsonHttp, texts, lambda _: "t", permits=frozenset({"h.test:443"}))
    assert (settings.html, settings.pages, settings.token, settings.only_matching) == (True, 3, "t", False)
    assert settings.allow_private == frozenset({"h.test:443"})
    reddit = settings_of(Reddit, {"client_id": "c", "username": "m", "subreddits": "mexico, spain,"}, lambda _: "s")
    assert reddit.subreddits == ("mexico", "spain")


def test_the_query() -> None:
    query = query_of({"terms": "marca, sin luz ,", "langs": "es", "native": " a OR b "})
    assert (query.terms, query.langs, query.native, bool(query)) == (("marca", "sin luz"), ("es",), "a OR b", True)
    assert not query_of({})


def test_only_written_addresses_may_lie_inside() -> None:
    assert places({"address": "http://10.0.0.7/feed", "label": "http://10.0.0.8/"}) == frozenset({"10.0.0.7:80"})
    assert places({"base_url": "https://[::1]:8443", "address": "gopher://x"}) == frozenset({"::1:8443"})


def test_a_secret_has_its_own_name_for_each_account() -> None:
    one = secret_name(X, {"handle": "marca"}, "token")
    assert one == "source:x:marca:token" != secret_name(X, {"handle": "otra"}, "token")


@pytest.mark.parametrize("kind", sorted(connectors()))
def test_every_option_of_every_source_can_be_shown(kind: str) -> None:
    """Each has a name and a help sentence in both languages, and its default is a value that it takes."""
    options = options_of(connector_of(kind))
    assert options
    for lang in LANGUAGES:
        texts = Texts(lang)
        assert not texts(f"sources.kind.{kind}").startswith("sources.")
        for option in options:
            assert not texts(f"sources.option.{option.name}").startswith("sources."), option.name


def test_no_secret_has_a_default() -> None:
    assert not any(o.default for kind in connectors().values() for o in options_of(kind) if o.secret)
