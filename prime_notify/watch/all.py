"""All parts of the watch. A new one is a module with its :class:`WatchPart`, and its row here."""

from __future__ import annotations

from typing import Callable, Sequence

from prime_notify.watch.overdue import OverdueWatch
from prime_notify.watch.part import WatchContext, WatchPart
from prime_notify.watch.report import ReportWatch
from prime_notify.watch.storage import StorageWatch
from prime_notify.watch.stuck import StuckWatch

__all__ = ["PARTS"]

PARTS: Sequence[Callable[[WatchContext], WatchPart]] = (OverdueWatch, StuckWatch, StorageWatch, ReportWatch)
