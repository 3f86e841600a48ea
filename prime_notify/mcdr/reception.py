"""The reception of events: open from ``on_load`` to ``on_unload``, although the engine is ready only later."""

from __future__ import annotations

import threading
import time
from typing import Callable, List, Optional, Protocol, Sequence, Tuple

from prime_notify.model.event import Arrival, Event
from prime_notify.model.ids import IdFactory

__all__ = ["Held", "Reception"]

Held = Tuple[Event, Arrival]
"""An event that waits for the engine."""


class Accept(Protocol):
    def __call__(self, event: Event, arrival: Optional[Arrival] = None, /) -> Optional[str]: ...


class Reception:
    """Keeps events in memory until :meth:`open`, and passes them on from then to :meth:`close`. From any thread."""

    def __init__(self, server_running: Callable[[], Optional[bool]], wall: Callable[[], float] = time.time) -> None:
        self._server_running = server_running
        self._wall = wall
        self._new_id = IdFactory(wall)
        self._lock = threading.Lock()
        self._held: Optional[List[Held]] = []  # None: events are passed on, or refused
        self._accept: Optional[Accept] = None

    def accept(self, event: Event) -> Optional[str]:
        """The id of the event's notification; None when it is not accepted, as after the unload."""
        with self._lock:
            if self._held is not None:
                arrival = Arrival(self._new_id(), self._wall(), self._server_running())
                self._held.append((event, arrival))
                return arrival.id
            accept = self._accept
        return None if accept is None else accept(event)

    def open(self, accept: Accept) -> None:
        """Pass on all events that have come, in their order, and then each new one."""
        while True:
            with self._lock:
                if not self._held:
                    self._held, self._accept = None, accept
                    return
                held, self._held = self._held, []
            for event, arrival in held:
                accept(event, arrival)

    def close(self) -> Sequence[Held]:
        """Accept no more events. Returns those that nobody has taken."""
        with self._lock:
            held, self._held, self._accept = self._held or (), None, None
        return held
