"""Feishu and Lark."""

from __future__ import annotations

import base64
import json
from typing import Any, Dict, Iterator, List

import pytest
from hypothesis import given
from pydantic import ValidationError

from prime_notify.channels.feishu import sign
from prime_notify.model.outcome import Delivered, Retry
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, wild_messages
from tests.support.messages import ACTIONS, NOW, answer, channel, detailed, failed, sent
from tests.support.signatures import hmac_sha256
from tests.unit.channels.refusals import FEISHU_REFUSALS

URL = "https://open.feishu.cn/open-apis/bot/v2/hook/3a0f"
GREY = {"text_size": "notation", "text_color": "grey"}


def feishu(url: str = URL, options: Any = None, **config: Any) -> Any:
    return channel("feishu", url=url, feishu=options or {}, **config)


def card(sender: Any, message: Any) -> Dict[str, Any]:
    return sent(sender, message)["card"]


def parts(value: Any, tag: str) -> Iterator[Dict[str, Any]]:
    """Every object with this tag, however deep."""
    if isinstance(value, dict):
        if value.get("tag") == tag:
            yield value
        for inner in value.values():
            yield from parts(inner, tag)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner, tag)


def texts(value: Any) -> List[str]:
    return [text["content"] for text in parts(value, "plain_text")]


def labelled(label: str, value: str) -> List[Dict[str, Any]]:
    plain = {"tag": "plain_text", "content": label, **GREY}
    return [{"tag": "div", "text": plain}, {"tag": "div", "text": {"tag": "plain_text", "content": value}}]


def test_a_card_has_the_title_in_colour_and_the_facts_in_two_columns() -> None:
    request = feishu().render(detailed("backup_start", server=None, cost_s=None, backup={"comment": "raid"}))
    assert (request.method, request.url) == ("POST", URL)
    document = json.loads(request.body)
    time = document["card"]["elements"][-1]["columns"][1]["elements"][1]["text"]["content"]
    column = {"tag": "column", "width": "weighted", "weight": 1, "vertical_align": "top"}
    row = {"tag": "column_set", "flex_mode": "none", "background_style": "default"}
    assert document == {
        "msg_type": "interactive",
        "card": {
            "config": {"wide_screen_mode": True},
            "header": {"template": "blue", "title": {"tag": "plain_text", "content": "⏳ Backup started"}},
            "elements": [
                *labelled("Comment", "raid"),
                {
                    **row,
                    "columns": [
                        {**column, "elements": labelled("Operator", "Steve (player)")},
                        {**column, "elements": labelled("Time", time)},
                    ],
                },
            ],
        },
    }


@pytest.mark.parametrize(
    ("event", "severity", "colour"),
    [
        ("backup_success", "info", "green"),
        ("restore_success", "warning", "yellow"),
        ("backup_failure", "error", "red"),
        ("restore_start", "info", "blue"),
    ],
)
def test_the_colour_follows_the_severity(event: str, severity: str, colour: str) -> None:
    assert card(feishu(), detailed(event, severity=severity))["header"]["template"] == colour


def test_labels_are_in_the_messages_language() -> None:
    assert {"备份", "备注", "大小"} <= set(texts(card(feishu(), detailed(language="zh_cn"))))


def test_the_signature_is_made_of_nothing_with_timestamp_and_secret_as_key() -> None:
    document = sent(feishu(options={"secret": "s3cret"}), detailed())
    timestamp = str(int(NOW))
    expected = base64.b64encode(hmac_sha256(f"{timestamp}\ns3cret".encode(), b"")).decode()
    assert (document["timestamp"], document["sign"]) == (timestamp, expected)
    assert "sign" not in sent(feishu(), detailed())


def test_the_signature_is_the_same_as_another_implementation_makes() -> None:
    # printf '' | openssl dgst -sha256 -hmac $'1599360473\ndemo' -binary | base64
    assert sign("1599360473", "demo") == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="


def test_a_keyword_is_added_to_a_title_without_it() -> None:
    assert texts(card(feishu(options={"keyword": "MC"}), detailed()))[0] == "✅ Backup #42 done — Survival · MC"
    assert texts(card(feishu(options={"keyword": "Backup"}), detailed()))[0] == "✅ Backup #42 done — Survival"


