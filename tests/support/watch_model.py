"""A plain model of the watch for overdue backups: no cache, no file, no library for crontabs."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Callable, Iterator, List, Optional, Set

__all__ = ["Model", "next_in_crontab"]

_UTC = datetime.timezone.utc
_MINUTE = datetime.timedelta(minutes=1)
_DAY = 86400.0


def _values(text: str, low: int, high: int) -> Set[int]:
    found: Set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        numbers = range(low, high + 1) if span == "*" else range(int(first), int(last or first) + 1)
        found.update(numbers[:: int(step or 1)])
    return found


def next_in_crontab(text: str, zone: datetime.tzinfo, after: float, *, monday_is_0: bool = False) -> float:
    """By trying: each day, and on it each minute. A job at a fixed time runs once a day, also on the days on which the
    clock is changed: after a gap, and the first of two."""
    minute, hour, day, month, weekday = text.split()
    minutes, hours = _values(minute, 0, 59), _values(hour, 0, 23)
    days, months, weekdays = _values(day, 1, 31), _values(month, 1, 12), _values(weekday, 0, 7)
    is_fixed = "*" not in minute[:1] + hour[:1]
    date = datetime.datetime.fromtimestamp(after, zone).date()
    while True:
        number = date.weekday() if monday_is_0 else date.isoweekday()
        fits = number in weekdays or (not monday_is_0 and number % 7 in weekdays)
        if fits and date.day in days and date.month in months:
            moments = _fixed(date, hours, minutes, zone) if is_fixed else _every(date, hours, minutes, zone)
            later = [moment for moment in moments if moment > after]
            if later:
                return min(later)
        date += datetime.timedelta(days=1)


def _fixed(date: datetime.date, hours: Set[int], minutes: Set[int], zone: datetime.tzinfo) -> Iterator[float]:
    for hour in hours:
        for minute in minutes:
            local = datetime.datetime.combine(date, datetime.time(hour, minute))
            while local.replace(tzinfo=zone).astimezone(_UTC).astimezone(zone).replace(tzinfo=None) != local:
                local += _MINUTE
            yield local.replace(tzinfo=zone).timestamp()


def _every(date: datetime.date, hours: Set[int], minutes: Set[int], zone: datetime.tzinfo) -> Iterator[float]:
    moment = datetime.datetime.combine(date, datetime.time(), tzinfo=zone).astimezone(_UTC)
    while True:
        local = moment.astimezone(zone)
        if local.date() > date:
            return
        if local.date() == date and local.hour in hours and local.minute in minutes:
            yield moment.timestamp()
        moment += _MINUTE


@dataclass
class Model:
    """``following``: the expected moment after a moment. Moments are those of the machine's clock."""

    following: Callable[[float], float]
    grace: float
    since: float
    resumed: float
    jumped: float
    good: List[float] = field(default_factory=list)
    skipped: Optional[float] = None
    running: bool = False
    told: Optional[float] = None
    enabled: bool = True

    def due(self, now: float) -> float:
        known = [*self.good, self.since, *([] if self.skipped is None else [self.skipped])]
        base = max((moment for moment in known if moment <= now + _DAY), default=self.jumped)
        if any(moment > now + _DAY for moment in self.good):
            base = max(base, self.jumped)
        return self.following(base)

    def tell_at(self, now: float) -> float:
        at = self.due(now) + self.grace
        return at if at > self.resumed else self.resumed + self.grace

    def look(self, now: float) -> List[str]:
        if not self.enabled or self.running or self.told is not None or now < self.tell_at(now):
            return []
        self.told = self.due(now)
        return ["backup_overdue"]

    def jump(self, now: float, seconds: float) -> None:
        self.resumed = now if seconds > 0 else min(self.resumed, now)
        self.jumped = now

    def restart(self, now: float) -> None:
        self.resumed = self.jumped = now
        self.running = False
