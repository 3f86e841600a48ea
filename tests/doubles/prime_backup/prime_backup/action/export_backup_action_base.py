"""The base of every way to export a backup."""

from __future__ import annotations

import abc
from pathlib import Path

from prime_backup.action import Action
from prime_backup.types.backup_info import BackupInfo
from prime_backup.types.export_failure import ExportFailures

__all__ = ["ExportBackupActionBase"]


class ExportBackupActionBase(Action[ExportFailures], abc.ABC):
    def __init__(self, backup_id: int, output_path: Path, *, fail_soft: bool = False) -> None:
        super().__init__()
        self.backup_id = backup_id
        self.output_path = output_path
        self.fail_soft = fail_soft

    def run(self) -> ExportFailures:
        return self._export_backup(self.storage.get(self.backup_id))

    @abc.abstractmethod
    def _export_backup(self, backup: BackupInfo) -> ExportFailures: ...
