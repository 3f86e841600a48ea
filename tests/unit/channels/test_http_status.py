"""The status table that all channels share."""

from __future__ import annotations

import pytest

from prime_notify.channels.common.http_status import refusal, retry_after
from prime_notify.model.outcome import Permanent, Retry
from prime_notify.model.response import Response
from tests.support.messages import answer

DATE = "Wed, 21 Oct 2026 07:28:00 GMT"
LATER = "Wed, 21 Oct 2026 07:30:00 GMT"
DATE_UNIX = 1792567680.0


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 413, 415, 422, 451])
def test_4xx_is_permanent_and_says_what_to_do(status: int) -> None:
    outcome = refusal(Response(status))
    assert isinstance(outcome, Permanent)
    assert outcome.hint
    assert not outcome.disable


def test_410_is_the_end_of_the_whole_endpoint() -> None:
    outcome = refusal(Response(410))
    assert isinstance(outcome, Permanent)
    assert outcome.disable


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 599])
def test_what_passes_is_tried_again(status: int) -> None:
    outcome = refusal(Response(status))
    assert isinstance(outcome, Retry)
    assert not outcome.throttled


def test_a_proxy_that_wants_another_password_is_tried_again_as_it_is_at_connect() -> None:
    outcome = refusal(Response(407))
    assert isinstance(outcome, Retry)
    assert "the proxy's user and password" in outcome.hint


def test_429_slows_the_endpoint_down() -> None:
    outcome = refusal(Response(429, {"retry-after": "7"}))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (7.0, True)


def test_503_with_a_time_slows_the_endpoint_down() -> None:
    outcome = refusal(Response(503, {"retry-after": "30"}))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (30.0, True)


@pytest.mark.parametrize("status", [100, 199, 600, 999])
def test_a_status_that_does_not_exist_is_tried_again(status: int) -> None:
    assert isinstance(refusal(Response(status)), Retry)


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("https://user:pw@other.example:8443/secret?token=1", "redirects to https://other.example:8443"),
        ("/login", "redirects to itself"),
        ("//[", "redirects to an address that is none"),
        ("", "the service redirects"),
    ],
)
def test_a_redirect_says_where_to_but_no_more_than_the_host(location: str, told: str) -> None:
    outcome = refusal(Response(302, {"location": location}))
    assert isinstance(outcome, Permanent)
    assert outcome.reason.endswith(told)
    assert "final URL" in outcome.hint


def test_the_reason_quotes_the_service_on_one_short_line() -> None:
    outcome = refusal(answer(400, b"bad\r\n\x1b[31m  token " + b"x" * 1000))
    assert isinstance(outcome, Permanent)
    assert outcome.reason.startswith("HTTP 400 Bad Request: bad [31m token xxx")
    assert len(outcome.reason) < 250


def test_the_reason_does_not_quote_a_web_page() -> None:
    outcome = refusal(answer(502, b"  <!doctype html><h1>Bad gateway</h1>"))
    assert isinstance(outcome, Retry)
    assert outcome.reason == "HTTP 502 Bad Gateway"


@pytest.mark.parametrize(
    ("headers", "received_at", "seconds"),
    [
        ({"retry-after": "120"}, 0.0, 120.0),
        ({"retry-after": " 1.5 "}, 0.0, 1.5),
        ({"retry-after": LATER, "date": DATE}, 0.0, 120.0),
        ({"retry-after": LATER, "date": DATE}, DATE_UNIX + 9999, 120.0),
        ({"retry-after": LATER}, DATE_UNIX, 120.0),
        ({"retry-after": DATE, "date": LATER}, 0.0, 0.0),
        ({"retry-after": LATER}, 0.0, None),
        ({"retry-after": "soon"}, 1.0, None),
        ({"retry-after": "-5"}, 1.0, None),
        ({"retry-after": "9" * 5000}, 1.0, None),
        ({"retry-after": "Wed, 99 Oct 99999999 07:28:00 GMT"}, 1.0, None),
        ({}, 1.0, None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(headers: dict, received_at: float, seconds: float) -> None:
    assert retry_after(Response(429, headers, received_at=received_at)) == seconds


@pytest.mark.parametrize(
    ("headers", "others", "most", "seconds"),
    [
        ({"retry-after": "64.57"}, [64570], 3600.0, 64.57),
        ({"retry-after": "64570"}, ["64.57", 64570], 3600.0, 64.57),
        ({}, [64570], 3600.0, 3600.0),
        ({"retry-after": "1"}, [1.337], 3600.0, 1.337),
        ({"retry-after": "2"}, [2000], 3600.0, 2.0),
        ({"retry-after": "999999999"}, [], 86400.0, 86400.0),
        ({}, [None, "soon", True, -1, float("nan"), float("inf"), 10**400, {}], 3600.0, None),
    ],
)
def test_the_header_counts_first_and_the_first_plausible_wait(
    headers: dict, others: list, most: float, seconds: float
) -> None:
    assert retry_after(Response(429, headers), *others, most=most) == seconds
