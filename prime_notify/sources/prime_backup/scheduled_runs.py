"""The scheduled runs of one loaded Prime Backup that made no backup, and the reason of each.

``ScheduledBackupJob.run`` (1.9 to 1.13) returns in silence when there is nothing to do, or calls the method
``run_task_with_retry``, which tells by the ``executed`` of its result whether a task ran. That method is wrapped.
``run`` is not: APScheduler keeps the bound method that it was given when Prime Backup started, so that a wrapper put on
the class later is never called (run). The scheduler's own listeners tell of each run, also of those that it left out.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from types import ModuleType
from typing import Any, Callable, Mapping, Optional

from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.schedules.plan import Skip, SkipReason
from prime_notify.sources.foreign_objects import attribute
from prime_notify.sources.prime_backup.plan import JOB_ID, scheduled_job
from prime_notify.sources.prime_backup.seams import Misfit, Patch, Place, find

__all__ = ["RETRYING", "ScheduledRuns"]

RETRYING = Place("prime_backup.mcdr.crontab_job.scheduled_backup_job", "ScheduledBackupJob", "run_task_with_retry")
_EVENTS = "apscheduler.events"
_EXECUTED, _ERROR, _MISSED, _MAX_INSTANCES = (
    "EVENT_JOB_EXECUTED",
    "EVENT_JOB_ERROR",
    "EVENT_JOB_MISSED",
    "EVENT_JOB_MAX_INSTANCES",
)
_MOST_LOSSES = 5
"""Wrappers that are replaced by a new one. More than that is a plugin that removes each of them."""


class ScheduledRuns:
    """Puts a :class:`Skip` for each scheduled run that made no backup, from :meth:`attach` to :meth:`close`.

    ``put`` is called from Prime Backup's threads; it must not wait. No error of ours reaches Prime Backup.
    ``wall``: unix seconds.
    """

    def __init__(
        self,
        put: Callable[[Skip], object],
        *,
        server_running: Callable[[], bool],
        wall: Callable[[], float],
        log: logging.Logger,
    ) -> None:
        self._put = put
        self._server_running = server_running
        self._wall = wall
        self._log = log
        self._lock = threading.Lock()
        self._closed = False
        self._called = False  # run_task_with_retry, since the last run ended
        self._job: Any = None
        self._scheduler: Any = None
        self._codes: Mapping[int, str] = {}
        self._cls: Optional[type] = None
        self._patch: Optional[Patch] = None
        self._losses = 0

    # life cycle

    def attach(self, instance: Any, modules: Mapping[str, ModuleType]) -> Optional[Misfit]:
        """Observe the scheduled job of this entry module, or see that it still is. Returns why that is impossible."""
        cls = find(RETRYING, modules)
        if isinstance(cls, Misfit):
            return cls
        if self._scheduler is None:
            misfit = self._listen(instance, modules)
            if misfit is not None:
                return misfit
        former, self._cls = self._patch, cls
        if former is not None:
            if former.is_called(cls):
                return None
            self._losses += 1
            if self._losses > _MOST_LOSSES:
                return Misfit(f"another plugin replaces {RETRYING.class_name}.{RETRYING.method} again and again")
        self._patch = Patch(cls, self._around, self.retire, RETRYING.method)
        if former is not None:
            former.silence()
        return None

    def _listen(self, instance: Any, modules: Mapping[str, ModuleType]) -> Optional[Misfit]:
        job = scheduled_job(instance)
        scheduler = attribute(attribute(instance, "crontab_manager"), "scheduler")
        names = (_EXECUTED, _ERROR, _MISSED, _MAX_INSTANCES)
        codes = {attribute(modules.get(_EVENTS), name): name for name in names}
        if job is None:
            return Misfit(f"no job {JOB_ID}")
        if len(codes) < len(names) or not all(isinstance(code, int) for code in codes):
            return Misfit(f"no codes of events in {_EVENTS}")
        try:
            self._job, self._codes = job, codes
            scheduler.add_listener(self._heard, sum(codes))
        except Exception as error:  # noqa: BLE001
            return Misfit(f"its scheduler takes no listener: {type(error).__name__}")
        self._scheduler = scheduler
        return None

    def retire(self) -> None:
        """Put nothing any more."""
        with self._lock:
            self._closed = True

    def close(self) -> None:
        """Retire, and undo what :meth:`attach` did. Calls that come later only pass through. Idempotent."""
        self.retire()
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            with contextlib.suppress(Exception):
                scheduler.remove_listener(self._heard)
        if self._patch is not None:
            self._patch.undo()
            self._patch = None

    # on Prime Backup's threads

    def _around(self, call: Callable[[], Any], job: Any) -> Any:
        try:
            result = call()
        except BaseException:
            self._guarded(lambda: self._tried(SkipReason.UNKNOWN))
            raise
        self._guarded(lambda: self._tried(_reason_of(result, job)))
        return result

    def _tried(self, reason: Optional[SkipReason]) -> None:
        with self._lock:
            self._called = True
        if reason is not None:
            self._skip(reason)

    def _heard(self, event: Any) -> None:
        self._guarded(lambda: self._take(event))

    def _take(self, event: Any) -> None:
        """An event of the scheduler: a job's run has ended, or it was left out."""
        if attribute(event, "job_id") != JOB_ID:
            return
        name = self._codes.get(attribute(event, "code"))
        if name == _MAX_INSTANCES:  # the run before it still waits for its task
            self._skip(SkipReason.BUSY)
        elif name == _MISSED:  # the machine slept, or was too busy
            self._skip(SkipReason.MISSED)
        elif name is not None:
            with self._lock:
                called, self._called = self._called, False
            if not called and self._sees_calls():
                self._skip(SkipReason.UNKNOWN if name == _ERROR else self._silent_reason())

    def _sees_calls(self) -> bool:
        patch, cls = self._patch, self._cls
        return patch is not None and cls is not None and patch.is_called(cls)

    def _silent_reason(self) -> SkipReason:
        """Why ``run`` returned without a task; asked in the order in which it asks itself."""
        config = attribute(self._job, "config")
        if attribute(config, "enabled") is False:
            return SkipReason.DISABLED
        if not self._server_running():
            return SkipReason.SERVER_STOPPED
        if attribute(config, "require_online_players") is True:
            return SkipReason.NOBODY_ONLINE
        return SkipReason.UNKNOWN

    def _skip(self, reason: SkipReason) -> None:
        with self._lock:
            if self._closed:
                return
        self._put(Skip(PRIME_BACKUP, reason, self._wall()))

    def _guarded(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception:  # noqa: BLE001
            with contextlib.suppress(Exception):
                self._log.exception("Prime Notify could not observe a scheduled backup")


def _reason_of(result: Any, job: Any) -> Optional[SkipReason]:
    """Why ``run_task_with_retry`` gave up, by its result; None where a task ran, or nothing is known."""
    if attribute(result, "executed") is not False:
        return None
    if _is_set(job, "abort_event"):
        return SkipReason.UNLOADED
    return SkipReason.MADE_ALREADY if _is_set(job, "found_created_backup") else SkipReason.BUSY


def _is_set(job: Any, event_name: str) -> bool:
    is_set = attribute(attribute(job, event_name), "is_set")
    return callable(is_set) and is_set() is True
