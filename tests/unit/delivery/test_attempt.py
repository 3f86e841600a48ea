"""One attempt whose start is gone, or whose chat has moved, over a real socket: the message is sent all the same."""

from __future__ import annotations

import dataclasses
from typing import Any, Iterator, List, Tuple

import pytest

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.delivery.attempt import Attempter
from prime_notify.messages.texts import message_of
from prime_notify.model.item import Item
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.transport.http import HttpTransport
from tests.support.build import endpoint, notification
from tests.support.receiver import Receiver, json_answer
from tests.support.texts import CATALOGUE

SENT = json_answer({"id": "9", "channel_id": "8"})
GONE = json_answer({"code": 10008, "message": "Unknown Message"}, 404)
PREVIOUS = {"message": "1", "channel": "2"}


@pytest.fixture
def attempter() -> Iterator[Attempter]:
    transport = HttpTransport()
    yield Attempter(
        transport,
        lambda items, to, now, previous: message_of(
            items[0].notification, "en_us", CATALOGUE, now=now, previous=previous
        ),
    )
    transport.close()


def updating(receiver: Receiver) -> Endpoint:
    return endpoint("staff", receiver.url("/api/webhooks/1/t"), type="discord", lifecycle="update")


def seen(receiver: Receiver) -> List[Tuple[str, str]]:
    return [(request.method, request.path) for request in receiver.requests]


def test_an_end_whose_start_is_gone_is_sent_at_once_as_a_message_of_its_own(
    receiver: Receiver, attempter: Attempter
) -> None:
    receiver.behave(GONE, SENT)
    attempt = attempter.attempt(updating(receiver), [Item(notification())], PREVIOUS)
    assert attempt.outcome == Delivered(200, receipt={"message": "9", "channel": "8"})
    assert seen(receiver) == [("PATCH", "/api/webhooks/1/t/messages/1"), ("POST", "/api/webhooks/1/t")]


def test_an_end_whose_start_is_there_is_sent_once(receiver: Receiver, attempter: Attempter) -> None:
    receiver.behave(SENT)
    attempter.attempt(updating(receiver), [Item(notification())], PREVIOUS)
    assert seen(receiver) == [("PATCH", "/api/webhooks/1/t/messages/1")]


@pytest.mark.parametrize(("previous", "tries"), [(None, 1), (PREVIOUS, 2)])
def test_it_is_not_tried_for_ever(receiver: Receiver, attempter: Attempter, previous: Any, tries: int) -> None:
    receiver.behave(GONE)
    attempt = attempter.attempt(updating(receiver), [Item(notification())], previous)
    assert isinstance(attempt.outcome, Retry)
    assert len(receiver.requests) == tries


# A group that has become a supergroup (TwiN/gatus#179)

OLD, NEW = "-1", "-1009876543210"
MOVED = json_answer(
    {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": int(NEW)},
    },
    400,
)
TOLD = json_answer({"ok": True, "result": {"message_id": 5, "chat": {"id": int(NEW)}}})


def chat(receiver: Receiver) -> Endpoint:
    options = {"bot_token": "1:a", "chat_id": OLD}
    return endpoint("chat", receiver.url(), type="telegram", telegram=options, lifecycle="reply")


def chats(receiver: Receiver) -> List[str]:
    return [request.json()["chat_id"] for request in receiver.requests]


def test_a_chat_that_has_moved_is_followed_and_the_owner_is_told_once(receiver: Receiver, attempter: Attempter) -> None:
    warned: List[str] = []
    attempter = dataclasses.replace(attempter, warn=lambda to, warning: warned.append(warning))
    receiver.behave(MOVED, TOLD, TOLD, TOLD)
    there = chat(receiver)
    first, second, third = (
        attempter.attempt(there, [Item(notification())], previous)
        for previous in (None, {"chat": NEW, "message": "5"}, {"chat": OLD, "message": "4"})
    )
    assert first.outcome == second.outcome == Delivered(200, receipt={"chat": NEW, "message": "5"})
    assert chats(receiver) == [OLD, NEW, NEW, NEW]
    assert first.warning.endswith(f'whose id is used from now on: write "chat_id": "{NEW}"')
    assert warned == [first.warning]
    assert second.warning == third.warning == ""
    replies = [request.json().get("reply_parameters", {}).get("message_id") for request in receiver.requests]
    assert replies == [None, None, 5, None]


def test_a_chat_that_moves_for_ever_is_given_up(receiver: Receiver, attempter: Attempter) -> None:
    receiver.behave(MOVED)
    attempt = attempter.attempt(chat(receiver), [Item(notification())])
    assert isinstance(attempt.outcome, Permanent)
    assert chats(receiver) == [OLD, NEW]


def test_a_config_with_another_chat_begins_anew(receiver: Receiver, attempter: Attempter) -> None:
    receiver.behave(MOVED, TOLD, TOLD)
    attempter.attempt(chat(receiver), [Item(notification())])
    attempter.attempt(chat(receiver), [Item(notification())])
    assert chats(receiver) == [OLD, NEW, OLD]
