"""Staying within the rates that a service takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prime_notify.config.units import Rate
from prime_notify.delivery.pacing import RateLimiter


def test_without_rates_there_is_no_waiting() -> None:
    limiter = RateLimiter(())
    limiter.took(5.0)
    assert limiter.free_at() == 0.0


def test_the_rate_that_is_used_up_longest_decides() -> None:
    limiter = RateLimiter((Rate(2, 1.0), Rate(3, 60.0)))
    limiter.took(10.0)
    assert limiter.free_at() == 0.0
    limiter.took(10.5)
    assert limiter.free_at() == 11.0
    limiter.took(11.0)
    assert limiter.free_at() == 70.0


def test_attempts_of_a_former_process_count() -> None:
    assert RateLimiter((Rate(2, 60.0),), past=[1.0, 2.0, 3.0]).free_at() == 62.0


@given(
    st.lists(st.builds(Rate, st.integers(1, 5), st.floats(0.5, 20.0)), min_size=1, max_size=3),
    st.lists(st.floats(0.0, 3.0), max_size=60),
)
def test_no_window_ever_has_more_than_its_rate(rates: list[Rate], gaps: list[float]) -> None:
    limiter, now, taken = RateLimiter(rates), 100.0, []
    for gap in gaps:
        now = max(now + gap, limiter.free_at())
        limiter.took(now)
        taken.append(now)
    for rate in rates:
        for first, beyond in zip(taken, taken[rate.count :]):
            assert beyond - first >= rate.seconds - 1e-6
