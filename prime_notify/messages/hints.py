"""What to do about an error that is known: a full disk, missing rights, a locked database."""

from __future__ import annotations

import re
from typing import Optional

from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.payload import ErrorInfo
from prime_notify.text.errors import brief

__all__ = ["hint_of"]


def _pattern(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


# Numbers as well as words: Windows has the words of its own language. The texts are notification.hint.<key>
_HINTS = {
    "disk_full": _pattern(
        r"\[Errno 28\]", r"\[WinError (?:39|112)\]", "no space left", "disk is full", "not enough space on the disk"
    ),
    "quota": _pattern(r"\[Errno 122\]", r"\[WinError 1295\]", "quota exceeded"),
    "database_locked": _pattern(r"database (?:table |schema )?is locked", r"SQLITE_(?:BUSY|LOCKED)"),
    "database_damaged": _pattern("disk image is malformed", "file is not a database", "malformed database"),
    "read_only": _pattern(r"\[Errno 30\]", r"\[WinError 19\]", "read-only file system"),
    "in_use": _pattern(r"\[WinError (?:32|33)\]", r"\[Errno 26\]", "used by another process", "text file busy"),
    "no_permission": _pattern(
        r"^PermissionError\b",
        r"\[Errno (?:1|13)\]",
        r"\[WinError 5\]",
        "permission denied",
        "access is denied",
        "operation not permitted",
        "readonly database",
        "unable to open database file",
    ),
    "broken_disk": _pattern(r"\[Errno 5\]", r"\[WinError (?:23|1117)\]", "input/output error", "disk i/o error"),
    "too_many_files": _pattern(r"\[Errno (?:23|24)\]", "too many open files"),
    "no_memory": _pattern(r"^MemoryError\b", r"\[Errno 12\]", "cannot allocate memory", "out of memory"),
    "not_found": _pattern(r"^FileNotFoundError\b", r"\[Errno 2\]", r"\[WinError (?:2|3)\]", "no such file"),
}


def hint_of(error: Optional[ErrorInfo], language: str, catalogue: Catalogue) -> Optional[str]:
    """What to do about the error; None where it is not known.

    A statement in it does not count, since it holds texts that players typed.
    """
    if error is None:
        return None
    said = f"{error.type}: {brief(error.message)}"
    key = next((key for key, pattern in _HINTS.items() if pattern.search(said)), None)
    return None if key is None else catalogue.text(language, f"notification.hint.{key}")
