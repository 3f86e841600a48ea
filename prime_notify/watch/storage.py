"""The watch for the disks that hold the backups."""

from __future__ import annotations

import contextlib
import logging
import os
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Sequence, Set, Tuple

from prime_notify.config.watch_options import StorageOptions
from prime_notify.model.event import Event, EventName
from prime_notify.model.figures import Disk
from prime_notify.model.payload import Payload
from prime_notify.outbox.past import DiskRow, Past
from prime_notify.text.wording import Wording
from prime_notify.watch.disks import Answer, DiskReader, Failure, Usage
from prime_notify.watch.growth import WINDOW, days_left, growth_of, is_low
from prime_notify.watch.part import WatchContext, WatchPart
from prime_notify.watch.storage_events import low_event, well_event
from prime_notify.watch.terms import plan_of

__all__ = ["Silent", "StorageWatch"]

_TOLD, _SIZED, _PLAN = "storage", "backups", "plan"

_EVERY = 600.0
_PATIENCE = 10.0
"""Seconds after which a disk counts as one that does not answer."""

_DAY = 86400.0
_FRESH_SIZE = 3600.0
_NO_ANSWER = Failure(Wording("its disk does not answer", "磁盘没有响应"))


class Silent(NamedTuple):
    """A path that is watched and cannot be read. ``missing``: there is no such path."""

    path: str
    reason: str
    missing: bool


class _Told(NamedTuple):
    """What was told: since when a disk is low (unix seconds), and the paths on those that are."""

    since: float
    low: FrozenSet[str]


class _Size(NamedTuple):
    """The bytes of the files below a folder; None where there are too many to count. ``at``: unix seconds."""

    path: str
    size: Optional[int]
    at: float


