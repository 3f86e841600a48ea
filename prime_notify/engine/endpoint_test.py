"""Test notifications: one attempt each, at once, independent of the lanes; nothing is stored."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Callable, Optional

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.delivery.attempt import Attempter
from prime_notify.delivery.lane_thread import guard
from prime_notify.model.item import Item
from prime_notify.model.notification import Notification
from prime_notify.model.outcome import Delivered

__all__ = ["TestResult", "try_in_background"]


@dataclass(frozen=True)
class TestResult:
    """The result of a test notification at one endpoint. ``confirmed``: the answer shows that the service took it."""

    __test__ = False  # pytest takes it for a test otherwise

    endpoint: str
    ok: bool
    status: Optional[int]
    ms: float
    reason: str
    hint: str
    confirmed: bool = True


def try_in_background(
    endpoint: Endpoint,
    notification: Notification,
    attempter: Attempter,
    log: logging.Logger,
    on_result: Callable[[TestResult], None],
) -> None:
    """Send it from a new thread, which calls ``on_result`` once."""

    def work() -> None:
        attempt = attempter.attempt(endpoint, [Item(notification)])
        outcome = attempt.outcome
        if isinstance(outcome, Delivered):
            result = TestResult(endpoint.name, True, outcome.status, attempt.ms, "", attempt.warning, outcome.confirmed)
        else:
            result = TestResult(endpoint.name, False, outcome.status, attempt.ms, outcome.reason, outcome.hint)
        on_result(result)

    name = f"prime_notify-test-{endpoint.name}"
    threading.Thread(target=guard, args=(log, work), name=name, daemon=True).start()
