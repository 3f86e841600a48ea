"""When the periodic report is sent."""

from __future__ import annotations

import calendar
import datetime
import time
import zoneinfo
from typing import Iterator, List, Optional

import pytest

from prime_notify.schedules.report_times import check_report_time, report_times
from prime_notify.text.wording import in_language

UTC = datetime.timezone.utc
ZONES = ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
MINUTE = 60


def moments(text: str, zone: str, first: datetime.datetime, last: datetime.datetime) -> Iterator[float]:
    schedule, moment = report_times(text, zoneinfo.ZoneInfo(zone)), first.timestamp()
    while True:
        found = schedule.next_after(moment)
        assert found is not None
        assert found > moment
        if found > last.timestamp():
            return
        yield found
        moment = found


def shown(moment: float, zone: str) -> str:
    return datetime.datetime.fromtimestamp(moment, zoneinfo.ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def plain_model(hour: int, minute: int, weekday: Optional[int], day: Optional[int], zone: str) -> List[float]:
    """Of three years, minute by minute of the clock: the first at which a fitting day's time is reached."""
    found, seen, where = [], set(), zoneinfo.ZoneInfo(zone)
    start = datetime.datetime(2011, 11, 1, tzinfo=UTC).timestamp()
    for step in range(0, 2 * 366 * 1440, 30):  # every change of the offset is at a half hour
        moment = start + step * MINUTE
        clock = datetime.datetime.fromtimestamp(moment, where)
        before = datetime.datetime.fromtimestamp(moment - 30 * MINUTE, where)
        date = before.date()
        while date <= clock.date():
            last = calendar.monthrange(date.year, date.month)[1]
            fits = date.day == min(day, last) if day else weekday in (None, date.weekday())
            wanted = datetime.datetime.combine(date, datetime.time(hour, minute))
            passed = before.replace(tzinfo=None) < wanted <= clock.replace(tzinfo=None)
            if fits and passed and date not in seen:
                seen.add(date)
                found.append(moment)
            date += datetime.timedelta(days=1)
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon 09:00", (9, 0, 0, None)),
        ("02:30", (2, 30, None, None)),
        ("Sun 02:30", (2, 30, 6, None)),
        ("31 00:00", (0, 0, None, 31)),
        ("30 01:30", (1, 30, None, 30)),
    ],
)
def test_it_comes_as_a_clock_on_the_wall_says_over_two_years(text: str, expected, zone: str) -> None:
    model = plain_model(*expected, zone)
    span = (datetime.datetime.fromtimestamp(moment, UTC) for moment in (model[0] - 1, model[-1]))
    assert list(moments(text, zone, *span)) == model


def test_a_time_that_the_clock_skips_is_the_first_moment_after_it() -> None:
    day = datetime.datetime(2026, 3, 28, 12, tzinfo=UTC)
    times = moments("02:30", "Europe/Berlin", day, day + datetime.timedelta(days=2))
    assert [shown(moment, "Europe/Berlin") for moment in times] == ["2026-03-29 03:00", "2026-03-30 02:30"]


def test_a_time_that_the_clock_shows_twice_comes_once() -> None:
    day = datetime.datetime(2026, 10, 24, 12, tzinfo=UTC)
    times = list(moments("02:30", "Europe/Berlin", day, day + datetime.timedelta(days=2)))
    assert [shown(moment, "Europe/Berlin") for moment in times] == ["2026-10-25 02:30", "2026-10-26 02:30"]
    assert times[0] == datetime.datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()  # the first of the two


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("monday 9:00", "Mon 09:00"),
        ("周一 09:00", "Mon 09:00"),
        ("星期日 20:15", "Sun 20:15"),
        ("每周天 20:15", "Sun 20:15"),
        ("every Friday 9:00", "Fri 09:00"),
        ("每天 9：00", "09:00"),
        ("daily 09:00", "09:00"),
        ("1st 09:00", "1 09:00"),
        ("每月31日 09:00", "31 09:00"),
        ("  3   09:00 ", "3 09:00"),
    ],
)
def test_days_are_written_as_people_write_them(written: str, same: str) -> None:
    assert report_times(written) == report_times(same)


def test_a_crontab_is_one_of_cron_in_the_zone() -> None:
    day = datetime.datetime(2026, 1, 1, tzinfo=UTC)
    times = list(moments("0 9 * * 1,4", "Asia/Shanghai", day, day + datetime.timedelta(days=7)))
    assert [shown(one, "Asia/Shanghai") for one in times] == ["2026-01-01 09:00", "2026-01-05 09:00"]


def test_without_a_zone_it_is_that_of_the_machine() -> None:
    found = report_times("09:00").next_after(1_767_268_800.0)
    assert found is not None
    assert datetime.datetime.fromtimestamp(found).strftime("%H:%M") == "09:00"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no TZ")
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
def test_the_zone_of_the_machine_has_its_daylight_saving_time(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, last = (datetime.datetime(2026, month, 1, tzinfo=UTC) for month in (3, 12))
    expected = list(moments("Sun 02:30", zone, first, last))
    try:
        with monkeypatch.context() as patched:
            patched.setenv("TZ", zone)
            time.tzset()
            schedule = report_times("Sun 02:30")
            assert [schedule.next_after(moment - 1) for moment in expected] == expected
    finally:
        time.tzset()


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("", 'write "Mon 09:00"', '请写 "周一 09:00"'),
        ("Mon", 'write "Mon 09:00"', '请写 "周一 09:00"'),
        ("09:00 Mon", 'write "Mon 09:00"', '请写 "周一 09:00"'),
        ("Mondey 09:00", 'did you mean "monday"?', "是否想写“monday”？"),
        ("Mon 25:00", "from 00:00 to 23:59", "00:00 到 23:59"),
        ("09:60", "from 00:00 to 23:59", "00:00 到 23:59"),
        ("0 09:00", "from 1 to 31", "1 到 31"),
        ("32 09:00", "from 1 to 31", "1 到 31"),
        ("0 9 * *", "a crontab has five fields", "crontab 有五个字段"),
    ],
)
def test_a_mistake_is_explained_in_both_languages(text: str, english: str, chinese: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as caught:
        check_report_time(text)
    reason = caught.value.args[0]
    assert english in reason
    assert chinese in in_language(reason, "zh_cn")
