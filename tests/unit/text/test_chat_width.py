"""The width of texts in the chat, and the breaking of lines."""

from __future__ import annotations

from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.text.chat_width import CHAT_WIDTH, line_starts, pixel_width
from tests.support.examples import examples


def lines(text: str, limit: int = CHAT_WIDTH) -> List[str]:
    starts = [0, *line_starts(text, limit=limit), len(text)]
    return [text[start:end] for start, end in zip(starts, starts[1:])]


@pytest.mark.parametrize(("text", "width"), [("", 0), ("iii", 6), ("Wool", 21), ("a b", 16), ("备份", 18), ("→", 9)])
def test_the_width_is_that_of_the_default_font(text: str, width: int) -> None:
    assert pixel_width(text) == width


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("one two three", ["one two ", "three"]),
        ("onetwothree", ["onetwoth", "ree"]),
        ("one", ["one"]),
        ("备份备份备份，完成", ["备份备份备", "份，完成"]),
        ("备份备份备份，", ["备份备份备", "份，"]),
    ],
)
def test_lines_break_between_words_where_there_are_any(text: str, broken: List[str]) -> None:
    assert lines(text, 48) == broken


@examples(200)
@given(st.text(st.sampled_from("abW il，。备份（）“.:\n→"), max_size=80), st.integers(20, 100))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, limit: int) -> None:
    found = lines(text, limit)
    assert "".join(found) == text
    for line in found:
        for part in line.split("\n"):
            assert pixel_width(part.rstrip(" ")) <= limit
