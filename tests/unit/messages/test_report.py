"""What people read in a report."""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.models import Config
from prime_notify.engine.request_preview import preview_of
from prime_notify.messages.composer import Composer
from prime_notify.messages.digest import digest_of
from prime_notify.messages.messages import Messages
from prime_notify.messages.report import bars_of
from prime_notify.model.event import EventName
from prime_notify.model.fact import FactKind
from prime_notify.model.figures import Report
from prime_notify.model.item import Item
from prime_notify.model.notification import Message, Notification
from prime_notify.schedules.plan import SkipReason
from prime_notify.text.chat_width import pixel_width
from tests.support.build import endpoint
from tests.support.messages import NOW, channel, composed, payload
from tests.support.texts import CATALOGUE

DAY = 86400.0
WEEK: Dict[str, Any] = {
    "since": NOW - 7 * DAY,
    "until": NOW,
    "backups": {"done": 14},
    "restores": {},
    "deliveries": {"delivered": 30},
    "last_backup": {"at": NOW - 3600.0, "age_s": 3600.0, "id": 42},
    "next_by": NOW + 3600.0,
    "size": {"latest": 3 << 30, "values": [1 << 30, 2 << 30, None, 3 << 30]},
    "duration": {"latest": 12.0, "values": [12.0, 12.1]},
    "disks": [{"path": "/srv", "free": 100 << 30, "total": 500 << 30, "backups": 40 << 30, "days_left": 39.7}],
}
TROUBLE: Dict[str, Any] = {
    "backups": {"done": 3, "failed": 2, "skipped": 3, "skip_reasons": {"busy": 1, "nobody_online": 2}, "overdue": 1},
    "restores": {"done": 1, "failed": 1},
    "deliveries": {"delivered": 4, "given_up": 3, "waiting": 2},
    "overdue_s": 2 * DAY,
    "next_by": None,
    "unwell": [{"name": "phone", "state": "failing", "for_s": 7200.0, "dead": 3}],
}


def made(language: str = "en_us", **changes: Any) -> Message:
    report = Report.model_validate({**WEEK, **changes})
    severity = "info" if report.is_well else "warning"
    server = {"running": True, "name": "Survival"}
    return composed("report", language, report=report, severity=severity, server=server)


def told(language: str = "en_us", **changes: Any) -> Dict[FactKind, str]:
    return {fact.kind: fact.value for fact in made(language, **changes).facts}


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prime_notify.text.humanize.time.localtime", __import__("time").gmtime)


# the title


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        ({}, "✅ Backup report: all is well", "✅ 备份报告：一切正常"),
        ({"backups": {}}, "✅ Backup report: nothing happened", "✅ 备份报告：没有动静"),
        ({"backups": {"failed": 2}}, "⚠️ Backup report: 2 failed", "⚠️ 备份报告：2 次失败"),
        ({"overdue_s": 60.0}, "⚠️ Backup report: backup overdue", "⚠️ 备份报告：备份逾期"),
        ({"paused": True}, "⚠️ Backup report: schedule paused", "⚠️ 备份报告：定时备份已暂停"),
        ({"backups": {"overdue": 1}}, "⚠️ Backup report: was overdue", "⚠️ 备份报告：曾逾期"),
        ({"backups": {"done": 1, "warnings": 1}}, "⚠️ Backup report: 1 with warnings", "⚠️ 备份报告：1 次有警告"),
        (
            {"disks": [{"path": "/", "free": 1, "total": 9, "low": True}]},
            "⚠️ Backup report: disk nearly full",
            "⚠️ 备份报告：磁盘即将写满",
        ),
        (
            {**TROUBLE, "overdue_s": None},
            "⚠️ Backup report: 2 failed, 1 restore failed and 2 more",
            "⚠️ 备份报告：2 次失败，1 次回档失败，另有 2 项",
        ),
        (
            {"unwell": [{"name": name, "state": "gone"} for name in "ab"]},
            "⚠️ Backup report: 2 endpoints are not well",
            "⚠️ 备份报告：2 个推送目标异常",
        ),
    ],
)
def test_the_title_says_the_worst_first(changes: Dict[str, Any], english: str, chinese: str) -> None:
    assert made(**changes).texts.title == f"{english} — Survival"
    assert made("zh_cn", **changes).texts.title == f"{chinese} — Survival"


@pytest.mark.parametrize("state", ["failing", "gone", "mistake", "dead_letters"])
@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_every_state_of_an_endpoint_has_its_words(state: str, language: str) -> None:
    message = made(language, unwell=[{"name": "phone", "state": state, "for_s": 60.0, "dead": 2}])
    assert "phone" in message.texts.title
    assert "notification.report" not in message.texts.title + message.texts.body
    assert "2" in told(language, unwell=[{"name": "phone", "state": state, "dead": 2}])[FactKind.PROBLEMS]


