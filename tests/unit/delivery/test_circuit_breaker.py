"""When the circuit breaker opens, and when an outage is long."""

from __future__ import annotations

import pytest

from prime_notify.delivery.pacing import LONG, health_after, is_long_outage
from prime_notify.model.health import Health
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry

REFUSED = Retry("connection refused")


def failing(times: int, outcome: Outcome = REFUSED, *, now: float = 100.0) -> Health:
    health = Health()
    for _ in range(times):
        health = health_after(health, outcome, now=now, random=0.5)
    return health


def test_it_opens_after_five_failures_in_a_row() -> None:
    assert failing(4).paused_until == 0.0
    opened = failing(5)
    assert (opened.failures, opened.opened, opened.open_until) == (5, 1, 130.0)


def test_each_failed_probe_doubles_the_pause_up_to_half_an_hour() -> None:
    assert [failing(times).open_until - 100.0 for times in (5, 6, 7, 11, 60)] == [30, 60, 120, 1800, 1800]


def test_one_success_closes_it_and_is_remembered() -> None:
    closed = health_after(failing(9), Delivered(200), now=500.0, random=0.5)
    assert closed == Health(last_success=500.0, last_failure=100.0)


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [
        (Retry("HTTP 500", 500), True),
        (Permanent("HTTP 401", 401), True),
        (Permanent("HTTP 404", 404), True),
        (Permanent("HTTP 410", 410, disable=True), True),
        (Permanent("HTTP 413", 413), False),
        (Permanent("Feishu 19024", 200), False),
        (Retry("HTTP 429", 429, throttled=True), False),
    ],
)
def test_only_what_is_the_endpoints_fault_counts(outcome: Outcome, counts: bool) -> None:
    assert (failing(1, outcome).failures == 1) is counts
    assert failing(1, outcome).last_reason


def test_jitter_spreads_the_pause_by_a_fifth() -> None:
    pauses = [health_after(failing(4), REFUSED, now=0.0, random=random).open_until for random in (0.0, 0.5, 0.999999)]
    assert pauses == pytest.approx([24.0, 30.0, 36.0], abs=0.001)


def test_a_rest_that_the_service_asked_for_is_never_shortened() -> None:
    resting = health_after(Health(), Retry("HTTP 429", 429, throttled=True), now=0.0, random=0.5, rest_until=60.0)
    assert health_after(resting, REFUSED, now=1.0, random=0.5).paused_until == 60.0


def test_failing_is_long_after_ten_minutes_of_it() -> None:
    health = failing(5, now=100.0)
    assert not is_long_outage(health, 100.0 + LONG - 1)
    assert is_long_outage(health, 100.0 + LONG)
    assert not is_long_outage(failing(4), 1e9)
