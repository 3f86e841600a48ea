"""The storage of backups: ``blobs/`` holds file contents by their hash, ``index.json`` the backups."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Sequence

from prime_backup.config.config import get_config
from prime_backup.exceptions import BackupNotFound
from prime_backup.types.backup_info import BackupInfo
from prime_backup.types.backup_tags import BackupTags
from prime_backup.types.operator import Operator

__all__ = ["Storage", "StoredFile"]


@dataclass(frozen=True)
class StoredFile:
    """One file of a backup: its path relative to the source root, and the hash that its content is stored under."""

    path: str
    mode: int
    hash: str
    size: int


class Storage:
    """The storage folder of the current config. Used by one thread at a time."""

    def __init__(self) -> None:
        self._root = get_config().storage_path
        self._index = self._root / "index.json"

    def create(self) -> None:
        (self._root / "blobs").mkdir(parents=True, exist_ok=True)

    def blob(self, digest: str) -> Path:
        return self._root / "blobs" / digest[:2] / digest

    def store(self, source: Path, root: Path) -> StoredFile:
        """Stores a file's content, unless it is stored already. Raises OSError."""
        content = source.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._known_hashes():
            blob = self.blob(digest)
            blob.parent.mkdir(exist_ok=True)
            blob.write_bytes(content)
        return StoredFile(source.relative_to(root).as_posix(), source.stat().st_mode, digest, len(content))

    def add(self, files: Sequence[StoredFile], creator: Operator, comment: str, tags: BackupTags) -> BackupInfo:
        rows = self._rows()
        backup_id = max((row["id"] for row in rows), default=0) + 1
        row = {
            "id": backup_id,
            "timestamp": time.time(),
            "creator": str(creator),
            "comment": comment,
            "targets": [name for name in get_config().backup.targets if (get_config().source_path / name).exists()],
            "tags": tags.to_dict(),
            "files": [vars(file) for file in files],
        }
        self._index.write_text(json.dumps([*rows, row]), encoding="utf-8")
        return _info(row)

    def list(self) -> List[BackupInfo]:
        """All backups, the newest first."""
        return [_info(row) for row in reversed(self._rows())]

    def get(self, backup_id: int) -> BackupInfo:
        return _info(self._row(backup_id))

    def files(self, backup_id: int) -> List[StoredFile]:
        return [StoredFile(**file) for file in self._row(backup_id)["files"]]

    def _row(self, backup_id: int) -> Dict[str, Any]:
        for row in self._rows():
            if row["id"] == backup_id:
                return row
        raise BackupNotFound(backup_id)

    def _rows(self) -> List[Dict[str, Any]]:
        if not self._index.exists():
            return []
        rows: List[Dict[str, Any]] = json.loads(self._index.read_text(encoding="utf-8"))
        return rows

    def _known_hashes(self) -> Dict[str, bool]:
        return {file["hash"]: True for row in self._rows() for file in row["files"]}


def _info(row: Dict[str, Any]) -> BackupInfo:
    size = sum(file["size"] for file in row["files"])
    return BackupInfo(
        id=row["id"],
        timestamp=row["timestamp"],
        creator=Operator.of(row["creator"]),
        comment=row["comment"],
        targets=row["targets"],
        tags=BackupTags(row["tags"]),
        file_count=len(row["files"]),
        raw_size=size,
        stored_size=size,
    )
