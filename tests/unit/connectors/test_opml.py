"""Lists of feeds as readers write them, and as attackers do."""

from __future__ import annotations

import pytest

from crisisdesk.connectors.opml import LARGEST, read
from crisisdesk.model.errors import InputError
from crisisdesk.texts import LANGUAGES, Texts

HEAD = '<?xml version="1.0"?><opml version="2.0"><head><title>t</title></head><body>'
TAIL = "</body></opml>"


def opml(*outlines: str) -> bytes:
    return (HEAD + "".join(outlines) + TAIL).encode()


def test_feeds_of_all_folders_each_once() -> None:
    found = read(
        opml(
            '<outline text="Prensa"><outline title="El Diario" xmlUrl="https://a.test/rss"/>',
            '<outline text="Foro" xmlURL="feed://b.test/feed"/></outline>',
            '<outline text="Otra vez" xmlUrl="https://a.test/rss"/><outline text="sin dirección"/>',
            '<outline text="mala" xmlUrl="javascript:alert(1)"/><outline xmlUrl="file:///etc/passwd"/>',
        ),
        "lista.opml",
    )
    assert [(f.title, f.address) for f in found.feeds] == [
        ("El Diario", "https://a.test/rss"),
        ("Foro", "http://b.test/feed"),
    ]
    assert found.refused == ("javascript:alert(1)", "file:///etc/passwd")


def test_two_hundred_feeds() -> None:
    body = opml(*(f'<outline text="n {n}" xmlUrl="https://f{n}.test/rss"/>' for n in range(200)))
    assert len(read(body, "l").feeds) == 200


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"", "sources.opml_broken"),
        (b"hola", "sources.opml_broken"),
        (HEAD.encode(), "sources.opml_broken"),
        (b"<rss/>", "sources.opml_other"),
        (opml(), "sources.opml_empty"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><opml/>', "sources.opml_doctype"),
        ('<!DOCTYPE x><opml/>'.encode("utf-16"), "sources.opml_doctype"),
        (b" " * (LARGEST + 1), "sources.opml_large"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "sources.opml_broken"),
        (b"<a>" * 100_000, "sources.opml_broken"),
    ],
)
def test_what_is_no_list_gets_one_sentence(body: bytes, key: str) -> None:
    with pytest.raises(InputError) as caught:
        read(body, "lista.opml")
    assert caught.value.key == key
    for lang in LANGUAGES:
        sentence = Texts(lang).error(caught.value)
        assert "{" not in sentence and not sentence.startswith("errors.")
