"""The watch for a task that began and does not end."""

from __future__ import annotations

from typing import Any, Dict, FrozenSet, Mapping, NamedTuple, Optional

from prime_notify.config.watch_options import AUTO
from prime_notify.messages.machine_texts import joined_messages, machine_message
from prime_notify.model.event import Event, EventName, Status, Task
from prime_notify.model.payload import Payload
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.past import Past
from prime_notify.text.humanize import duration
from prime_notify.watch.part import Ended, WatchContext, WatchPart

__all__ = ["StuckWatch", "patience"]

_TOLD = "stuck:"
"""A value with this name and the id of a task says that it was told to be stuck."""

_RAN = "ran"
"""The value with the seconds for which each task had run, when the plugin was unloaded during it."""

_REMEMBERED = 10
_TIMES = 4.0
_LEAST = 1800.0
_FIRST_BACKUP = 7200.0
"""Seconds for a backup without a former one. The first one reads and compresses the whole world, so it takes many times
as long as a later one. During a restore the server is stopped and a person waits: its first one gets ``_LEAST``."""


class _Run(NamedTuple):
    """A task under way. ``began``: steady seconds. ``fields``: those of its start."""

    plugin_id: str
    task: Task
    began: float
    fields: Mapping[str, Any]


def patience(task: Task, longest: Optional[float]) -> float:
    """The seconds after which a task is stuck, where the longest of the last good ones took ``longest``. Pure."""
    if longest is None:
        return _FIRST_BACKUP if task is Task.BACKUP else _LEAST
    return max(_LEAST, _TIMES * longest)


class StuckWatch(WatchPart):
    """See the module. Each task is told once, also over a reload of the plugin. A task of a former process has ended.

    The time is counted by the steady clock, so a change of the machine's clock tells nothing.
    """

    every = 15.0

    def __init__(self, context: WatchContext) -> None:
        super().__init__(context)
        self._runs: Dict[str, _Run] = {}
        self._told: Dict[str, bool] = {}  # of those under way; no step of ours waits for the thread of the intake

    @property
    def stuck_ids(self) -> FrozenSet[str]:
        """The ids of the tasks that are under way and were told to be stuck."""
        return frozenset(self._told)

    def open(self, past: Past) -> None:
        now = self._context.clock.steady()
        ran = past.value(_RAN) or {}
        for run in self._context.open_runs():
            known = ran.get(run.task_id)
            began = now - known if isinstance(known, (int, float)) else run.began
            self._runs[run.task_id] = _Run(run.plugin_id, Task(run.task), began, run.fields)
        if ran:
            past.keep(_RAN, None)
        told = {name[len(_TOLD) :] for name in past.names(_TOLD)}
        self._told = dict.fromkeys(told & self._runs.keys(), True)
        for stale in sorted(told - self._told.keys()):
            past.keep(_TOLD + stale, None)

    def tick(self, past: Past, now: float) -> None:
        config = self._context.config()
        limit = config.watch.stuck_after
        if limit is False or not config.notification.enabled:
            return
        steady = self._context.clock.steady()
        for task_id, run in list(self._runs.items()):
            ran = steady - run.began
            if task_id in self._told or ran < (_LEAST if limit == AUTO else float(limit)):
                continue
            longest = self._longest(past, run)
            if limit != AUTO or ran >= patience(run.task, longest):
                self._tell(task_id, run, ran, longest)

    def stop(self) -> None:
        """The next instance in this process may have another steady clock, so it gets the seconds until now."""
        past, steady = self._context.past(), self._context.clock.steady()
        ran = {task_id: steady - run.began for task_id, run in list(self._runs.items())}
        if past is None or not ran:
            return
        try:
            past.keep(_RAN, ran)
        except OutboxError as error:
            self._context.log.debug("the watch could not keep how long the tasks have run: %s", error)

    def _longest(self, past: Past, run: _Run) -> Optional[float]:
        """The seconds of the longest of the last good tasks of that kind; None where none is known."""
        rows = past.newest(run.task.value, Status.SUCCESS.value, plugin_id=run.plugin_id, most=_REMEMBERED)
        return max((row.cost for row in rows if row.cost is not None), default=None)

    def _tell(self, task_id: str, run: _Run, ran: float, longest: Optional[float]) -> None:
        if longest is None:
            words = machine_message("stuck_first", duration(ran))
        else:
            words = machine_message("stuck_longer", duration(ran), duration(longest))
        message = joined_messages(words, machine_message(f"stuck_{run.task.value}"))
        fields = {**run.fields, "task_id": task_id, "cost_s": round(ran, 3), "message": message}
        event = Event(EventName.of(run.task, Status.STUCK), run.plugin_id, fields=fields)

        def is_due() -> bool:
            return task_id in self._runs and task_id not in self._told

        if self._context.tell(event, {_TOLD + task_id: {"ran": ran}}, is_due):
            self._told[task_id] = True
            if task_id not in self._runs:  # it ended meanwhile
                self._told.pop(task_id, None)

    # what the intake says

    def completed(self, payload: Payload) -> Optional[Ended]:
        if payload.event.is_end and not payload.test and payload.task_id in self._told:
            return Ended(payload, (_TOLD + payload.task_id,))
        return None

    def noticed(self, payload: Payload) -> None:
        if payload.test:
            return
        if payload.event.is_start:
            began = self._context.clock.steady()
            self._runs[payload.task_id] = _Run(payload.plugin.id, payload.task, began, payload.task_fields())
        elif payload.event.is_end:
            self._runs.pop(payload.task_id, None)
            self._told.pop(payload.task_id, None)
