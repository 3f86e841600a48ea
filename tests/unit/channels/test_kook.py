"""KOOK."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List

import pytest
from hypothesis import given

from prime_notify.channels.kook.layout import card_of
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.wording import in_language
from prime_notify.transport.http import HttpTransport
from tests.support.examples import examples
from tests.support.hostile import real_messages
from tests.support.messages import ACTIONS, answer, channel, failed, failure, sent, start, success
from tests.support.receiver import Receiver, json_answer
from tests.unit.channels.contract import load
from tests.unit.channels.test_own_markdown import rendered

API = "https://www.kookapp.cn/api/v3"
YES = {"code": 0, "message": "操作成功", "data": {"msg_id": "5-3", "msg_timestamp": 1607072537177, "nonce": "x"}}


def kook(endpoint: Any = None, **options: Any) -> Any:
    values = {"token": "1/MTA=/abc==", "channel_id": 1234567890123456, **options}
    values = {name: value for name, value in values.items() if value is not None}
    return channel("kook", **{"kook": values, **(endpoint or {})})


def modules(sender: Any, message: Any) -> List[Dict[str, Any]]:
    """The modules of the card, after a check of the limits of KOOK's documentation."""
    content = sent(sender, message)["content"]
    assert len(content) <= 8000
    (card,) = json.loads(content)
    found: List[Dict[str, Any]] = card["modules"]
    assert card["type"] == "card"
    assert 0 < len(found) <= 50
    for module in found:
        for element in elements(module):
            limit = {"plain-text": 2000, "kmarkdown": 5000}[element["type"]]
            assert 0 < len(element["content"]) <= (100 if module["type"] == "header" else limit)
            assert element["type"] == "kmarkdown" or element["emoji"] is False
        assert len(module.get("elements", ())) <= (4 if module["type"] == "action-group" else 10)
        assert module["type"] in ("header", "section", "divider", "action-group", "context")
    return found


def elements(module: Dict[str, Any]) -> Iterator[Dict[str, Any]]:
    text = module.get("text", {})
    yield from text.get("fields", [text] if text else [])
    for element in module.get("elements", ()):
        yield element["text"] if element["type"] == "button" else element


def kmarkdown(sender: Any, message: Any) -> List[str]:
    found = [element for module in modules(sender, message) for element in elements(module)]
    return [element["content"] for element in found if element["type"] == "kmarkdown"]


def test_a_card_with_the_token_in_a_header() -> None:
    request = kook().render(success())
    body = json.loads(request.body)
    assert (request.method, request.url) == ("POST", f"{API}/message/create")
    assert request.headers["Authorization"] == "Bot 1/MTA=/abc=="
    assert {name: body[name] for name in ("type", "target_id", "nonce")} == {
        "type": 10,
        "target_id": "1234567890123456",
        "nonce": success().notification.id,
    }
    assert json.loads(body["content"])[0]["theme"] == "success"
    header, *_, below = modules(kook(), success())
    assert header["text"]["content"] == success().texts.title
    assert below["elements"][0]["content"] == "MyServer"


def test_a_user_gets_a_direct_message() -> None:
    request = kook(channel_id=None, user_id="42").render(success())
    assert request.url == f"{API}/direct-message/create"
    assert json.loads(request.body)["target_id"] == "42"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8/api", "http://127.0.0.1:8/api/message/create", "http://127.0.0.1:8/api/"]
)
def test_the_url_may_be_that_of_the_api_or_of_an_action(url: str) -> None:
    assert kook({"url": url}).render(success()).url == "http://127.0.0.1:8/api/message/create"


def test_the_reason_comes_first_then_the_facts_and_five_buttons_in_two_rows() -> None:
    actions = [{"label": f"Go {number}", "url": f"https://example.com/{number}"} for number in range(5)]
    found = modules(kook({"traceback": True, "actions": actions}), failed())
    assert [module["type"] for module in found] == [
        "header", *["section"] * 5, "divider", "section", "action-group", "action-group", "context",
    ]  # fmt: skip
    assert found[2]["text"]["content"] == "OSError: disk full"
    assert found[5]["text"]["cols"] == 2
    assert "boom()" in found[7]["text"]["content"]
    assert found[8]["elements"][0] == {
        "type": "button",
        "theme": "primary",
        "click": "link",
        "value": "https://example.com/0",
        "text": {"type": "plain-text", "content": "Go 0", "emoji": False},
    }
    assert json.loads(card_of(failed(), kook().endpoint))[0]["theme"] == "danger"


@examples(80)
@given(message=real_messages())
def test_nothing_typed_is_markup(message: Any) -> None:
    """It stands in plain text; KMarkdown has the labels only."""
    for text in kmarkdown(kook({"actions": ACTIONS, "traceback": True}), message):
        assert text.startswith("**")
        assert text.endswith("**")
        assert not set(text[2:-2]) & set("()[]`<>*")


def test_a_tag_in_the_owners_markdown_that_a_player_typed_is_none() -> None:
    comment = "(met)all(met) (rol)1(rol) (MET)here(MET) :smile: 10:30:00 [x](http://evil.example.com)"
    account = {"token": "secret12", "channel_id": "1"}
    request = rendered("kook", {"desp": "**{{ backup.comment }}**"}, comment, kook=account)
    text = json.loads(json.loads(request.body)["content"])[0]["modules"][1]["text"]["content"]
    assert "(met)" not in text.lower()
    assert "(rol)" not in text
    assert ":smile:" not in text
    assert "10:30:00" in text
    assert "](" not in text


