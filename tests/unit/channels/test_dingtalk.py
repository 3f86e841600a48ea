"""DingTalk."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from typing import Any, Dict
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from pydantic import ValidationError

from prime_notify.channels.dingtalk import sign
from prime_notify.model.outcome import Delivered, Retry
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, wild_messages
from tests.support.messages import ACTIONS, NOW, answer, channel, detailed, failed, sent
from tests.support.signatures import hmac_sha256
from tests.unit.channels.refusals import DINGTALK_REFUSALS

URL = "https://oapi.dingtalk.com/robot/send?access_token=t0ken"


def dingtalk(url: str = URL, options: Any = None, **config: Any) -> Any:
    return channel("dingtalk", url=url, dingtalk=options or {}, **config)


def text_of(document: Dict[str, Any]) -> str:
    return document[document["msgtype"]]["text"]


def test_a_message_is_a_coloured_heading_a_quote_and_a_line_for_each_fact() -> None:
    message = detailed("backup_start", server=None, cost_s=None, backup={"comment": "raid"})
    request = dingtalk().render(message)
    assert (request.method, request.url) == ("POST", URL)
    document = json.loads(request.body)
    time = text_of(document).rpartition(": ")[2]
    assert document == {
        "msgtype": "markdown",
        "markdown": {
            "title": "⏳ Backup started",
            "text": (
                '### <font color="#3b82f6">⏳ Backup started</font>\n\n'
                "> **Comment**  \n> raid\n\n"
                f"**Operator**: Steve (player)  \n**Time**: {time}"
            ),
        },
        "msgUuid": message.payload.id,
    }


def test_the_language_joins_labels_and_values() -> None:
    assert "**备份**：#42" in text_of(sent(dingtalk(), detailed(language="zh_cn")))


def test_the_id_is_the_same_in_every_try() -> None:
    assert sent(dingtalk(), detailed())["msgUuid"] == sent(dingtalk(), detailed())["msgUuid"] == detailed().payload.id


@pytest.mark.parametrize(
    ("url", "options", "query"),
    [
        (URL, {}, {"access_token": ["t0ken"]}),
        ("https://oapi.dingtalk.com/robot/send", {"access_token": "a+b/c="}, {"access_token": ["a+b/c="]}),
        (URL, {"access_token": "other"}, {"access_token": ["t0ken"]}),
        ("http://127.0.0.1:8000/?x=1", {"access_token": "t"}, {"x": ["1"], "access_token": ["t"]}),
    ],
)
def test_where_it_is_sent(url: str, options: Any, query: Any) -> None:
    sent_to = urlsplit(dingtalk(url, options).render(detailed()).url)
    assert parse_qs(sent_to.query) == query
    assert sent_to[:3] == urlsplit(url)[:3]


def test_an_access_token_alone_goes_to_dingtalk() -> None:
    request = channel("dingtalk", dingtalk={"access_token": "t0ken"}).render(detailed())
    assert request.url == URL


def test_the_signature_is_in_the_query_encoded_once() -> None:
    url = dingtalk(options={"secret": "SECabc"}).render(detailed()).url
    query = parse_qs(urlsplit(url).query, strict_parsing=True)
    timestamp = str(int(NOW * 1000))
    expected = base64.b64encode(hmac_sha256(b"SECabc", f"{timestamp}\nSECabc".encode())).decode()
    assert query == {"access_token": ["t0ken"], "timestamp": [timestamp], "sign": [expected]}
    assert "%25" not in url


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
@pytest.mark.parametrize("secret", ["SECabc", "this is secret", "密钥"])
def test_the_signature_is_the_one_that_openssl_makes(secret: str) -> None:
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{secret.encode().hex()}", "-binary"]
    made = subprocess.run(command, input=f"1577262236757\n{secret}".encode(), capture_output=True, check=True)
    assert sign("1577262236757", secret) == base64.b64encode(made.stdout).decode()


def test_a_keyword_is_added_to_a_title_without_it() -> None:
    document = sent(dingtalk(options={"keyword": "[MC]"}), detailed())
    assert document["markdown"]["title"] == "✅ Backup #42 done — Survival · [MC]"
    assert "[MC]" in document["markdown"]["text"]
    assert sent(dingtalk(options={"keyword": "done"}), detailed())["markdown"]["title"].endswith("Survival")


@pytest.mark.parametrize(
    ("actions", "card"),
    [
        (ACTIONS[:1], {"singleTitle": "Panel", "singleURL": "https://panel.example.com/x"}),
        (
            ACTIONS,
            {
                "btnOrientation": "1",
                "btns": [
                    {"title": "Panel", "actionURL": "https://panel.example.com/x"},
                    {"title": "Docs", "actionURL": "https://docs.example.com"},
                ],
            },
        ),
    ],
)
def test_actions_make_it_a_card_with_buttons(actions: Any, card: Any) -> None:
    document = sent(dingtalk(actions=actions), detailed())
    plain = sent(dingtalk(), detailed())["markdown"]
    assert document["msgtype"] == "actionCard"
    assert document["actionCard"] == {**plain, **card}


def test_more_than_two_buttons_stand_one_below_another() -> None:
    assert sent(dingtalk(actions=[*ACTIONS, ACTIONS[0]]), detailed())["actionCard"]["btnOrientation"] == "0"


@pytest.mark.parametrize(
    ("mention", "at", "names"),
    [
        (
            {"phones": ["138", "139"], "users": "u1"},
            {"atMobiles": ["138", "139"], "atUserIds": ["u1"], "isAtAll": False},
            "@138 @139 @u1",
        ),
        ({"all": True, "phones": "138"}, {"atMobiles": [], "atUserIds": [], "isAtAll": True}, "@all"),
    ],
)
@pytest.mark.parametrize("actions", [[], ACTIONS])
def test_people_are_called_by_name_in_text_and_list(actions: Any, mention: Any, at: Any, names: str) -> None:
    calling = dingtalk(mention=mention, actions=actions)
    document = sent(calling, failed())
    assert document["at"] == at
    assert text_of(document).endswith(f"\n\n{names}")
    assert "at" not in sent(calling, detailed())


def test_at_most_50_people_are_called() -> None:
    many = {"phones": [str(number) for number in range(40)], "users": [f"u{number}" for number in range(40)]}
    at = sent(dingtalk(mention=many), failed())["at"]
    assert (len(at["atMobiles"]), len(at["atUserIds"])) == (40, 10)


def test_a_traceback_is_quoted_where_it_is_asked_for() -> None:
    assert text_of(sent(dingtalk(traceback=True), failed())).endswith(
        "\n\n> Traceback (most recent call last):  \n> boom()  \n> OSError"
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_typed_is_no_markup(hostile: str) -> None:
    message = failed(
        backup={"comment": hostile},
        error={"type": hostile, "message": f"a\n{hostile}"},
        server={"running": True, "name": hostile},
    )
    text = text_of(sent(dingtalk(), message))
    assert text.count("<") == text.count(">") - len([line for line in text.split("\n") if line.startswith("> ")]) == 2
    assert "@" not in text
    for token in MarkdownIt("gfm-like").parse(text):
        assert token.type.rpartition("_")[0] in ("heading", "blockquote", "paragraph", "")
        kinds = {child.type for child in token.children or [] if child.markup != "linkify"}
        assert kinds <= {"text", "html_inline", "strong_open", "strong_close", "softbreak", "hardbreak"}


@examples(60)
@given(message=wild_messages)
def test_no_request_is_larger_than_20000_bytes(message: Any) -> None:
    config = {"traceback": True, "actions": ACTIONS, "mention": {"phones": "138", "users": "u"}}
    request = dingtalk(options={"secret": "s", "keyword": "词" * 50}, **config).render(message)
    assert len(request.body) <= 20_000
    document = json.loads(request.body.decode("utf-8"))
    assert "词" * 50 in document["actionCard"]["title"]
    assert document["actionCard"]["text"].startswith("### ")


@pytest.mark.parametrize("value", [{"errcode": 0, "errmsg": "ok"}, {"errcode": "0", "errmsg": "ok"}])
def test_success_is_errcode_0_also_as_text(value: Any) -> None:
    assert dingtalk().judge(answer(200, value)) == Delivered(200)


@pytest.mark.parametrize(("value", "kind", "hint"), DINGTALK_REFUSALS)
def test_every_refusal_says_what_to_do(value: Any, kind: Any, hint: str) -> None:
    outcome = dingtalk().judge(answer(200, value))
    assert isinstance(outcome, kind)
    assert hint in outcome.hint


def test_a_bot_that_was_too_fast_is_left_alone_for_ten_minutes() -> None:
    outcome = dingtalk().judge(answer(200, {"errcode": 130101, "errmsg": "send too fast"}))
    assert isinstance(outcome, Retry)
    assert (outcome.throttled, outcome.after) == (True, 600.0)


@pytest.mark.parametrize(("wait", "after"), [(5, 60.0), (120, 120.0), (10**8, 3600.0), (-1, 60.0), ("x", 60.0)])
def test_the_gateway_says_how_long_to_wait(wait: Any, after: float) -> None:
    outcome = dingtalk().judge(answer(200, {"punish": "deny", "wait": wait}))
    assert isinstance(outcome, Retry)
    assert (outcome.throttled, outcome.after) == (True, after)


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"url": "https://oapi.dingtalk.com/robot/send"}, "whole address"),
        ({"url": "https://oapi.dingtalk.com/robot/send?x=1"}, "whole address"),
        ({"mention": {"users": ["a b"]}}, "userid"),
        ({"options": {"keyword": "x" * 51}}, "at most 50"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Any, remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        dingtalk(**config)
