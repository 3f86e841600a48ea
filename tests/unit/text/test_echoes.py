"""No four characters in a row of a random secret show, however a service spells its echo, and wherever it cuts it."""

from __future__ import annotations

import base64
import html
import json
import string
from typing import Callable, Dict, Set
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from prime_notify.text.ordinary_words import is_ordinary
from prime_notify.text.redaction import Redactor
from prime_notify.text.spellings import views
from tests.support.examples import examples

ROW = 4
SECRET = "kX9/mQ&7zT+Wv2%Lp<R8"
BEFORE = "The token "
AFTER = " was refused by the server, check the permission of the user"
SYMBOLS = "-_.~+/=&<>\"'\\%:@!? "
TOKENS = st.text(string.ascii_letters + string.digits, min_size=8, max_size=40)
SECRETS = TOKENS | st.text(string.ascii_letters + string.digits + SYMBOLS + "üß密", min_size=8, max_size=40)


def all_bytes(mark: str) -> Callable[[str], str]:
    return lambda text: "".join(f"{mark}{byte:02x}" for byte in text.encode())


SPELLINGS: Dict[str, Callable[[str], str]] = {
    "as it is": str,
    "PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "Go": lambda text: json.dumps(text)[1:-1].translate({38: "\\u0026", 60: "\\u003c", 62: "\\u003E"}),
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[3:-3],
    "JSON, all escaped": lambda text: "".join(
        f"\\u{unit:04x}" for unit in memoryview(text.encode("utf-16-le")).cast("H")
    ),
    "upper case": str.upper,
    "lower case": str.lower,
    "HTML": html.escape,
    "HTML in HTML": lambda text: html.escape(html.escape(text)),
    "HTML, numbers": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "HTML, hexadecimal": lambda text: "".join(f"&#x{ord(char):X};" for char in text),
    "percent": lambda text: quote(text, safe=""),
    "percent, lower case": lambda text: quote(text, safe="").lower(),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent thrice": lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
    "percent, all": all_bytes("%"),
    "form": quote_plus,
    "form in JSON": lambda text: json.dumps(quote_plus(text)),
    "percent in HTML": lambda text: html.escape(quote(text)),
    "Python": lambda text: repr(text)[1:-1],
    "bytes of Python": lambda text: repr(text.encode())[2:-1],
    "escaped bytes": all_bytes("\\x"),
    "spaces inside": " ".join,
    "lines of four": lambda text: "\n".join(text[at : at + 4] for at in range(0, len(text), 4)),
    "lines of four in JSON": lambda text: json.dumps("\r\n".join(text[at : at + 4] for at in range(0, len(text), 4))),
    "zero-width spaces": "\u200b".join,
}
CUTS: Dict[str, Callable[[str, int], str]] = {
    "whole": lambda echo, at: BEFORE + echo + AFTER,
    "torn off": lambda echo, at: BEFORE + echo[:at],
    "an ellipsis": lambda echo, at: f"{BEFORE}{echo[:at]}…{AFTER}",
    "three dots": lambda echo, at: f"{BEFORE}{echo[:at]}...{AFTER}",
    "three dots in brackets": lambda echo, at: f"{BEFORE}{echo[:at]}[...]{AFTER}",
    "in quotes": lambda echo, at: f'{BEFORE}"{echo[:at]}"{AFTER}',
    "at the end of a line": lambda echo, at: f"{BEFORE}{echo[:at]}\n{AFTER}",
    "only its end": lambda echo, at: f"…{echo[at:]}{AFTER}",
    "without its beginning": lambda echo, at: f"{echo[at:]}{AFTER}",
    "only its middle": lambda echo, at: f"…{echo[at // 2 : at]}…{AFTER}",
}


def rows(text: str) -> Set[str]:
    """Every four characters in a row, in every spelling."""
    found = [view.chars for view, _ in views(text)]
    return {chars[at : at + ROW] for chars in found for at in range(len(chars) - ROW + 1)}


