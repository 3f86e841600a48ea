"""Texts of unknown origin, on one harmless line."""

from __future__ import annotations

import pytest

from prime_notify.text.plain import excerpt, one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\r\nlines\tand more", "two lines and more"),
        ("\x1b[2J\x07bell\x9b31m", "[2Jbell31m"),
        ("§4red", "red"),
        ("a\u202eb\u200bc\ud800", "abc\ufffd"),
        ("", ""),
    ],
)
def test_nothing_in_it_steers_a_terminal_or_hides_text(text: str, shown: str) -> None:
    assert one_line(text, 50) == shown


def test_it_is_cut() -> None:
    assert one_line("x" * 1_000_000, 5) == "xxxx…"


@pytest.mark.parametrize("value", [None, 5, ["x"], "<p>", "", "\0"])
def test_there_is_no_excerpt_of_what_is_no_text(value: object) -> None:
    assert excerpt(value) == ""
