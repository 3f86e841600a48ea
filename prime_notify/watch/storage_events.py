"""The events of the watch for disks. Pure."""

from __future__ import annotations

from typing import Optional, Sequence

from prime_notify.messages.machine_texts import joined_messages, machine_message
from prime_notify.model.event import Event, EventName
from prime_notify.model.figures import Disk, Storage
from prime_notify.model.plugin_ids import PRIME_NOTIFY
from prime_notify.text.humanize import duration, size
from prime_notify.version import __version__

__all__ = ["low_event", "well_event"]

_DAY = 86400.0
_WORTH_SAYING = 365.0
"""Days: what is full later needs no sentence."""


def low_event(disks: Sequence[Disk]) -> Event:
    """Some of these disks are low: their room, and the remedy."""
    messages = [_low_message(disk) for disk in disks if disk.low]
    return _event(EventName.STORAGE_LOW, joined_messages(*messages, machine_message("storage_do")), disks)


def _low_message(disk: Disk) -> str:
    room = (disk.path, size(disk.free), size(disk.total))
    if disk.days_left is None or disk.days_left > _WORTH_SAYING:
        return machine_message("storage_free", *room)
    return machine_message("storage_days", *room, duration(disk.days_left * _DAY))


def well_event(disks: Sequence[Disk], for_s: float) -> Event:
    """No disk is low any more. ``for_s``: seconds for which one was."""
    return _event(EventName.STORAGE_OK, machine_message("storage_again", duration(for_s)), disks, for_s=round(for_s, 3))


def _event(name: EventName, message: str, disks: Sequence[Disk], *, for_s: Optional[float] = None) -> Event:
    figures = Storage(disks=list(disks), for_s=for_s)
    return Event(name, PRIME_NOTIFY, __version__, fields={"message": message, "storage": figures.model_dump()})
