"""All lanes: one for each enabled endpoint. A change of the config replaces only the lanes of changed endpoints."""

from __future__ import annotations

import queue
import threading
import time
from typing import Callable, Dict, Iterable, List, Mapping, Optional, Sequence

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.delivery.lane import Lane
from prime_notify.delivery.lane_thread import LaneThread

__all__ = ["Lanes", "Waker"]


class Lanes:
    """Starts, wakes and stops lanes. Only the engine calls :meth:`apply` and :meth:`stop`, one call at a time."""

    def __init__(
        self, make: Callable[[Endpoint], Lane], members_after: Callable[[str], Sequence[str]] = lambda name: ()
    ) -> None:
        self._make = make
        self.members_after = members_after
        self._threads: Dict[str, LaneThread] = {}
        self._waker = Waker(self.wake)

    def apply(self, endpoints: Iterable[Endpoint]) -> None:
        """Have a lane for each of these endpoints, and no other. An unchanged endpoint keeps its lane.

        Returns at once: the lane of a changed endpoint waits itself for the former one.
        """
        former = dict(self._threads)
        current = {}
        for endpoint in endpoints:
            old = former.get(endpoint.name)
            if old is not None and old.lane.endpoint.config == endpoint.config:
                current[endpoint.name] = former.pop(endpoint.name)
            else:
                current[endpoint.name] = LaneThread(self._make(endpoint), after=old)
        for thread in former.values():
            thread.stop()
        self._threads = current
        self.wake(current)

    def wake(self, names: Iterable[str]) -> None:
        """A delivery was stored for these endpoints."""
        for name in names:
            thread = self._threads.get(name)
            if thread is not None:
                thread.wake()

    def wake_soon(self, names: Iterable[str]) -> None:
        """As :meth:`wake`, a few at a time, from another thread."""
        self._waker.wake(names)

    def wake_all(self) -> None:
        """A delivery may have been stored for any endpoint."""
        self.wake(self._threads)

    def reset(self, names: Iterable[str]) -> None:
        """Try these endpoints again at once, whatever their health is."""
        for name in names:
            thread = self._threads.get(name)
            if thread is not None:
                thread.lane.reset()
                thread.wake()

    def is_open_to_more(self, name: str) -> bool:
        """Whether new deliveries of an endpoint are attempted at once, and not only after a pause."""
        thread = self._threads.get(name)
        return thread is None or thread.lane.is_open_to_more

    def paused(self, now: float) -> Mapping[str, Optional[float]]:
        """The endpoints that are paused, and the seconds until they are tried again; None: not before a reset."""
        lanes = [lane for lane in self.by_name().values() if not lane.is_open_to_more]
        return {lane.endpoint.name: None if lane.disabled else lane.health.open_until - now for lane in lanes}

    def by_name(self) -> Mapping[str, Lane]:
        """The lanes by the names of their endpoints, to be looked at."""
        return {name: thread.lane for name, thread in self._threads.items()}

    @property
    def alive(self) -> bool:
        """Whether every lane works."""
        return all(thread.is_alive for thread in self._threads.values())

    def stop(self, grace: float, *, now: Callable[[], float] = time.monotonic) -> Sequence[str]:
        """End all lanes; attempts under way get ``grace`` seconds together. Names of those that are still trying."""
        self._waker.stop()
        threads, self._threads = self._threads, {}
        for thread in threads.values():
            thread.stop()
        deadline = now() + grace
        busy: List[str] = []
        for name, thread in threads.items():
            if not thread.join(max(0.0, deadline - now())):
                busy.append(name)
        return busy


_TOGETHER = 3
"""Lanes that are woken together. More of them would only take the interpreter from each other."""

_APART = 0.0007
"""Seconds between two groups: as long as such a group needs until its requests are sent."""


class Waker:
    """Wakes lanes in small groups, from a thread of its own, so that nobody waits until fifty are awake.

    ``act`` gets the names soon after :meth:`wake`. ``pause`` is called with the seconds between two groups.
    """

    def __init__(self, act: Callable[[Iterable[str]], None], pause: Callable[[float], None] = time.sleep) -> None:
        self._act = act
        self._pause = pause
        self._lock = threading.Lock()
        self._calls: queue.SimpleQueue[Iterable[str]] = queue.SimpleQueue()
        self._stopping = False
        self._thread: Optional[threading.Thread] = None

    def wake(self, names: Iterable[str]) -> None:
        """Returns at once. From any thread."""
        if self._thread is None:
            self._start()
        self._calls.put(names)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None and not self._stopping:
                self._thread = threading.Thread(target=self._work, name="prime_notify-waker", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """``act`` is not called after this. Idempotent."""
        with self._lock:
            self._stopping = True
            thread, self._thread = self._thread, None
        self._calls.put(())
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            names = list(self._calls.get())
            for start in range(0, len(names), _TOGETHER):
                if start:
                    self._pause(_APART)
                if self._stopping:
                    return
                self._act(names[start : start + _TOGETHER])
            if self._stopping:
                return
