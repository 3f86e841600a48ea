"""``!!pb make``, and scheduled backups."""

from __future__ import annotations

import threading
from typing import Optional

from mcdreforged.api.all import CommandSource

from prime_backup.action.create_backup_action import CreateBackupAction
from prime_backup.config.config import seconds
from prime_backup.mcdr.task import TaskEvent
from prime_backup.mcdr.task.basic_task import HeavyTask
from prime_backup.types.backup_tags import BackupTags
from prime_backup.types.operator import Operator

__all__ = ["CreateBackupTask"]


class CreateBackupTask(HeavyTask[Optional[int]]):
    """``run`` returns the backup's id; None when aborted, unloaded, or when the server did not save in time."""

    name = "create backup"

    def __init__(
        self,
        source: CommandSource,
        comment: str,
        operator: Optional[Operator] = None,
        *,
        backup_tags: Optional[BackupTags] = None,
    ) -> None:
        super().__init__(source)
        self.comment = comment
        self.operator = operator or Operator.of(source)
        self.backup_tags = backup_tags
        self.world_saved_done = threading.Event()
        self._waiting = False

    def is_abort_able(self) -> bool:
        return self._waiting

    def on_event(self, event: TaskEvent) -> None:
        super().on_event(event)
        if event is not TaskEvent.operation_confirmed:  # whatever happened, there is no more waiting for the save
            self.world_saved_done.set()

    def run(self) -> Optional[int]:
        self.broadcast("Creating backup ...")
        saving_off = self.server.is_server_running() and self.config.server.turn_off_auto_save
        if saving_off:
            self.server.execute("save-off")
        try:
            return self._make() if self._world_is_saved() else None
        finally:
            if saving_off and self.server.is_server_running():
                self.server.execute("save-on")

    def _world_is_saved(self) -> bool:
        in_time = True
        if self.server.is_server_running():
            self._waiting = True
            self.server.execute("save-all flush")
            in_time = self.world_saved_done.wait(seconds(self.config.server.save_world_max_wait))
            self._waiting = False
        if self.aborted_event.is_set():
            self.broadcast(f"Task {self.name} aborted")
        elif not in_time:
            self.broadcast("The wait for the world to be saved timed out, there is no backup")
        return in_time and not self.aborted_event.is_set()

    def _make(self) -> int:
        backup = CreateBackupAction(self.operator, self.comment, tags=self.backup_tags).run()
        self.broadcast(f"Backup completed, ID #{backup.id}, {backup.raw_size} bytes")
        return backup.id
