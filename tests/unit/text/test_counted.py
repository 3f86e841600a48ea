"""Counted nouns."""

from __future__ import annotations

import re

import pytest

from prime_notify.text.counted import Counted
from tests.support.texts import CATALOGUE

PLACEHOLDER = re.compile(r"\{(\w+)[:}]")
NUMBERS = {"count", "seconds", "saved", "value0", "value2", "times", "waiting", "total", "delivered", "pages"}


@pytest.mark.parametrize(("count", "text"), [(0, "0 hours"), (1, "1 hour"), (2, "2 hours"), ("…", "… hours")])
def test_a_noun_follows_its_number(count: object, text: str) -> None:
    assert f"{Counted(count):hour|hours}" == text


def test_any_other_placeholder_is_filled_as_usual() -> None:
    assert f"{Counted(1)} {Counted(1):>3}" == "1   1"


@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_no_text_has_a_plural_after_one(language: str) -> None:
    for key, template in CATALOGUE.texts(language).items():
        values = {name: 1 if name in NUMBERS else "X" for name in PLACEHOLDER.findall(template)}
        text = CATALOGUE.text(language, key, **values)
        assert "(s)" not in text, (key, text)
        assert not re.search(r"(?<![\w#.])1 (?:more |earlier |undelivered )?[a-z]+s\b", text), (key, text)
        assert re.search(r"\{\w+[:}]", text) is None, (key, text)
