"""The schedule of Prime Backup's backups over its loads, unloads and reloads."""

from __future__ import annotations

import collections
import logging
import sys
import threading
import time
from types import ModuleType
from typing import Any, Callable, Deque, List, Mapping, Optional, Sequence

from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.schedules.plan import Plan, Skip
from prime_notify.sources.foreign_objects import attribute
from prime_notify.sources.prime_backup.plan import read_plan
from prime_notify.sources.prime_backup.readiness import Readiness, readiness_of
from prime_notify.sources.prime_backup.scheduled_runs import ScheduledRuns
from prime_notify.sources.prime_backup.watcher import Watcher
from prime_notify.sources.source import SourceServer, Translate, plugin_version

__all__ = ["PrimeBackupSchedule"]

_MOST_SKIPS = 1000
"""Skips that wait to be taken. They wait while another process owns the data folder; then the oldest are dropped."""


class PrimeBackupSchedule:
    """See :class:`prime_notify.schedules.plan.ScheduleSource`. :meth:`tick` follows the Prime Backup that is loaded.

    ``watcher``: whether its backups are seen at all; without them, each would be missed. ``wall``: unix seconds.
    """

    def __init__(
        self,
        server: SourceServer,
        watcher: Watcher,
        *,
        log: logging.Logger,
        tr: Translate,
        wall: Callable[[], float] = time.time,
        modules: Mapping[str, ModuleType] = sys.modules,
    ) -> None:
        self._server = server
        self._watcher = watcher
        self._log = log
        self._tr = tr
        self._wall = wall
        self._modules = modules
        self._skips: Deque[Skip] = collections.deque(maxlen=_MOST_SKIPS)
        self._loads = threading.Lock()
        self._loaded: Any = None
        self._load = 0
        self._lock = threading.Lock()
        self._stopped = False
        self._manager: Any = None
        self._runs: Optional[ScheduledRuns] = None

    # what the watch asks

    def plan(self) -> Plan:
        """The schedule, as it is now. From any thread; never raises."""
        try:
            return self._plan()
        except Exception:  # noqa: BLE001
            self._log.debug("could not read the schedule of Prime Backup", exc_info=True)
            return Plan(PRIME_BACKUP)

    def take_skips(self) -> Sequence[Skip]:
        """The scheduled runs that were left out since the last call. From any thread."""
        taken: List[Skip] = []
        while True:
            try:
                taken.append(self._skips.popleft())
            except IndexError:
                return taken

    def _plan(self) -> Plan:
        instance = self._server.get_plugin_instance(PRIME_BACKUP)
        if instance is None:
            return Plan(PRIME_BACKUP)
        readiness = readiness_of(instance)
        if readiness is Readiness.DISABLED:  # its config says so: this is no fault, and no backup is expected
            return Plan(PRIME_BACKUP, loaded=True, load=self._load_of(instance))
        is_unloading = attribute(instance, "crontab_manager", instance) is None
        if readiness is not Readiness.READY or is_unloading or not self._watcher.is_settled:
            return Plan(PRIME_BACKUP)
        plan = read_plan(instance, now=self._wall(), load=self._load_of(instance))
        if not self._watcher.sees_backups:
            return Plan("", loaded=True, load=plan.load, storage=plan.storage)
        return plan

    def _load_of(self, instance: Any) -> int:
        """The number of this load: each has an entry module of its own."""
        with self._loads:
            if instance is not self._loaded:
                self._loaded = instance
                self._load += 1
            return self._load

    # following Prime Backup

    def tick(self) -> None:
        """Observe the scheduled runs of the Prime Backup that is loaded."""
        with self._lock:
            if self._stopped:
                return
            instance = self._server.get_plugin_instance(PRIME_BACKUP)
            manager = attribute(instance, "crontab_manager")
            if manager is not self._manager:
                self._let_go()
                self._manager = manager
                self._runs = self._make_runs()
            if self._runs is None or not self.plan().enabled:
                return
            misfit = self._runs.attach(instance, self._modules)
            if misfit is not None:
                version = plugin_version(self._server, PRIME_BACKUP)
                text = self._tr("source.prime_backup.misfit.scheduled_job", version=version, reason=misfit)
                self._log.warning("%s", text)
                self._let_go()  # until the next load

    def stop(self) -> None:
        """Stop observing for good. Idempotent."""
        with self._lock:
            self._stopped = True
            self._let_go()

    def _make_runs(self) -> ScheduledRuns:
        running = self._server.is_server_running
        return ScheduledRuns(self._skips.append, server_running=running, wall=self._wall, log=self._log)

    def _let_go(self) -> None:
        if self._runs is not None:
            self._runs.close()
        self._runs = None