def test_buttons_lead_to_the_actions() -> None:
    buttons = list(parts(card(feishu(actions=ACTIONS), detailed()), "button"))
    assert [(button["text"]["content"], button["url"]) for button in buttons] == [
        ("Panel", "https://panel.example.com/x"),
        ("Docs", "https://docs.example.com"),
    ]


@pytest.mark.parametrize(
    ("mention", "tags"),
    [
        ({"users": ["ou_1", "b6xx"], "phones": "138"}, "<at id=ou_1></at> <at id=b6xx></at>"),
        ({"all": True, "users": "ou_1"}, "<at id=all></at>"),
        ({"phones": "138", "roles": "r"}, ""),
    ],
)
def test_people_are_called_on_failures(mention: Any, tags: str) -> None:
    calling = feishu(mention=mention)
    assert [part["content"] for part in parts(card(calling, failed()), "markdown")] == ([tags] if tags else [])
    assert list(parts(card(calling, detailed()), "markdown")) == []


def test_a_traceback_comes_last_where_it_is_asked_for() -> None:
    elements = card(feishu(traceback=True), failed())["elements"]
    assert elements[-2] == {"tag": "hr"}
    assert elements[-1]["text"]["content"] == "Traceback (most recent call last):\n  boom()\nOSError"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_typed_stands_only_where_nothing_is_markup(hostile: str) -> None:
    sender = feishu(mention={"users": "ou_1"}, actions=ACTIONS)
    found = card(sender, failed(backup={"comment": hostile}, operator={"type": "p", "name": hostile, "full": hostile}))
    assert " ".join(hostile.split()) in texts(found)
    assert [part["content"] for part in parts(found, "markdown")] == ["<at id=ou_1></at>"]
    assert list(parts(found, "lark_md")) == []


@examples(60)
@given(message=wild_messages)
def test_no_request_is_larger_than_20_kb(message: Any) -> None:
    sender = feishu(
        options={"secret": "s", "keyword": "词" * 50}, traceback=True, actions=ACTIONS, mention={"users": "u"}
    )
    request = sender.render(message)
    assert len(request.body) <= 20_000
    document = json.loads(request.body.decode("utf-8"))
    assert document["card"]["elements"]
    assert "词" * 50 in document["card"]["header"]["title"]["content"]


def test_a_long_error_leaves_room_for_the_rest() -> None:
    found = card(feishu(traceback=True), failed(error={"type": "E", "message": "长" * 9000, "traceback": "x\n" * 9000}))
    assert {"Backup", "Error", "Comment", "Took", "Time"} <= set(texts(found))


@pytest.mark.parametrize(
    "value", [{"code": 0, "msg": "success", "data": {}}, {"StatusCode": 0, "StatusMessage": "success"}]
)
def test_success_is_code_0(value: Any) -> None:
    assert feishu().judge(answer(200, value)) == Delivered(200)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(("value", "kind", "hint"), FEISHU_REFUSALS)
def test_every_refusal_says_what_to_do(status: int, value: Any, kind: Any, hint: str) -> None:
    outcome = feishu().judge(answer(status, value))
    assert not isinstance(outcome, Delivered)
    if status == 200 or "Bad" in str(value):
        assert isinstance(outcome, kind)
        assert hint in outcome.hint


def test_a_busy_minute_slows_the_endpoint_down() -> None:
    outcome = feishu().judge(answer(200, {"code": 11232, "msg": "frequency limited"}))
    assert isinstance(outcome, Retry)
    assert (outcome.throttled, outcome.after) == (True, 60.0)


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"url": "https://open.feishu.cn/open-apis/bot/hook/3a0f"}, "custom bot's address"),
        ({"url": "https://open.larksuite.com/"}, "custom bot's address"),
        ({"mention": {"users": ["<at id=all>"]}}, "open_id"),
        ({"options": {"secret": ""}}, "at least 1 character"),
        ({"options": {"keywords": "x"}}, "not permitted"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Any, remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        feishu(**config)


@pytest.mark.parametrize("url", ["https://open.larksuite.com/open-apis/bot/v2/hook/x", "http://127.0.0.1:8000/hook"])
def test_lark_and_servers_of_ones_own_are_taken(url: str) -> None:
    assert feishu(url).render(detailed()).url == url
