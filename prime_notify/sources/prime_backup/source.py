"""Prime Backup as a source: it is observed, and the events that a future version may emit itself take over."""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence

from prime_notify.config.models import SourcesConfig
from prime_notify.model.event import Event, EventName, Task
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.periodic import Periodic
from prime_notify.sources.plugin_events import EmittedEvents
from prime_notify.sources.prime_backup.observer import Observer
from prime_notify.sources.prime_backup.watcher import Watcher
from prime_notify.sources.source import Source, SourceContext, SourceStatus

__all__ = ["Handover", "PrimeBackup"]

_WATCH_EVERY = 1.0  # seconds
_MOMENT = 30.0  # seconds in which an emitted event may come later than the observed one


class PrimeBackup(Source):
    """Observes Prime Backup until it emits the start of a task itself, and listens to its own events."""

    def __init__(self, context: SourceContext) -> None:
        self._context = context
        self._handover = Handover(context.steady)
        self._watcher = Watcher(context.server, self._make_observer, log=context.log, tr=context.tr)

    def start(self, config: SourcesConfig) -> None:
        EmittedEvents(self._context, PRIME_BACKUP, self._emitted).register()
        self._watcher.start()

    def stop(self) -> None:
        self._watcher.stop()

    def status(self) -> Sequence[SourceStatus]:
        status = self._watcher.status
        return [] if status is None else [status]

    @property
    def jobs(self) -> Sequence[Periodic]:
        return [Periodic("the watch for Prime Backup", _WATCH_EVERY, self._watcher.tick)]

    def _make_observer(self, version: Optional[str]) -> Observer:
        handover = self._handover = Handover(self._context.steady)

        def report(event: Event) -> None:
            if handover.observed(event):
                self._context.report(event)

        return Observer(
            report,
            version=version,
            server_running=self._context.server.is_server_running,
            log=self._context.log,
            steady=self._context.steady,
        )

    def _emitted(self, event: Event) -> None:
        event = self._handover.emitted(event)
        if event.name.is_start:
            self._watcher.leave()
        self._context.report(event)


@dataclass
class _ObservedRun:
    """``ended``: seconds of the steady clock, None while it is under way. The others: whether Prime Backup did so."""

    task: Task
    task_id: str
    ended: Optional[float] = None
    start_emitted: bool = False
    end_emitted: bool = False

    def may_emit(self, name: EventName) -> bool:
        return name.task is self.task and not self.end_emitted and not (name.is_start and self.start_emitted)


class Handover:
    """From the observation of one Prime Backup to the events that it emits itself. Thread-safe.

    From the first start that it emits, observed starts are ignored. Until then a task has two starts and two ends:
    the emitted ones get the task id of the observed ones, and the engine accepts a start or an end of a task once,
    whichever comes first.
    """

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._lock = threading.Lock()
        self._emits_starts = False
        self._runs: List[_ObservedRun] = []

    def observed(self, event: Event) -> bool:
        """Whether to report an observed event: not when Prime Backup emits the events of this task itself."""
        with self._lock:
            task_id = event.fields["task_id"]
            run = next((run for run in self._runs if run.task_id == task_id), None)
            if run is None:
                if self._emits_starts:
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
            self._emits_starts = self._emits_starts or name.is_start
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
