"""Numbers as people read them, the same in every language. Pure."""

from __future__ import annotations

import datetime
import time
from typing import Optional, Tuple

from prime_notify.text.time_zone import mark

__all__ = ["clock_time", "count", "duration", "local_time", "size", "unix_of_local", "zoned_time"]

_SIZE_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_JUST_BELOW = 1023.95  # a value that would be printed as 1024.0 belongs to the next unit


def size(size_bytes: int) -> str:
    """``512 B``, ``1.2 GiB``: powers of 1024."""
    if size_bytes < 1024:
        return f"{size_bytes} B"
    value = size_bytes / 1024
    unit = 0
    while value >= _JUST_BELOW and unit < len(_SIZE_UNITS) - 1:
        value /= 1024
        unit += 1
    return f"{value:.1f} {_SIZE_UNITS[unit]}"


def duration(seconds: float) -> str:
    """``850ms``, ``4.2s``, ``42s``, ``3m 12s``, ``1h 02m``, ``2d 03h``."""
    millis = round(seconds * 1000)
    if millis < 1000:
        return f"{millis}ms"
    if millis < 9950:
        return f"{millis / 1000:.1f}s"
    whole = (millis + 500) // 1000
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if not minutes:
        return f"{whole}s"
    if not hours:
        return f"{minutes}m {whole % 60:02d}s"
    if not days:
        return f"{hours}h {minutes % 60:02d}m"
    return f"{days}d {hours % 24:02d}h"


def local_time(unix: float, zone: Optional[datetime.tzinfo] = None) -> str:
    """``2026-01-02 03:04:05`` in ``zone``, by default this machine's."""
    return _shown(unix, zone)[0]


def zoned_time(unix: float, zone: Optional[datetime.tzinfo] = None) -> str:
    """``2026-01-02 03:04:05 UTC+8``: :func:`local_time` with its offset."""
    text, offset = _shown(unix, zone)
    return f"{text} {mark(offset)}"


def clock_time(unix: float, now: float, zone: Optional[datetime.tzinfo] = None) -> str:
    """``16:00`` on the day of ``now``, otherwise ``2026-01-02 16:00``; with its offset where ``zone`` is given, unless
    this machine's has the same."""
    text, offset = _shown(unix, zone)
    shown = text[11:16] if text[:10] == _shown(now, zone)[0][:10] else text[:16]
    return shown if zone is None or offset == _shown(unix, None)[1] else f"{shown} {mark(offset)}"


def unix_of_local(text: str) -> Optional[float]:
    """The unix seconds of a date and time of this machine's zone, such as ``2026-01-02 03:04:05``; None for others."""
    if len(text.strip()) < len("2026-01-02 03:04"):
        return None
    try:
        moment = datetime.datetime.fromisoformat(text.strip())
        return None if moment.tzinfo else moment.timestamp()
    except (OSError, OverflowError, ValueError):
        return None


def _shown(unix: float, zone: Optional[datetime.tzinfo]) -> Tuple[str, float]:
    """The date and time, and its offset from UTC in seconds."""
    try:
        if zone is None:  # the time module is faster than an aware datetime
            local = time.localtime(unix)
            return time.strftime("%Y-%m-%d %H:%M:%S", local), local.tm_gmtoff
        moment = datetime.datetime.fromtimestamp(unix, zone)
    except (OSError, OverflowError, ValueError):  # Windows knows no local time before 1970
        moment = _EPOCH + datetime.timedelta(seconds=unix)
    offset = moment.utcoffset()
    return moment.isoformat(" ", "seconds")[:19], offset.total_seconds() if offset else 0.0


def count(number: int) -> str:
    """``1,234``."""
    return f"{number:,}"
