"""The places where Prime Backup can be observed: ``run`` of six of its classes, stable since 1.9; and their wrappers.

Its modules are looked up, never imported: an import before Prime Backup itself is loaded would bind our server
interface inside it (``prime_backup.mcdr.mcdr_globals``).
"""

from __future__ import annotations

import contextlib
import enum
import functools
from types import ModuleType
from typing import Any, Callable, Mapping, NamedTuple, Union

from prime_notify.sources.prime_backup import reach

__all__ = ["Around", "Misfit", "Patch", "Place", "Seam", "find"]

Around = Callable[[Callable[[], Any], Any], Any]
"""``around(call, instance)``: runs ``call()`` exactly once, and passes on what it returns or raises."""

_MARK = "__prime_notify_retire__"


class Place(NamedTuple):
    """A method of a class in a module of Prime Backup."""

    module: str
    class_name: str
    method: str = "run"


class Seam(enum.Enum):
    """A class whose ``run`` is wrapped, and its module."""

    CREATE_TASK = Place("prime_backup.mcdr.task.backup.create_backup_task", "CreateBackupTask")
    RESTORE_TASK = Place("prime_backup.mcdr.task.backup.restore_backup_task", "RestoreBackupTask")
    CREATE_ACTION = Place("prime_backup.action.create_backup_action", "CreateBackupAction")
    EXPORT_ACTION = Place("prime_backup.action.export_backup_action_directory", "ExportBackupToDirectoryAction")
    GET_ACTION = Place("prime_backup.action.get_backup_action", "GetBackupAction")
    LIST_ACTION = Place("prime_backup.action.list_backup_action", "ListBackupAction")

    @property
    def place(self) -> Place:
        found: Place = self.value
        return found

    @property
    def module(self) -> str:
        return self.place.module

    @property
    def class_name(self) -> str:
        return self.place.class_name


class Misfit(str):
    """Why a seam cannot be used: a few words for a log line."""


def find(place: Union[Seam, Place], modules: Mapping[str, ModuleType]) -> Union[type, Misfit]:
    """The class of ``place`` among the loaded ``modules``, or what is wrong with it."""
    place = place.place if isinstance(place, Seam) else place
    module = modules.get(place.module)
    if module is None:
        return Misfit(f"no module {place.module}")
    found = getattr(module, place.class_name, None)
    if not isinstance(found, type):
        return Misfit(f"no class {place.class_name} in {place.module}")
    if not callable(getattr(found, place.method, None)):
        return Misfit(f"{place.class_name} has no method {place.method}")
    return found


class Patch:
    """Replaces one method of one class by a wrapper, until it is undone.

    Other plugins may wrap the method as well, before us or after us. A wrapper of ours that another one covers cannot
    be removed: it stays, and only passes calls through. One that is taken out of the stack, as by a plugin that puts
    back what it once found there, is no longer called: see :meth:`is_called`. A method that the class merely inherits
    stays inherited.

    ``retire`` retires the observer of this wrapper. An older observer of ours, whose plugin instance was never
    unloaded, is retired here, so that no event is reported twice.
    """

    def __init__(self, cls: Any, around: Around, retire: Callable[[], None], method: str = "run") -> None:
        self._cls = cls
        self._method = method
        self._is_silent = False
        self._own = cls.__dict__.get(method)
        present = getattr(cls, method)
        earlier = getattr(present, _MARK, None)
        if callable(earlier) and earlier != retire:
            with contextlib.suppress(Exception):
                earlier()
        self._wrapper = self._make_wrapper(present, around)
        setattr(self._wrapper, _MARK, retire)
        setattr(cls, method, self._wrapper)

    def _make_wrapper(self, present: Any, around: Around) -> Callable[..., Any]:
        cls, own, bind, method = self._cls, self._own, _bind, self._method

        @functools.wraps(present, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
        def run(instance: Any, *args: Any, **kwargs: Any) -> Any:
            wrapped = getattr(super(cls, instance), method) if own is None else bind(own, instance)
            if self._is_silent:
                return wrapped(*args, **kwargs)
            return around(
                functools.partial(wrapped, *args, **kwargs), instance
            )  # no frame in Prime Backup's tracebacks

        return run

    def is_called(self, cls: type) -> bool:
        """Whether a call of the method of ``cls`` still comes to this wrapper, perhaps through those of others."""
        return issubclass(cls, self._cls) and reach.calls(getattr(cls, self._method, None), self._wrapper, _is_ours)

    def silence(self) -> None:
        """Only pass calls through from now on: another wrapper has taken the place of this one."""
        self._is_silent = True

    def undo(self) -> None:
        """Put back what was there, if our wrapper is still the outermost."""
        if self._cls.__dict__.get(self._method) is not self._wrapper:
            return
        if self._own is None:
            delattr(self._cls, self._method)
        else:
            setattr(self._cls, self._method, self._own)


def _is_ours(function: Any) -> bool:
    return hasattr(function, _MARK)


def _bind(attribute: Any, instance: Any) -> Any:
    """The method as Python would make it of ``attribute``: of a function, or of any other descriptor."""
    descriptor = getattr(type(attribute), "__get__", None)
    return attribute if descriptor is None else descriptor(attribute, instance, type(instance))