# the facts


def test_a_good_week_has_a_line_for_each_figure() -> None:
    assert made().texts.body.splitlines() == [
        "Backups: 14 done",
        "Last good one: #42, 2026-01-02 02:04 (1h 00m ago)",
        "Next one: by 2026-01-02 04:04",
        "Size: 3.0 GiB ▁▃·▇",
        "Duration: 12s ▃▃",
        "Disk: 100.0 GiB of 500.0 GiB free, backups take 40.0 GiB, full in about 40 days",
        "Notifications: 30 delivered",
        "Period: 2025-12-26 03:04 – 2026-01-02 03:04",
        "Server: Survival",
        "Time: 2026-01-02 03:04:05 UTC",
    ]


def test_what_is_not_well_comes_first_the_worst_of_it_above() -> None:
    lines = made(**TROUBLE).texts.body.splitlines()
    assert lines[:6] == [
        "Not well: A backup has been overdue for 2d 00h",
        "  2 backups failed",
        "  1 restore failed",
        "  phone has been failing for 2h 00m, 3 messages were given up",
        "Backups: 3 done, 2 failed, 1 time overdue, 3 left out (nobody online: 2, another task ran: 1)",
        "Last good one: #42, 2026-01-02 02:04 (1h 00m ago)",
    ]
    assert told(**TROUBLE)[FactKind.RESTORES] == "1 done, 1 failed"
    assert told(**TROUBLE)[FactKind.DELIVERIES] == "4 delivered, 3 given up, 2 waiting"
    assert FactKind.NEXT_BACKUP not in told(**TROUBLE)


def test_in_chinese_it_reads_as_written_there() -> None:
    assert made("zh_cn", **TROUBLE).texts.body.splitlines()[:6] == [
        "异常：备份已逾期 2d 00h",
        "  2 次备份失败",
        "  1 次回档失败",
        "  phone 持续发送失败 2h 00m，放弃了 3 条通知",
        "备份：完成 3，失败 2，逾期 1，跳过 3（无人在线 2，正有其他任务 1）",
        "最近成功：#42，2026-01-02 02:04（1h 00m 前）",
    ]


def test_with_nothing_to_tell_it_says_so_in_one_line() -> None:
    quiet = {"backups": {}, "deliveries": {}}
    assert told(**quiet) == {
        FactKind.EVENT: "Report",
        FactKind.STATUS: "Summary",
        FactKind.MESSAGE: "Nothing happened since 2025-12-26 03:04; the last good backup is from 2026-01-02 02:04",
        FactKind.SERVER: "Survival",
        FactKind.TIME: "2026-01-02 03:04:05 UTC",
    }
    assert "there is no good backup yet" in told(**quiet, last_backup=None)[FactKind.MESSAGE]
    assert "还没有成功的备份" in told("zh_cn", **quiet, last_backup=None)[FactKind.MESSAGE]


def test_without_a_backup_of_its_time_it_has_no_trend() -> None:
    found = told(size=None, duration=None, last_backup=None, disks=[], backups={"failed": 1})
    assert found[FactKind.LAST_BACKUP] == "none yet"
    assert not {FactKind.SIZES, FactKind.DURATIONS, FactKind.DISKS} & set(found)


@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_every_reason_has_its_words(language: str) -> None:
    for reason in SkipReason:
        words = told(language, backups={"done": 1, "skipped": 1, "skip_reasons": {reason.value: 1}})[FactKind.BACKUPS]
        assert "notification.report" not in words
    for unwatched in ("switched_off", "no_plan", "not_scheduled"):
        assert "notification.report" not in told(language, next_by=None, unwatched=unwatched)[FactKind.NEXT_BACKUP]


def test_several_disks_are_told_apart_by_their_folders() -> None:
    disks = [{"path": path, "free": 1 << 30, "total": 2 << 30} for path in ("/a", "/b")]
    assert told(disks=disks)[FactKind.DISKS] == "/a: 1.0 GiB of 2.0 GiB free; /b: 1.0 GiB of 2.0 GiB free"


def test_a_long_list_of_faults_ends_with_their_number() -> None:
    unwell = [{"name": f"e{number}", "state": "gone"} for number in range(30)]
    lines = told(unwell=unwell)[FactKind.PROBLEMS].splitlines()
    assert len(lines) == 9
    assert lines[-1] == "… and 22 more"


def test_it_fits_on_the_screen_of_a_phone() -> None:
    assert len(made(**TROUBLE).texts.body.splitlines()) <= 16
    assert all(pixel_width(line) <= 640 for line in made(**TROUBLE).texts.body.splitlines())