class StorageWatch(WatchPart):
    """See the module. Each disk is told once, until it has clearly more room than what makes it low.

    Nothing here waits for a disk: a round of questions begins at one tick, and ends at a later one.
    """

    every = 5.0

    def __init__(self, context: WatchContext) -> None:
        super().__init__(context)
        self._reader = DiskReader()
        self._opened = context.clock.steady()
        self._asked: Optional[float] = None  # steady seconds of the newest round; None: one is due
        self._asked_for: object = None  # the options and the folder of that round
        self._waits: Optional[Set[str]] = None  # paths without an answer; None: no round is under way
        self._after_backup = False  # the round under way makes rows
        self._backup_ended = False  # a backup ended since the last round began
        self._wants_size = False
        self._root: Optional[str] = None
        self._paths: Tuple[str, ...] = ()
        self._answers: Dict[str, Answer] = {}
        self._growth: Dict[str, Optional[float]] = {}
        self._warned: Dict[str, str] = {}
        self._told: Optional[_Told] = None
        self._size: Optional[_Size] = None
        self.disks: Tuple[Disk, ...] = ()
        """The disks at their last reading; paths on one disk are one, named by the first of them."""

    @property
    def silent(self) -> Sequence[Silent]:
        """The paths that cannot be read now. The log names each once; no event does: a backup that hangs or fails on
        such a disk is told by its own events."""
        answers = [(path, self._answers.get(path)) for path in self._paths]
        return [Silent(path, one.reason, one.missing) for path, one in answers if isinstance(one, Failure)]

    def refresh(self) -> bool:
        """Whether the figures are new enough for a report. Otherwise the next ticks bring new ones; a report need not
        wait for them longer than a minute. On the thread of the watch."""
        clock = self._context.clock
        if self._asked is not None and clock.steady() - self._asked >= _EVERY:
            self._asked = None
        if self._root is not None and not isinstance(self._answers.get(self._root), Failure):
            known = self._size
            self._wants_size = known is None or abs(clock.wall() - known.at) >= _FRESH_SIZE
        return not (self._asked is None or self._waits or self._wants_size)

    def open(self, past: Past) -> None:
        told, sized = past.value(_TOLD), past.value(_SIZED)
        self._told = self._size = None
        with contextlib.suppress(LookupError, TypeError, ValueError):  # another version kept something else
            self._told = _Told(float(told["since"]), frozenset(told["low"])) if told else None
            self._size = _Size(**sized) if sized else None
        self._growth = {}
        self._asked = None

    def stop(self) -> None:
        self._reader.stop()

    def noticed(self, payload: Payload) -> None:
        if payload.event is EventName.BACKUP_SUCCESS and not payload.test:
            self._backup_ended = True

    # asking

    def tick(self, past: Past, now: float) -> None:
        steady = self._context.clock.steady()
        wanted = (self._context.config().watch.storage, self._context.plan().storage)
        if self._waits is None and self._is_due(steady, wanted):
            self._begin(past, steady, wanted)
        came = self._take(past, now)
        if self._waits is not None:
            assert self._asked is not None
            if not self._waits or steady - self._asked >= _PATIENCE:
                self._finish(past, now)
        elif came:
            self._judge(past, now)
        self._ask_size(now, steady)

    def _is_due(self, steady: float, wanted: object) -> bool:
        if self._asked is None or self._backup_ended or wanted != self._asked_for:
            return True
        return steady - self._asked >= _EVERY

    def _begin(self, past: Past, steady: float, wanted: Tuple[StorageOptions, Optional[str]]) -> None:
        options, root = wanted
        root = root or plan_of(past.value(_PLAN)).storage
        self._asked, self._asked_for = steady, wanted
        self._after_backup, self._backup_ended = self._after_backup or self._backup_ended, False
        self._root = _absolute(root) if root else None
        paths = [path for path in (root, *options.paths) if path]
        self._paths = tuple(dict.fromkeys(map(_absolute, paths)))
        self._answers = {path: answer for path, answer in self._answers.items() if path in self._paths}
        self._warned = {path: reason for path, reason in self._warned.items() if path in self._paths}
        self._forget_told(past, options)
        self._waits = {path for path in self._paths if not self._reader.is_asked(path)}
        for path in self._paths:
            self._reader.ask_usage(path)

    def _forget_told(self, past: Past, options: StorageOptions) -> None:
        """What is not watched any more is neither low nor well."""
        if self._told is None:
            return
        is_off = options.min_free is False and options.min_days is False
        self._keep_told(past, frozenset() if is_off else self._told.low.intersection(self._paths))

    def _keep_told(self, past: Past, low: FrozenSet[str]) -> None:
        if self._told is None or low == self._told.low:
            return
        told = self._told._replace(low=low) if low else None
        past.keep(_TOLD, _kept(told))
        self._told = told

    def _ask_size(self, now: float, steady: float) -> None:
        """Count the files once a day, and not while the server starts."""
        if self._root is None:
            return
        answer = self._answers.get(self._root)
        if isinstance(answer, Failure):
            self._wants_size = False
        if not isinstance(answer, Usage):
            return
        known = self._size if self._size and self._size.path == self._root else None
        is_old = known is None or abs(now - known.at) >= _DAY
        if self._wants_size or (is_old and steady - self._opened >= _EVERY):
            self._reader.ask_size(self._root)

    # answers

    def _take(self, past: Past, now: float) -> bool:
        """Whether an answer for a path came."""
        came = False
        for key, answer in self._reader.take().items():
            if isinstance(key, tuple):
                self._take_size(past, _Size(key[0], answer, now))
            elif key in self._paths:
                self._answers[str(key)] = answer
                came = True
                if self._waits is not None:
                    self._waits.discard(str(key))
        return came

    def _take_size(self, past: Past, found: _Size) -> None:
        self._size, self._wants_size = found, False
        self.disks = tuple(
            disk.model_copy(update={"backups": found.size}) if disk.path == found.path else disk for disk in self.disks
        )
        past.keep(_SIZED, found._asdict())

    def _finish(self, past: Past, now: float) -> None:
        for path in self._waits or ():
            self._answers[path] = _NO_ANSWER
        self._waits = None
        if self._after_backup:
            self._after_backup = False
            read = [(path, one) for path, one in self._answers.items() if isinstance(one, Usage)]
            self._growth = {}
            past.put_disks([DiskRow(path, now, one.free, one.total) for path, one in read])
        self._warn()
        self._judge(past, now)

    def _warn(self) -> None:
        """Once for each path and reason."""
        failing = {one.path: one for one in self.silent}
        for path, one in failing.items():
            if self._warned.get(path) != one.reason:
                key = "log.watch.disk_missing" if one.missing else "log.watch.disk_unread"
                self._context.say(logging.WARNING, key, path=path, reason=one.reason)
        for path in self._warned.keys() - failing.keys():
            self._context.say(logging.INFO, "log.watch.disk_again", path=path)
        self._warned = {path: one.reason for path, one in failing.items()}

    # judging

    def _judge(self, past: Past, now: float) -> None:
        """Find which disks are low, and tell what changed."""
        options, told = self._context.config().watch.storage, self._told
        was_low = told.low if told else frozenset()
        low = {path for path in was_low if not isinstance(self._answers.get(path), Usage)}  # they stay as they were
        disks, further = [], False
        for paths, usage in self._by_device():
            growth = self._growth_of(past, paths[0], now)
            days, was = days_left(usage.free, growth), not was_low.isdisjoint(paths)
            found = is_low(usage.free, days, options, was_low=was)
            further = further or (found and not was)
            low.update(paths if found else ())
            disks.append(self._disk(paths[0], usage, growth, days, low=found))
        self.disks = tuple(disks)
        if not self._context.config().notification.enabled:
            return
        if further:
            self._tell(low_event(self.disks), _Told(told.since if told else now, frozenset(low)))
        elif told and not low:
            self._tell(well_event(self.disks, max(0.0, now - told.since)), None)
        else:
            self._keep_told(past, frozenset(low))

    def _by_device(self) -> Sequence[Tuple[List[str], Usage]]:
        """The paths that could be read, by disk. Some network disks have no number."""
        found: Dict[object, Tuple[List[str], Usage]] = {}
        for path in self._paths:
            usage = self._answers.get(path)
            if isinstance(usage, Usage):
                found.setdefault(usage.device or path, ([], usage))[0].append(path)
        return list(found.values())

    def _growth_of(self, past: Past, path: str, now: float) -> Optional[float]:
        if path not in self._growth:
            self._growth[path] = growth_of(past.disk_between(path, now - WINDOW, now))
        return self._growth[path]

    def _disk(self, path: str, usage: Usage, growth: Optional[float], days: Optional[float], *, low: bool) -> Disk:
        return Disk(
            path=path,
            free=usage.free,
            total=usage.total,
            low=low,
            backups=self._size.size if self._size and self._size.path == path else None,
            growth=None if growth is None else round(growth, 1),
            days_left=None if days is None else round(days, 3),
        )

    def _tell(self, event: Event, told: Optional[_Told]) -> None:
        former = self._told
        if self._context.tell(event, {_TOLD: _kept(told)}, lambda: self._told is former):
            self._told = told


def _absolute(path: str) -> str:
    """Relative paths begin at MCDReforged's working directory."""
    return os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111  (they ask no disk, and raise nothing)


def _kept(told: Optional[_Told]) -> Optional[Dict[str, object]]:
    return {"since": told.since, "low": sorted(told.low)} if told else None
