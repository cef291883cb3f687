"""Bluesky against a real personal data server on loopback: ``packaging/dev.py test --servers`` (docs/connectors.md).

It is alone, without the service that searches and notifies: what those answer stands in the recorded answers.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import ssl
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from crisisdesk.connectors.bluesky import Bluesky, BlueskySettings, record_key
from crisisdesk.model.errors import AuthError, PermanentError, RateLimitedError, TransientError
from crisisdesk.model.mention import Mention
from crisisdesk.model.source import Query
from crisisdesk.web import Web
from tests.fakes.mailbox import free_port
from tests.fakes.servers import Server

Result = TypeVar("Result")
POST = "app.bsky.feed.post"
CONTEXT = ssl.create_default_context()
START = Path(__file__).parent / "pds" / "start.cjs"


class Pds(Server):
    """The server that ``packaging/dev.py test --servers`` has installed, with its own directory of identities."""

    def __enter__(self) -> Pds:
        node = shutil.which("node")
        assert node is not None, "needs node"
        installed = Path(os.environ["CRISISDESK_SERVERS"])
        shutil.copyfile(START, installed / START.name)
        ports = {"PDS_PORT": str(self.port), "PLC_PORT": str(free_port())}
        env = {**os.environ, **ports, "PDS_FOLDER": str(self.folder), "LOG_ENABLED": "0"}
        self.run(node, str(installed / START.name), env=env)
        return self

    def call(self, method: str, payload: dict[str, Any], token: str = "") -> Any:
        """What a client of its own would send."""
        head = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx.post(self.url(f"/xrpc/{method}"), json=payload, headers=head, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def ask(self, method: str, **params: str) -> Any:
        """What anybody may read."""
        return httpx.get(self.url(f"/xrpc/{method}"), params=params, timeout=30).raise_for_status().json()


@dataclass(frozen=True)
class Somebody:
    """An account of the server."""

    handle: str
    did: str
    token: str
    password: str

    @classmethod
    def join(cls, pds: Pds, name: str) -> Somebody:
        """A new account with an app password."""
        login = {"handle": f"{name}.test", "email": f"{name}@marca.test", "password": "larga-y-secreta"}
        made = pds.call("com.atproto.server.createAccount", login)
        app = pds.call("com.atproto.server.createAppPassword", {"name": "consola"}, made["accessJwt"])
        return cls(made["handle"], made["did"], made["accessJwt"], app["password"])

    def says(self, pds: Pds, text: str) -> Mention:
        """A post of theirs, as the connector would tell it."""
        record = {"$type": POST, "text": text, "createdAt": "2026-11-22T12:00:00Z"}
        asked = {"repo": self.did, "collection": POST, "record": record}
        made = pds.call("com.atproto.repo.createRecord", asked, self.token)
        own = {"uri": made["uri"], "cid": made["cid"]}
        return Mention(
            source="bluesky", account="marca.test", native_id=made["uri"], text=text, author=self.handle,
            author_id=self.did, published_at=now(), fetched_at=now(), lang="es",
            reference=json.dumps({"root": own, "parent": own}),
        )  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


def run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


def web() -> Web:
    return Web(now=now, context=CONTEXT)


@pytest.fixture(scope="module")
def pds() -> Iterator[Pds]:
    with Pds() as server:
        yield server


@pytest.fixture(scope="module")
def brand(pds: Pds) -> Somebody:
    return Somebody.join(pds, "marca")


@pytest.fixture(scope="module")
def customer(pds: Pds) -> Somebody:
    return Somebody.join(pds, "clienta")


def connector(pds: Pds, handle: str, password: str, query: Query = Query()) -> Bluesky:
    settings = BlueskySettings(
        handle=handle, password=password, base_url=pds.url(), allow_private=frozenset({pds.place})
    )
    return Bluesky(settings, query)


def posts(pds: Pds, who: Somebody) -> list[Any]:
    return list(pds.ask("com.atproto.repo.listRecords", repo=who.did, collection=POST, limit="100")["records"])


def test_a_wrong_password_is_said_and_nothing_moves(pds: Pds, brand: Somebody) -> None:
    with pytest.raises(AuthError):
        run(connector(pds, brand.handle, "otra").poll(web(), "", now()))


def test_without_the_service_that_searches_it_is_asked_again_later(pds: Pds, brand: Somebody) -> None:
    with pytest.raises(TransientError):
        run(connector(pds, brand.handle, brand.password, Query(terms=("marca",))).poll(web(), "", now()))


def test_an_answer_sent_twice_is_one_post_below_the_right_one(pds: Pds, brand: Somebody, customer: Somebody) -> None:
    target = customer.says(pds, "¿Cuándo vuelve el servicio?")
    ours = connector(pds, brand.handle, brand.password)
    plan = run(ours.plan(web(), target, "Próxima noticia a las 10:30.", "una-clave"))
    assert run(ours.confirm(web(), plan, now())) is None
    first, second = run(ours.publish(web(), plan, now())), run(ours.publish(web(), plan, now()))
    assert first.native_id == second.native_id
    held = posts(pds, brand)
    assert [post["value"]["text"] for post in held] == ["Próxima noticia a las 10:30."]
    assert held[0]["value"]["reply"]["parent"]["uri"] == target.native_id
    assert held[0]["uri"].rsplit("/", 1)[1] == record_key("una-clave")
    # Another console that knows the plan only from its data file finds it there.
    found = run(connector(pds, brand.handle, brand.password).confirm(web(), plan, now()))
    assert found is not None and found.native_id == first.native_id


def test_a_post_of_our_own_sent_twice_is_one_below_nothing(pds: Pds, brand: Somebody) -> None:
    ours = connector(pds, brand.handle, brand.password)
    plan = run(ours.plan_post(web(), "Hay fallas desde las 07:00. https://marca.test/estado", "es", "propia"))
    assert run(ours.confirm(web(), plan, now())) is None
    first, second = run(ours.publish(web(), plan, now())), run(ours.publish(web(), plan, now()))
    assert first.native_id == second.native_id
    (held,) = [post["value"] for post in posts(pds, brand) if post["value"]["text"] == plan.text]
    assert "reply" not in held and held["langs"] == ["es"]
    found = run(connector(pds, brand.handle, brand.password).confirm(web(), plan, now()))
    assert found is not None and found.native_id == first.native_id


def test_what_was_deleted_is_not_confirmed(pds: Pds, brand: Somebody, customer: Somebody) -> None:
    ours = connector(pds, brand.handle, brand.password)
    plan = run(ours.plan(web(), customer.says(pds, "hola"), "Se borrará.", "otra-clave"))
    run(ours.publish(web(), plan, now()))
    asked = {"repo": brand.did, "collection": POST, "rkey": record_key("otra-clave")}
    pds.call("com.atproto.repo.deleteRecord", asked, brand.token)
    assert run(ours.confirm(web(), plan, now())) is None


def test_links_tags_and_people_are_where_their_bytes_are(pds: Pds, brand: Somebody, customer: Somebody) -> None:
    text = f"Señal 📡: @{customer.handle} mira https://marca.test/estado #caída @nadie.test"
    ours = connector(pds, brand.handle, brand.password)
    plan = run(ours.plan(web(), customer.says(pds, "hola"), text, "facetas"))
    run(ours.publish(web(), plan, now()))
    held = next(post["value"] for post in posts(pds, brand) if post["value"]["text"] == text)
    said = {
        held["text"].encode()[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode(): f["features"][0]
        for f in held["facets"]
    }
    assert set(said) == {f"@{customer.handle}", "https://marca.test/estado", "#caída"}
    assert said[f"@{customer.handle}"]["did"] == customer.did


@pytest.mark.parametrize("text", ["x" * 301, "👨‍👩‍👧‍👦" * 121], ids=["301 letters", "3,025 bytes"])
def test_what_is_too_long_is_refused_and_not_there(pds: Pds, brand: Somebody, customer: Somebody, text: str) -> None:
    ours = connector(pds, brand.handle, brand.password)
    plan = run(ours.plan(web(), customer.says(pds, "hola"), text, f"largo {len(text)}"))
    with pytest.raises(PermanentError):
        run(ours.publish(web(), plan, now()))
    assert text not in [post["value"]["text"] for post in posts(pds, brand)]


def test_the_longest_that_the_limits_allow_is_taken(pds: Pds, brand: Somebody, customer: Somebody) -> None:
    ours = connector(pds, brand.handle, brand.password)
    assert ours.limits.reply_max is not None
    text = "ñ" * ours.limits.reply_max
    run(ours.publish(web(), run(ours.plan(web(), customer.says(pds, "hola"), text, "justo")), now()))
    assert text in [post["value"]["text"] for post in posts(pds, brand)]


def test_a_spoilt_session_is_opened_again_by_itself(pds: Pds, brand: Somebody, customer: Somebody) -> None:
    ours = connector(pds, brand.handle, brand.password)
    plan = run(ours.plan(web(), customer.says(pds, "hola"), "Tras la sesión.", "sesion"))
    ours._access, ours.did = "no es una llave", brand.did
    run(ours.publish(web(), plan, now()))
    assert "Tras la sesión." in [post["value"]["text"] for post in posts(pds, brand)]


def test_too_many_tries_say_when_to_come_back(pds: Pds) -> None:
    began = now()
    for _ in range(40):
        try:
            run(connector(pds, "terca.test", "otra").poll(web(), "", now()))
        except AuthError:
            continue
        except RateLimitedError as limited:
            assert limited.retry_at is not None and 0 < (limited.retry_at - began).total_seconds() <= 301
            return
    pytest.fail("forty wrong passwords and no limit")
