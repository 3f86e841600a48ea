"""Schedules against plain models, most of all on the days on which the clock is changed."""

from __future__ import annotations

import datetime
import random
import sys
import time
import zoneinfo
from typing import Iterator

import pytest
import tzlocal

from prime_notify.schedules.schedule import Crontab, Every, LocalZone, PrimeBackupCrontab, check_crontab
from prime_notify.text.wording import in_language
from tests.support.watch_model import next_in_crontab

_CHANGES = {
    "Europe/Berlin": ("2026-03-29 01:00", "2026-10-25 01:00"),
    "America/New_York": ("2026-03-08 07:00", "2026-11-01 06:00"),
    "Australia/Lord_Howe": ("2026-04-04 15:00", "2026-10-03 15:30"),  # by half an hour
    "Asia/Shanghai": ("2026-03-29 01:00", "2026-10-25 01:00"),  # never
}
_CRONTABS = ("30 2 * * *", "0 4 * * *", "30 1,2 * * *", "*/30 * * * *", "15 */6 * * *", "0 3 1 * *", "5 2 * * 0,6")


@pytest.fixture
def local_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """This machine's time zone, changed for the test."""
    if not hasattr(time, "tzset"):
        pytest.skip("Windows has no tzset: its time zone cannot be changed for one process")
    monkeypatch.setenv("TZ", request.param)
    _take_the_zone()
    yield request.param
    monkeypatch.undo()
    _take_the_zone()


def _take_the_zone() -> None:
    """Also where it is remembered: APScheduler asks tzlocal, which looks once."""
    time.tzset()
    tzlocal.reload_localzone()


def moments_around_changes(zone: str) -> Iterator[float]:
    chance = random.Random(zone)
    for text in _CHANGES[zone]:
        change = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp()
        for _ in range(150):
            yield change + chance.uniform(-30.0, 30.0) * 3600.0
    for _ in range(50):
        yield chance.uniform(1.75e9, 1.85e9)


@pytest.mark.parametrize("text", _CRONTABS)
@pytest.mark.parametrize("zone", _CHANGES)
def test_a_crontab_comes_when_a_plain_model_says(zone: str, text: str) -> None:
    if zone == "Australia/Lord_Howe" and "/6" in text:
        pytest.skip("where the clock is changed by half an hour, cronsim passes over a run on that day")
    found = zoneinfo.ZoneInfo(zone)
    for moment in moments_around_changes(zone):
        assert Crontab(text, found).next_after(moment) == next_in_crontab(text, found, moment), moment


@pytest.mark.parametrize("local_zone", ["Europe/Berlin", "America/New_York"], indirect=True)
@pytest.mark.parametrize("text", _CRONTABS)
def test_without_a_zone_a_crontab_goes_by_that_of_the_machine(local_zone: str, text: str) -> None:
    zone = zoneinfo.ZoneInfo(local_zone)
    for moment in moments_around_changes(local_zone):
        assert Crontab(text).next_after(moment) == Crontab(text, zone).next_after(moment)


@pytest.mark.parametrize("local_zone", ["Europe/Berlin", "America/New_York"], indirect=True)
def test_the_zone_of_the_machine_is_that_zone(local_zone: str) -> None:
    zone = zoneinfo.ZoneInfo(local_zone)
    for moment in moments_around_changes(local_zone):
        ours, expected = (datetime.datetime.fromtimestamp(moment, one) for one in (LocalZone(), zone))
        assert (ours.replace(tzinfo=None), ours.utcoffset()) == (expected.replace(tzinfo=None), expected.utcoffset())
        assert ours.timestamp() == pytest.approx(moment)


@pytest.mark.parametrize("local_zone", ["Europe/Berlin"], indirect=True)
def test_a_crontab_of_prime_backup_counts_weekdays_from_monday(local_zone: str) -> None:
    zone = zoneinfo.ZoneInfo(local_zone)
    chance = random.Random(1)
    for text in ("0 12 * * 0", "0 12 * * 6", "30 6,18 * * 0-4", "0 9 1 * *"):
        for _ in range(100):
            moment = chance.uniform(1.75e9, 1.85e9)
            expected = next_in_crontab(text, zone, moment, monday_is_0=True)
            assert PrimeBackupCrontab(text).next_after(moment) == expected


def test_an_interval_counts_seconds() -> None:
    assert Every(3600.0).next_after(100.0) == 3700.0


@pytest.mark.parametrize("text", ["0 4 * *", "0 25 * * *", "x 4 * * *", "0 4 31 2 *", "* * * * * *", ""])
def test_what_is_no_crontab_is_said_in_both_languages(text: str) -> None:
    with pytest.raises(ValueError, match="five fields") as refused:
        check_crontab(text)
    assert "五个字段" in in_language(refused.value.args[0], "zh_cn")


def test_without_cronsim_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cronsim", None)
    with pytest.raises(ValueError, match="pip install"):
        check_crontab("0 4 * * *")
