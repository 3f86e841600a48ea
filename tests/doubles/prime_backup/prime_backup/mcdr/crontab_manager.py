"""The scheduler and its jobs."""

from __future__ import annotations

from typing import Dict

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from prime_backup.mcdr.crontab_job import CrontabJobEvent, CrontabJobId
from prime_backup.mcdr.crontab_job.basic_job import BasicCrontabJob
from prime_backup.mcdr.crontab_job.scheduled_backup_job import ScheduledBackupJob
from prime_backup.mcdr.task_manager import TaskManager

__all__ = ["CrontabManager"]


class CrontabManager:
    def __init__(self, task_manager: TaskManager) -> None:
        pool = ThreadPoolExecutor(pool_kwargs={"thread_name_prefix": "PB@double-crontab"})
        self.scheduler = BackgroundScheduler(executors={"default": pool})
        job = ScheduledBackupJob(self.scheduler, task_manager)
        self.jobs: Dict[CrontabJobId, BasicCrontabJob] = {job.id: job}

    def start(self) -> None:
        self.scheduler.start()
        for job in self.jobs.values():
            job.enable()

    def send_event(self, event: CrontabJobEvent) -> None:
        for job in self.jobs.values():
            job.on_event(event)

    def shutdown(self) -> None:
        """Notifies the jobs, and waits for those that are running."""
        self.send_event(CrontabJobEvent.plugin_unload)
        if self.scheduler.running:
            self.scheduler.shutdown()
