"""The account of an attempt: the last result for the overview, and a notice when people should know."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple, Optional

from prime_notify.delivery.attempt import Attempt
from prime_notify.delivery.pacing import is_long_outage
from prime_notify.model.health import Health
from prime_notify.model.outcome import Delivered, Outcome, Permanent
from prime_notify.outbox.values import Settlement, State

__all__ = ["LastResult", "Notice", "NoticeKind", "last_result", "notice_of"]

_WORDS = {
    State.DELIVERED: "delivered",
    State.ACCEPTED: "accepted",
    State.WAITING: "retrying",
    State.DEAD: "failed",
}


class LastResult(NamedTuple):
    """The newest attempt of a lane; ``at``: unix seconds."""

    outcome: str
    status: Optional[int]
    ms: float
    at: float
    reason: str


class NoticeKind(enum.Enum):
    """What people should know about an endpoint."""

    FAILING = "failing"
    RECOVERED = "recovered"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Notice:
    """A notice about an endpoint, given once. ``seconds``: how long it has been, or had been, failing."""

    endpoint: str
    kind: NoticeKind
    seconds: float = 0.0
    reason: str = ""


def last_result(attempt: Attempt, settlement: Settlement, wall: float) -> LastResult:
    """``wall``: unix seconds."""
    return LastResult(_WORDS[settlement.state], settlement.status, attempt.ms, wall, settlement.reason)


def notice_of(endpoint: str, outcome: Outcome, former: Health, health: Health, now: float) -> Optional[Notice]:
    """The notice after an attempt that changed the health of an endpoint from ``former`` to ``health``, if any."""
    if isinstance(outcome, Delivered):
        if not former.notified:
            return None
        seconds = 0.0 if former.failing_since is None else now - former.failing_since
        return Notice(endpoint, NoticeKind.RECOVERED, seconds)
    if isinstance(outcome, Permanent) and outcome.disable:
        return Notice(endpoint, NoticeKind.DISABLED, reason=outcome.reason)
    if former.notified or not is_long_outage(health, now):
        return None
    return Notice(endpoint, NoticeKind.FAILING, now - (health.failing_since or now), health.last_reason)
