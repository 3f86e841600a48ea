"""The tasks that run, and how the last ones ended: each start is followed by exactly one end."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import Callable, Dict, Iterable, List, Mapping, Optional

from prime_notify.model.event import Bound, Event, Status, Task, TaskKind
from prime_notify.model.notification import Notification
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.outbox.values import Ending, OpenTask
from prime_notify.routing import outcome_of
from prime_notify.text.clean import clean_text

__all__ = ["Placement", "TaskLedger"]

_REMEMBERED_ENDS = 256
_ID_LENGTH = 128


@dataclass(frozen=True)
class Placement:
    """The task of an event.

    ``abandoned``: open tasks that ended without an event, as this event shows. ``repeated``: this start or end was
    accepted before, so the event is to be dropped.
    """

    task_id: str
    abandoned: List[OpenTask]
    repeated: bool = False


class TaskLedger:
    """The open tasks and the last endings. Not thread-safe: the engine uses it under its lock."""

    def __init__(
        self, new_id: Callable[[], str], open_tasks: Iterable[OpenTask] = (), endings: Iterable[Ending] = ()
    ) -> None:
        self._new_id = new_id
        self._open = {task.task_id: task for task in open_tasks}
        self._ended: collections.deque[str] = collections.deque(maxlen=_REMEMBERED_ENDS)
        self._last: Dict[TaskKind, Status] = {TaskKind(one.plugin_id, one.task): one.status for one in endings}

    def place(self, event: Event) -> Placement:
        """Find the task that ``event`` belongs to. A source that runs several at once sends a ``task_id``."""
        given = event.fields.get("task_id")
        if isinstance(given, str) and given:
            given = clean_text(given, _ID_LENGTH)
            bounded, running = event.name.bound is not Bound.NONE, given in self._open
            repeated = (bounded and given in self._ended) or (event.name.is_start and running)
            return Placement(given, [], repeated)
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

    def server_ran_at_start(self, task_id: str) -> Optional[bool]:
        """Whether the server ran when the task began; None where that is not known."""
        task = self._open.get(task_id)
        return task.server_ran if task else None

    def opened(self, task: OpenTask) -> None:
        """A start was accepted."""
        self._open[task.task_id] = task

    def closed(self, task_id: str, ending: Optional[Ending] = None) -> Optional[OpenTask]:
        """An end was accepted, with the ``ending`` where it is new; the task, where its start was accepted."""
        self._ended.append(task_id)
        if ending is not None:
            self.remember(ending)
        return self._open.pop(task_id, None)

    def remember(self, ending: Ending) -> None:
        """A kind of task is well or fails from now on."""
        self._last[TaskKind(ending.plugin_id, ending.task)] = ending.status

    @property
    def last(self) -> Mapping[TaskKind, Status]:
        """How the last task of each kind ended."""
        return self._last

    def new_ending(self, notification: Notification) -> Optional[Ending]:
        """The ending of the task, where it differs from the last one of its kind, which is remembered already."""
        outcome = outcome_of(notification.payload)
        if outcome is None or self._last.get(outcome[0]) is outcome[1]:
            return None
        return Ending(*outcome[0], outcome[1])

    def usual_plugin(self, task: Task) -> str:
        """The plugin that runs tasks of this kind here: Prime Backup, unless only others have run one."""
        known = [plugin for plugin, kind in self._last if kind is task]
        return known[-1] if known and PRIME_BACKUP not in known else PRIME_BACKUP
