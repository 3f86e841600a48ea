"""A circuit breaker: an endpoint that keeps failing is left alone for a while, then tried with one delivery.

While it is open, what waits behind it uses up no attempts, so an outage costs time but no messages.
"""

from __future__ import annotations

import dataclasses
from typing import Optional

from prime_notify.model.health import Health
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry

__all__ = ["LONG", "OPENS_AFTER", "after", "is_long"]

OPENS_AFTER = 5
"""Failures in a row, after which the breaker opens."""

LONG = 600.0
"""Seconds of failing after which people are told."""

_FIRST_PAUSE = 30.0
_LONGEST_PAUSE = 1800.0
_ABOUT_THE_ENDPOINT = frozenset((401, 403, 404, 410))  # whatever is sent: the key or the address is wrong


def after(health: Health, outcome: Outcome, *, now: float, random: float, rest_until: float = 0.0) -> Health:
    """How the endpoint is doing after an attempt. ``random`` is in [0, 1), for jitter.

    ``rest_until``: until when the service asked to be left alone.
    """
    rest_until = max(health.rest_until, rest_until)
    if isinstance(outcome, Delivered):
        return Health(
            last_success=now,
            last_failure=health.last_failure,
            rest_until=rest_until,
            failures_told=health.failures_told,
            failing=health.failing,
        )
    failed = dataclasses.replace(health, last_failure=now, last_reason=outcome.reason, rest_until=rest_until)
    if not _is_endpoints_fault(outcome):
        return failed
    since = health.failing_since
    since = now if since is None else min(since, now)
    failed = dataclasses.replace(failed, failures=health.failures + 1, failing_since=since)
    if failed.failures < OPENS_AFTER:
        return failed
    pause = min(_FIRST_PAUSE * 2.0 ** min(health.opened, 16), _LONGEST_PAUSE) * (0.8 + 0.4 * random)
    return dataclasses.replace(failed, opened=health.opened + 1, open_until=now + pause)


def is_long(health: Health, now: float) -> bool:
    """Whether the endpoint has been failing for so long that people should know."""
    since: Optional[float] = health.failing_since
    return health.failures >= OPENS_AFTER and since is not None and now - since >= LONG


def _is_endpoints_fault(outcome: Outcome) -> bool:
    if isinstance(outcome, Permanent):
        return outcome.disable or outcome.status in _ABOUT_THE_ENDPOINT
    return isinstance(outcome, Retry) and not outcome.throttled
