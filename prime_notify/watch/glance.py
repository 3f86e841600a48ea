"""What the parts of the watch know now, beside the deadline of the backups. Waits for nothing, from any thread.

A part that this version does not have knows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Optional, Sequence, Tuple

from prime_notify.model.figures import Disk
from prime_notify.watch.part import WatchPart

__all__ = ["Glance", "low_paths"]


@dataclass(frozen=True)
class Glance:
    """``disks``: as they were at the last look. ``silent``: folders whose disk does not answer. ``stuck``: the ids of
    the tasks that were told to be stuck. ``stuck_after``: by task, the seconds after which it is told. ``report_at``:
    when the next report is due."""

    disks: Tuple[Disk, ...] = ()
    silent: Tuple[str, ...] = ()
    stuck: Tuple[str, ...] = ()
    stuck_after: Optional[Mapping[str, Optional[float]]] = None
    report_at: Optional[float] = None

    @classmethod
    def of(cls, parts: Iterable[WatchPart]) -> Glance:
        """What these parts know."""
        named = {type(part).__name__: part for part in parts}
        storage, stuck, report = (named.get(name) for name in ("StorageWatch", "StuckWatch", "ReportWatch"))
        return cls(
            disks=_disks(getattr(storage, "disks", ())),
            silent=tuple(str(path) for path in getattr(storage, "silent", ())),
            stuck=tuple(str(id) for id in getattr(stuck, "told", ())),
            stuck_after=getattr(stuck, "limits", None),
            report_at=getattr(report, "next_at", None),
        )

    @property
    def low(self) -> Sequence[str]:
        """The folders whose disk is nearly full."""
        return [disk.path for disk in self.disks if disk.low]


def _disks(found: Any) -> Tuple[Disk, ...]:
    values = found.values() if isinstance(found, Mapping) else found
    return tuple(one for one in values if isinstance(one, Disk))


def low_paths(kept: Optional[Mapping[str, Any]]) -> Sequence[str]:
    """The folders whose disk was told to be nearly full, of the value that the watch of the storage keeps."""
    low = (kept or {}).get("low")
    if isinstance(low, Mapping):
        return [str(path) for path in low]
    if not isinstance(low, (list, tuple)):
        return []
    return [str(one.get("path", "?")) if isinstance(one, Mapping) else str(one) for one in low]
