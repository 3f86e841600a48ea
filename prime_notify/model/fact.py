"""A fact about an event, in one language. Every channel lays facts out in its own way."""

from __future__ import annotations

import enum
from typing import NamedTuple

__all__ = ["IN_TITLE", "Fact", "FactKind"]


class FactKind(str, enum.Enum):
    """The kind of a fact; also the last part of the key of its label. The most important kinds come first."""

    EVENT = "event"
    STATUS = "status"
    ITEMS = "items"
    ERROR = "error"
    MESSAGE = "message"
    PROBLEMS = "problems"
    BACKUPS = "backups"
    LAST_BACKUP = "last_backup"
    NEXT_BACKUP = "next_backup"
    SIZES = "sizes"
    DURATIONS = "durations"
    DISKS = "disks"
    RESTORES = "restores"
    DELIVERIES = "deliveries"
    PERIOD = "period"
    BACKUP = "backup"
    COMMENT = "comment"
    OPERATOR = "operator"
    SOURCE = "source"
    COST = "cost"
    DISK = "disk"
    SIZE = "size"
    FILES = "files"
    DATE = "date"
    CREATOR = "creator"
    TARGETS = "targets"
    TAGS = "tags"
    SERVER = "server"
    TIME = "time"

    __hash__ = str.__hash__  # Enum's own is written in Python, and each fact's label is looked up by its kind


IN_TITLE = (FactKind.EVENT, FactKind.STATUS)
"""The facts that a composed title gives already."""


class Fact(NamedTuple):
    """One fact. ``value``: plain text, of several lines only where the fact :attr:`is_long`.

    Players may have typed any part of it, so a channel escapes it for its place. ``markdown``: the whole value as the
    owner's own Markdown, in which everything that a player typed is escaped; a channel with rich text shows this.
    """

    kind: FactKind
    label: str
    value: str
    markdown: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it needs a place of its own rather than a cell beside others."""
        return self.kind in _LONG


_LONG = frozenset((FactKind.MESSAGE, FactKind.ERROR, FactKind.COMMENT, FactKind.ITEMS, FactKind.PROBLEMS))