@given(
    secret=SECRETS.map(str.strip), spelling=st.sampled_from(sorted(SPELLINGS)), cut=st.sampled_from(sorted(CUTS)),
    where=st.floats(0, 1),
)  # fmt: skip
@examples(1500)
@example("00::密0123:<", "percent thrice", "only its middle", 0.75)
def test_an_echo_does_not_show_a_secret(secret: str, spelling: str, cut: str, where: float) -> None:
    assume(looks_like_a_key(secret))
    echo = SPELLINGS[spelling](secret)
    redacted = Redactor([secret])(CUTS[cut](echo, round(where * len(echo))))
    if cut == "whole":
        assert "***" in redacted
    shown = redacted.replace(BEFORE, "¦ ").replace(AFTER, " ¦").replace("***", "¦")
    assert not rows(shown) & rows(secret), redacted
    assert AFTER[5:] in redacted or cut == "torn off"


def looks_like_a_key(secret: str) -> bool:
    """Of several characters, and not of the words around it or of other words."""
    own = rows(secret)
    return (
        len(set(secret)) > 6
        and "://" not in secret
        and not own & rows(BEFORE + AFTER)
        and not any(is_ordinary(secret[a:z]) for a in range(len(secret)) for z in range(a + ROW, len(secret) + 1))
    )


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_and_every_cut_is_known(spelling: str, cut: str) -> None:
    echo = SPELLINGS[spelling](SECRET)
    for at in range(len(echo) + 1):
        redacted = Redactor([SECRET])(CUTS[cut](echo, at))
        shown = redacted.replace(BEFORE, "¦ ").replace(AFTER, " ¦").replace("***", "¦")
        assert not rows(shown) & rows(SECRET), redacted


@pytest.mark.parametrize("cut", ["whole", "torn off", "an ellipsis", "in quotes"])
@given(secret=TOKENS, where=st.floats(0, 1), user=st.sampled_from(["", "u", "us", "user"]))
@examples(60)
def test_hexadecimal_digits_and_base64_do_not_show_it_either(cut: str, secret: str, where: float, user: str) -> None:
    assume(looks_like_a_key(secret))
    code = f"{user}:{secret}".encode()
    for echo, hidden in (
        (code.hex(), secret.encode().hex()),
        (code.hex().upper(), secret.encode().hex().upper()),
        (base64.b64encode(code).decode(), base64.b64encode(code).decode()[len(user) * 4 // 3 + 4 :].rstrip("=")),
        (base64.urlsafe_b64encode(code).decode(), ""),
    ):
        redacted = Redactor([secret])(CUTS[cut](echo, round(where * len(echo))))
        shown = {hidden[at : at + 8] for at in range(len(hidden) - 7)}
        assert not [part for part in shown if part in redacted], redacted


ORDINARY = [
    "HTTP 401 Unauthorized: check the key, and the name of the user",
    '{"message": "invalid token", "status": "error", "code": 40001, "path": "/push"}',
    "Backup #12 done: 1.2 GiB in 3m 12s, 1337 files, 2026-01-02 03:04:05",
    "the TLS certificate of example.com has expired",
    "写入失败：磁盘已满",
]


@given(secret=st.text(string.ascii_letters + string.digits, min_size=12, max_size=40))
def test_ordinary_words_stay(secret: str) -> None:
    assume(len(set(secret)) > 6)
    for text in ORDINARY:
        assume(not rows(secret) & rows(text))
        assert Redactor([secret])(text) == text


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("user-8f3A91bc", "unknown user"),
        ("https://api.example.com/hook/8f3A91bc", "https://api.example.com did not answer"),
        ("/webhooks/123456/8f3A91bc", "open /webhooks/ and look"),
        ("notify.me@example.com", "example.com did not answer"),
        ("backup-hook-8f3A91bc", "The backup failed: no backup"),
    ],
)
def test_a_word_that_a_secret_contains_stays(secret: str, text: str) -> None:
    assert Redactor([secret])(text) == text
