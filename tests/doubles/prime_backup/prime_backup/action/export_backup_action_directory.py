"""Writes a backup's files into a folder: an export, or in restore mode the restore itself."""

from __future__ import annotations

import shutil
from pathlib import Path

from prime_backup.action.export_backup_action_base import ExportBackupActionBase
from prime_backup.types.backup_info import BackupInfo
from prime_backup.types.export_failure import ExportFailures, FileInfo

__all__ = ["ExportBackupToDirectoryAction"]


class ExportBackupToDirectoryAction(ExportBackupActionBase):
    """``run`` (inherited) returns the files that could not be written; it raises when not ``fail_soft``."""

    def __init__(
        self, backup_id: int, output_path: Path, *, restore_mode: bool = False, fail_soft: bool = False
    ) -> None:
        super().__init__(backup_id, output_path, fail_soft=fail_soft)
        self.restore_mode = restore_mode

    def _export_backup(self, backup: BackupInfo) -> ExportFailures:
        if not self.restore_mode:
            return self._write_files(backup)
        trash = self.config.storage_path / "trash"
        shutil.rmtree(trash, ignore_errors=True)
        for target in filter(lambda name: (self.output_path / name).exists(), backup.targets):
            shutil.move(str(self.output_path / target), str(trash / target))
        try:
            failures = self._write_files(backup)
        except Exception:
            self._roll_back(backup, trash)
            raise
        shutil.rmtree(trash, ignore_errors=True)
        return failures

    def _write_files(self, backup: BackupInfo) -> ExportFailures:
        failures = ExportFailures(self.fail_soft)
        for file in self.storage.files(backup.id):
            destination = self.output_path / file.path
            try:
                destination.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.storage.blob(file.hash), destination)
            except OSError as error:
                failures.handle(FileInfo(file.path, file.mode), error)
        return failures

    def _roll_back(self, backup: BackupInfo, trash: Path) -> None:
        for target in backup.targets:
            shutil.rmtree(self.output_path / target, ignore_errors=True)
            if (trash / target).exists():
                shutil.move(str(trash / target), str(self.output_path / target))
