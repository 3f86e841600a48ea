"""The base of both tasks."""

from __future__ import annotations

import threading
from typing import TypeVar

from mcdreforged.api.all import CommandSource, PluginServerInterface

from prime_backup.config.config import get_config, seconds
from prime_backup.mcdr import mcdr_globals
from prime_backup.mcdr.task import Task, TaskEvent

__all__ = ["HeavyTask"]

T_co = TypeVar("T_co", covariant=True)


class HeavyTask(Task[T_co]):
    """A task of which only one runs at a time. An unload counts as an abort too."""

    def __init__(self, source: CommandSource) -> None:
        super().__init__(source)
        self.server: PluginServerInterface = mcdr_globals.server
        self.config = get_config()
        self.aborted_event = threading.Event()
        self.plugin_unloaded_event = threading.Event()
        self._decided = threading.Event()

    def on_event(self, event: TaskEvent) -> None:
        if event is TaskEvent.plugin_unload:
            self.plugin_unloaded_event.set()
        if event in (TaskEvent.plugin_unload, TaskEvent.operation_aborted):
            self.aborted_event.set()
            self._decided.set()
        if event is TaskEvent.operation_confirmed:
            self._decided.set()

    def broadcast(self, text: str) -> None:
        self.server.broadcast(f"[PB] {text}")

    def wait_confirm(self) -> bool:
        prefix = self.config.command.prefix
        self.source.reply(f"[PB] Please choose: {prefix} confirm or {prefix} abort")
        if not self._decided.wait(seconds(self.config.command.confirm_time_wait)):
            self.broadcast(f"No choice has been made, {self.name} dropped")
            return False
        if self.aborted_event.is_set():
            self.broadcast(f"Task {self.name} aborted")
            return False
        return True
