"""Questions to a disk. A dead network disk may answer after minutes, so each question has a thread of its own."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Hashable, Iterator, List, NamedTuple, Optional, Set, Tuple, Union

from prime_notify.text.wording import Wording, system_reason, verbatim
from prime_notify.waiting import make_signal

__all__ = ["Answer", "DiskReader", "Failure", "Usage", "name_for_system", "size_below", "usage_of"]

_SHARE = "\\\\"
_BATCH = 0.05
"""Seconds of looking at files, after which others get the disk for as long."""

_LONGEST_WALK = 60.0


class Usage(NamedTuple):
    """Bytes that are free for the user who runs this process, and bytes of the whole disk. ``device``: the same for two
    paths of one disk."""

    free: int
    total: int
    device: int = 0


class Failure(NamedTuple):
    """A path whose disk cannot be read. ``missing``: there is no such path."""

    reason: str
    missing: bool = False


Answer = Union[Usage, Failure]


def usage_of(path: str) -> Answer:
    """Ask the system. May take minutes; never raises."""
    try:
        import psutil  # it is there with MCDReforged; the command line may be without

        device = Path(path).stat().st_dev
        found = psutil.disk_usage(name_for_system(path))
    except FileNotFoundError as error:
        return Failure(system_reason(error), missing=True)
    except OSError as error:
        return Failure(system_reason(error))
    except Exception as error:  # noqa: BLE001  (a path with a NUL, no psutil: it costs only this path)
        return Failure(verbatim(f"{type(error).__name__}: {error}"))
    if found.total <= 0:
        return Failure(Wording("it has no size of its own", "它没有自己的容量"))
    return Usage(int(found.free), int(found.total), device)


def name_for_system(path: str) -> str:
    """The path as the system takes it: Windows finds the root of a share only with a separator at the end. Pure."""
    return path if not path.startswith(_SHARE) or path.endswith("\\") else path + "\\"


def size_below(
    root: str,
    pause: Callable[[float], bool],
    now: Callable[[], float] = time.monotonic,
    longest: float = _LONGEST_WALK,
) -> Optional[int]:
    """The bytes that the files below a folder take on the disk; None when that takes longer than ``longest`` seconds.

    It follows no links, and counts a file with several names once. ``pause`` waits for so many seconds, so that others
    get the disk, and says whether to end at once. Files and folders that vanish meanwhile, or may not be read, do not
    count; a root that cannot be read is None.
    """
    total, folders, known = 0, [root], set[Tuple[int, int]]()
    began = batch = now()
    is_root = True
    while folders:
        try:
            entries = os.scandir(folders.pop())
        except OSError:
            if is_root:
                return None
            continue
        is_root = False
        with entries:
            for entry in _readable(entries):
                total += _size_of(entry, folders, known)
                moment = now()
                if moment - began > longest:
                    return None
                if moment - batch > _BATCH:
                    if pause(moment - batch):
                        return None
                    batch = now()
    return total


def _readable(entries: Iterator[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
    """The entries until the disk refuses."""
    while True:
        try:
            yield next(entries)
        except (StopIteration, OSError):
            return


def _size_of(entry: os.DirEntry[str], folders: List[str], known: Set[Tuple[int, int]]) -> int:
    """The bytes that a file takes; a folder is put on the list."""
    try:
        if entry.is_dir(follow_symlinks=False):
            folders.append(entry.path)
            return 0
        found = entry.stat(follow_symlinks=False)
    except OSError:
        return 0
    if found.st_nlink > 1:
        identity = found.st_dev, found.st_ino
        if identity in known:
            return 0
        known.add(identity)
    blocks: Optional[int] = getattr(found, "st_blocks", None)  # Windows has none
    return found.st_size if blocks is None else blocks * 512


class DiskReader:
    """Asks questions, each on a thread that ends with the answer. Never waits. For one thread that asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: Set[Hashable] = set()
        self._answers: Dict[Hashable, Any] = {}
        self._stop = make_signal()

    def ask_usage(self, path: str) -> None:
        """Ask for the :class:`Usage` of a path, unless the last question for it has no answer yet."""
        self._ask(path, lambda: usage_of(path))

    def ask_size(self, root: str) -> None:
        """Ask for :func:`size_below`, likewise. The answer has the key ``(root,)``."""
        self._ask((root,), lambda: size_below(root, self._stop.wait))

    def is_asked(self, key: Hashable) -> bool:
        """Whether the answer is still to come."""
        with self._lock:
            return key in self._under_way

    def take(self) -> Dict[Hashable, Any]:
        """The answers since the last call."""
        with self._lock:
            taken, self._answers = self._answers, {}
            return taken

    def stop(self) -> None:
        """Let a search for files end. A question that the system does not answer stays until it does."""
        self._stop.set()

    def _ask(self, key: Hashable, question: Callable[[], object]) -> None:
        with self._lock:
            if key in self._under_way or self._stop.is_set():
                return
            self._under_way.add(key)

        def run() -> None:
            try:
                answer = question()
                with self._lock:
                    self._answers[key] = answer
            finally:
                with self._lock:
                    self._under_way.discard(key)

        try:
            threading.Thread(target=run, name="prime_notify-disk", daemon=True).start()
        except RuntimeError:  # the system gives no more threads now
            with self._lock:
                self._under_way.discard(key)
