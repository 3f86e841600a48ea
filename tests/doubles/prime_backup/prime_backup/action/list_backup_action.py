"""Lists the backups."""

from __future__ import annotations

from typing import List

from prime_backup.action import Action
from prime_backup.types.backup_info import BackupInfo

__all__ = ["ListBackupAction"]


class ListBackupAction(Action[List[BackupInfo]]):
    def run(self) -> List[BackupInfo]:
        return self.storage.list()
