"""Files and folders that only their owner may read: they hold addresses, keys and the names of players.

Windows has no such modes: there, a file is as private as its folder, and nothing is done. A file system without modes,
or a file of another user, stays as it is: that is no error.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

__all__ = ["create_private", "make_private"]

_FILE = 0o600
_OTHERS = 0o077
"""The rights of the group and of everybody else."""


def make_private(path: Path) -> None:
    """Take the rights of others from a file or a folder that exists. Raises nothing."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & _OTHERS:
            path.chmod(mode & ~_OTHERS)


def create_private(path: Path) -> None:
    """Make sure that a file exists and is private, whatever the umask: what is written later is never readable by
    others. Raises nothing: whoever opens the file next finds out what is wrong with the folder.
    """
    with contextlib.suppress(OSError):
        # Never an existing file: to close it would end the locks that SQLite holds on it in this process
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FILE))
    make_private(path)
