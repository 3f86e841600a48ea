"""The page of typical mistakes shows what really is answered."""

from __future__ import annotations

import pytest

from scripts.first_mistakes import MISTAKES, Mistake, mistakes_page, words_about


def test_there_are_ten() -> None:
    assert len(MISTAKES) == 10
    assert mistakes_page("en").count("\n## ") == mistakes_page("zh").count("\n## ") == 10


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.title["en"])
def test_each_is_answered_in_both_languages(mistake: Mistake) -> None:
    english, chinese = words_about(mistake, "en"), words_about(mistake, "zh")
    assert english
    assert len(english) == len(chinese)
    assert all(line.isascii() or "“" in line for line in english)
    assert all(any("\u4e00" <= char <= "\u9fff" for char in line) for line in chinese)
