"""The details of one backup."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import List

from prime_backup.types.backup_tags import BackupTags
from prime_backup.types.operator import Operator

__all__ = ["BackupInfo"]


@dataclass(frozen=True)
class BackupInfo:
    """Sizes in bytes; ``date`` in local time."""

    id: int
    timestamp: float
    creator: Operator
    comment: str
    targets: List[str]
    tags: BackupTags
    file_count: int
    raw_size: int
    stored_size: int

    @property
    def date(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.timestamp).astimezone()

    @property
    def date_str(self) -> str:
        return self.date.strftime("%Y-%m-%d %H:%M:%S")
