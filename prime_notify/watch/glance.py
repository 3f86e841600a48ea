"""What the parts of the watch know now, beside the deadline of the backups. Waits for nothing, from any thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, NamedTuple, Optional, Sequence, Tuple

from prime_notify.model.figures import Disk
from prime_notify.watch.part import PartOf
from prime_notify.watch.report import ReportWatch
from prime_notify.watch.storage import StorageWatch
from prime_notify.watch.stuck import StuckWatch

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
    def of(cls, part: PartOf) -> Glance:
        """What the parts know. ``part`` finds each by its class."""
        storage, stuck, report = part(StorageWatch), part(StuckWatch), part(ReportWatch)
        return cls(
            disks=storage.disks,
            unread=tuple(Unread(one.path, one.reason) for one in storage.silent),
            stuck=tuple(stuck.stuck_ids),
            report_at=report.next_at,
        )

    @property
    def low(self) -> Sequence[str]:
        """The folders whose disk is nearly full."""
        return [disk.path for disk in self.disks if disk.low]


def low_paths(kept: Optional[Mapping[str, Any]]) -> Sequence[str]:
    """The folders whose disk was told to be nearly full, of the value that the watch of the storage keeps."""
    low = (kept or {}).get("low")
    return [path for path in low if isinstance(path, str)] if isinstance(low, list) else []
