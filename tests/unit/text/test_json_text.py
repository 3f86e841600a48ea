"""JSON, written and read."""

from __future__ import annotations

import json

import pytest

from prime_notify.text.json_text import parse_object, parse_value, to_json


def test_json_is_compact_and_not_escaped() -> None:
    assert to_json({"a": [1, "备份"]}) == '{"a":[1,"备份"]}'.encode()


def test_what_json_cannot_say_becomes_null() -> None:
    assert json.loads(to_json({"a": [float("nan"), (float("inf"), 1.5)], "b": "x"})) == {
        "a": [None, [None, 1.5]],
        "b": "x",
    }


def test_a_lone_surrogate_does_not_break_the_encoding() -> None:
    assert to_json({"comment": "a\ud800b"}) == b'{"comment":"a?b"}'


@pytest.mark.parametrize("body", [b"", b"\xff", b"[1]", b"null", b"{", b"[" * 100_000])
def test_a_body_that_is_no_json_object_reads_as_empty(body: bytes) -> None:
    assert parse_object(body) == {}


@pytest.mark.parametrize(("text", "value"), [('{"code": 0}', {"code": 0}), ("[1]", [1]), ("x", None)])
def test_a_byte_order_mark_does_no_harm(text: str, value: object) -> None:
    assert parse_value(b"\xef\xbb\xbf" + text.encode()) == parse_value(text.encode()) == value
    assert parse_value(text.encode("utf-16")) == value
