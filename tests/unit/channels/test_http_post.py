"""Addresses of requests."""

from __future__ import annotations

from prime_notify.channels.common.http_post import fill


def test_a_url_template_is_filled_with_encoded_values() -> None:
    assert fill("https://h/{key}/{other}?k={key}", {"key": "a/b c"}) == "https://h/a%2Fb%20c/{other}?k=a%2Fb%20c"
