"""Scheduled backups."""

from __future__ import annotations

import threading

from apscheduler.schedulers.base import BaseScheduler

from prime_backup.config.config import get_config
from prime_backup.mcdr import mcdr_globals
from prime_backup.mcdr.crontab_job import CrontabJobEvent, CrontabJobId
from prime_backup.mcdr.crontab_job.basic_job import BasicCrontabJob
from prime_backup.mcdr.online_player_counter import OnlinePlayerCounter
from prime_backup.mcdr.task.backup.create_backup_task import CreateBackupTask
from prime_backup.mcdr.task_manager import TaskManager
from prime_backup.types.backup_tags import BackupTagName, BackupTags
from prime_backup.types.operator import Operator

__all__ = ["ScheduledBackupJob"]


class ScheduledBackupJob(BasicCrontabJob):
    """``run`` returns in silence where there is nothing to do: the server does not run, or nobody is online."""

    id = CrontabJobId.schedule_backup

    def __init__(self, scheduler: BaseScheduler, task_manager: TaskManager) -> None:
        super().__init__(scheduler, task_manager)
        self.config = get_config().scheduled_backup
        self.is_executing = threading.Event()
        self.found_created_backup = threading.Event()

    def run(self) -> None:
        server = mcdr_globals.server
        if not self.config.enabled or not server.is_server_running():
            return
        if self.config.require_online_players and not OnlinePlayerCounter.get().take_players():
            return
        server.broadcast("[PB] The scheduled backup is triggered")
        self.is_executing.set()
        try:
            self.found_created_backup.clear()
            result = self.run_task_with_retry(
                self._task(), True, requirement_checker=lambda: not self.found_created_backup.is_set()
            )
        finally:
            self.is_executing.clear()
        server.broadcast("[PB] The scheduled backup is " + ("completed" if result.executed else "skipped"))

    def on_event(self, event: CrontabJobEvent) -> None:
        super().on_event(event)
        if event is not CrontabJobEvent.manual_backup_created or not self.is_enabled():
            return
        self.found_created_backup.set()
        resets = self.config.reset_timer_on_backup and self.interval is not None
        if resets and not self.is_executing.is_set():
            self.reschedule()

    def _task(self) -> CreateBackupTask:
        return CreateBackupTask(
            mcdr_globals.server.get_plugin_command_source(),
            "__pb_translated__:scheduled_backup",
            Operator.pb("scheduled_backup"),
            backup_tags=BackupTags().set(BackupTagName.scheduled, True),
        )
