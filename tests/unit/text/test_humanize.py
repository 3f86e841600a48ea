"""Sizes, durations and times at a glance."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.text import humanize


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1288490188, "1.2 GiB"),
        (1024**2 - 1, "1.0 MiB"),
        (1024**3 - 1, "1.0 GiB"),
        (2**63 - 1, "8.0 EiB"),
    ],
)
def test_sizes(size_bytes: int, text: str) -> None:
    assert humanize.size(size_bytes) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0ms"),
        (0.85, "850ms"),
        (0.9996, "1.0s"),
        (4.21, "4.2s"),
        (9.94, "9.9s"),
        (9.96, "10s"),
        (42.4, "42s"),
        (59.7, "1m 00s"),
        (192, "3m 12s"),
        (3599.6, "1h 00m"),
        (3720, "1h 02m"),
        (86400 * 2 + 3600 * 3, "2d 03h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert humanize.duration(seconds) == text


@given(st.integers(0, 2**63 - 1))
def test_sizes_stay_short(size_bytes: int) -> None:
    assert len(humanize.size(size_bytes)) <= len("1023.9 KiB")


@given(st.floats(0, 1e9))
def test_durations_stay_short(seconds: float) -> None:
    assert len(humanize.duration(seconds)) <= len("99999d 23h")


def test_times_are_shown_in_the_zone_asked_for() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=8))
    assert humanize.local_time(1_767_323_045.9, zone) == "2026-01-02 11:04:05"


ZONE = datetime.timezone(datetime.timedelta(hours=5, minutes=45))


def test_a_time_of_the_same_day_has_no_date() -> None:
    now = datetime.datetime(2026, 1, 2, 3, 4, 5).timestamp()
    assert humanize.clock_time(now + 3600, now) == "04:04"
    assert humanize.clock_time(now + 86400, now) == "2026-01-03 03:04"


def test_a_time_in_another_zone_than_this_machines_has_its_offset() -> None:
    now = datetime.datetime(2026, 1, 2, 3, 0, tzinfo=ZONE).timestamp()
    assert humanize.clock_time(now, now, ZONE) == "03:00 UTC+5:45"
    own = datetime.datetime.fromtimestamp(now).astimezone().tzinfo
    assert "UTC" not in humanize.clock_time(now, now, own)


def test_a_time_that_a_zone_cannot_have_is_in_utc() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=-5))
    assert humanize.zoned_time(-62_135_596_800, zone) == "0001-01-01 00:00:00 UTC"


def test_times_are_local_by_default() -> None:
    moment = datetime.datetime(2026, 1, 2, 3, 4, 5)
    assert humanize.local_time(moment.timestamp()) == "2026-01-02 03:04:05"


def test_counts_have_separators() -> None:
    assert humanize.count(1234567) == "1,234,567"
