"""What a failure below HTTP, or before a program ran, means for a delivery."""

from __future__ import annotations

from typing import Any, Sequence

import pytest

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.delivery.attempt import Attempter, Receipt
from prime_notify.messages.texts import message_of
from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.item import Item
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Permanent, Retry
from prime_notify.text.wording import Wording
from tests.support.build import endpoint, notification
from tests.support.texts import CATALOGUE


def compose(items: Sequence[Item], to: EndpointConfig, now: float, previous: Receipt) -> Message:
    return message_of(items[0].notification, "en_us", CATALOGUE, now=now)


FOR_THE_OWNER = (FailureKind.INVALID_URL, FailureKind.UNRUNNABLE)


class Failing:
    def __init__(self, kind: FailureKind) -> None:
        self.failure = TransportFailure(kind, Wording("the reason", "原因"), Wording("the remedy", "办法"))

    def send(self, request: Any, *, timeout: float, meanwhile: Any = None) -> TransportFailure:
        return self.failure


@pytest.mark.parametrize("kind", list(FailureKind))
def test_only_what_the_owner_must_mend_is_given_up_at_once(kind: FailureKind) -> None:
    attempter = Attempter(
        Failing(kind),
        compose,
    )
    outcome = attempter.attempt(endpoint(), [Item(notification())]).outcome
    assert isinstance(outcome, Permanent if kind in FOR_THE_OWNER else Retry)
    assert (outcome.reason, outcome.hint, outcome.status) == ("the reason", "the remedy", None)


def test_the_reason_is_in_the_consoles_language() -> None:
    attempter = Attempter(
        Failing(FailureKind.REFUSED),
        compose,
        language="zh_cn",
    )
    outcome = attempter.attempt(endpoint(), [Item(notification())]).outcome
    assert isinstance(outcome, Retry)
    assert (outcome.reason, outcome.hint) == ("原因", "办法")
