"""What the parts of the watch know now, beside the deadline of the backups. Waits for nothing, from any thread.

A part that this version does not have knows nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping, NamedTuple, Optional, Sequence, Tuple

from prime_notify.model.figures import Disk
from prime_notify.watch.part import WatchPart

__all__ = ["Glance", "Unread", "low_paths"]


class Unread(NamedTuple):
    """A folder whose free space cannot be read. ``reason``: perhaps a wording."""

    path: str
    reason: str


@dataclass(frozen=True)
class Glance:
    """``disks``: as they were at the last look. ``unread``: the folders without an answer. ``stuck``: the ids of the
    tasks that were told to be stuck. ``report_at``: when the next report is due; None where nobody gets one."""

    disks: Tuple[Disk, ...] = ()
    unread: Tuple[Unread, ...] = ()
    stuck: Tuple[str, ...] = ()
    report_at: Optional[float] = None

    @classmethod
    def of(cls, parts: Iterable[WatchPart]) -> Glance:
        """What these parts know."""
        named = {type(part).__name__: part for part in parts}
        storage, stuck, report = (named.get(name) for name in ("StorageWatch", "StuckWatch", "ReportWatch"))
        return cls(
            disks=tuple(getattr(storage, "disks", ())),
            unread=tuple(Unread(one.path, one.reason) for one in getattr(storage, "silent", ())),
            stuck=tuple(getattr(stuck, "stuck_ids", ())),
            report_at=getattr(report, "next_at", None),
        )

    @property
    def low(self) -> Sequence[str]:
        """The folders whose disk is nearly full."""
        return [disk.path for disk in self.disks if disk.low]


def low_paths(kept: Optional[Mapping[str, Any]]) -> Sequence[str]:
    """The folders whose disk was told to be nearly full, of the value that the watch of the storage keeps."""
    low = (kept or {}).get("low")
    return [path for path in low if isinstance(path, str)] if isinstance(low, list) else []
