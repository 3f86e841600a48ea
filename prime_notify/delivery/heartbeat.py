"""The heartbeats of one endpoint: a ping every so often, while somebody who knows says that all is well.

A heartbeat is no delivery: nothing stores it, no other attempt waits for it, and it has no place in the history.
"""

from __future__ import annotations

import logging
import math
import threading
from dataclasses import dataclass
from typing import Callable, NamedTuple, Optional

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.clock import Clock
from prime_notify.delivery.attempt import Sender
from prime_notify.delivery.lane_thread import guard
from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.outcome import Delivered
from prime_notify.model.request import AnyRequest
from prime_notify.text.wording import in_language, internal_error, internal_remedy
from prime_notify.waiting import make_signal

__all__ = ["Heart", "HeartThread", "LastHeartbeat"]

_LOOK_EVERY = 5.0
"""Seconds between two looks while something keeps a heartbeat back."""

_FAULT_PAUSE = 60.0
"""Seconds of rest after an unexpected error, so that it is not repeated all the time."""


class LastHeartbeat(NamedTuple):
    """The newest heartbeat of an endpoint; ``at``: unix seconds. ``reason``: why it failed, in the language of the
    console and without secrets; empty where it did not. ``held``: something keeps the next one back."""

    at: Optional[float] = None
    reason: str = ""
    held: bool = False


class _Beaten(NamedTuple):
    """The result of one heartbeat. ``after``: seconds for which the service wants rest."""

    reason: str = ""
    hint: str = ""
    after: float = 0.0


@dataclass
class Heart:
    """The logic, without a thread: :meth:`step` sends at most one heartbeat. For one thread at a time.

    ``every``: seconds, by the steady clock, without drift. ``is_well``: whether a heartbeat would tell the truth.
    ``make``: the next one. ``say``: logs a text of ``lang/`` at a level. ``language``: that of the console.
    """

    endpoint: Endpoint
    every: float
    sender: Sender
    clock: Clock
    is_well: Callable[[Endpoint], bool]
    make: Callable[[], Heartbeat]
    say: Callable[..., None]
    language: str = "en_us"

    def __post_init__(self) -> None:
        self._due: Optional[float] = None
        self.last = LastHeartbeat()

    def step(self) -> float:
        """Send a heartbeat, if one is due and all is well. Returns the seconds until the next call."""
        now = self.clock.steady()
        due = now if self._due is None else self._due
        if now < due:
            return due - now
        if not self.is_well(self.endpoint):
            self.last = self.last._replace(held=True)
            self._due = due
            return min(_LOOK_EVERY, self.every)
        beaten = self._beat()
        if beaten is None:  # it was cut off by the end
            return self.every
        self._account(beaten)
        # Anew after something kept it back, else at the same pace as before
        base = now if now - due > _LOOK_EVERY else due
        after = self.clock.steady()
        late = max(0, math.ceil((after - base) / self.every) - 1)
        self._due = max(base + (late + 1) * self.every, after + beaten.after)
        return max(0.0, self._due - after)

    def _beat(self) -> Optional[_Beaten]:
        """Never raises: a bug of ours is a failure with its reason."""
        try:
            request = self.endpoint.heartbeat(self.make())
            if request is None:
                return None
            return self._sent(request)
        except Exception as error:  # noqa: BLE001  (a bug of a channel must not end the thread)
            return _Beaten(internal_error(error), internal_remedy(error))

    def _sent(self, request: AnyRequest) -> Optional[_Beaten]:
        answer = self.sender.send(request, timeout=float(self.endpoint.config.timeout))
        if isinstance(answer, TransportFailure):
            return None if answer.kind is FailureKind.STOPPED else _Beaten(answer.reason, answer.hint)
        outcome = self.endpoint.judge(request, answer)
        if isinstance(outcome, Delivered):
            return _Beaten()
        return _Beaten(outcome.reason, outcome.hint, getattr(outcome, "after", None) or 0.0)

    def _account(self, beaten: _Beaten) -> None:
        """Remember it, and log the first failure and the first success after it."""
        reason, hint = (self.endpoint.redact(in_language(text, self.language)) for text in (beaten.reason, beaten.hint))
        failed_before, self.last = bool(self.last.reason), LastHeartbeat(self.clock.wall(), reason)
        name = self.endpoint.name
        if reason and not failed_before:
            key = "log.heartbeat_failed_remedy" if hint else "log.heartbeat_failed"
            self.say(logging.WARNING, key, endpoint=name, reason=reason, hint=hint)
        elif failed_before and not reason:
            self.say(logging.INFO, "log.heartbeat_again", endpoint=name)


class HeartThread:
    """Runs a :class:`Heart` until :meth:`stop`. ``after``: the former one of the endpoint, which it waits for."""

    def __init__(self, heart: Heart, number: int, log: logging.Logger, *, after: Optional[HeartThread] = None) -> None:
        self.heart = heart
        self._after = after
        self._log = log
        self._stopping = make_signal()
        name = f"prime_notify-heartbeat-{number}"
        self._thread = threading.Thread(target=guard, args=(log, self._work), name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begin no other heartbeat; one under way may finish."""
        self._stopping.set()

    def join(self, timeout: float) -> bool:
        """Wait for the thread to end; whether it has."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while self._after is not None and not self._stopping.is_set():
            if self._after.join(_LOOK_EVERY):
                self._after = None
        while not self._stopping.is_set():
            self._stopping.wait(self._step())

    def _step(self) -> float:
        try:
            return self.heart.step()
        except Exception:  # noqa: BLE001  (the next one may do better)
            self._log.exception("unexpected error in %s", threading.current_thread().name)
            return _FAULT_PAUSE
