"""The questions of a setup come from the examples of the channels, and what is pasted is understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Type

import pytest

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.registry import channel_types
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import Options, option
from prime_notify.loading.endpoints import EndpointLoader
from prime_notify.loading.questions import (
    accepted_answer,
    endpoint_of,
    is_plain_address,
    questions_of,
    reads_like_a_secret,
    recognized,
)

TYPES = channel_types()


@pytest.fixture
def loader(tmp_path: Path) -> EndpointLoader:
    return EndpointLoader(TYPES, {"KEY": "aBcD1234"}, tmp_path)


@pytest.mark.parametrize("type", TYPES)
def test_every_channel_has_questions_that_say_in_both_languages_what_is_wanted(
    type: str, loader: EndpointLoader
) -> None:
    for question in questions_of(TYPES[type], loader):
        assert question.about
        assert any("\u4e00" <= char <= "\u9fff" for char in question.about.chinese)
        assert question.example
        assert not question.is_secret or not is_plain_address(question.example)


@pytest.mark.parametrize(
    ("type", "asked"),
    [
        ("discord", [("url", True, False)]),
        ("onebot", [("url", False, False), ("group_id", False, False), ("access_token", True, True)]),
        ("dingtalk", [("url", True, False), ("secret", True, True), ("keyword", False, True)]),
        ("apprise", [(0, True, False)]),
    ],
)
def test_secret_and_optional_values_are_known(type: str, asked: Any, loader: EndpointLoader) -> None:
    questions = questions_of(TYPES[type], loader)
    assert [(one.at[-1], one.is_secret, one.is_optional) for one in questions] == asked


def test_a_reference_to_a_key_alone_is_put_into_the_address(loader: EndpointLoader) -> None:
    [question] = questions_of(TYPES["bark"], loader)
    answers, problem = accepted_answer(TYPES["bark"], question, "${KEY}", {}, loader)
    assert problem is None
    assert endpoint_of(TYPES["bark"], "x", answers)["url"] == "https://api.day.app/${KEY}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.pushplus.plus/send?token=aBcD1234", {"pushplus": {"token": "aBcD1234"}}),
        ("https://ntfy.sh/my-topic-17", {"url": "https://ntfy.sh/my-topic-17"}),
        ("https://sctapi.ftqq.com/SCT12345TabcdefghijK.send", {"serverchan": {"key": "SCT12345TabcdefghijK"}}),
    ],
)
def test_an_address_is_taken_where_a_key_is_asked_for(url: str, expected: Any, loader: EndpointLoader) -> None:
    channel = TYPES[recognized(url, TYPES)]
    [question] = questions_of(channel, loader)
    answers, problem = accepted_answer(channel, question, url, {}, loader)
    assert problem is None
    assert endpoint_of(channel, "x", answers) == {"name": "x", "type": channel.type, **expected}


def test_values_that_everybody_may_leave_are_not_asked_for(loader: EndpointLoader) -> None:
    class Inner(Options):
        loud: bool = option(True, "Loud.", "响。", example=True, public=True)
        port: int = option(25, "The port.", "端口。", example=25, public=True)
        to: str = option(..., "To {whom}.", "发给谁。", example="me", content=True)

    class Model(EndpointConfig):
        thing: Inner = option(..., "A thing.", "东西。", example={"to": "me"})

    class Thing(TYPES["webhook"]):  # type: ignore[misc, name-defined]
        type = "thing"
        endpoint_model = Model
        example = {"name": "x", "type": "thing", "thing": {"loud": True, "port": 25, "to": "me"}}  # noqa: RUF012

    thing: Type[Channel[Any]] = Thing
    [question] = questions_of(thing, loader)
    assert (question.at, str(question.about)) == (("thing", "to"), "To {whom}.")
    assert endpoint_of(thing, "y", {question.at: None, ("thing", "more"): None, ("other", "x"): None}) == {
        "name": "y",
        "type": "thing",
        "thing": {"loud": True, "port": 25},
    }


@pytest.mark.parametrize(
    ("text", "service", "secret"),
    [
        ("https://discord.com/api/webhooks/1/x", "discord", True),
        ("“https://api.day.app/xY7k3r”", "bark", True),
        ("<https://hooks.slack.com/services/T/B/x>", "slack", True),
        ("discord.com/api/webhooks/1/x", "discord", True),
        ("SCT12345TabcdefghijK", "serverchan", True),
        ("123456789:AAabcdefghijklmnopqrstuvwxyz0123456", "telegram", True),
        ("7xZ2345678abcdefghjkmn", "bark", True),
        ("http://10.0.0.1:3000/send_group_msg?access_token=x", "onebot", True),
        ("https://example.com/x", "webhook", True),
        ("mailto://me:secret@example.com", "apprise", True),
        ("http://127.0.0.1:3000", "webhook", False),
        ("http://user:pw@example.com", "webhook", True),
        ("http://[broken", "webhook", True),
        ("discord", "", False),
        ("0123456789abcdef0123456789abcdef", "", True),
        ("aVeryLongWordWithoutAnyDigit", "", False),
        ("${KEY_OF_DISCORD_2}", "", False),
    ],
)
def test_addresses_and_keys_are_recognized(text: str, service: str, secret: bool) -> None:
    assert recognized(text, TYPES) == service
    assert reads_like_a_secret(text, TYPES) is secret
