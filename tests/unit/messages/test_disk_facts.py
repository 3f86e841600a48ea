"""The messages about disks and stuck tasks, as people read them."""

from __future__ import annotations

from typing import Any, List

import pytest

from prime_notify.messages.facts import facts
from prime_notify.messages.machine_texts import joined_messages, machine_message
from prime_notify.model.fact import FactKind
from prime_notify.model.figures import Disk, Storage
from prime_notify.model.payload import Payload
from prime_notify.watch.storage_events import low_event, well_event
from tests.support.build import notification
from tests.support.texts import CATALOGUE

GIB = 1 << 30
DISKS = [
    Disk(
        path="/srv/pb_files",
        free=5 * GIB,
        total=100 * GIB,
        low=True,
        backups=40 * GIB,
        growth=2.5 * GIB,
        days_left=2.0,
    ),
    Disk(path="D:\\copies|old", free=500 * GIB, total=1000 * GIB, growth=-5.0, days_left=900.0),
]


def payload_of(event: Any) -> Payload:
    return notification(event.name.value, **event.fields).payload


def shown(payload: Payload, language: str, kind: FactKind) -> List[str]:
    return [fact.value for fact in facts(payload, language, CATALOGUE) if fact.kind is kind]


@pytest.mark.parametrize(
    ("language", "message", "disks"),
    [
        (
            "en_us",
            "/srv/pb_files: 5.0 GiB of 100.0 GiB free, full in 2d 00h at the pace of the last backups\n"
            "Delete old backups, let Prime Backup prune them (prune in its config), or move them to a larger disk",
            [
                "/srv/pb_files: 5.0 GiB of 100.0 GiB free, 40.0 GiB of backups, 2.5 GiB more each day, full in 2d 00h",
                "D:\\copies|old: 500.0 GiB of 1000.0 GiB free",
            ],
        ),
        (
            "zh_cn",
            "/srv/pb_files：剩余 5.0 GiB，共 100.0 GiB；按最近备份的增长速度，2d 00h 后写满\n"
            "请删除旧备份，让 Prime Backup 自动清理（其配置中的 prune），或将备份移到更大的磁盘",
            [
                "/srv/pb_files：剩余 5.0 GiB，共 100.0 GiB，备份占用 40.0 GiB，每天增长 2.5 GiB，2d 00h 后写满",
                "D:\\copies|old：剩余 500.0 GiB，共 1000.0 GiB",
            ],
        ),
    ],
)
def test_a_low_disk_is_named_with_its_room_and_the_remedy(language: str, message: str, disks: List[str]) -> None:
    payload = payload_of(low_event(DISKS))
    assert payload.storage == Storage(disks=DISKS)
    assert shown(payload, language, FactKind.MESSAGE) == [message]
    assert shown(payload, language, FactKind.DISK) == disks


def test_a_disk_without_a_pace_has_no_days() -> None:
    low = DISKS[1].model_copy(update={"low": True, "days_left": None})
    [message] = shown(
        payload_of(low_event([DISKS[0].model_copy(update={"low": False}), low])), "en_us", FactKind.MESSAGE
    )
    assert message.startswith("D:\\copies¦old: 500.0 GiB of 1000.0 GiB free\nDelete")


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en_us", "There is room again. The disk was low for 1d 02h"),
        ("zh_cn", "空间已恢复充足。此前不足的状态持续了 1d 02h"),
    ],
)
def test_the_end_says_for_how_long_a_disk_was_low(language: str, message: str) -> None:
    payload = payload_of(well_event(DISKS, 93_600.0))
    assert shown(payload, language, FactKind.MESSAGE) == [message]
    assert payload.storage is not None
    assert payload.storage.for_s == 93_600.0


def test_no_other_event_has_disks() -> None:
    assert shown(notification("backup_success").payload, "en_us", FactKind.DISK) == []


@pytest.mark.parametrize(("language", "word"), [("en_us", "save-all flush"), ("zh_cn", "save-all flush")])
def test_a_stuck_backup_says_what_to_look_at(language: str, word: str) -> None:
    message = joined_messages(machine_message("stuck_longer", "1h 20m", "20m 00s"), machine_message("stuck_backup"))
    [text] = shown(notification("backup_stuck", message=message).payload, language, FactKind.MESSAGE)
    first, second = text.splitlines()
    assert "1h 20m" in first
    assert "20m 00s" in first
    assert word in second
