"""What a careless or hostile plugin may put into an event."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, Iterator, Mapping

from hypothesis import strategies as st

from prime_notify.model.event import Event, EventName
from prime_notify.model.fields import TOP_LEVEL
from prime_notify.model.normalize import Normalized, normalize

__all__ = ["Unprintable", "Unreadable", "Untouchable", "events", "normalized", "texts", "wild"]


class Unprintable:
    """Cannot be shown."""

    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


class Untouchable(Unprintable):
    """Raises even when asked what it is."""

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise RuntimeError("no")


class Unreadable(Mapping[str, Any]):
    """A mapping that raises on every access."""

    def __getitem__(self, key: str) -> Any:
        raise RuntimeError("no")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("no")

    def __len__(self) -> int:
        raise RuntimeError("no")


class _BadDict(dict):  # type: ignore[type-arg]
    def _no(self, *_: Any) -> Any:
        raise RuntimeError("no")

    items = keys = values = get = __getitem__ = __iter__ = __contains__ = _no


class _BadError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")


def _circular() -> Any:
    knot: Any = {"list": []}
    knot["self"] = knot
    knot["list"].extend([knot, knot])
    return knot


texts = st.one_of(
    st.text(st.characters(codec=None), max_size=40),
    st.text(st.sampled_from("\ud800\udfff\x00\x07\x1b\x7f\x85\r\n\t §a<>&@*_[]()`#!|~\\/:.-=+1\u202e\u2028 http")),
    st.builds(str.__mul__, st.sampled_from(["x", "备", "\ud800", "* "]), st.just(100_000)),
    st.sampled_from(["", " ", "[a](http://evil.com)", "![](x)", "<b>", "# x", "player:Steve", "42"]),
)

_scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([-(10**30), 2**63, 1.5e9]),
    st.builds(pow, st.just(10), st.just(5000)),  # too long for Python itself to print
    st.floats(),
    texts,
    st.binary(max_size=5),
    st.datetimes(timezones=st.sampled_from([None, datetime.timezone.utc])),
    st.timedeltas(),
    st.sampled_from([Path("world"), datetime.date(2026, 1, 2), EventName.BACKUP_START, object, ...]),
    st.builds(Unprintable),
    st.builds(Unreadable),
    st.builds(_BadDict, a=st.just(1)),
    st.builds(_BadError),
    st.builds(_circular),
    st.builds(ValueError, texts),
)

_MEMBERS = ["id", "type", "name", "full", "message", "traceback", "comment", "targets", "tags", "date", "raw_size"]
_MEMBERS += ["file_count", "stored_size", "creator", "running", "version", "unix", "iso"]

wild = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner),
        st.dictionaries(st.one_of(st.sampled_from(_MEMBERS), texts, st.integers()), inner, max_size=6),
    ),
    max_leaves=8,
)

events = st.builds(
    Event,
    name=st.sampled_from(EventName),
    plugin_id=texts,
    plugin_version=st.one_of(st.none(), texts),
    fields=st.one_of(
        st.dictionaries(st.one_of(st.sampled_from(sorted(TOP_LEVEL.parsers)), texts, st.integers()), wild, max_size=12),
        wild,
    ),
    test=st.booleans(),
)


def normalized(event: Event, now: float = 1_800_000_000.0) -> Normalized:
    return normalize(event, id="N1", task_id="T1", now=now, server_running=True, server_name="MyServer")
