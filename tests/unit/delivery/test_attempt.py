"""One attempt whose start is gone, over a real socket: the message is sent all the same, and only once."""

from __future__ import annotations

from typing import Any, Iterator, List, Tuple

import pytest

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.delivery.attempt import Attempter
from prime_notify.messages.texts import message_of
from prime_notify.model.item import Item
from prime_notify.model.outcome import Delivered, Retry
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
