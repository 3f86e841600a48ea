"""What an outbox raises."""

from __future__ import annotations

__all__ = ["OutboxClosedError", "OutboxDamagedError", "OutboxError", "OutboxGoneError", "OutboxLockedError"]


class OutboxError(Exception):
    """The outbox refuses (disk full, read-only folder, damaged file); nothing was changed."""


class OutboxClosedError(OutboxError):
    """The outbox is closed: the caller outlived the engine, and the next engine takes care of the rest."""


class OutboxLockedError(OutboxError):
    """Another process holds the file's lock for longer than the outbox waits."""


class OutboxGoneError(OutboxError):
    """The file was deleted, or another one is in its place."""


class OutboxDamagedError(OutboxError):
    """The file is damaged, or no database at all: it stays unusable."""
