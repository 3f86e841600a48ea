"""How often, as people write it."""

from __future__ import annotations

import pytest

from prime_notify.config.rate import Rate


@pytest.mark.parametrize(
    ("text", "count", "seconds"),
    [("20/m", 20, 60), (" 5 / s ", 5, 1), ("100/10m", 100, 600), ("1/500ms", 1, 0.5), ("3/hour", 3, 3600)],
)
def test_a_rate_is_a_number_and_a_time(text: str, count: int, seconds: float) -> None:
    assert Rate.parse(text) == Rate(count, seconds)
    assert Rate.parse(str(Rate.parse(text))) == Rate(count, seconds)


@pytest.mark.parametrize("text", ["", "20", "m", "0/m", "5/", "5/parsec", "-1/s", "1/0s", 5, None, True])
def test_anything_else_is_explained(text: object) -> None:
    with pytest.raises(ValueError, match=r"write how many|a duration is"):
        Rate.parse(text)
