"""A hook for every step that matters for what a kill at that moment would leave behind; the crash tests kill there."""

from __future__ import annotations

from typing import Callable

__all__ = ["Step", "no_step"]

Step = Callable[[str], None]


def no_step(_name: str) -> None:
    """The hook of everyday life."""
