"""Labels of a backup."""

from __future__ import annotations

import enum
from typing import Any, Dict, Mapping, Optional

__all__ = ["BackupTagName", "BackupTags"]


class BackupTagName(enum.Enum):
    hidden = "hidden"
    temporary = "temporary"
    protected = "protected"
    scheduled = "scheduled"


class BackupTags:
    """A mapping of tag names to values."""

    def __init__(self, data: Optional[Mapping[str, Any]] = None) -> None:
        self._data: Dict[str, Any] = dict(data or {})

    def set(self, name: BackupTagName, value: Any) -> BackupTags:
        self._data[name.name] = value
        return self

    def get(self, name: BackupTagName) -> Any:
        return self._data.get(name.name)

    def is_temporary_backup(self) -> bool:
        return self.get(BackupTagName.temporary) is True

    def to_dict(self) -> Dict[str, Any]:
        return dict(self._data)
