"""Prime Backup as a source: it is observed, and the events that a future version may emit itself take over."""

from __future__ import annotations

from typing import Optional, Sequence

from prime_notify.model.event import Event
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.periodic import Periodic
from prime_notify.schedules.plan import ScheduleSource
from prime_notify.sources.plugin_events import EmittedEvents
from prime_notify.sources.prime_backup.handover import Handover
from prime_notify.sources.prime_backup.observer import Observer
from prime_notify.sources.prime_backup.schedule import PrimeBackupSchedule
from prime_notify.sources.prime_backup.watcher import Watcher
from prime_notify.sources.source import Source, SourceContext, SourceStatus

__all__ = ["PrimeBackup"]

_WATCH_EVERY = 1.0  # seconds
_SERVER_STOP = "mcdr.server_stop"  # MCDReforged's MCDRPluginEvents.SERVER_STOP, also after a crash


class PrimeBackup(Source):
    """Observes Prime Backup until it emits the start of a task itself, and listens to its own events."""

    def __init__(self, context: SourceContext) -> None:
        self._context = context
        self._handover = Handover(context.steady)
        self._server_stops = 0
        self._watcher = Watcher(context.server, self._make_observer, log=context.log, tr=context.tr)
        self._schedule = PrimeBackupSchedule(
            context.server, self._watcher, log=context.log, tr=context.tr, wall=context.wall
        )

    def start(self) -> None:
        EmittedEvents(self._context, PRIME_BACKUP, self._emitted).register()
        self._context.server.register_event_listener(_SERVER_STOP, self._server_stopped)
        self._watcher.start()

    def stop(self) -> None:
        self._schedule.stop()
        self._watcher.stop()

    def status(self) -> Sequence[SourceStatus]:
        status = self._watcher.status
        return [] if status is None else [status]

    @property
    def schedule(self) -> ScheduleSource:
        return self._schedule

    @property
    def jobs(self) -> Sequence[Periodic]:
        return [Periodic("the watch for Prime Backup", _WATCH_EVERY, self._look)]

    def _look(self) -> None:
        self._watcher.tick()
        self._schedule.tick()

    def _make_observer(self, version: Optional[str]) -> Observer:
        handover = self._handover = Handover(self._context.steady)

        def report(event: Event) -> None:
            if handover.observed(event):
                self._context.report(event)

        return Observer(
            report,
            version=version,
            server_running=self._context.server.is_server_running,
            server_stops=lambda: self._server_stops,
            log=self._context.log,
            steady=self._context.steady,
        )

    def _server_stopped(self, *_args: object) -> None:
        self._server_stops += 1

    def _emitted(self, event: Event) -> None:
        event = self._handover.emitted(event)
        if event.name.is_start:
            self._watcher.leave()
        self._context.report(event)
