"""The text of a problem: one printable line for every value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.config.problem import Problem, describe, json_path

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=8,
)


def test_it_reads_as_one_sentence():
    problem = Problem("notification.endpoints[1].timeout", '"soon"', 'write "5s"', fatal=True)
    assert str(problem) == 'notification.endpoints[1].timeout: found "soon"; write "5s"'


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ((), "$"),
        (("$schema",), "$schema"),
        (("notification", "endpoints", 1, "headers", "X-Key"), "notification.endpoints[1].headers.X-Key"),
        (("a b", 0), '["a b"][0]'),
        (("x\n\ud800",), '["x\\n\\ud800"]'),
    ],
)
def test_a_path_can_be_read_and_printed(location, path):
    assert json_path(location) == path


@pytest.mark.parametrize(
    ("value", "quoted", "hidden"),
    [
        ("soon", '"soon"', "a string (length 4)"),
        (5, "5", "a number"),
        (0.5, "0.5", "a number"),
        (True, "true", "a boolean"),
        (None, "null", "null"),
        ([1, 2], "[1, 2]", "a list (length 2)"),
        ({"a": 1}, '{"a": 1}', "an object (length 1)"),
        ("每日\u2028", '"每日\\u2028"', "a string (length 3)"),
        (1 << 70, "a number", "a number"),
        (object, "something that is no JSON", "something that is no JSON"),
    ],
)
def test_a_value_is_quoted_or_only_its_type_is_named(value, quoted, hidden):
    assert describe(value, public=True) == quoted
    assert describe(value, public=False) == hidden


@given(_JSON, st.text(st.characters()))
def test_no_value_and_no_key_is_too_strange_for_one_short_printable_line(value, key):
    for text in (describe(value, public=True), json_path(("a", key))):
        assert text.isprintable()
        assert len(text) <= 65
