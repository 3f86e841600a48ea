"""How often in a row something befell a delivery."""

from __future__ import annotations

from typing import Dict, Iterable, Sequence

__all__ = ["InARow"]

_MOST = 1000
"""Deliveries whose counts are kept."""


class InARow:
    """Counts for the deliveries of one lane, by key. For one thread. A restart begins anew."""

    def __init__(self) -> None:
        self._counts: Dict[int, int] = {}

    def again(self, keys: Sequence[int]) -> int:
        """It befell these deliveries once more, together: how often in a row now."""
        count = 1 + max(self._counts.get(key, 0) for key in keys)
        if len(self._counts) >= _MOST:
            self._counts.clear()
        self._counts.update(dict.fromkeys(keys, count))
        return count

    def end(self, keys: Iterable[int]) -> None:
        """The row of these deliveries is over."""
        if self._counts:  # it is rare that there is any
            for key in keys:
                self._counts.pop(key, None)
