"""The configured time zone, and its mark, wherever a message shows a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from prime_notify.delivery.deferral import Deferral
from prime_notify.loading.load import load_config
from prime_notify.messages.messages import Messages
from prime_notify.model.fact import FactKind
from prime_notify.model.item import Item, Remark
from prime_notify.model.notification import Message, Notification
from prime_notify.text.humanize import local_time, zoned_time
from tests.support.build import loaded
from tests.support.messages import NOW, payload
from tests.support.texts import CATALOGUE

SHANGHAI = "2026-01-02 11:04:05 UTC+8"


def messages(*items: Item, own: Optional[str] = None, general: Optional[str] = None, templates: Any = None) -> Message:
    endpoint = {"name": "a", "url": "http://127.0.0.1:9", "timezone": own, "templates": templates}
    endpoint = {name: value for name, value in endpoint.items() if value is not None}
    notification = {"enabled": True, "endpoints": [endpoint], **({"timezone": general} if general else {})}
    config = loaded(notification=notification)
    [built] = config.endpoints
    found = Messages(config.config, CATALOGUE, "en_us").message(items, built.config, NOW)
    assert not found.warnings
    return found


def item(event: str = "backup_failure", remark: Optional[Remark] = None, **fields: Any) -> Item:
    return Item(Notification(payload(event, **fields)), remark, 2, NOW)


def test_the_endpoints_time_zone_comes_before_the_general_one_and_this_machines() -> None:
    assert f"Time: {SHANGHAI}" in messages(item(), general="Asia/Shanghai").texts.body
    assert f"Time: {SHANGHAI}" in messages(item(), own="+8", general="UTC").texts.body
    assert f"Time: {zoned_time(NOW)}" in messages(item()).texts.body


def test_endpoints_with_other_zones_get_other_texts_from_one_cache() -> None:
    zones = [{"name": name, "url": "http://127.0.0.1:9", "timezone": zone} for name, zone in (("a", "+8"), ("b", "+9"))]
    config = loaded(*zones)
    made, one = Messages(config.config, CATALOGUE, "en_us"), item()
    bodies = [made.message([one], endpoint.config, NOW).texts.body for endpoint in config.endpoints]
    assert ["UTC+8" in bodies[0], "UTC+9" in bodies[1]] == [True, True]


def test_the_date_of_a_restored_backup_is_in_that_zone_as_well() -> None:
    date = local_time(NOW - 86400)
    restored = item("restore_success", backup={"id": 3, "date": date})
    assert "Backup date: 2026-01-01 11:04:05 UTC+8" in messages(restored, own="+8").texts.body


def test_the_date_of_a_backup_that_was_just_made_is_not_said_twice() -> None:
    for age, is_shown in ((0, False), (30, False), (3600, True)):
        one = item("backup_success", backup={"id": 3, "date": local_time(NOW - age)})
        assert ("Backup date" in messages(one).texts.body) is is_shown
    slow = item("backup_success", cost_s=3600.0, backup={"date": local_time(NOW - 3600)})
    assert "Backup date" not in messages(slow).texts.body


@pytest.mark.parametrize("remark", list(Remark))
def test_remarks_show_times_in_that_zone(remark: Remark) -> None:
    body = messages(item(remark=remark), own="+8").texts.body
    assert f"since {SHANGHAI}" in body
    assert "Status" not in body


def test_a_digest_shows_times_in_that_zone() -> None:
    body = messages(item(), item("backup_aborted"), own="+8").texts.body
    assert "01-02 11:04 ❌ Backup failed" in body
    assert f"2026-01-02 11:04:05 – {SHANGHAI}" in body


def test_templates_show_times_in_that_zone() -> None:
    dates = ("timestamp|date('%H:%M %z')", "timestamp|date(zone='utc')", "timestamp|date('%H', '+9')", "timezone")
    body = " ".join(f"{{{{ {date} }}}}" for date in dates)
    made = messages(item(), own="+8", templates={"body": body})
    assert made.texts.body == "11:04 +0800 2026-01-02 03:04:05 12 +8"
    assert made.facts[0].kind is FactKind.MESSAGE


def test_other_plugins_get_texts_in_the_general_zone() -> None:
    config = loaded(notification={"enabled": True, "timezone": "+8"}).config
    assert SHANGHAI in Messages(config, CATALOGUE, "en_us").describe(Notification(payload()))["body"]


@pytest.mark.parametrize("place", ["general", "own"])
def test_a_time_zone_that_does_not_exist_is_a_problem_with_its_place(place: str) -> None:
    endpoint = {"name": "a", "url": "http://127.0.0.1:9"}
    wrong = {"timezone": "Asia/Shanghia"}
    endpoints = [{**endpoint, **wrong} if place == "own" else endpoint]
    document = {"notification": {"enabled": True, "endpoints": endpoints, **(wrong if place == "general" else {})}}
    problems = [str(problem) for problem in load_config(document, environ={}, base_dir=Path()).problems]
    where = "notification.timezone" if place == "general" else "notification.endpoints[0].timezone"
    assert any(where in problem and 'did you mean "Asia/Shanghai"?' in problem for problem in problems)


def test_a_wrong_time_zone_does_not_silence_its_endpoint() -> None:
    document = {"notification": {"endpoints": [{"name": "a", "url": "http://127.0.0.1:9", "timezone": "Mars"}]}}
    result = load_config(document, environ={}, base_dir=Path())
    assert [endpoint.config.timezone for endpoint in result.endpoints] == [None]
    assert len(result.problems) == 1


@pytest.mark.parametrize("place", ["general", "own"])
def test_quiet_hours_go_by_that_zone(place: str) -> None:
    wrapped = {"timezone": "+9"}
    endpoint = {"name": "a", "url": "http://127.0.0.1:9", "quiet_hours": {"from": "12:00", "to": "12:30"}}
    endpoint = {**endpoint, **(wrapped if place == "own" else {})}
    config = loaded(notification={"enabled": True, "endpoints": [endpoint], **(wrapped if place == "general" else {})})
    quiet = Deferral.of(config.endpoints[0].config).quiet
    assert quiet is not None
    noon = NOW // 86400 * 86400 + 3 * 3600  # in that zone
    assert (quiet.until(noon - 1), quiet.until(noon), quiet.until(noon + 1800)) == (None, noon + 1800, None)
