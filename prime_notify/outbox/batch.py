"""Group commit: one of several threads writes the items of all of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Callable, Generic, List, Optional, Sequence, TypeVar

__all__ = ["Batch"]

T = TypeVar("T")


@dataclass
class _Entry(Generic[T]):
    item: T
    done: bool = False
    failure: Optional[Exception] = None


class Batch(Generic[T]):
    """``write`` gets all items that came in while it wrote the ones before; all of them are written, or none."""

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write = write
        self._writing = threading.Lock()
        self._entries: List[_Entry[T]] = []
        self._adding = threading.Lock()

    def add(self, item: T) -> None:
        """Returns when ``item`` is written; raises what ``write`` raised."""
        entry = _Entry(item)
        with self._adding:
            self._entries.append(entry)
        with self._writing:
            if not entry.done:
                self._write_waiting()
        if entry.failure is not None:
            raise entry.failure

    def _write_waiting(self) -> None:
        with self._adding:
            entries, self._entries = self._entries, []
        failure = None
        try:
            self._write([entry.item for entry in entries])
        except Exception as error:  # noqa: BLE001  (each of those who wait for it raises it)
            failure = error
        for entry in entries:
            entry.failure, entry.done = failure, True
