"""One thing to say about an event, in one language: what every channel lays out its own way."""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = ["Fact", "FactKind"]


class FactKind(str, enum.Enum):
    """Which fact it is; also the last part of its label's key. The most important come first."""

    EVENT = "event"
    STATUS = "status"
    ITEMS = "items"
    BACKUP = "backup"
    COMMENT = "comment"
    ERROR = "error"
    MESSAGE = "message"
    OPERATOR = "operator"
    SOURCE = "source"
    COST = "cost"
    SIZE = "size"
    FILES = "files"
    DATE = "date"
    CREATOR = "creator"
    TARGETS = "targets"
    TAGS = "tags"
    SERVER = "server"
    TIME = "time"


@dataclass(frozen=True)
class Fact:
    """One fact. ``value`` is plain text, of several lines only where ``kind`` is long (:attr:`is_long`).

    Players may have typed any of it: whoever lays it out escapes it for its place.
    """

    kind: FactKind
    label: str
    value: str

    @property
    def is_long(self) -> bool:
        """Whether it wants a place of its own rather than a cell beside others."""
        return self.kind in (FactKind.MESSAGE, FactKind.ERROR, FactKind.COMMENT, FactKind.ITEMS)
