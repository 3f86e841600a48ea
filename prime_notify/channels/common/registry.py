"""The channels, found by themselves: a new one is a new module in ``prime_notify.channels``, and no entry in a list."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import Any, Iterator, List, Mapping, Tuple, Type

import prime_notify.channels
from prime_notify.channels.common.base import Channel

__all__ = ["ChannelTypes", "channel_types"]

_PACKAGE = prime_notify.channels
_NO_CHANNELS = ("common",)


class ChannelTypes(Mapping[str, Type[Channel[Any]]]):
    """Every channel by its type, sorted. A channel is imported when it is asked for: most servers use two of them.

    Works in a folder and in a packed plugin alike.
    """

    def __init__(self) -> None:
        names = (found.name for found in pkgutil.iter_modules(_PACKAGE.__path__))
        self._names: Tuple[str, ...] = tuple(sorted(name for name in names if name not in _NO_CHANNELS))

    def __getitem__(self, name: str) -> Type[Channel[Any]]:
        """The channel of this type.

        :raises KeyError: there is no such type.
        :raises LookupError: the module of this name has no channel.
        """
        if name not in self._names:
            raise KeyError(name)
        return _channel_in(importlib.import_module(f"{_PACKAGE.__name__}.{name}"), name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@functools.cache
def channel_types() -> ChannelTypes:
    """All channels."""
    return ChannelTypes()


def _channel_in(module: ModuleType, name: str) -> Type[Channel[Any]]:
    found: List[Type[Channel[Any]]] = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Channel) and getattr(value, "type", None) == name
    ]
    if len(found) != 1:
        raise LookupError(f"{module.__name__} has {len(found)} classes of channel with the type {name!r}")
    return found[0]
