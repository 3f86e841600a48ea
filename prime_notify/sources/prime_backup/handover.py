"""The change from an observed Prime Backup to one that emits its events itself."""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence, Set

from prime_notify.model.event import Event, EventName, Task

__all__ = ["Handover"]

_MOMENT = 30.0  # seconds in which an emitted event may come later than the observed one


@dataclass
class _ObservedRun:
    """A task run under observation.

    ``ended``: in seconds of the steady clock; None while it is under way. ``start_emitted``, ``end_emitted``: whether
    Prime Backup has emitted this event as well.
    """

    task: Task
    task_id: str
    ended: Optional[float] = None
    start_emitted: bool = False
    end_emitted: bool = False

    def may_emit(self, name: EventName) -> bool:
        return name.task is self.task and not self.end_emitted and not (name.is_start and self.start_emitted)


class Handover:
    """From the observation of one Prime Backup to the events that it emits itself. Thread-safe.

    From the first start that it emits for a kind of task, observed starts of this kind are ignored. Until then a task
    has two starts and two ends: the emitted ones get the task id of the observed ones, and the engine accepts a start
    or an end of a task once, whichever comes first.
    """

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._lock = threading.Lock()
        self._emits_starts: Set[Task] = set()
        self._runs: List[_ObservedRun] = []

    def observed(self, event: Event) -> bool:
        """Whether to report an observed event: not when Prime Backup emits the events of this task itself."""
        with self._lock:
            task_id = event.fields["task_id"]
            run = next((run for run in self._runs if run.task_id == task_id), None)
            if run is None:
                if event.name.task in self._emits_starts:
                    return False
                run = _ObservedRun(event.name.task, task_id)
                self._runs = [*self._recent(), run]
            if not event.name.is_start:
                run.ended = self._steady()
            return True

    def emitted(self, event: Event) -> Event:
        """The event that Prime Backup emitted, with the task id of the observed run that it belongs to, if any."""
        with self._lock:
            name = event.name
            if name.is_start:
                self._emits_starts.add(name.task)
            run = next((run for run in self._recent() if run.may_emit(name)), None)
            if run is None:
                return event
            run.start_emitted = run.start_emitted or name.is_start
            run.end_emitted = not name.is_start
            return dataclasses.replace(event, fields={**event.fields, "task_id": run.task_id})

    def _recent(self) -> Sequence[_ObservedRun]:
        """Runs whose own events may still come."""
        now = self._steady()
        return [run for run in self._runs if run.ended is None or now - run.ended <= _MOMENT]
