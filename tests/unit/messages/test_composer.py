"""What many endpoints get alike is made once, and is what it would be if it were made for each."""

from __future__ import annotations

import dataclasses

import pytest

from prime_notify.messages import composer
from prime_notify.messages.composer import Composer
from prime_notify.messages.texts import message_of
from tests.support.build import notification
from tests.support.texts import CATALOGUE


def test_each_attempt_has_its_own_moment_and_receipt_and_the_same_texts() -> None:
    one, made = notification(), Composer(CATALOGUE)
    for language in ("en_us", "zh_cn", "en_us"):
        for now, previous in ((1.0, None), (2.0, {"id": "7"})):
            message = made.message(one, language, now=now, previous=previous)
            assert message == message_of(one, language, CATALOGUE, now=now, previous=previous)


def test_it_is_made_once_for_each_language(monkeypatch: pytest.MonkeyPatch) -> None:
    one, made, count = notification(), Composer(CATALOGUE), 0

    def counted(*args: object, **more: object) -> object:
        nonlocal count
        count += 1
        return message_of(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(composer, "message_of", counted)
    for _ in range(3):
        made.message(one, "en_us", now=1.0)
        made.message(dataclasses.replace(one), "zh_cn", now=1.0)
    assert count == 2


def test_only_the_newest_are_remembered() -> None:
    made = Composer(CATALOGUE)
    for _ in range(composer._KEPT + 5):
        made.message(notification(), "en_us", now=1.0)
    assert len(made._made) == composer._KEPT
