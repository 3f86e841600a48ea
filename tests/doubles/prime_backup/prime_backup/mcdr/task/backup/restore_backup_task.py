"""``!!pb back``."""

from __future__ import annotations

from typing import Optional

from mcdreforged.api.all import CommandSource

from prime_backup.action.create_backup_action import CreateBackupAction
from prime_backup.action.export_backup_action_directory import ExportBackupToDirectoryAction
from prime_backup.action.get_backup_action import GetBackupAction
from prime_backup.action.list_backup_action import ListBackupAction
from prime_backup.mcdr.task.basic_task import HeavyTask
from prime_backup.types.backup_info import BackupInfo
from prime_backup.types.backup_tags import BackupTagName, BackupTags
from prime_backup.types.operator import Operator

__all__ = ["RestoreBackupTask"]


class RestoreBackupTask(HeavyTask[None]):
    """``run`` always returns None. It raises BackupNotFound before anything has happened; what is raised once the
    server has been stopped leaves the server stopped.
    """

    name = "restore backup"

    def __init__(
        self,
        source: CommandSource,
        backup_id: Optional[int] = None,
        needs_confirm: bool = True,
        fail_soft: bool = False,
    ) -> None:
        super().__init__(source)
        self.backup_id = backup_id
        self.needs_confirm = needs_confirm
        self.fail_soft = fail_soft
        self._can_abort = False

    def is_abort_able(self) -> bool:
        return self._can_abort

    def run(self) -> None:
        backup = self._find()
        if backup is None:
            self.source.reply("[PB] There is no backup to restore")
            return
        self._can_abort = True
        self.broadcast(f"Going to restore backup #{backup.id}: {backup.comment}")
        if self.needs_confirm and not self.wait_confirm():
            return
        was_running = self.server.is_server_running()
        if was_running and not self._count_down(backup):
            return
        self._can_abort = False
        if was_running:
            self.server.stop()
            self.server.wait_until_stop()
        self._replace_world(backup)
        if was_running:
            self.server.start()

    def _find(self) -> Optional[BackupInfo]:
        if self.backup_id is not None:
            return GetBackupAction(self.backup_id).run()
        lasting = (backup for backup in ListBackupAction().run() if not backup.tags.is_temporary_backup())
        return next(lasting, None)

    def _count_down(self, backup: BackupInfo) -> bool:
        for left in range(self.config.command.restore_countdown_sec, 0, -1):
            self.broadcast(f"!!! {left} second later, backup #{backup.id} replaces the world")
            if self.aborted_event.wait(1):
                self.broadcast(f"Task {self.name} aborted")
                return False
        return True

    def _replace_world(self, backup: BackupInfo) -> None:
        if self.config.command.backup_on_restore:
            CreateBackupAction(
                Operator.pb("pre_restore"),
                f"__pb_translated__:pre_restore:{backup.id}",
                tags=BackupTags().set(BackupTagName.temporary, True),
            ).run()
        failures = ExportBackupToDirectoryAction(
            backup.id, self.config.source_path, restore_mode=True, fail_soft=self.fail_soft
        ).run()
        for failure in failures:
            self.server.logger.error("could not restore %s: %s", failure.file.path, failure.error)
