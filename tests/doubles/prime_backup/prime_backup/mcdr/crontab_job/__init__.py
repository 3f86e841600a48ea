"""What runs by a schedule."""

from __future__ import annotations

import enum

__all__ = ["CrontabJobEvent", "CrontabJobId"]


class CrontabJobId(enum.Enum):
    schedule_backup = enum.auto()


class CrontabJobEvent(enum.Enum):
    plugin_unload = enum.auto()
    manual_backup_created = enum.auto()
