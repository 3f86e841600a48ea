"""Files that could not be restored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Iterator, List

__all__ = ["ExportFailure", "ExportFailures", "FileInfo"]


@dataclass(frozen=True)
class FileInfo:
    """A file of a backup, its path relative to the source root."""

    path: str
    mode: int


@dataclass(frozen=True)
class ExportFailure:
    file: FileInfo
    error: Exception


@dataclass
class ExportFailures:
    """Collects failures when soft, raises them when not."""

    fail_soft: bool
    failures: List[ExportFailure] = field(default_factory=list)

    def handle(self, file: FileInfo, error: Exception) -> None:
        if not self.fail_soft:
            raise error
        self.failures.append(ExportFailure(file, error))

    def __len__(self) -> int:
        return len(self.failures)

    def __iter__(self) -> Iterator[ExportFailure]:
        return iter(self.failures)
