"""The time of the periodic report: every day, week or month at a time of day, or a crontab. Pure."""

from __future__ import annotations

import calendar
import datetime
import re
from dataclasses import dataclass
from typing import Iterator, Optional

from prime_notify.schedules.schedule import Crontab, LocalZone, Schedule, check_crontab
from prime_notify.text.suggestions import closest_word
from prime_notify.text.wording import NOTHING, Wording, joined

__all__ = ["Regularly", "check_report_time", "report_times"]

_DAY = datetime.timedelta(days=1)
_TIME = re.compile(r"(\d{1,2})\s*[:：]\s*(\d{2})")
_DAY_OF_MONTH = re.compile(r"(?:每月\s*)?(\d{1,2})(?:st|nd|rd|th|\.|日|号)?", re.IGNORECASE)
_DAILY = ("", "daily", "every day", "每天", "每日")
_WEEKDAYS = {
    **{name.lower(): number for number, name in enumerate(calendar.day_name)},
    **{name[:3].lower(): number for number, name in enumerate(calendar.day_name)},
    "tues": 1,
    "thur": 3,
    "thurs": 3,
    **{f"{week}{name}": number for week in ("周", "星期", "礼拜") for number, name in enumerate("一二三四五六日")},
    **{f"{week}天": 6 for week in ("周", "星期", "礼拜")},
}
_LEADING = re.compile(r"^(?:every|each|on)\s+|^每(?=[周星礼])", re.IGNORECASE)


@dataclass(frozen=True)
class Regularly:
    """Every day at ``hour`` and ``minute``, or only on ``weekday`` (0 is Monday), or only on ``day`` of the month.

    A day that a month lacks is its last one. A time that the clock skips is the first moment after it; one that it
    shows twice is the first of the two. ``zone`` None: this machine's.
    """

    hour: int
    minute: int
    weekday: Optional[int] = None
    day: Optional[int] = None
    zone: Optional[datetime.tzinfo] = None

    def next_after(self, moment: float) -> Optional[float]:
        zone = self.zone or LocalZone()
        date = datetime.datetime.fromtimestamp(moment, zone).date() - 2 * _DAY
        found = moment
        while found <= moment:
            date += _DAY
            if self._fits(date):
                found = _moment_of(datetime.datetime.combine(date, datetime.time(self.hour, self.minute)), zone)
        return found

    def _fits(self, date: datetime.date) -> bool:
        if self.day is not None:
            return date.day == min(self.day, calendar.monthrange(date.year, date.month)[1])
        return self.weekday is None or date.weekday() == self.weekday


def _moment_of(wall: datetime.datetime, zone: datetime.tzinfo) -> float:
    """The unix seconds at which the clock of ``zone`` shows ``wall`` first, or jumps over it."""
    late, early = (wall.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    if late <= early or _shown(late, zone) == wall:
        return late
    while late - early > 1:  # the offset changes between the two
        middle = (early + late) // 2
        early, late = (early, middle) if _shown(middle, zone) > wall else (middle, late)
    return late


def _shown(moment: float, zone: datetime.tzinfo) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(moment, zone).replace(tzinfo=None, fold=0)


def report_times(text: str, zone: Optional[datetime.tzinfo] = None) -> Schedule:
    """The times that ``text`` names, in ``zone``; None: this machine's.

    :raises ValueError: it names none.
    """
    words = " ".join(text.split())
    if "*" in words or len(words.split()) > 3:
        check_crontab(words)
        return Crontab(words, zone)
    time = _TIME.search(words)
    if time is None or words[time.end() :].strip():
        raise ValueError(_UNKNOWN)
    hour, minute = int(time[1]), int(time[2])
    if hour > 23 or minute > 59:
        raise ValueError(_NO_TIME)
    return _on_days(words[: time.start()].strip(" ,，"), Regularly(hour, minute, zone=zone))


def _on_days(day: str, daily: Regularly) -> Regularly:
    word = _LEADING.sub("", day).lower()
    if word in _DAILY or day.lower() in _DAILY:
        return daily
    weekday = _WEEKDAYS.get(word)
    if weekday is not None:
        return Regularly(daily.hour, daily.minute, weekday=weekday, zone=daily.zone)
    number = _DAY_OF_MONTH.fullmatch(word)
    if number is None:
        meant = closest_word(word, list(_names()))
        hint = Wording('did you mean "{meant}"? ', "是否想写“{meant}”？", meant=meant) if meant else NOTHING
        raise ValueError(joined([hint, _UNKNOWN]))
    if not 1 <= int(number[1]) <= 31:
        raise ValueError(_NO_DAY)
    return Regularly(daily.hour, daily.minute, day=int(number[1]), zone=daily.zone)


def _names() -> Iterator[str]:
    return (name for name in _WEEKDAYS if name.isascii())


def check_report_time(text: str) -> str:
    """``text`` with single spaces. :raises ValueError: it names no times."""
    report_times(text)
    return " ".join(text.split())


_UNKNOWN = Wording(
    'write "Mon 09:00" for every week, "09:00" for every day, "1 09:00" for the first of every month, or a crontab '
    'such as "0 9 * * 1,4"',
    '请写 "周一 09:00"（每周）、"09:00"（每天）、"1 09:00"（每月 1 日），或 crontab，如 "0 9 * * 1,4"',
)
_NO_TIME = Wording(
    'write a time from 00:00 to 23:59, such as "Mon 09:00"', '时间应在 00:00 到 23:59 之间，如 "周一 09:00"'
)
_NO_DAY = Wording(
    'write a day of the month from 1 to 31, such as "1 09:00"', '每月的日期应在 1 到 31 之间，如 "1 09:00"'
)
