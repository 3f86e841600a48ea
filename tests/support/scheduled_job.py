"""The scheduled job of a small Prime Backup, and a stand-in for its scheduler, which runs it when a test says so."""

from __future__ import annotations

import enum
import threading
import types
from types import ModuleType, SimpleNamespace
from typing import Any, Callable, Dict, List, Tuple

import apscheduler.events
from apscheduler.events import JobEvent, JobExecutionEvent, JobSubmissionEvent

from prime_notify.sources.prime_backup.scheduled_runs import RETRYING
from tests.support.prime_backup_classes import modules, prime_backup

__all__ = ["Duration", "JobId", "Raising", "Scheduler", "load_modules", "scheduled_prime_backup"]

EXECUTED, ERROR = apscheduler.events.EVENT_JOB_EXECUTED, apscheduler.events.EVENT_JOB_ERROR


class Duration:
    """Prime Backup's: seconds as ``value``."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Raising:
    """An object whose attributes cannot be read."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name) if name.startswith("__") else RuntimeError(name)


class JobId(enum.Enum):
    schedule_backup = enum.auto()
    prune_backup = enum.auto()


class Scheduler:
    """Keeps the bound method that it was given, as APScheduler does, and passes events to listeners."""

    def __init__(self) -> None:
        self.listeners: List[Tuple[Callable[[JobEvent], object], int]] = []
        self.run: Callable[[], object] = lambda: None
        self.job_id = JobId.schedule_backup.name

    def add_listener(self, listener: Callable[[JobEvent], object], mask: int) -> None:
        self.listeners.append((listener, mask))

    def remove_listener(self, listener: Callable[[JobEvent], object]) -> None:
        self.listeners = [one for one in self.listeners if one[0] != listener]

    def fire(self) -> None:
        """Run the job."""
        try:
            self.run()
        except Exception as error:
            self.dispatch(JobExecutionEvent(ERROR, self.job_id, "default", None, exception=error))
        else:
            self.dispatch(JobExecutionEvent(EXECUTED, self.job_id, "default", None))

    def leave_out(self, code: int) -> None:
        """Tell that the job was not run."""
        self.dispatch(JobSubmissionEvent(code, self.job_id, "default", []))

    def dispatch(self, event: Any) -> None:
        for listener, mask in self.listeners:
            if event.code & mask:
                listener(event)


def scheduled_prime_backup(**config: Any) -> Any:
    """The entry module of a Prime Backup that has started. ``config``: other options of ``scheduled_backup``.

    ``job.outcome``: what ``run_task_with_retry`` returns or raises. ``job.before``: a step of ``run``.
    """

    class BasicCrontabJob:
        def run_task_with_retry(self, task: Any, can_retry: bool, *, broadcast: bool = False) -> Any:
            outcome = self.outcome  # type: ignore[attr-defined]
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

    class ScheduledBackupJob(BasicCrontabJob):
        def __init__(self) -> None:
            self.config: Any = None
            self.outcome: Any = SimpleNamespace(executed=True)
            self.before: Callable[[], object] = lambda: None
            self.server_runs: Callable[[], bool] = lambda: True
            self.players: List[str] = ["Steve"]
            self.abort_event, self.found_created_backup = threading.Event(), threading.Event()
            self.left: Any = 60.0

        def run(self) -> None:
            self.before()
            if not self.config.enabled or not self.server_runs():
                return
            if self.config.require_online_players and not self.players:
                return
            self.run_task_with_retry("task", True, broadcast=True)

        def is_pause(self) -> bool:
            return self.left is None

        def get_seconds_until_next_run(self) -> float:
            if self.left is None:
                raise RuntimeError("job is not running")
            return float(self.left)

    options = {
        "enabled": True,
        "interval": Duration(3600),
        "crontab": None,
        "jitter": Duration(10),
        "require_online_players": False,
    }
    scheduled = SimpleNamespace(**{**options, **config})
    job, scheduler = ScheduledBackupJob(), Scheduler()
    job.config, scheduler.run = scheduled, job.run
    entry = types.ModuleType("prime_backup.mcdr.mcdr_entrypoint")
    vars(entry).update(
        config=SimpleNamespace(enabled=True, storage_root="./pb_files", scheduled_backup=scheduled),
        init_ok=True,
        crontab_manager=SimpleNamespace(
            jobs={JobId.prune_backup: None, JobId.schedule_backup: job}, scheduler=scheduler
        ),
        job=job,
        scheduler=scheduler,
    )
    return entry


def load_modules(entry: Any) -> Dict[str, ModuleType]:
    """The modules of that Prime Backup, with its observed classes, as ``sys.modules`` would hold them."""
    module = types.ModuleType(RETRYING.module)
    vars(module)[RETRYING.class_name] = type(entry.job)
    return {
        **modules(prime_backup()),
        RETRYING.module: module,
        entry.__name__: entry,
        "apscheduler.events": apscheduler.events,
    }
