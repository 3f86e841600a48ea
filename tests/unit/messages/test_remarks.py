"""What is said beside a notification."""

from __future__ import annotations

import pytest

from prime_notify.messages.remarks import remarked
from prime_notify.model.item import Item, Remark
from tests.support.build import notification
from tests.support.texts import CATALOGUE


@pytest.mark.parametrize(
    ("remark", "language", "title", "message"),
    [
        (Remark.MORE, "en_us", "❌ Backup failed (×4) — test", "The same happened 3 more times since "),
        (Remark.MORE, "zh_cn", "❌ 备份失败（×4） — test", "自 "),
        (Remark.BEFORE, "en_us", "❌ Backup failed — test", "Before this, it failed 3 more times since "),
        (Remark.STILL, "en_us", "Still failing: ❌ Backup failed — test", "It has been failing since "),
        (Remark.RECOVERED, "zh_cn", "已恢复：❌ 备份失败 — test", "自 "),
    ],
)
def test_each_remark_is_in_title_and_message(remark: Remark, language: str, title: str, message: str) -> None:
    payload = remarked(Item(notification("backup_failure"), remark, 3, 0.0), language, CATALOGUE).payload
    assert payload.title == title
    assert payload.message is not None
    assert payload.message.startswith(message)
    assert "3" in payload.message


def test_what_the_source_has_set_stays() -> None:
    one = notification("backup_failure")
    own = type(one)(one.payload.model_copy(update={"title": "Mine", "message": "__prime_notify__:test"}))
    payload = remarked(Item(own, Remark.STILL, 1, 0.0), "en_us", CATALOGUE).payload
    assert payload.title == "Still failing: Mine"
    assert (payload.message or "").startswith("This is a test: nothing was backed up or restored.\nIt has been ")


def test_only_a_further_message_about_the_same_has_an_id_of_its_own() -> None:
    one = notification("backup_failure")
    assert remarked(Item(one, Remark.MORE, 1), "en_us", CATALOGUE).id == one.id
    first, second = (remarked(Item(one, Remark.STILL, again=key), "en_us", CATALOGUE).id for key in (7, 8))
    assert len({one.id, first, second}) == 3


def test_without_a_remark_it_is_the_notification_itself() -> None:
    one = notification()
    assert remarked(Item(one), "en_us", CATALOGUE) is one


@pytest.mark.parametrize(
    ("event", "remark", "language", "title", "message"),
    [
        ("backup_overdue", Remark.STILL, "en_us", "Still: ⏰ Backup overdue — test", "There has been no good backup"),
        ("backup_overdue", Remark.STILL, "zh_cn", "仍未恢复：⏰ 备份逾期", "自 "),
        ("storage_low", Remark.STILL, "en_us", "Still: ⚠️ Backup disk", "It has been low since "),
        ("storage_ok", Remark.RECOVERED, "en_us", "Recovered: ✅ Backup disk", "It had been low since "),
        ("storage_ok", Remark.BEFORE, "en_us", "✅ Backup disk", "Before this, it was low 3 more times since "),
    ],
)
def test_what_is_overdue_or_low_did_not_fail(
    event: str, remark: Remark, language: str, title: str, message: str
) -> None:
    payload = remarked(Item(notification(event), remark, 3, 0.0), language, CATALOGUE).payload
    assert (payload.title or "").startswith(title)
    assert (payload.message or "").startswith(message)
    assert "fail" not in (payload.message or "")