@pytest.mark.parametrize(
    ("values", "bars"),
    [
        ([1, 2, 3, 4, 5], "▁▂▃▅▇"),
        ([100, None, 1], "▇·▁"),
        ([7, 7.1], "▃▃"),  # a difference that nobody would see
        ([0, 0], "▃▃"),
        ([5], "▃"),
    ],
)
def test_bars_go_from_the_lowest_to_the_highest(values: List[Any], bars: str) -> None:
    assert bars_of(values) == bars


# where


def texts_for(type: str) -> str:
    kind = channel_types()[type]
    config: EndpointConfig = kind.endpoint_model.model_validate({**kind.example, "type": type})
    item = Item(Notification(payload("report", report=Report.model_validate(WEEK))))
    return Messages(Config(), CATALOGUE, "en_us").message([item], config, NOW).texts.body


def test_bars_are_shown_where_the_font_has_them() -> None:
    assert "Size: 3.0 GiB ▁▃·▇" in texts_for("telegram")
    for type in ("command", "apprise"):
        assert "Size: 1.0 GiB → 3.0 GiB" in texts_for(type)


def test_both_kinds_of_endpoints_get_their_own_text_of_the_same_report() -> None:
    made, report = Composer(CATALOGUE), Notification(payload("report", report=Report.model_validate(WEEK)))
    bodies = [made.message(report, "en_us", now=NOW, bars=bars).texts.body for bars in (True, False, True)]
    assert bodies[0] == bodies[2] != bodies[1]
    other = Notification(payload("backup_success"))
    assert made.message(other, "en_us", now=NOW) is made.message(other, "en_us", now=NOW, bars=False)


def rendered(type: str, language: str = "en_us", **changes: Any) -> str:
    kind = channel_types()[type]
    request = channel(type, **kind.example).render(made(language, **{**TROUBLE, **changes}))
    return "\n".join(preview_of(request, lambda text: text))


@pytest.mark.parametrize("type", ["telegram", "discord", "feishu", "mail", "minecraft", "slack", "wecom", "bark"])
@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_every_figure_is_in_the_message(type: str, language: str) -> None:
    text = rendered(type, language)
    for value in ("phone", "#42", "3.0 GiB ▁▃·▇", "500.0 GiB", "2025-12-26 03:04"):
        assert value in text or value.replace("#", "\\\\#") in text or value.replace("-", "\\\\-") in text


def test_in_the_chat_of_the_game_the_worst_is_in_sight_and_the_rest_on_hover() -> None:
    lines = rendered("minecraft").splitlines()
    title = lines.index("⚠ Backup report: backup overdue, 2 failed and 2 more — Survival")
    assert lines[title + 1 : title + 6] == [
        "Not well: A backup has been overdue for 2d 00h",
        "  2 backups failed",
        "  1 restore failed",
        "  phone has been failing for 2h 00m, 3 messages were given up",
        "Backups: 3 done, 2 failed, 1 time overdue, 3 left out (nobody online: 2, another task ran: 1)",
    ]


def test_in_a_digest_it_is_one_line() -> None:
    items = [
        Item(Notification(payload("backup_success", backup={"id": 7}))),
        Item(Notification(payload("report", severity="warning", report=Report.model_validate({**WEEK, **TROUBLE})))),
    ]
    message = digest_of(items, "en_us", CATALOGUE, now=NOW)
    assert message.texts.title == "⚠️ 2 notifications: 1 done, 1 reported"
    lines = [line for fact in message.facts if fact.kind is FactKind.ITEMS for line in fact.value.splitlines()]
    assert lines == [
        "01-02 03:04 ✅ Backup #7 done",
        "01-02 03:04 ⚠️ Backup report: backup overdue, 2 failed and 2 more",
    ]


# templates and receivers


def test_templates_know_its_figures() -> None:
    built = endpoint(
        templates={
            "body": {"report": "{{ report.backups.done }}/{{ report.unwell|length }}/{{ report.disks[0].free|size }}"}
        }
    )
    item = Item(Notification(payload("report", report=Report.model_validate({**WEEK, **TROUBLE}))))
    assert Messages(Config(), CATALOGUE, "en_us").message([item], built.config, NOW).texts.body == "3/1/100.0 GiB"


def test_a_receiver_gets_its_figures_as_numbers() -> None:
    sent = json.loads(json.dumps(made().payload.to_dict()))
    assert sent["event"] == EventName.REPORT.value
    assert sent["report"]["backups"]["done"] == 14
    assert sent["report"]["size"] == {"latest": 3.0 * (1 << 30), "values": [1 << 30, 2 << 30, None, 3 << 30]}
    assert "overdue_s" not in sent["report"]
