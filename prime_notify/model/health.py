"""How an endpoint has been doing lately: kept across restarts, so that a dead one is not hammered after each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Optional, Tuple

__all__ = ["Failing", "Health"]

_SAME_MOMENT = 1.0
"""Seconds within which it makes no difference to anybody which of two successes was the last."""


@dataclass(frozen=True)
class Failing:
    """That the newest end of a kind of task that was told is a failure: which, since when (unix seconds), how often."""

    kind: str
    notification_id: str
    since: float
    times: int = 1


@dataclass(frozen=True)
class Health:
    """Times are seconds of :meth:`prime_notify.clock.Clock.steady`.

    ``failures``: failed attempts in a row that were the endpoint's fault, not that of one message. ``failing_since``:
    the first of them. ``opened``: how often in a row the breaker opened. ``open_until``: nothing is tried before, for
    the breaker's sake; ``rest_until``: nor before this, since the service asked for it. ``told``: people were warned.
    ``failures_told``: the newest failures that were delivered here, as kind of task, fingerprint and time.
    ``failing``: the kinds of tasks that fail, as far as was told here.
    """

    failures: int = 0
    failing_since: Optional[float] = None
    opened: int = 0
    open_until: float = 0.0
    rest_until: float = 0.0
    last_success: Optional[float] = None
    last_failure: Optional[float] = None
    last_reason: str = ""
    told: bool = False
    failures_told: Tuple[Tuple[str, str, float], ...] = ()
    failing: Tuple[Failing, ...] = ()

    def failing_kind(self, kind: str) -> Optional[Failing]:
        return next((one for one in self.failing if one.kind == kind), None)

    @property
    def held_until(self) -> float:
        """When the endpoint may be tried again."""
        return max(self.open_until, self.rest_until)

    def is_news(self, stored: Health) -> bool:
        """Whether it is worth writing down, where ``stored`` is: more than one success right after another."""
        if (self.last_success or 0.0) - (stored.last_success or 0.0) >= _SAME_MOMENT:
            return True
        return {**vars(self), "last_success": None} != {**vars(stored), "last_success": None}

    def to_json(self) -> str:
        return json.dumps(vars(self), default=vars)  # faster than asdict

    @classmethod
    def from_json(cls, text: str) -> Health:
        """Total: what another version wrote and this one does not understand counts as no news."""
        try:
            found = json.loads(text)
            told = tuple((str(kind), str(known), float(at)) for kind, known, at in found.pop("failures_told", ()))
            failing = tuple(Failing(**one) for one in found.pop("failing", ()))
            return cls(**found, failures_told=told, failing=failing)
        except (ValueError, TypeError, AttributeError):
            return cls()
