"""Observes the task runs of one loaded Prime Backup, through wrappers around its classes' ``run``."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
import threading
import time
import uuid
from typing import Any, Callable, Counter, Dict, List, Mapping, Optional, Set, TypeVar

from prime_notify.model.event import Event
from prime_notify.sources.foreign_objects import attribute
from prime_notify.sources.prime_backup.fields import backup_id_of
from prime_notify.sources.prime_backup.runs import BackupRun, RestoreRun, Run, RunContext
from prime_notify.sources.prime_backup.seams import Around, Patch, Seam

__all__ = ["Observer"]

_T = TypeVar("_T")

_MOST_LOSSES = 5
"""Wrappers of one seam that are replaced by a new one. More than that is a plugin that removes each of them."""


class _Stack(threading.local):
    """The observed runs that are under way on this thread, the innermost last."""

    def __init__(self) -> None:
        self.runs: List[Run] = []


class Observer:
    """Reports the events of one Prime Backup, from :meth:`attach` to :meth:`close`.

    A task and its actions run on one thread, which ties them together. A task never notices the observation: its
    results and exceptions pass through untouched, and an error of ours is logged and dropped. After :meth:`close` no
    new run is observed, but the runs under way are observed to their end: ``report`` may still be called then.
    """

    def __init__(
        self,
        report: Callable[[Event], None],
        *,
        version: Optional[str],
        server_running: Callable[[], bool],
        server_stops: Callable[[], int] = lambda: 0,
        log: logging.Logger,
        steady: Callable[[], float] = time.monotonic,
        new_id: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._report = report
        self._log = log
        self._context = RunContext(version, steady, new_id, server_running, server_stops)
        self._stack = _Stack()
        self._lock = threading.Lock()
        self._patches: Dict[Seam, Patch] = {}
        self._losses: Counter[Seam] = Counter()
        self._under_way = 0
        self._closed = False

    # life cycle

    @property
    def given_up(self) -> Set[Seam]:
        """The seams that another plugin has taken from us again and again."""
        return {seam for seam, losses in self._losses.items() if losses > _MOST_LOSSES}

    @property
    def sees_backups(self) -> bool:
        """Whether each backup is reported."""
        return Seam.CREATE_TASK in self._patches and Seam.CREATE_TASK not in self.given_up

    def attach(self, classes: Mapping[Seam, type]) -> Set[Seam]:
        """Observe through these seams; those that are in use already are left as they are.

        Returns the seams whose wrapper was taken out of the stack since the last call, by a plugin that put back what
        it once found there. They have a new one, except for those of :attr:`given_up`.
        """
        arounds: Dict[Seam, Around] = {
            # the tasks come last, so that the actions of the first observed task are observed, too
            Seam.GET_ACTION: self._around_get,
            Seam.LIST_ACTION: self._around_list,
            Seam.CREATE_ACTION: self._around_create,
            Seam.EXPORT_ACTION: self._around_export,
            Seam.CREATE_TASK: functools.partial(self._around_task, BackupRun),
            Seam.RESTORE_TASK: functools.partial(self._around_task, RestoreRun),
        }
        lost = {seam for seam, patch in self._patches.items() if seam in classes and not patch.is_called(classes[seam])}
        lost -= self.given_up
        self._losses.update(lost)
        for seam, around in arounds.items():
            is_new = seam not in self._patches
            if seam in classes and (is_new or seam in lost - self.given_up):
                self._wrap(seam, classes[seam], around)
        return lost

    def _wrap(self, seam: Seam, cls: type, around: Around) -> None:
        """Wrap the method, perhaps anew. A former wrapper that is called after all then only passes calls through."""
        former = self._patches.get(seam)
        self._patches[seam] = Patch(cls, around, self.retire)
        if former is not None:
            former.silence()

    def retire(self) -> None:
        """Observe no new run; the runs under way are observed to their end."""
        with self._lock:
            self._closed = True

    def close(self) -> None:
        """Retire, and remove the wrappers. While a run is under way they stay, and only pass calls through."""
        with self._lock:
            self._closed = True
            idle = self._under_way == 0
        if idle:
            for patch in self._patches.values():
                patch.undo()

    # around the tasks

    def _around_task(self, kind: Callable[[Any, RunContext], Run], call: Callable[[], Any], task: Any) -> Any:
        run: Optional[Run] = self._guarded(lambda: self._enter(kind, task))
        if run is None:
            return call()
        try:
            result = call()
        except BaseException as error:
            self._leave(run, functools.partial(run.raised, error))
            raise
        self._leave(run, functools.partial(run.returned, result))
        return result

    def _enter(self, kind: Callable[[Any, RunContext], Run], task: Any) -> Optional[Run]:
        if any(isinstance(outer, RestoreRun) for outer in self._stack.runs):
            return None  # whatever runs inside a restore is a part of it
        sees_create, sees_export = (seam in self._patches for seam in (Seam.CREATE_ACTION, Seam.EXPORT_ACTION))
        run = kind(task, dataclasses.replace(self._context, sees_create=sees_create, sees_export=sees_export))
        with self._lock:
            if self._closed:
                return None
            self._under_way += 1
        self._stack.runs.append(run)
        self._report_step(run.entered)
        return run

    def _leave(self, run: Run, end: Callable[[], Optional[Event]]) -> None:
        self._guarded(lambda: self._stack.runs.remove(run))
        self._report_step(end)
        with self._lock:
            self._under_way -= 1

    # around the actions

    def _around_create(self, call: Callable[[], Any], action: Any) -> Any:
        run = self._current()
        if isinstance(run, RestoreRun):
            self._restore_began(run, action)  # the backup of the world as it was before
            return call()
        if not isinstance(run, BackupRun):
            return call()
        self._guarded(run.creates)
        result = call()
        self._guarded(functools.partial(run.created, result))
        return result

    def _around_export(self, call: Callable[[], Any], action: Any) -> Any:
        run = self._current()
        if not isinstance(run, RestoreRun) or not attribute(action, "restore_mode", True):
            return call()
        self._restore_began(run, action)
        result = call()
        run.exported(result)
        return result

    def _around_get(self, call: Callable[[], Any], _action: Any) -> Any:
        result = call()
        run = self._current()
        if isinstance(run, RestoreRun):
            run.looked_up(result)
        return result

    def _around_list(self, call: Callable[[], Any], _action: Any) -> Any:
        """A restore of the latest backup reads a list of one: the backup that it restores."""
        result = call()
        run = self._current()
        if isinstance(run, RestoreRun) and isinstance(result, list) and len(result) == 1:
            run.looked_up(result[0])
        return result

    def _restore_began(self, run: RestoreRun, action: Any) -> None:
        self._report_step(lambda: run.began(backup_id_of(action)))

    def _current(self) -> Optional[Run]:
        return self._stack.runs[-1] if self._stack.runs else None

    # reporting, without harm to the task

    def _report_step(self, step: Callable[[], Optional[Event]]) -> None:
        event = self._guarded(step)
        if event is not None:
            found = event
            self._guarded(lambda: self._report(found))

    def _guarded(self, step: Callable[[], Optional[_T]]) -> Optional[_T]:
        try:
            return step()
        except Exception:  # noqa: BLE001
            with contextlib.suppress(Exception):
                self._log.exception("Prime Notify could not observe Prime Backup")
            return None
