"""Actions: the work of the tasks, without their messages."""

from __future__ import annotations

import abc
from typing import Generic, TypeVar

from prime_backup.config.config import get_config
from prime_backup.storage import Storage

__all__ = ["Action"]

T_co = TypeVar("T_co", covariant=True)


class Action(abc.ABC, Generic[T_co]):
    def __init__(self) -> None:
        self.config = get_config()
        self.storage = Storage()

    @abc.abstractmethod
    def run(self) -> T_co: ...
