"""Memory that an unloaded plugin would keep."""

from __future__ import annotations

import typing

__all__ = ["forget_generics"]


def forget_generics() -> None:
    """Let go of the generics of our classes, such as ``Optional[Event]``.

    ``typing`` keeps each of them in caches, by the classes in it, and these keep their modules: about 10 MiB for each
    reload of the plugin. Nothing but speed depends on the caches; Python's own tests empty them in the same way
    (``_cleanups`` in Lib/typing.py, 3.9 to 3.14).
    """
    for forget in getattr(typing, "_cleanups", ()):
        forget()
