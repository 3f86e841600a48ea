"""Time zones as people write them: names of the IANA database, and offsets."""

from __future__ import annotations

import datetime
import difflib
import functools
import re
import zoneinfo
from typing import Dict, Optional

from prime_notify.text.wording import NOTHING, Wording

__all__ = ["mark", "time_zone"]

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+\-\u2212])\s*(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_UTC_NAMES = ("utc", "gmt", "z")
_MOST_MINUTES = 14 * 60  # the farthest that any place is from UTC
_CITIES = dict.fromkeys(("beijing", "peking", "china", "北京", "北京时间", "中国"), "shanghai")
"""Words for a place whose zone has the name of another one."""


@functools.lru_cache(maxsize=64)
def time_zone(text: str) -> datetime.tzinfo:
    """The time zone of ``Asia/Shanghai``, ``+08:00``, ``UTC+8`` or ``UTC``.

    :raises ValueError: there is none with this name, or this system has no time zone database.
    """
    wanted = text.strip()
    if wanted.lower() in _UTC_NAMES:
        return datetime.timezone.utc
    offset = _OFFSET.fullmatch(wanted)
    if offset is not None:
        return _fixed(offset[1], int(offset[2]), int(offset[3] or 0))
    names = _names()
    name = names.get(wanted.lower().replace(" ", "_"))
    if name is None:
        raise ValueError(_unknown(wanted, names))
    return zoneinfo.ZoneInfo(name)


@functools.lru_cache(maxsize=64)
def mark(offset: float) -> str:
    """An offset from UTC, in seconds, as people write it: ``UTC``, ``UTC+8``, ``UTC-3:30``."""
    minutes = round(offset / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02d}" if rest else "")


def _fixed(sign: str, hours: int, minutes: int) -> datetime.tzinfo:
    if minutes >= 60 or hours * 60 + minutes > _MOST_MINUTES:
        raise ValueError(
            Wording(
                'write an offset from -14:00 to +14:00, such as "+08:00"',
                '时差应在 -14:00 到 +14:00 之间，例如 "+08:00"',
            )
        )
    delta = datetime.timedelta(hours=hours, minutes=minutes)
    return datetime.timezone(delta if sign == "+" else -delta)


@functools.lru_cache(maxsize=1)
def _names() -> Dict[str, str]:
    """The names of the database, by their small letters. None on a Windows without the package tzdata."""
    return {name.lower(): name for name in zoneinfo.available_timezones()}


def _unknown(wanted: str, names: Dict[str, str]) -> Wording:
    if not names:
        return Wording(
            'this system has no time zone database: write an offset such as "+08:00", or install the database: '
            "pip install tzdata",
            '此系统没有时区数据库：请写时差，例如 "+08:00"，或安装数据库：pip install tzdata',
        )
    meant = _meant(wanted.lower().replace(" ", "_"), names)
    hint = Wording('did you mean "{meant}"? ', "是否想写“{meant}”？", meant=meant) if meant else NOTHING
    return Wording(
        '{hint}write the name of a time zone, such as "Asia/Shanghai", or an offset, such as "+08:00"',
        '{hint}请写时区名，例如 "Asia/Shanghai"，或时差，例如 "+08:00"',
        hint=hint,
    )


def _meant(wanted: str, names: Dict[str, str]) -> Optional[str]:
    """The zone of a city that stands alone, or one that is spelt almost like this."""
    city = _CITIES.get(wanted, wanted)
    found = [name for name in names if name.rpartition("/")[2] == city] or difflib.get_close_matches(wanted, names, n=1)
    return names[found[0]] if found else None
