"""Crash points: the moments at which a kill would matter for what is on the disk. The crash suite kills there."""

from __future__ import annotations

from typing import Callable

__all__ = ["CrashPoint", "no_crash"]

CrashPoint = Callable[[str], None]
"""Called with the name of the crash point that is reached."""


def no_crash(_name: str) -> None:
    """Does nothing: outside of the crash suite, no crash point kills."""
