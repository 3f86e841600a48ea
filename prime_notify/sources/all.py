"""All sources together. A new one is a module with its :class:`Source`, and its row here."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Callable, Dict, Sequence

from prime_notify.model.event import Event
from prime_notify.periodic import Periodic
from prime_notify.schedules.plan import NO_SCHEDULE, ScheduleSource
from prime_notify.sources.plugin_events import PluginEvents
from prime_notify.sources.prime_backup.source import PrimeBackup
from prime_notify.sources.quick_backup import QuickBackup
from prime_notify.sources.source import Source, SourceContext, SourceServer, SourceStatus, Translate

if TYPE_CHECKING:  # the models of the config are loaded later than the sources
    from prime_notify.config.models import SourcesConfig

__all__ = ["SOURCES", "Sources"]

SOURCES: Sequence[Callable[[SourceContext], Source]] = (PrimeBackup, QuickBackup, PluginEvents)


class Sources:
    """Hands every event of every source to ``accept``, from :meth:`start` to :meth:`stop`.

    A task of Prime Backup may end after :meth:`stop`. Its events go to ``late`` then, which must not need anything of
    an engine or a plugin that is gone.
    """

    def __init__(
        self,
        server: SourceServer,
        *,
        accept: Callable[[Event], object],
        late: Callable[[Event], object],
        log: logging.Logger,
        tr: Translate,
        steady: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._accept = accept
        self._late = late
        self._lock = threading.RLock()  # re-entrant: another plugin may answer an accepted event with an event
        self._stopped = False
        context = SourceContext(server, self._report, log, tr, steady, wall)
        self._sources = [source(context) for source in SOURCES]

    @property
    def jobs(self) -> Sequence[Periodic]:
        """The periodic work of all sources."""
        return [job for source in self._sources for job in source.jobs]

    @property
    def schedule(self) -> ScheduleSource:
        """The schedule of the first source that has one."""
        found = (source.schedule for source in self._sources)
        return next((one for one in found if one is not NO_SCHEDULE), NO_SCHEDULE)

    def start(self) -> None:
        """Start every source. To be called in ``on_load``: nothing is missed from then on."""
        for source in self._sources:
            source.start()

    def configure(self, config: SourcesConfig) -> None:
        """Put a config in force, on the task executor."""
        for source in self._sources:
            source.configure(config)

    def stop(self) -> None:
        """Stop every source. ``accept`` is not running when this returns, and is never called again. Idempotent."""
        for source in self._sources:
            source.stop()
        with self._lock:
            self._stopped = True

    def status(self) -> Sequence[SourceStatus]:
        """The plugins that all sources have found, each once."""
        found: Dict[str, SourceStatus] = {}
        for source in self._sources:
            for status in source.status():
                found.setdefault(status.plugin_id, status)
        return list(found.values())

    def _report(self, event: Event) -> None:
        with self._lock:
            if not self._stopped:
                self._accept(event)
                return
        self._late(event)
