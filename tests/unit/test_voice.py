"""What the engine puts into words."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.load import Endpoint
from prime_notify.model.fact import FactKind
from prime_notify.preview import preview_of
from prime_notify.voice import Voice
from tests.support.build import loaded, notification
from tests.support.texts import CATALOGUE

LOG = logging.getLogger("test.voice")


def speak(mcdr_language: str = "en_us", /, **options: Any) -> tuple[Voice, Endpoint]:
    config = loaded({"name": "a", "url": "http://127.0.0.1:9/", **options})
    return Voice(config.config, CATALOGUE, LOG, mcdr_language), config.endpoints[0]


def test_an_endpoint_hears_its_own_language_then_mcdreforgeds() -> None:
    voice, endpoint = speak("zh_cn")
    assert voice.message(notification(), endpoint, 0.0).language == "zh_cn"
    voice, endpoint = speak("zh_cn", language="en_us")
    assert voice.message(notification(), endpoint, 0.0).language == "en_us"


def test_the_receipt_of_the_start_and_the_moment_go_along() -> None:
    voice, endpoint = speak()
    message = voice.message(notification(), endpoint, 5.0, {"ts": "1"})
    assert (message.now, message.previous) == (5.0, {"ts": "1"})


def test_an_owners_own_text_takes_the_place_of_the_facts() -> None:
    voice, endpoint = speak(templates={"body": "The {{ task }} is over"})
    message = voice.message(notification(), endpoint, 0.0)
    [fact] = message.facts
    assert (fact.kind, fact.label, fact.value) == (FactKind.MESSAGE, "Message", "The backup is over")


@pytest.mark.parametrize("type", sorted({*channel_types()} - {"alertmanager"}))
def test_every_channel_shows_an_owners_own_text(type: str) -> None:
    example = {**channel_types()[type].example, "templates": {"body": "All is well with the {{ task }}"}}
    config = loaded(example)
    voice = Voice(config.config, CATALOGUE, LOG, "en_us")
    request = config.endpoints[0].render(voice.message(notification(), config.endpoints[0], 0.0))
    assert "All is well with the backup" in "\n".join(preview_of(request, lambda text: text))


def test_a_template_that_fails_is_said_once_until_a_reload(caplog: pytest.LogCaptureFixture) -> None:
    voice, endpoint = speak()
    for _ in range(2):
        voice.warn(endpoint, "templates.body failed: why")
    assert len(caplog.records) == 1
    voice.use(loaded().config)
    voice.warn(endpoint, "templates.body failed: why")
    assert len(caplog.records) == 2
