"""The worker thread."""

from __future__ import annotations

import threading
from typing import Any, Optional

from mcdreforged.api.all import CommandSource

from prime_backup.exceptions import BackupNotFound
from prime_backup.mcdr import mcdr_globals
from prime_backup.mcdr.task import Task, TaskEvent

__all__ = ["TaskManager"]


class TaskManager:
    """Runs one task at a time on its one thread; a second one is refused."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._current: Optional[Task[Any]] = None
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

    def add_task(self, task: Task[Any]) -> None:
        if not self._thread.is_alive():
            task.source.reply("[PB] The worker thread is dead")
            return
        with self._changed:
            if self._current is not None:
                task.source.reply(f"[PB] Wait for the ongoing task {self._current.name}")
                return
            self._current = task
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
                task = self._current
            if task is None or self._stopped:
                return
            self._run(task)
            with self._changed:
                self._current = None

    def _run(self, task: Task[Any]) -> None:
        try:
            task.run()
        except BackupNotFound as error:
            task.source.reply(f"[PB] Backup with ID {error.backup_id} does not exist")
        except Exception:
            mcdr_globals.server.logger.exception("Task %s run error", task.name)
            task.source.reply(f"[PB] Task {task.name} failed, see the console")
