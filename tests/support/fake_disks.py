"""A machine whose disks a test fills, in place of what the system says."""

from __future__ import annotations

from typing import Any, Dict, Hashable, List, Optional, Set

from prime_notify.text.wording import Wording
from prime_notify.watch.disks import Answer, Failure, Usage

__all__ = ["GIB", "MISSING", "FakeDisks"]

GIB = 1 << 30
MISSING = Failure(Wording("No such file or directory", "没有这个文件"), missing=True)


class FakeDisks:
    """``usage``: by path. ``hanging``: paths that do not answer. ``size``: what is below each folder. Also the reader
    itself (:class:`prime_notify.watch.disks.DiskReader`): answers are there at once."""

    def __init__(self) -> None:
        self.usage: Dict[str, Answer] = {}
        self.hanging: Set[str] = set()
        self.size: Optional[int] = 7 * GIB
        self.questions: List[Hashable] = []
        self._asked: Set[Hashable] = set()

    def put(self, path: str, free: float, total: float = 100.0, device: int = 1) -> None:
        """A disk with so many GiB."""
        self.usage[path] = Usage(int(free * GIB), int(total * GIB), device)

    # the reader

    def ask_usage(self, path: str) -> None:
        if path not in self._asked:
            self._asked.add(path)
            self.questions.append(path)

    def ask_size(self, root: str) -> None:
        self._asked.add((root,))
        self.questions.append((root,))

    def is_asked(self, key: Hashable) -> bool:
        return key in self._asked

    def take(self) -> Dict[Hashable, Any]:
        answers: Dict[Hashable, Any] = {}
        for key in sorted(self._asked - self.hanging, key=str):
            answers[key] = self.size if isinstance(key, tuple) else self.usage.get(str(key), MISSING)
        self._asked &= self.hanging
        return answers

    def stop(self) -> None:
        self._asked.clear()
