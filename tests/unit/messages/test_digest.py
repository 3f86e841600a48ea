"""What people read when several notifications come in one message."""

from __future__ import annotations

import itertools
import json
from typing import Any, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.channels.common.registry import channel_types
from prime_notify.messages.digest import digest_id, digest_of
from prime_notify.model.event import Event, EventName
from prime_notify.model.fact import FactKind
from prime_notify.model.item import Item, Remark
from prime_notify.model.notification import Message, Notification
from prime_notify.model.payload import Payload
from tests.support.examples import examples
from tests.support.markdown import HARMLESS, PARSERS, kinds
from tests.support.messages import channel
from tests.support.texts import CATALOGUE
from tests.unit.model.strategies import events, normalized

numbers = itertools.count(1)


def one(name: str, *, task_id: str = "", plugin: str = "prime_backup", **fields: Any) -> Notification:
    number = next(numbers)
    payload = normalized(Event(EventName(name), plugin, fields={"server": {"name": "SMP"}, **fields})).payload
    update = {"id": f"01HNOTIFICATION{number:011d}", "task_id": task_id or f"t{number}"}
    return Notification(payload.model_copy(update=update))


def digest(*notifications: Notification, language: str = "en_us") -> Message:
    return digest_of([Item(one) for one in notifications], language, CATALOGUE, now=0.0)


def items(message: Message) -> List[str]:
    return [line for fact in message.facts if fact.kind is FactKind.ITEMS for line in fact.value.splitlines()]


def test_the_title_has_totals_and_the_failures_come_first() -> None:
    message = digest(
        one("backup_success", backup={"id": 1}),
        one("backup_failure", error={"type": "OSError", "message": "disk full"}),
        one("backup_success", severity="warning"),
        one("restore_aborted"),
        one("backup_start"),
        one("backup_success", backup={"id": 2}),
    )
    assert message.texts.title == (
        "❌ 6 notifications: 1 failed, 1 aborted, 1 done with warnings, 2 done, 1 started — SMP"
    )
    assert [line[12:] for line in items(message)] == [
        "❌ Backup failed: disk full",
        "⏹️ Restore aborted",
        "⚠️ Backup done, with warnings",
        "✅ Backup #2 done",
        "✅ Backup #1 done",
        "⏳ Backup started",
    ]
    assert next(fact.label for fact in message.facts if fact.kind is FactKind.ITEMS) == "1 failed"
    assert "❌ Backup failed: disk full" in message.texts.body
    assert message.payload.title == message.texts.title


def test_it_exists_in_chinese_too() -> None:
    message = digest(one("backup_success"), one("backup_failure", error="OSError"), language="zh_cn")
    assert message.texts.title == "❌ 2 条通知：失败 1，完成 1 — SMP"
    assert items(message)[0].endswith("❌ 备份失败：OSError")


def test_its_payload_is_that_of_the_worst_and_of_those_the_newest() -> None:
    old, new = one("backup_failure", message="old"), one("restore_failure", message="new", error="boom")
    good = one("backup_success")
    message = digest(old, new, good)
    assert (message.payload.event, message.payload.severity) == (EventName.RESTORE_FAILURE, "error")
    assert message.payload.error is not None
    assert message.payload.message is None
    assert message.payload.extra == {
        "digest": [
            {"id": new.id, "task_id": new.payload.task_id, "event": "restore_failure", "title": "❌ Restore failed"},
            {"id": old.id, "task_id": old.payload.task_id, "event": "backup_failure", "title": "❌ Backup failed"},
            {"id": good.id, "task_id": good.payload.task_id, "event": "backup_success", "title": "✅ Backup done"},
        ],
        "digest_total": 3,
    }


def test_machine_texts_become_words() -> None:
    failed = one("backup_failure", error={"type": "E", "message": "__prime_notify__:test_error"})
    scheduled = {"comment": "__pb_translated__:scheduled_backup"}
    message = digest(failed, one("backup_failure", backup=scheduled))
    assert "An example of an error" in items(message)[1]
    assert message.payload.backup is not None
    assert message.payload.backup.comment == "Scheduled backup"


def test_an_error_without_words_is_shown_by_its_type() -> None:
    assert items(digest(one("backup_failure", error={"type": "OSError"}), one("backup_start")))[0].endswith(": OSError")


def test_a_task_that_ended_is_shown_by_its_end() -> None:
    message = digest(one("backup_start", task_id="t"), one("backup_success", task_id="t"), one("backup_success"))
    assert message.texts.title == "✅ 2 notifications: 2 done — SMP"


def test_a_title_that_the_source_has_set_is_used() -> None:
    assert items(digest(one("backup_success", title="Nightly"), one("backup_start")))[0].endswith(" Nightly")


def test_it_has_no_server_where_none_has_a_name() -> None:
    bare = one("backup_success").payload.model_copy(update={"server": None})
    message = digest(Notification(bare), Notification(bare))
    assert message.texts.title == "✅ 2 notifications: 2 done"
    assert FactKind.SERVER not in [fact.kind for fact in message.facts]


def test_many_are_counted_rather_than_listed() -> None:
    message = digest(*(one("backup_success") for _ in range(250)))
    assert items(message)[20:] == ["… and 230 more"]
    assert message.payload.extra is not None
    assert len(message.payload.extra["digest"]) == 100
    assert message.payload.extra["digest_total"] == 250


def test_its_id_is_that_of_what_it_tells() -> None:
    notifications = [one("backup_success"), one("backup_failure")]
    items = [Item(one) for one in notifications]
    more = [items[0], Item(notifications[1], Remark.MORE, 1)]
    ids = [
        digest_id(items),
        digest_id(items[::-1]),
        digest_id(items[:1]),
        digest_id(more),
        *(one.id for one in notifications),
    ]
    assert digest(*notifications).payload.id == ids[0]
    assert {len(id) for id in ids} == {26}
    assert len(set(ids)) == len(ids)


def test_what_happened_several_times_is_counted() -> None:
    failed = Item(one("backup_failure", error="boom"), Remark.MORE, 4, 0.0)
    message = digest_of([Item(one("backup_success")), failed], "en_us", CATALOGUE, now=0.0)
    assert message.texts.title == "❌ 6 notifications: 5 failed, 1 done — SMP"
    assert items(message)[0].endswith("❌ Backup failed (×5): boom")
    assert message.payload.extra is not None
    assert message.payload.extra["digest_total"] == 6


def hostile(found: Event, number: int) -> Notification:
    payload = normalized(found).payload
    return Notification(payload.model_copy(update={"id": f"n{number}"}))


@examples(60)
@given(st.lists(events, min_size=1, max_size=6), st.sampled_from(CATALOGUE.languages))
def test_any_events_give_a_message_that_every_channel_can_render(found: List[Event], language: str) -> None:
    notifications = [hostile(event, number) for number, event in enumerate(found)]
    message = digest_of([Item(one) for one in notifications], language, CATALOGUE, now=1e9)
    assert Payload.model_validate_json(json.dumps(message.payload.to_dict())) == message.payload
    for parser in PARSERS:
        assert kinds(parser.parse(message.texts.desp)) <= HARMLESS
    for name, type in channel_types().items():
        assert channel(name, **type.example).render(message)


@pytest.mark.parametrize("type", sorted(channel_types()))
def test_every_channel_shows_how_many_there_were(type: str) -> None:
    request = channel(type, **channel_types()[type].example).render(
        digest(one("backup_success"), one("backup_failure"))
    )
    if not channel_types()[type].shows_state and isinstance(getattr(request, "body", None), bytes):
        assert b"2 notifications" in request.body or "2 notifications" in str(request)
