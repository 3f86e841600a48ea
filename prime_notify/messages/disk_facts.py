"""A disk as people read it."""

from __future__ import annotations

from typing import Iterator

from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.figures import Disk
from prime_notify.text import humanize
from prime_notify.text.plain import plain

__all__ = ["disk_words"]

_PATH = 128
_DAY = 86400.0
_WORTH_SAYING = 365.0
"""Days: what is full later needs no words."""


def disk_words(disk: Disk, language: str, catalogue: Catalogue) -> str:
    """One line: its path, its room, and as far as that is known, the backups on it and the pace at which it fills."""
    return catalogue.text(language, "notification.disk.separator").join(_words(disk, language, catalogue))


def _words(disk: Disk, language: str, catalogue: Catalogue) -> Iterator[str]:
    def text(key: str, **values: str) -> str:
        return catalogue.text(language, f"notification.disk.{key}", **values)

    yield text("free", path=plain(disk.path, _PATH), free=humanize.size(disk.free), total=humanize.size(disk.total))
    if disk.backups is not None:
        yield text("backups", backups=humanize.size(disk.backups))
    if disk.growth is not None and disk.growth >= 1:
        yield text("growth", growth=humanize.size(round(disk.growth)))
    if disk.days_left is not None and disk.days_left <= _WORTH_SAYING:
        yield text("days", days=humanize.duration(disk.days_left * _DAY))
