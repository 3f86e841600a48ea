"""The worker thread."""

from __future__ import annotations

import threading
from typing import Any, Callable, Optional

from mcdreforged.api.all import CommandSource

from prime_backup.exceptions import BackupNotFound
from prime_backup.mcdr import mcdr_globals
from prime_backup.mcdr.task import Task, TaskEvent

__all__ = ["TaskManager", "TooManyOngoingTask"]

Callback = Callable[[Any, Optional[Exception]], object]


class TooManyOngoingTask(Exception):
    def __init__(self, current: Task[Any]) -> None:
        super().__init__(current.name)
        self.current = current


class TaskManager:
    """Runs one task at a time on its one thread; a second one is refused."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._current: Optional[Task[Any]] = None
        self._callback: Optional[Callback] = None
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="PB@double-worker-heavy", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def shutdown(self) -> None:
        """Notifies the running task, and waits for its end."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self.send_event(TaskEvent.plugin_unload)
        if self._thread.ident is not None:
            self._thread.join()

    def add_task(self, task: Task[Any], callback: Optional[Callback] = None, *, handle_tmo_err: bool = True) -> None:
        """``callback`` gets the task's result, or its error, on the worker thread."""
        if not self._thread.is_alive():
            task.source.reply("[PB] The worker thread is dead")
            return
        with self._changed:
            if self._current is not None and not handle_tmo_err:
                raise TooManyOngoingTask(self._current)
            if self._current is not None:
                task.source.reply(f"[PB] Wait for the ongoing task {self._current.name}")
                return
            self._current, self._callback = task, callback
            self._changed.notify_all()

    def send_event(self, event: TaskEvent) -> bool:
        with self._changed:
            task = self._current
        if task is None:
            return False
        task.on_event(event)
        return True

    def confirm(self, source: CommandSource) -> None:
        sent = self.send_event(TaskEvent.operation_confirmed)
        source.reply("[PB] Confirming the task" if sent else "[PB] Nothing to confirm")

    def abort(self, source: CommandSource) -> None:
        with self._changed:
            task = self._current
        if task is None:
            source.reply("[PB] Nothing to abort")
        elif not task.is_abort_able():
            source.reply(f"[PB] {task.name} cannot be aborted now")
        else:
            source.reply(f"[PB] Aborting {task.name}")
            task.on_event(TaskEvent.operation_aborted)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._current is not None or self._stopped)
                task, callback = self._current, self._callback
            if task is None or self._stopped:
                return
            self._run(task, callback or (lambda ret, error: None))
            with self._changed:
                self._current = None

    def _run(self, task: Task[Any], callback: Callback) -> None:
        try:
            ret = task.run()
        except BackupNotFound as error:
            callback(None, error)
            task.source.reply(f"[PB] Backup with ID {error.backup_id} does not exist")
        except Exception as error:
            callback(None, error)
            mcdr_globals.server.logger.exception("Task %s run error", task.name)
            task.source.reply(f"[PB] Task {task.name} failed, see the console")
        else:
            callback(ret, None)
