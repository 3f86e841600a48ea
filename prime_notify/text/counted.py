"""Counted nouns in texts with placeholders."""

from __future__ import annotations

__all__ = ["Counted"]


class Counted(str):
    """A value for a placeholder such as ``{count:hour|hours}``, which gives ``1 hour`` and ``2 hours``.

    In any other placeholder it is the text itself.
    """

    def __format__(self, spec: str) -> str:
        one, separator, more = spec.partition("|")
        return f"{self} {one if str(self) == '1' else more}" if separator else format(str(self), spec)
