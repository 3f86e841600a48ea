"""Schedules: when the next backup has to be there, counted from the last one. Moments are unix seconds. Pure.

A crontab of the config is read by ``cronsim``, as Debian's cron reads it, where 0 is Sunday. One of Prime Backup is
read by APScheduler, as Prime Backup itself does, where 0 is Monday.
"""

from __future__ import annotations

import datetime
import importlib
import sys
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Optional, Protocol

from prime_notify.text.wording import Wording

__all__ = ["Crontab", "Every", "LocalZone", "PrimeBackupCrontab", "Schedule", "check_crontab"]

_MOST_STEPS = 1000
"""Ticks that are skipped because they are not after the moment: those of an hour that the clock shows twice."""

_UTC = datetime.timezone.utc


class Schedule(Protocol):
    """When backups are to be made."""

    def next_after(self, moment: float) -> Optional[float]:
        """The next one after ``moment``; None where there is none any more."""
        ...


@dataclass(frozen=True)
class Every:
    """One after ``seconds``, whatever the clock shows."""

    seconds: float

    def next_after(self, moment: float) -> Optional[float]:
        return moment + self.seconds


class LocalZone(datetime.tzinfo):
    """This machine's time zone, with its daylight saving time."""

    def utcoffset(self, moment: Optional[datetime.datetime]) -> Optional[datetime.timedelta]:
        """By ``timestamp``: for a time that the clock skips, ``astimezone`` differs between versions of Python."""
        if moment is None:
            return None
        wall = moment.replace(tzinfo=None)
        return datetime.timedelta(seconds=round(wall.replace(tzinfo=_UTC).timestamp() - wall.timestamp()))

    def dst(self, _moment: Optional[datetime.datetime]) -> Optional[datetime.timedelta]:
        return None

    def tzname(self, _moment: Optional[datetime.datetime]) -> Optional[str]:
        return None

    def fromutc(self, moment: datetime.datetime) -> datetime.datetime:
        unix = moment.replace(tzinfo=_UTC).timestamp()
        return datetime.datetime.fromtimestamp(unix).replace(tzinfo=self)


@dataclass(frozen=True)
class Crontab:
    """A crontab of five fields in ``zone``; None: in this machine's."""

    text: str
    zone: Optional[datetime.tzinfo] = None

    def next_after(self, moment: float) -> Optional[float]:
        start = datetime.datetime.fromtimestamp(moment, self.zone or LocalZone())
        ticks: Iterator[datetime.datetime] = _cronsim()(self.text, start)
        for _, tick in zip(range(_MOST_STEPS), ticks):
            if tick.timestamp() > moment:
                return tick.timestamp()
        return None


@dataclass(frozen=True)
class PrimeBackupCrontab:
    """A crontab of Prime Backup's config, in this machine's time zone. Only where APScheduler is, as Prime Backup needs
    it."""

    text: str

    def next_after(self, moment: float) -> Optional[float]:
        trigger = importlib.import_module("apscheduler.triggers.cron").CronTrigger.from_crontab(self.text)
        after = datetime.datetime.fromtimestamp(moment, _UTC) + datetime.timedelta(milliseconds=1)
        found = trigger.get_next_fire_time(None, after)
        return None if found is None else float(found.timestamp())


def check_crontab(text: str) -> None:
    """:raises ValueError: it is no crontab that ever comes, or ``cronsim`` is not installed."""
    simulate, now = _cronsim(), datetime.datetime(2026, 1, 1)
    if len(text.split()) != 5:
        raise ValueError(_NO_CRONTAB)
    try:
        next(simulate(text, now))
    except Exception:  # noqa: BLE001  (its own error, or that of a date that never comes)
        raise ValueError(_NO_CRONTAB) from None


_NO_CRONTAB = Wording(
    'a crontab has five fields, such as "0 4 * * *": minute, hour, day of the month, month, day of the week '
    "(0 is Sunday)",
    'crontab 有五个字段，如 "0 4 * * *"：分、时、日、月、星期（0 为星期日）',
)
_PACKAGE = '"cronsim<2.7"' if sys.version_info < (3, 10) else "cronsim"  # later ones cannot be imported in 3.9
_NO_CRONSIM = Wording(
    'a crontab needs the Python package cronsim: run "pip install {package}" with the Python that runs MCDReforged, '
    'or write a duration such as "1d"',
    'crontab 需要 Python 包 cronsim：请在 MCDReforged 的环境中运行 "pip install {package}"，或改写时长，如 "1d"',
    package=_PACKAGE.replace('"', "'"),
)


def _cronsim() -> Callable[..., Any]:
    try:
        from cronsim import CronSim
    except Exception:  # noqa: BLE001  (a release that this Python is too old for fails with a TypeError)
        raise ValueError(_NO_CRONSIM) from None
    found: Callable[..., Any] = CronSim
    return found
