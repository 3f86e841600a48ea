"""Errors that a user can cause."""

from __future__ import annotations

__all__ = ["BackupNotFound", "PrimeBackupError"]


class PrimeBackupError(Exception):
    """Base of this plugin's own errors."""


class BackupNotFound(PrimeBackupError):
    """There is no backup with that id."""

    def __init__(self, backup_id: int) -> None:
        super().__init__(f"no backup #{backup_id}")
        self.backup_id = backup_id
