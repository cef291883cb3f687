"""A mail is read whatever was written into it: nothing raises, and nothing takes longer than its length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.letters import TEXT_LIMIT, own_words, read

_HEADERS = (
    "From To Subject Date Message-ID In-Reply-To References Content-Type Content-Disposition Content-Transfer-Encoding "
    "Auto-Submitted List-Id MIME-Version"
).split()
_VALUES = (
    *("=?utf-8?b?AAAAA?=", "=?x?q?=FF?=", "=?utf-8?b?a", 'multipart/mixed; boundary="x"', "text/html; charset=utf-8"),
    *(
        "text/plain; charset*0*=%FF''x",
        "text/plain;charset*=''",
        'text/plain; charset="\0"',
        "text/plain; charset=idna",
    ),
    *("text/plain; charset=punycode", "text/plain; charset=hex", "text/plain; charset*1=a; charset*0=b", "base64"),
    *(
        "uuencode",
        "quoted-printable",
        "Mon, 99 Xxx 99999 99:99 +9999",
        "<a@b>",
        '"',
        "(",
        ")",
        "a <b@c>",
        ";",
        "=",
        "é",
    ),
    *("message/rfc822", "multipart/report; report-type=delivery-status", "attachment; filename*0*=x", "\ud83d"),
)
_LINES = (
    "--x",
    "--x--",
    "",
    "hola",
    "=F",
    "<p>",
    "<!--",
    "&#xFFFFFFFF;",
    "begin 644 x",
    "M",
    "end",
    "AAAAA",
    "ÿ",
    "> x",
)


@given(
    st.lists(
        st.tuples(st.sampled_from(_HEADERS), st.lists(st.sampled_from(_VALUES), min_size=1, max_size=2)), max_size=6
    ),
    st.lists(st.sampled_from(_LINES), max_size=8),
)
def test_no_mail_raises(headers: list[tuple[str, list[str]]], body: list[str]) -> None:
    head = [f"{name}: {''.join(values)}" for name, values in headers]
    assert len(read("\n".join([*head, "", *body]).encode("utf-8", "surrogatepass")).text) <= TEXT_LIMIT


@pytest.mark.parametrize(
    "headers",
    [
        "Subject: =?utf-8?b?AAAAA?=",
        "From: " + "(" * 20_000,
        "Content-Type: text/plain; charset=idna",
        "Content-Type: text/plain; charset=punycode",
        "Content-Type: text/plain;charset*=''",
        'Content-Type: text/plain; charset="\0"',
    ],
)
def test_the_words_of_a_broken_mail_are_read(headers: str) -> None:
    assert (
        read(f"{headers}\nDate: Mon, 30 Nov 2026 10:00:00 +0000\n\nse fue la luz ñ".encode()).text == "se fue la luz ñ"
    )


@pytest.mark.parametrize("begin", ["<!--", "<script>", "<style x"])
def test_markup_that_never_ends_is_passed_over_once(begin: str) -> None:
    page = f"<p>Hola</p>{begin * 40_000}"
    assert read(f"Content-Type: text/html; charset=utf-8\n\n{page}".encode()).text == "Hola"


def test_a_page_is_read_as_its_reader_sees_it() -> None:
    page = (
        "<style>p {color: red}</style><div>Sin agua<br>desde las 7</div><!-- x --><p>3 &lt; 4 &amp; más</p>"
        "<div>El lunes, Ana escribió:</div><blockquote>antes</blockquote>"
    )
    assert (
        read(f"Content-Type: text/html; charset=utf-8\n\n{page}".encode()).text == "Sin agua\ndesde las 7\n3 < 4 & más"
    )


@pytest.mark.parametrize(
    "said",
    [
        "El lun, 30 nov 2026 a las 10:00, Ana López (<ana@marca.example>)\nescribió:",
        "On Mon, Nov 30, 2026 at 10:00 AM Ana López <ana@marca.example>\nwrote:",
        "El lun, 30 nov 2026, Ana escribió:",
        "-----Mensaje original-----",
    ],
)
def test_what_is_quoted_below_is_not_the_senders_own(said: str) -> None:
    assert own_words(f"Sigo sin luz.\nEl 3 de mayo escribí:\nnada.\n\n{said}\n\n> antes\n") == (
        "Sigo sin luz.\nEl 3 de mayo escribí:\nnada."
    )


def test_ordinary_lines_that_begin_like_a_quotation_stay() -> None:
    text = "El 3 de mayo llamé dos veces\ny nadie atendió.\nEl jefe me dijo: espere\nOn 3 May I called\nand he said no"
    assert own_words(text) == text
