"""Scheduled backups."""

from __future__ import annotations

import threading

from mcdreforged.api.all import PluginServerInterface

from prime_backup.config.config import get_config, seconds
from prime_backup.mcdr.task.backup.create_backup_task import CreateBackupTask
from prime_backup.mcdr.task_manager import TaskManager
from prime_backup.types.backup_tags import BackupTagName, BackupTags
from prime_backup.types.operator import Operator

__all__ = ["Scheduler"]


class Scheduler:
    """Adds a backup task every interval while the server runs, if the config says so."""

    def __init__(self, server: PluginServerInterface, tasks: TaskManager) -> None:
        self._server = server
        self._tasks = tasks
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="PB@double-scheduler", daemon=True)

    def start(self) -> None:
        if get_config().scheduled_backup.enabled:
            self._thread.start()

    def shutdown(self) -> None:
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(seconds(get_config().scheduled_backup.interval)):
            if self._server.is_server_running():
                self._tasks.add_task(self._task())

    def _task(self) -> CreateBackupTask:
        return CreateBackupTask(
            self._server.get_plugin_command_source(),
            "__pb_translated__:scheduled_backup",
            Operator.pb("scheduled_backup"),
            backup_tags=BackupTags().set(BackupTagName.scheduled, True),
        )
