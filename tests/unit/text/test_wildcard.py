"""Patterns against a plain matcher, and against time."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.text.wildcard import covers, fits, has_wildcard
from tests.unit.routing.model import plainly_fits

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
    started = time.monotonic()
    assert not fits("*a" * 30 + "*b", "a" * 4096)
    assert time.monotonic() - started < 2


_PATTERN = st.text("ab*?", max_size=3)
_TEXTS = ["".join(characters) for length in range(7) for characters in itertools.product("abc", repeat=length)]


@given(_PATTERN, _PATTERN)
def test_a_pattern_covers_another_when_all_fits_it_that_fits_the_other(pattern: str, other: str) -> None:
    assert covers(pattern, other) is all(fits(pattern, text) for text in _TEXTS if fits(other, text))


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("player:*", "Player:St*", True),
        ("*a*b*", "xaxbx", True),
        ("player:St*", "player:*", False),
        ("[a]", "a", False),
        ("*备*", "自动备份*", True),
    ],
)
def test_covering_goes_by_what_patterns_mean(pattern: str, other: str, expected: bool) -> None:
    assert covers(pattern, other) is expected


def test_what_is_long_to_find_out_is_taken_for_uncovered() -> None:
    started = time.monotonic()
    assert not covers("*a" + "?" * 40, "*a" + "?" * 39 + "b")
    assert not covers("*" + "a?" * 99, "*" + "?a" * 99)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(("pattern", "expected"), [("a*", True), ("a?", True), ("[a]", False), ("", False)])
def test_what_a_wildcard_is(pattern: str, expected: bool) -> None:
    assert has_wildcard(pattern) is expected
