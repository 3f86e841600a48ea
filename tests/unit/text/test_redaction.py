"""Secrets do not show."""

from __future__ import annotations

import base64
import json
from typing import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prime_notify.text.redaction import Redactor, mask_url

SECRET = 'tok/en "ü" +%'


@pytest.mark.parametrize(
    "shown",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower().replace("tok", "tok"),
        quote_plus(SECRET),
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
    ],
)
def test_a_secret_is_masked_in_every_spelling(shown: str) -> None:
    redacted = Redactor([SECRET])(f"sent <{shown}> off")
    assert redacted in ("sent <***> off", 'sent <"***"> off', "sent <'***'> off")


def test_a_secret_written_percent_encoded_is_masked_decoded_too() -> None:
    assert Redactor(["a%2Fb%2Fc"])("a/b/c a%2Fb%2Fc a%2fb%2fc") == "*** *** ***"


def test_the_longest_secret_wins() -> None:
    assert Redactor(["abcd", "abcdefgh"])("abcdefgh abcd") == "*** ***"


def test_what_is_too_short_to_be_a_secret_stays() -> None:
    assert Redactor(["", "  ", "no", " 40 "])("HTTP 401: no") == "HTTP 401: no"


@pytest.mark.parametrize("user", ["", "u", "us", "user"])
@pytest.mark.parametrize("secret", ["S3cretPass", "пароль?>", "four"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_secret_inside_of_base64_is_masked(user: str, secret: str, encode: Callable[[bytes], bytes]) -> None:
    redacted = Redactor([secret])(f"Basic {encode(f'{user}:{secret}'.encode()).decode()}!")
    assert redacted.startswith("Basic ")
    assert "***" in redacted
    left = redacted[6:].replace("***", "").rstrip("=!")
    assert len(left) <= 4 * len(user) // 3 + 4


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("got abcdefg… and more", "got ***… and more"),
        ("abcd…", "***…"),
        ("abcdefgh…", "***…"),
        ("a… ab… abc… bcdefg…", "a… ab… abc… ***…"),
        ("got abcdef", "got ***"),
        ("…bcdefgh is wrong", "…*** is wrong"),
        ("got abcdef...", "got ***..."),
        ("got abcdef[...]", "got ***[...]"),
        ('{"got": "abcdef"}', '{"got": "***"}'),
        ("got abcdef\nand more", "got ***\nand more"),
        ("abcdef is a word", "abcdef is a word"),
        ('{"abcdef": 1}', '{"abcdef": 1}'),
    ],
)
def test_a_secret_that_was_cut_off_is_masked_too(text: str, redacted: str) -> None:
    assert Redactor(["abcdefgh", "xyz12345"])(text) == redacted


def test_an_ordinary_word_that_ends_like_a_secret_stays() -> None:
    """The path of a config's problem begins with "notification", and addresses of automations are secrets."""
    redact = Redactor(["automation", "/base/automation/x", "matrix"])
    assert redact("notification.endpoints[0].type: write a type") == "notification.endpoints[0].type: write a type"
    assert redact("ation.endpoints") == "***.endpoints"


def test_a_redactor_does_not_show_its_secrets() -> None:
    assert repr(Redactor(["hidden secret"])) == "Redactor(...)"


@given(st.text(min_size=4), st.text(), st.text())
def test_no_secret_survives(secret: str, before: str, after: str) -> None:
    secret = secret.strip()
    assume(len(secret) >= 4 and "*" not in secret)
    redacted = Redactor([secret])(before + secret + after)
    assert "***" in redacted
    assert secret not in redacted.replace("***", "\0" * 3)


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://api.day.app/key?x=1#f", "https://api.day.app/***"),
        ("https://user:password@host:8443/key", "https://host:8443/***"),
        ("http://[::1]:80/key", "http://[::1]:80/***"),
        ("https://host", "https://host/***"),
        ("secret", "***"),
        ("/secret", "***"),
        ("https://[secret", "***"),
        ("https://host:secret/", "***"),
        ("", "***"),
    ],
)
def test_of_a_url_only_scheme_host_and_port_show(url: str, masked: str) -> None:
    assert mask_url(url) == masked


@given(st.text())
def test_any_text_can_be_masked(text: str) -> None:
    assert mask_url(text).endswith("***")
