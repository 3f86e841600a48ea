"""Patterns against a plain matcher, and against time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.text.wildcard import fits, has_wildcard
from tests.support.filter_model import plainly_fits

_TEXT = st.text("aAbB[]!-*?. \n备", max_size=12)


@given(_TEXT, _TEXT)
def test_it_agrees_with_a_plain_matcher(pattern: str, text: str) -> None:
    assert fits(pattern, text) is plainly_fits(pattern.casefold(), text.casefold())


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("player:*", "player:Steve", True),
        ("PLAYER:steve", "player:Steve", True),
        ("player:*", "a player:Steve", False),
        ("[auto]*", "[Auto] nightly", True),
        ("[auto]*", "a nightly", False),
        ("*", "", True),
        ("?*", "", False),
        ("a*z", "a\nz", True),
    ],
)
def test_the_whole_text_has_to_fit_and_brackets_mean_themselves(pattern: str, text: str, expected: bool) -> None:
    assert fits(pattern, text) is expected


def test_no_pattern_is_slow() -> None:
    assert not fits("*a" * 30 + "*b", "a" * 4096)  # one that backtracks does not end while we live


@pytest.mark.parametrize(("pattern", "expected"), [("a*", True), ("a?", True), ("[a]", False), ("", False)])
def test_what_a_wildcard_is(pattern: str, expected: bool) -> None:
    assert has_wildcard(pattern) is expected