def test_mentions_are_those_of_the_config() -> None:
    mention = {"users": ["12", "34"], "roles": ["56"]}
    assert kmarkdown(kook({"mention": mention}), failed())[0] == "(met)12(met) (met)34(met) (rol)56(rol)"
    assert kmarkdown(kook({"mention": {"all": True}}), failed())[0] == "(met)all(met)"
    assert "(met)" not in sent(kook({"mention": mention}), success())["content"]


# -- a task's messages -----------------------------------------------------------------------------------------------


def test_an_end_updates_its_start() -> None:
    sender = kook({"lifecycle": "update"})
    begun = sender.judge_answer(sender.render(start()), answer(200, YES))
    assert begun == Delivered(200, receipt={"message": "5-3"})
    request = sender.render(success(previous=begun.receipt))
    assert request.url == f"{API}/message/update"
    assert set(json.loads(request.body)) == {"msg_id", "content"}
    assert sender.judge_answer(request, answer(200, {"code": 0, "message": "操作成功", "data": []})) == begun


def test_a_failure_quotes_its_start_and_updates_it_besides() -> None:
    sender = kook({"lifecycle": "update"})
    about = failure(previous={"message": "5-3"})
    assert json.loads(sender.render(about).body)["quote"] == "5-3"
    besides = sender.follow_up(about)
    assert besides is not None
    assert besides.url == f"{API}/message/update"
    assert sender.follow_up(success(previous={"message": "5-3"})) is None
    reply = kook({"lifecycle": "reply"}).render(success(previous={"message": "5-3"}))
    assert json.loads(reply.body)["quote"] == "5-3"
    assert kook({"lifecycle": "reply"}).judge_answer(reply, answer(200, YES)).receipt == {"message": "5-3"}


@pytest.mark.parametrize(
    ("status", "value", "separately"),
    [
        (200, {"code": 40000, "message": "找不到该消息"}, True),
        (404, {"code": 404, "message": "gone"}, True),
        (200, {"code": 40101, "message": "无效的 token"}, False),
        (429, {"code": 429, "message": "x"}, False),
        (500, b"", False),
    ],
)
def test_without_its_start_a_message_is_sent_on_its_own(status: int, value: Any, separately: bool) -> None:
    sender = kook({"lifecycle": "update"})
    outcome = sender.judge_answer(sender.render(success(previous={"message": "5-3"})), answer(status, value))
    assert getattr(outcome, "separately", False) is separately
    alone = sender.judge_answer(sender.render(success()), answer(status, value))
    assert getattr(alone, "separately", False) is False


# -- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ({"code": 40101, "message": "无效的 token"}, Permanent, "kook.token"),
        ({"code": 40103, "message": "expired"}, Permanent, "kook.token"),
        ({"code": 40000, "message": "你没有权限进行此操作"}, Permanent, "invite the bot"),
        ({"code": 40000, "message": "频道不存在"}, Permanent, "developer mode"),
        ({"code": 40012, "message": "你的操作太快了，请求过于频繁"}, Retry, "how fast"),
        ({"code": 50000, "message": "内部错误"}, Retry, "kook.channel_id"),
        ({"code": "x"}, Retry, "check the URL"),
    ],
)
def test_a_refusal_has_its_meaning_and_its_remedy(value: Any, kind: type, words: str) -> None:
    outcome = kook().judge(answer(200, value))
    assert type(outcome) is kind
    assert words in outcome.hint
    assert in_language(outcome.hint, "zh_cn") != outcome.hint


def test_the_pace_is_that_of_the_headers() -> None:
    limited = answer(429, {"code": 429, "message": "too many"}, {"x-rate-limit-reset": "14"})
    assert kook().judge(limited) == Retry(
        "HTTP 429: too many", 429, after=14.0, throttled=True, hint="KOOK limits how fast a bot sends"
    )


def test_over_a_real_socket_only_code_0_with_a_message_is_a_success() -> None:
    transport = HttpTransport()
    with Receiver() as service:
        sender = kook({"url": service.url("/api/v3")})
        for value, kind in ((YES, Delivered), ({"code": 0, "data": {}}, Retry), ({"code": 40101}, Permanent)):
            service.behave(json_answer(value))
            response = transport.send(sender.render(failed()), timeout=60)
            assert isinstance(response, Response)
            assert isinstance(sender.judge(response), kind)
        assert {request.target for request in service.requests} == {"/api/v3/message/create"}
    transport.close()


# -- the config ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "more", "path", "words"),
    [
        ({"token": "secret12"}, {}, "kook", "either"),
        ({"token": "secret12", "channel_id": "1", "user_id": "2"}, {}, "kook", "either"),
        ({"token": "secret12", "channel_id": "general"}, {}, "kook.channel_id", "developer mode"),
        ({"token": "secret12", "user_id": "Steve#0001"}, {}, "kook.user_id", "developer mode"),
        ({"token": "Bot secret12", "channel_id": "1"}, {}, "kook.token", "without"),
        ({"token": "秘密", "channel_id": "1"}, {}, "kook.token", "alone"),
        ({"token": "secret12", "channel_id": "1"}, {"mention": {"users": ["@steve"]}}, "mention.users", "numbers"),
        ({"token": "secret12", "channel_id": "1"}, {"mention": {"roles": ["mods"]}}, "mention.roles", "numbers"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_remedy(options: Any, more: Any, path: str, words: str) -> None:
    found = load({"name": "k", "type": "kook", "kook": options, **more}).problems
    assert found
    assert path in found[0].path
    assert words in found[0].remedy
