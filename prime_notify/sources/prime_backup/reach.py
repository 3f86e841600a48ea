"""Whether a call of a method still comes to a wrapper of ours, below the wrappers of other plugins.

A wrapper keeps the function that it calls somewhere: in its closure, in ``__wrapped__``, in a default value, in a
global that it names, in an attribute of the object that it belongs to, or in a container in one of these places.
"""

from __future__ import annotations

import contextlib
import functools
import types
from typing import Any, Callable, Iterator, List, Mapping, Set, Tuple

__all__ = ["calls"]

_DEEPEST = 24
"""Steps from a method to a wrapper below it: a wrapper below ten others is found."""
_MOST = 2000
"""Objects that are looked at. A look takes about a millisecond."""
_LARGEST = 64
"""Members of a container of functions; a larger one is a store of something else."""


def calls(outermost: Any, wanted: Any, is_ours: Callable[[Any], bool]) -> bool:
    """Whether ``outermost`` is ``wanted`` or seems to call it. Never raises.

    ``is_ours``: whether a function is a wrapper of ours, also of a former instance. Such a one calls only its
    ``__wrapped__``; what else it keeps leads to the whole plugin.
    """
    seen: Set[int] = set()
    level: List[Tuple[Any, bool]] = [(outermost, True)]
    for _ in range(_DEEPEST):
        following: List[Tuple[Any, bool]] = []
        for found, may_be_owner in level:
            if found is wanted:
                return True
            if id(found) in seen or len(seen) > _MOST:
                continue
            seen.add(id(found))
            with contextlib.suppress(Exception):
                following += _kept_by(found, may_be_owner, is_ours)
        level = following
    return False


def _kept_by(found: Any, may_be_owner: bool, is_ours: Callable[[Any], bool]) -> Iterator[Tuple[Any, bool]]:
    """What this object may call, each with whether it may be an object that owns wrappers: the owner's own attributes
    count only where they are callable, or a container.
    """
    if isinstance(found, types.FunctionType):
        if is_ours(found):
            yield vars(found).get("__wrapped__"), False
        else:
            yield from ((one, True) for one in _kept_by_function(found))
    elif isinstance(found, types.MethodType):
        yield from ((found.__func__, False), (found.__self__, True))
    elif isinstance(found, functools.partial):
        yield from ((one, True) for one in (found.func, *found.args, *found.keywords.values()))
    elif isinstance(found, (staticmethod, classmethod)):
        yield found.__func__, False
    elif isinstance(found, (list, tuple, set, frozenset, dict)):
        members = found.values() if isinstance(found, dict) else found
        yield from ((one, False) for one in list(members)[:_LARGEST])
    elif not isinstance(found, (type, types.ModuleType)) and (may_be_owner or callable(found)):
        yield from ((one, False) for one in _kept_by_object(found))


def _kept_by_function(function: types.FunctionType) -> Iterator[Any]:
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # empty
            yield cell.cell_contents
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    yield from vars(function).values()
    yield from _globals_of(function.__code__, function.__globals__)


def _globals_of(code: types.CodeType, names: Mapping[str, Any]) -> Iterator[Any]:
    """The globals that a function names, and those that the functions in it name."""
    yield from (names[name] for name in code.co_names if name in names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _globals_of(constant, names)


def _kept_by_object(found: Any) -> Iterator[Any]:
    """The functions of an object that is called, or whose methods are."""
    call = getattr(type(found), "__call__", None)  # noqa: B004  (the method itself, and not whether there is one)
    if isinstance(call, types.FunctionType):
        yield call
    yield from vars(found).values() if hasattr(found, "__dict__") else ()
    with contextlib.suppress(AttributeError):
        yield found.__wrapped__
    for kind in type(found).__mro__:
        names = vars(kind).get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            with contextlib.suppress(AttributeError):
                yield getattr(found, name)
