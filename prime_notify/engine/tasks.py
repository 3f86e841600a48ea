"""Keeps the promise that a start is followed by exactly one end."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import Callable, Iterable, List, Optional

from prime_notify.model.event import Bound, Event
from prime_notify.outbox.values import OpenTask
from prime_notify.text.clean import clean_text

__all__ = ["Placement", "TaskLedger"]

_REMEMBERED_ENDS = 256
_ID_LENGTH = 128


@dataclass(frozen=True)
class Placement:
    """Where an event stands among the tasks: its task's id, what was left open before it, whether it was told before.

    ``abandoned``: tasks that this event shows to have ended without a word. ``repeated``: this very start or end was
    accepted already, so the event is to be dropped.
    """

    task_id: str
    abandoned: List[OpenTask]
    repeated: bool = False


class TaskLedger:
    """Which tasks are running, as far as events told. Not thread-safe: the engine asks under its lock."""

    def __init__(self, new_id: Callable[[], str], open_tasks: Iterable[OpenTask] = ()) -> None:
        self._new_id = new_id
        self._open = {task.task_id: task for task in open_tasks}
        self._ended: collections.deque[str] = collections.deque(maxlen=_REMEMBERED_ENDS)

    def place(self, event: Event) -> Placement:
        """Find the task that ``event`` belongs to. A source that runs several at once tells them apart by task_id."""
        told = event.fields.get("task_id")
        if isinstance(told, str) and told:
            told = clean_text(told, _ID_LENGTH)
            bounded, running = event.name.bound is not Bound.NONE, told in self._open
            repeated = (bounded and told in self._ended) or (event.name.is_start and running)
            return Placement(told, [], repeated)
        running_tasks = [
            task
            for task in self._open.values()
            if task.plugin_id == event.plugin_id and task.start.task is event.name.task
        ]
        if event.name.is_start:
            return Placement(self._new_id(), running_tasks)
        if event.name.is_end and running_tasks:
            return Placement(running_tasks[-1].task_id, running_tasks[:-1])
        return Placement(self._new_id(), [])

    def is_open(self, task_id: str) -> bool:
        """Whether its start was accepted and its end was not."""
        return task_id in self._open

    def start_of(self, task_id: str) -> Optional[str]:
        """The id of the notification of its start, while the task is open."""
        task = self._open.get(task_id)
        return task.notification_id if task else None

    def opened(self, task: OpenTask) -> None:
        """A start was accepted."""
        self._open[task.task_id] = task

    def closed(self, task_id: str) -> Optional[OpenTask]:
        """An end was accepted; the task that it ends, when its start had been."""
        self._ended.append(task_id)
        return self._open.pop(task_id, None)
