"""Addresses of requests."""

from __future__ import annotations

import pytest

from prime_notify.channels.common.http_post import fill, with_query


def test_a_url_template_is_filled_with_encoded_values() -> None:
    assert fill("https://h/{key}/{other}?k={key}", {"key": "a/b c"}) == "https://h/a%2Fb%20c/{other}?k=a%2Fb%20c"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h/x/", "https://h/x/?k=a%2Fb&s=1"),
        ("https://h/x?q=2", "https://h/x?q=2&k=a%2Fb&s=1"),
        ("https://h/x?k=mine", "https://h/x?k=mine&s=1"),
        ("https://h/x?s=0", "https://h/x?s=0&k=a%2Fb&s=1"),
    ],
)
def test_parameters_are_added_to_those_that_are_there(url: str, expected: str) -> None:
    assert with_query(url, {"s": "1", "none": None}, unless_there={"k": "a/b"}) == expected


@pytest.mark.parametrize("below", ["", "/start"])
def test_a_path_goes_on_below_the_given_one(below: str) -> None:
    assert with_query("https://h/x/?q=2", {}, below=below) == f"https://h/x{below}?q=2"
