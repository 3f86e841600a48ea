from __future__ import annotations

from prime_notify.delivery.policy import DEFAULT_DELAYS, RetrySchedule


def test_delays_grow_from_seconds_to_hours_and_end_after_about_a_day() -> None:
    assert DEFAULT_DELAYS[0] <= 10
    assert list(DEFAULT_DELAYS) == sorted(DEFAULT_DELAYS)
    assert 22 * 3600 <= sum(DEFAULT_DELAYS) <= 26 * 3600


def test_jitter_spreads_a_delay_both_ways() -> None:
    schedule = RetrySchedule(delays=(100.0,), jitter=0.2)
    assert schedule.delay(1, 0.0) == 80.0
    assert schedule.delay(1, 0.5) == 100.0


def test_it_never_tries_sooner_than_the_service_asked() -> None:
    schedule = RetrySchedule(delays=(10.0,))
    assert schedule.delay(1, 0.5, asked=60.0) == 60.0
    assert schedule.delay(1, 0.5, asked=1.0) == 10.0


def test_it_gives_up_after_the_last_delay() -> None:
    schedule = RetrySchedule(delays=(1.0, 2.0))
    assert schedule.delay(2, 0.5) is not None
    assert schedule.delay(3, 0.5) is None
