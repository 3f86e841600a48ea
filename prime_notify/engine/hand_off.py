"""The hand-off: an event is stored by a thread of ours, while the one that brings it waits, for a bounded time."""

from __future__ import annotations

import logging
import queue
import threading
import time
from typing import Callable, List, Optional, Sequence

from prime_notify.messages.console_log import ConsoleLog
from prime_notify.outbox.values import Received

__all__ = ["PATIENCE", "HandOff", "TakeIn"]

PATIENCE = 0.5
"""Seconds that a backup waits at most for the disk. A hanging one may take minutes."""

_WAY_FREE = 0.0002
"""Seconds that the thread of the hand-off stands back, so that the backup goes on before more work of ours begins."""

_CATCHING_UP = 2.0
"""Seconds that a reader waits for the events before it, which usually take a millisecond."""

TakeIn = Callable[[Sequence[Received], Callable[[], None]], None]
"""``take_in(events, stored)`` calls ``stored`` as soon as the events survive a power cut, and then processes them."""


class _Call:
    """One hand-off that somebody waits for; without an event, only for those before it."""

    __slots__ = ("_lock", "event")

    def __init__(self, event: Optional[Received]) -> None:
        self.event = event
        self._lock = threading.Lock()  # cheaper than an Event, and a backup waits
        self._lock.acquire()

    def wait(self, seconds: float) -> bool:
        return self._lock.acquire(timeout=seconds)

    def end(self) -> None:
        """Idempotent; only from the thread of the hand-off."""
        if self._lock.locked():
            self._lock.release()


class HandOff:
    """Takes events from any thread, and hands them to ``take_in`` on its own thread, in the order in which they came.

    ``say_slow``: called with True when the disk holds an event for longer than ``patience`` seconds, and with False
    when it works again. Until then, nobody waits for it, and events are in memory only.
    """

    def __init__(
        self,
        take_in: TakeIn,
        say_slow: Callable[[bool], None],
        log: logging.Logger,
        *,
        patience: Optional[float] = None,
    ) -> None:
        self._take_in = take_in
        self._say_slow = say_slow
        self._log = log
        self._patience = PATIENCE if patience is None else patience
        self._calls: queue.SimpleQueue[Optional[_Call]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._open = False
        self.is_slow = False
        """Whether the disk holds an event for too long now."""
        self._thread: Optional[threading.Thread] = None

    def start(self) -> None:
        """Begin to take events."""
        self._open = True
        self._thread = threading.Thread(target=self._work, name="prime_notify-intake", daemon=True)
        self._thread.start()

    @property
    def works(self) -> bool:
        """Whether events are taken, and stored at once."""
        return self._open and not self.is_slow and self._thread is not None and self._thread.is_alive()

    def stop(self, timeout: float) -> bool:
        """Take no more events. Whether all of them were taken in within ``timeout`` seconds. Idempotent."""
        with self._lock:
            if self._open:
                self._calls.put(None)
            self._open = False
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def give(self, receive: Callable[[], Received]) -> Optional[str]:
        """Hand an event over; the id of its notification, or None while no event is taken.

        ``receive`` makes the event. Returns when it is stored, or after ``patience`` seconds.
        """
        with self._lock:  # the ids have the order of the queue
            if not self._open:
                return None
            event = receive()
            call = _Call(event)
            self._calls.put(call)
        if not call.wait(0 if self.is_slow else self._patience) and not self.is_slow:
            self.is_slow = True
            self._say_slow(True)
        return event.id

    def catch_up(self) -> None:
        """Return when all events so far are taken in, or after a few seconds."""
        with self._lock:
            if not self._open or threading.current_thread() is self._thread:
                return
            call = _Call(None)
            self._calls.put(call)
        call.wait(0 if self.is_slow else _CATCHING_UP)

    def _work(self) -> None:
        while True:
            calls = [self._calls.get()]
            while not self._calls.empty():
                calls.append(self._calls.get())
            self._answer([call for call in calls if call is not None])
            if None in calls:
                return

    def _answer(self, calls: List[_Call]) -> None:
        events = [call.event for call in calls if call.event is not None]

        def stored() -> None:
            for call in calls:
                if call.event is not None:
                    call.end()
            if self.is_slow:
                self.is_slow = False
                self._say_slow(False)
            time.sleep(_WAY_FREE)

        try:
            if events:
                self._take_in(events, stored)
        except Exception:  # noqa: BLE001  (the next events are to be taken)
            names = ", ".join(one.event.name.value for one in events)
            self._log.exception("unexpected error while accepting %s", names)
        for call in calls:
            call.end()


def say_slow(console: ConsoleLog, slow: bool) -> None:
    """Log that the disk holds events for too long, or works again."""
    level, key = (logging.WARNING, "log.disk_slow") if slow else (logging.INFO, "log.outbox_recovered")
    console.say(level, key)
