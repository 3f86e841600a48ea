"""Finds one backup."""

from __future__ import annotations

from prime_backup.action import Action
from prime_backup.types.backup_info import BackupInfo

__all__ = ["GetBackupAction"]


class GetBackupAction(Action[BackupInfo]):
    """``run`` raises BackupNotFound."""

    def __init__(self, backup_id: int) -> None:
        super().__init__()
        self.backup_id = backup_id

    def run(self) -> BackupInfo:
        return self.storage.get(self.backup_id)
