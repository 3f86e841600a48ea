"""Copies the targets into the storage."""

from __future__ import annotations

from typing import Optional

from prime_backup.action import Action
from prime_backup.types.backup_info import BackupInfo
from prime_backup.types.backup_tags import BackupTags
from prime_backup.types.operator import Operator

__all__ = ["CreateBackupAction"]


class CreateBackupAction(Action[BackupInfo]):
    def __init__(self, creator: Operator, comment: str, *, tags: Optional[BackupTags] = None) -> None:
        super().__init__()
        self.creator = creator
        self.comment = comment
        self.tags = tags or BackupTags()

    def run(self) -> BackupInfo:
        root = self.config.source_path
        paths = [path for target in self.config.backup.targets for path in sorted((root / target).rglob("*"))]
        files = [self.storage.store(path, root) for path in paths if path.is_file()]
        return self.storage.add(files, self.creator, self.comment, self.tags)
