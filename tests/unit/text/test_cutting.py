"""Cutting texts where people would."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.text.cutting import boundary_before, cut_bytes, cut_chars
from tests.support.examples import examples

CLUSTERS = ["a", "é", "e\u0301", "👩‍👩‍👧", "🇩🇪", "👍🏽", "한", "\u1112\u1161\u11ab", "备", "نِ", "1️⃣", " "]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_what_people_see_as_one_character_is_not_torn_apart(cluster: str) -> None:
    for limit in range(2, 24):
        kept = cut_chars(cluster * 30, limit).rstrip("…")
        assert kept == cluster * (len(kept) // len(cluster))


def test_flags_are_cut_between_two_of_them() -> None:
    assert cut_chars("🇩🇪🇫🇷🇮🇹", 6) == "🇩🇪🇫🇷🇮🇹"
    assert cut_chars("🇩🇪🇫🇷🇮🇹", 5) == "🇩🇪🇫🇷…"
    assert cut_chars("🇩🇪🇫🇷🇮🇹", 4) == "🇩🇪…"


def test_thousands_of_accents_on_one_letter_do_not_eat_the_text() -> None:
    assert len(cut_chars("a" + "\u0301" * 5000, 1000)) > 900


@examples(200)
@given(st.lists(st.sampled_from(CLUSTERS), max_size=20).map("".join), st.integers(0, 60))
def test_every_cut_is_one_that_unicode_allows(text: str, position: int) -> None:
    """``regex`` has the whole table of UAX #29."""
    allowed, at = {0}, 0
    for cluster in regex.findall(r"\X", text):
        at += len(cluster)
        allowed.add(at)
    assert boundary_before(text, min(position, len(text))) in allowed


@examples(100)
@given(st.text(max_size=80), st.integers(3, 60))
def test_bytes_are_counted_as_bytes(text: str, limit: int) -> None:
    assert len(cut_bytes(text, limit).encode("utf-8", "replace")) <= limit


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
