"""What an attempt means for the deliveries that it was about. Pure."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from prime_notify.delivery.attempt import Attempt
from prime_notify.delivery.retry import RetrySchedule
from prime_notify.model.outcome import Delivered, Retry
from prime_notify.outbox.values import Delivery, Settlement, State

__all__ = ["settlements_of"]


def settlements_of(
    deliveries: Sequence[Delivery], attempt: Attempt, schedule: RetrySchedule, *, now: float, random: float, held: bool
) -> List[Settlement]:
    """One for each of the deliveries, in their order; all of them were told by one message.

    Those that have tries left wait together, for as long as the most tried of them; others are dead letters.
    ``random`` is in [0, 1), for jitter. ``held``: they were held back, and stay so until they are told.
    """
    outcome, ms, response = attempt.outcome, round(attempt.ms, 1), attempt.response
    if isinstance(outcome, Delivered):
        receipt = outcome.receipt if len(deliveries) == 1 else None  # nobody replies to a digest
        said: Dict[str, Any] = {
            "status": outcome.status,
            "ms": ms,
            "hint": attempt.warning,
            "response": response,
            "receipt": receipt,
        }
        return [Settlement(one.key, State.DELIVERED, now, **said) for one in deliveries]
    delays = [
        schedule.delay(one.attempt, random, outcome.after) if isinstance(outcome, Retry) else None for one in deliveries
    ]
    due = now + max((delay for delay in delays if delay is not None), default=0.0)
    why: Dict[str, Any] = {
        "status": outcome.status,
        "ms": ms,
        "reason": outcome.reason,
        "hint": outcome.hint,
        "response": response,
    }
    return [
        Settlement(one.key, State.DEAD, now, **why)
        if delay is None
        else Settlement(one.key, State.WAITING, now, due, held=held, **why)
        for one, delay in zip(deliveries, delays)
    ]
