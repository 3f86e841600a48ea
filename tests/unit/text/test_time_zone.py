"""Time zones as people write them."""

from __future__ import annotations

import datetime
import time
import zoneinfo
from typing import Iterator

import pytest

from prime_notify.text import time_zone as module
from prime_notify.text.humanize import unix_of_local, zoned_time
from prime_notify.text.time_zone import mark, time_zone
from prime_notify.text.wording import in_language

AT = 1_767_323_045.9


@pytest.fixture
def forgetful() -> Iterator[None]:
    module._names.cache_clear()
    time_zone.cache_clear()
    yield
    module._names.cache_clear()
    time_zone.cache_clear()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Asia/Shanghai", "2026-01-02 11:04:05 UTC+8"),
        ("asia/shanghai", "2026-01-02 11:04:05 UTC+8"),
        ("America/New York", "2026-01-01 22:04:05 UTC-5"),
        ("America/St_Johns", "2026-01-01 23:34:05 UTC-3:30"),
        ("+08:00", "2026-01-02 11:04:05 UTC+8"),
        ("+8", "2026-01-02 11:04:05 UTC+8"),
        ("UTC+8", "2026-01-02 11:04:05 UTC+8"),
        ("GMT-0330", "2026-01-01 23:34:05 UTC-3:30"),
        ("+05:45", "2026-01-02 08:49:05 UTC+5:45"),
        ("utc", "2026-01-02 03:04:05 UTC"),
        ("Z", "2026-01-02 03:04:05 UTC"),
        ("-00:00", "2026-01-02 03:04:05 UTC"),
    ],
)
def test_names_and_offsets_are_shown_with_their_offset(name: str, shown: str) -> None:
    assert zoned_time(AT, time_zone(name)) == shown


def test_summer_time_has_its_own_mark() -> None:
    berlin = time_zone("Europe/Berlin")
    assert [zoned_time(AT + days * 86400, berlin)[-5:] for days in (0, 180)] == ["UTC+1", "UTC+2"]


def test_times_are_this_machines_by_default() -> None:
    moment = datetime.datetime.fromtimestamp(AT).astimezone()
    offset = moment.utcoffset()
    assert offset is not None
    assert zoned_time(AT) == f"{moment:%Y-%m-%d %H:%M:%S} {mark(offset.total_seconds())}"


@pytest.mark.parametrize("name", ["Asia/Shanghai", "America/St_Johns", "UTC", "Europe/Berlin"])
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a running process can only be set on Unix")
def test_a_machine_in_a_zone_shows_what_the_option_for_it_does(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", name)
        time.tzset()
        shown = [zoned_time(AT + days * 86400 + 0.9) for days in (-20_000, 0, 180)]
    time.tzset()
    assert shown == [zoned_time(AT + days * 86400 + 0.9, time_zone(name)) for days in (-20_000, 0, 180)]


@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        ("Asia/Shanghia", 'did you mean "Asia/Shanghai"? write the name', "是否想写“Asia/Shanghai”？请写时区名"),
        ("Beijing", 'did you mean "Asia/Shanghai"?', "是否想写“Asia/Shanghai”？"),
        ("北京", 'did you mean "Asia/Shanghai"?', "是否想写“Asia/Shanghai”？"),
        ("Tokyo", 'did you mean "Asia/Tokyo"?', "是否想写“Asia/Tokyo”？"),
        ("xyzzyxyzzy", "write the name of a time zone, such as", "请写时区名，例如"),
        ("", "write the name of a time zone", "请写时区名"),
        ("../../etc/passwd", "write the name of a time zone", "请写时区名"),
        ("+15:00", "from -14:00 to +14:00", "-14:00 到 +14:00"),
        ("+08:75", "from -14:00 to +14:00", "-14:00 到 +14:00"),
    ],
)
def test_anything_else_says_what_to_write_in_both_languages(name: str, english: str, chinese: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        time_zone(name)
    [problem] = caught.value.args
    assert english in in_language(problem, "en_us")
    assert chinese in in_language(problem, "zh_cn")


@pytest.mark.usefixtures("forgetful")
def test_a_system_without_a_database_takes_offsets_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows without the package tzdata."""
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    assert zoned_time(AT, time_zone("+08:00")).endswith("UTC+8")
    assert time_zone("UTC") is datetime.timezone.utc
    with pytest.raises(ValueError, match="pip install tzdata"):
        time_zone("Asia/Shanghai")


@pytest.mark.parametrize("text", ["2026-01-02", "yesterday", "2026-01-02T03:04:05+00:00", "2026-13-02 03:04:05", ""])
def test_a_date_that_is_not_a_local_time_has_no_unix_seconds(text: str) -> None:
    assert unix_of_local(text) is None


def test_a_local_date_has_unix_seconds() -> None:
    assert unix_of_local("2026-01-02 03:04:05") == datetime.datetime(2026, 1, 2, 3, 4, 5).timestamp()
