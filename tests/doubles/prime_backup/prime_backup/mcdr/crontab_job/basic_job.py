"""A job of APScheduler's, by an interval that counts from the load, or by a crontab."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass
from typing import Any, Callable, List, Optional

from apscheduler.job import Job
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from prime_backup.config.config import Duration, ScheduledBackupConfig
from prime_backup.mcdr import mcdr_globals
from prime_backup.mcdr.crontab_job import CrontabJobEvent, CrontabJobId
from prime_backup.mcdr.task import Task
from prime_backup.mcdr.task_manager import TaskManager, TooManyOngoingTask

__all__ = ["BasicCrontabJob"]

_RETRIES = (10.0, 60.0, 300.0)  # seconds of waiting, one after another


class BasicCrontabJob:
    """A job has no next run while it is paused, and then raises when it is asked for it."""

    @dataclass(frozen=True)
    class RunTaskWithRetryResult:
        executed: bool
        ret: Any = None
        error: Optional[Exception] = None

    id: CrontabJobId
    config: ScheduledBackupConfig

    def __init__(self, scheduler: BaseScheduler, task_manager: TaskManager) -> None:
        self.scheduler = scheduler
        self.task_manager = task_manager
        self.aps_job: Optional[Job] = None
        self.abort_event = threading.Event()

    @property
    def interval(self) -> Optional[Duration]:
        return self.config.interval

    @property
    def crontab(self) -> Optional[str]:
        return self.config.crontab

    @property
    def jitter(self) -> Duration:
        return self.config.jitter

    def run(self) -> None:
        raise NotImplementedError

    # its schedule

    def is_enabled(self) -> bool:
        return self.config.enabled

    def enable(self) -> None:
        if self.is_enabled():
            self.aps_job = self.scheduler.add_job(self.run, self._trigger(), id=self.id.name)

    def pause(self) -> None:
        self._present().pause()

    def resume(self) -> None:
        self._present().resume()

    def reschedule(self) -> None:
        self._present().reschedule(self._trigger())

    def is_pause(self) -> bool:
        return self.aps_job is None or self.aps_job.next_run_time is None

    def get_seconds_until_next_run(self) -> float:
        moment = self._present().next_run_time
        if moment is None:
            raise RuntimeError(f"{self.id.name} is not running")
        return float((moment - datetime.datetime.now(moment.tzinfo)).total_seconds())

    def on_event(self, event: CrontabJobEvent) -> None:
        if event is CrontabJobEvent.plugin_unload:
            self.abort_event.set()

    def _present(self) -> Job:
        if self.aps_job is None:
            raise RuntimeError(f"{self.id.name} is not enabled")
        return self.aps_job

    def _trigger(self) -> BaseTrigger:
        if self.interval is not None:
            return IntervalTrigger(seconds=self.interval.value, jitter=self.jitter.value)
        trigger = CronTrigger.from_crontab(self.crontab)
        trigger.jitter = self.jitter.value
        return trigger

    # its task

    def run_task_with_retry(
        self, task: Task[Any], can_retry: bool, *, requirement_checker: Callable[[], bool]
    ) -> RunTaskWithRetryResult:
        """Adds the task and waits for its end. While another one runs it tries again, for a fifth of the time to the
        next run at most."""
        for wait in self._waits() if can_retry else [0.0]:
            if self.abort_event.wait(wait) or not requirement_checker():
                break
            ended = threading.Event()
            result: List[Any] = []

            def done(ret: Any, error: Optional[Exception]) -> None:
                result.extend((ret, error))  # noqa: B023  (called before the next round)
                ended.set()  # noqa: B023

            try:
                self.task_manager.add_task(task, done, handle_tmo_err=False)
            except TooManyOngoingTask as error:
                mcdr_globals.server.logger.info("%s waits for the ongoing task %s", self.id.name, error.current.name)
            else:
                ended.wait()
                return self.RunTaskWithRetryResult(True, *result)
        return self.RunTaskWithRetryResult(False)

    def _waits(self) -> List[float]:
        most, waits, total = self.get_seconds_until_next_run() / 5, [0.0], 0.0
        for wait in _RETRIES:
            total += wait
            if total >= most:
                break
            waits.append(wait)
        return waits
