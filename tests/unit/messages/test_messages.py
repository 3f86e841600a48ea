"""Messages for endpoints."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.channels.common.registry import channel_types
from prime_notify.engine.request_preview import preview_of
from prime_notify.messages.messages import Messages
from prime_notify.model.fact import FactKind
from prime_notify.model.item import Item, Remark
from prime_notify.model.notification import Message
from tests.support.build import loaded, notification
from tests.support.texts import CATALOGUE


def messages_for(mcdr_language: str = "en_us", /, **options: Any) -> tuple[Messages, Endpoint]:
    config = loaded({"name": "a", "url": "http://127.0.0.1:9/", **options})
    return Messages(config.config, CATALOGUE, mcdr_language), config.endpoints[0]


def test_an_endpoint_gets_its_own_language_then_mcdreforgeds() -> None:
    messages, endpoint = messages_for("zh_cn")
    assert messages.message([Item(notification())], endpoint.config, 0.0).language == "zh_cn"
    messages, endpoint = messages_for("zh_cn", language="en_us")
    assert messages.message([Item(notification())], endpoint.config, 0.0).language == "en_us"


def test_the_receipt_of_the_start_and_the_moment_go_along() -> None:
    messages, endpoint = messages_for()
    message = messages.message([Item(notification())], endpoint.config, 5.0, {"ts": "1"})
    assert (message.now, message.previous) == (5.0, {"ts": "1"})


def test_an_owners_own_text_takes_the_place_of_the_facts() -> None:
    messages, endpoint = messages_for(templates={"body": "The {{ task }} is over"})
    message = messages.message([Item(notification())], endpoint.config, 0.0)
    [fact] = message.facts
    assert (fact.kind, fact.label, fact.value) == (FactKind.MESSAGE, "Message", "The backup is over")


@pytest.mark.parametrize("type", sorted({*channel_types()} - {"alertmanager"}))
def test_every_channel_shows_an_owners_own_text(type: str) -> None:
    example = {**channel_types()[type].example, "templates": {"body": "All is well with the {{ task }}"}}
    config = loaded(example)
    messages = Messages(config.config, CATALOGUE, "en_us")
    request = config.endpoints[0].render(messages.message([Item(notification())], config.endpoints[0].config, 0.0))
    assert "All is well with the backup" in "\n".join(preview_of(request, lambda text: text))


# several in one message


def made(messages: Messages, endpoint: Endpoint, *items: Item) -> Message:
    return messages.message(items, endpoint.config, 0.0)


def test_an_endpoints_own_texts_tell_of_a_digest() -> None:
    templates = {
        "title": {"digest": "{{ digest.count }}: {{ digest.totals.failure }} bad, {{ digest.totals.success }} good"},
        "body": {
            "digest": "{% for one in digest.items %}{{ one.event }} #{{ one.backup.id }} x{{ one.times }} "
            "{{ one.error.message }}\n{% endfor %}{{ digest.last - digest.first }}"
        },
        "desp": {"digest": "{{ desp }}{% if digest %} (**{{ digest.items|length }}**){% endif %}"},
    }
    messages, endpoint = messages_for(templates=templates)
    failed = notification("backup_failure", error={"type": "E", "message": "__prime_notify__:test_error"})
    message = made(messages, endpoint, Item(notification(backup={"id": 7})), Item(failed, Remark.MORE, 2, 1.0))
    assert message.texts.title == "4: 3 bad, 1 good"
    assert message.texts.body.splitlines() == [
        "backup_failure # x3 An example of an error; nothing has failed", "backup_success #7 x1 ", "0.0",
    ]  # fmt: skip
    assert message.texts.desp.endswith(" (**2**)")
    assert (message.payload.title, message.custom_body) == (message.texts.title, message.texts.body)
    assert [fact.value for fact in message.facts] == [message.texts.body]
    assert not message.warnings


@pytest.mark.parametrize("templates", [{"title": "x"}, {"title": {"*": "x"}, "body": {"*_failure": "x"}}])
def test_what_is_written_for_events_does_not_hide_what_a_digest_tells(templates: Any) -> None:
    messages, endpoint = messages_for(templates=templates)
    message = made(messages, endpoint, Item(notification()), Item(notification("backup_failure")))
    assert message.texts.title == "❌ 2 notifications: 1 failed, 1 done — test"
    assert message.custom_body is None


def test_a_digest_template_that_fails_leaves_the_digests_own_text_and_a_warning() -> None:
    messages, endpoint = messages_for(templates={"body": {"digest": "{{ 1 / (digest.count - 3) }}"}})
    message = made(messages, endpoint, *(Item(notification()) for _ in range(3)))
    assert "3 done" in message.texts.body
    assert message.warnings == (
        "templates.body failed on digest, the default text is sent: ZeroDivisionError: division by zero",
    )


def test_a_remark_can_have_the_owners_own_words() -> None:
    messages, endpoint = messages_for(templates={"body": "{{ remark.kind }} {{ remark.count }} {{ remark.text }}"})
    message = made(messages, endpoint, Item(notification("backup_failure"), Remark.STILL, 4, 1.0))
    assert message.texts.body.startswith("still 4 It has been failing since ")
    assert messages.message([Item(notification())], endpoint.config, 0.0).custom_body is None


def test_neither_a_digest_nor_a_remark_adds_fields_to_the_payload_that_is_sent() -> None:
    messages, endpoint = messages_for()
    for items in ([Item(notification()), Item(notification())], [Item(notification(), Remark.RECOVERED, 1, 1.0)]):
        sent = json.loads(endpoint.render(made(messages, endpoint, *items)).body)  # type: ignore[union-attr]
        assert not {"digest", "remark", "facts"} & set(sent)


def test_a_webhooks_own_body_knows_whether_it_tells_of_a_digest() -> None:
    body = {
        "one": {"$if": "not digest", "title": "{{ title }}"},
        "many": {"$if": "digest", "all": "{{ digest.items }}"},
    }
    messages, endpoint = messages_for(webhook={"body": body})
    sent = json.loads(endpoint.render(made(messages, endpoint, *(Item(notification()) for _ in range(2)))).body)  # type: ignore[union-attr]
    assert [one["event"] for one in sent.pop("many")["all"]] == ["backup_success"] * 2
    assert sent == {}
