"""What the config says about the deliveries of an endpoint."""

from __future__ import annotations

from prime_notify.config.units import Rate
from prime_notify.delivery.policy import DEFAULT_DELAYS, Policy
from prime_notify.model.event import EventName
from tests.support.build import endpoint


def policy(**options: object) -> Policy:
    return Policy.of(endpoint(**options).config, (Rate(20, 60.0),))  # type: ignore[arg-type]


def test_by_default_it_is_tried_for_a_day_at_the_services_rate_and_nothing_expires() -> None:
    default = policy()
    assert default.schedule.delays == DEFAULT_DELAYS
    assert 23 * 3600 < sum(DEFAULT_DELAYS) < 25 * 3600
    assert default.rates == (Rate(20, 60.0),)
    assert not default.is_expired(EventName.BACKUP_START, 1e9)
    assert not default.is_folded(EventName.BACKUP_START, 1e9)


def test_retries_and_rates_can_be_written_down() -> None:
    own = policy(retry=["5s", "1m"], rate_limit=["5/s", "100/m"])
    assert own.schedule.delays == (5.0, 60.0)
    assert own.rates == (Rate(5, 1.0), Rate(100, 60.0))
    assert policy(retry=[]).schedule.delay(1, 0.5) is None


def test_one_duration_lets_every_event_expire() -> None:
    assert policy(expire="10m").is_expired(EventName.BACKUP_FAILURE, 601.0)
    assert not policy(expire="10m").is_expired(EventName.BACKUP_FAILURE, 600.0)


def test_a_duration_for_an_event_is_for_that_event_only() -> None:
    own = policy(expire={"backup_start": "10m"})
    assert own.is_expired(EventName.BACKUP_START, 601.0)
    assert not own.is_expired(EventName.BACKUP_FAILURE, 1e9)


def test_only_starts_are_folded() -> None:
    own = policy(fold_after="1m")
    assert own.is_folded(EventName.RESTORE_START, 61.0)
    assert not own.is_folded(EventName.RESTORE_START, 60.0)
    assert not own.is_folded(EventName.RESTORE_SUCCESS, 61.0)
