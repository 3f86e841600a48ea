"""Finds the channels: a new one is a new module in this package, and nothing else has to be told."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from types import MappingProxyType, ModuleType
from typing import Any, Dict, Iterator, Mapping, Type

import prime_notify.channels
from prime_notify.channels.base import Channel

__all__ = ["channel_types"]


@functools.cache
def channel_types() -> Mapping[str, Type[Channel[Any]]]:
    """Every channel by its type, sorted. Works in a folder and in a packed plugin alike.

    Raises ValueError when two channels claim the same type.
    """
    found: Dict[str, Type[Channel[Any]]] = {}
    for module in pkgutil.iter_modules(prime_notify.channels.__path__, f"{prime_notify.channels.__name__}."):
        for channel in _channels_in(importlib.import_module(module.name)):
            if channel.type in found:
                raise ValueError(f"{channel.__name__} and {found[channel.type].__name__} are both {channel.type!r}")
            found[channel.type] = channel
    return MappingProxyType(dict(sorted(found.items())))


def _channels_in(module: ModuleType) -> Iterator[Type[Channel[Any]]]:
    for value in vars(module).values():
        is_channel = inspect.isclass(value) and issubclass(value, Channel) and not inspect.isabstract(value)
        if is_channel and value.__module__ == module.__name__:
            yield value
