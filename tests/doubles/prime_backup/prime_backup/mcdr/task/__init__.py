"""A task, and the events that can reach it while it runs."""

from __future__ import annotations

import abc
import enum
from typing import Generic, TypeVar

from mcdreforged.api.all import CommandSource

__all__ = ["Task", "TaskEvent"]

T_co = TypeVar("T_co", covariant=True)


class TaskEvent(enum.Enum):
    plugin_unload = enum.auto()
    world_save_done = enum.auto()
    server_stopped = enum.auto()
    operation_confirmed = enum.auto()
    operation_aborted = enum.auto()


class Task(abc.ABC, Generic[T_co]):
    """Runs on the worker thread; ``on_event`` is called from other threads."""

    name: str

    def __init__(self, source: CommandSource) -> None:
        self.source = source

    @abc.abstractmethod
    def run(self) -> T_co: ...

    @abc.abstractmethod
    def is_abort_able(self) -> bool: ...

    @abc.abstractmethod
    def on_event(self, event: TaskEvent) -> None: ...
