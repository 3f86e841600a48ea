"""Writing and reading what goes over the wire."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.channels.common.http_post import fill
from prime_notify.text.cutting import cut_bytes, cut_chars
from prime_notify.text.json_text import parse_object, to_json
from prime_notify.text.plain import excerpt


def test_json_is_compact_and_not_escaped() -> None:
    assert to_json({"a": [1, "备份"]}) == '{"a":[1,"备份"]}'.encode()


def test_what_json_cannot_say_becomes_null() -> None:
    assert json.loads(to_json({"a": [float("nan"), (float("inf"), 1.5)], "b": "x"})) == {
        "a": [None, [None, 1.5]],
        "b": "x",
    }


def test_a_lone_surrogate_does_not_break_the_encoding() -> None:
    assert to_json({"comment": "a\ud800b"}) == b'{"comment":"a?b"}'


@given(st.text(), st.integers(0, 50))
def test_a_cut_text_keeps_its_limit_and_its_beginning(text: str, limit: int) -> None:
    for shorter, size in ((cut_chars(text, limit), len), (cut_bytes(text, limit), lambda t: len(t.encode()))):
        assert size(shorter) <= limit
        assert shorter == text or shorter == "" or text.startswith(shorter[:-1])


@pytest.mark.parametrize(
    ("text", "limit", "shorter"),
    [
        ("备份完成", 12, "备份完成"),
        ("备份完成", 11, "备份…"),
        ("备份", 3, "…"),
        ("备份", 2, ""),
        ("a b", 3, "a b"),
        ("a bcdef", 5, "a…"),
    ],
)
def test_bytes_are_cut_between_characters(text: str, limit: int, shorter: str) -> None:
    assert cut_bytes(text, limit) == shorter


def test_a_url_template_is_filled_with_encoded_values() -> None:
    assert fill("https://h/{key}/{other}?k={key}", {"key": "a/b c"}) == "https://h/a%2Fb%20c/{other}?k=a%2Fb%20c"


@pytest.mark.parametrize("body", [b"", b"\xff", b"[1]", b"null", b"{", b"[" * 100_000, "\ufeff{}".encode()])
def test_a_body_that_is_no_json_object_reads_as_empty(body: bytes) -> None:
    assert parse_object(body) == {}


@pytest.mark.parametrize("value", [None, 5, ["x"], "<p>", "", "\0"])
def test_there_is_no_excerpt_of_what_is_no_text(value: object) -> None:
    assert excerpt(value) == ""
