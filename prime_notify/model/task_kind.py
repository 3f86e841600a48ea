"""The kind of a task: its outcomes follow each other, and one task of a kind says how the kind is doing."""

from __future__ import annotations

from typing import NamedTuple

from prime_notify.model.event import Task

__all__ = ["TaskKind"]


class TaskKind(NamedTuple):
    """The backups, or the restores, of one plugin."""

    plugin_id: str
    task: Task

    @property
    def key(self) -> str:
        """``prime_backup:restore``: the kind as it is stored."""
        return f"{self.plugin_id}:{self.task.value}"
