"""WeCom."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from prime_notify.model.outcome import Delivered, Retry
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, wild_messages
from tests.support.messages import ACTIONS, answer, channel, detailed, failed, sent
from tests.unit.channels.refusals import WECOM_REFUSALS

URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k3y"


def wecom(url: str = URL, options: Any = None, **config: Any) -> Any:
    return channel("wecom", url=url, wecom=options or {}, **config)


def content(sender: Any, message: Any) -> str:
    document = sent(sender, message)
    return document[document["msgtype"]]["content"]


def test_a_message_is_a_coloured_heading_and_a_quoted_line_for_each_fact() -> None:
    request = wecom().render(detailed("backup_start", server=None, cost_s=None, backup={"comment": "raid"}))
    assert (request.method, request.url) == ("POST", URL)
    document = json.loads(request.body)
    time = document["markdown"]["content"].rpartition("</font>")[2]
    assert document == {
        "msgtype": "markdown",
        "markdown": {
            "content": (
                '### <font color="comment">⏳ Backup started</font>\n'
                '><font color="comment">Comment: </font>raid\n'
                '><font color="comment">Operator: </font>Steve (player)\n'
                f'><font color="comment">Time: </font>{time}'
            )
        },
    }


@pytest.mark.parametrize(
    ("event", "severity", "colour"),
    [
        ("backup_success", "info", "info"),
        ("restore_success", "warning", "warning"),
        ("backup_failure", "error", "warning"),
        ("restore_start", "info", "comment"),
    ],
)
def test_the_colour_follows_the_severity(event: str, severity: str, colour: str) -> None:
    assert content(wecom(), detailed(event, severity=severity)).startswith(f'### <font color="{colour}">')


def test_the_language_joins_labels_and_values() -> None:
    assert '<font color="comment">备份：</font>#42' in content(wecom(), detailed(language="zh_cn"))


def test_actions_are_links() -> None:
    actions = [{"label": "[Panel](", "url": "https://h/a(b)"}, ACTIONS[1]]
    assert content(wecom(actions=actions), detailed()).endswith(
        "\n[［Panel］(](https://h/a%28b%29)  [Docs](https://docs.example.com)"
    )


def test_users_are_called_in_markdown_on_failures() -> None:
    calling = wecom(mention={"users": ["ZhangSan", "li.si@x"]})
    assert content(calling, failed()).endswith("\n<@ZhangSan> <@li.si@x>")
    assert "<@" not in content(calling, detailed())


@pytest.mark.parametrize(
    ("mention", "lists"),
    [
        ({"phones": ["138", "139"]}, {"mentioned_mobile_list": ["138", "139"]}),
        ({"all": True}, {"mentioned_list": ["@all"]}),
        (
            {"all": True, "users": "Li", "phones": "138"},
            {"mentioned_list": ["Li", "@all"], "mentioned_mobile_list": ["138"]},
        ),
    ],
)
def test_phones_and_everyone_are_called_in_plain_text(mention: Any, lists: Any) -> None:
    calling = wecom(mention=mention, actions=ACTIONS)
    document = sent(calling, failed())
    assert document["msgtype"] == "text"
    text = document["text"].pop("content")
    assert document["text"] == lists
    lines = text.split("\n")
    assert lines[:3] == ["❌ Backup #42 failed — Survival", "Error: OSError: disk full", "Comment: before the raid"]
    assert lines[-2:] == ["Panel: https://panel.example.com/x", "Docs: https://docs.example.com"]
    assert sent(calling, detailed())["msgtype"] == "markdown"


def test_a_traceback_is_quoted_where_it_is_asked_for() -> None:
    assert content(wecom(traceback=True), failed()).endswith('\n><font color="comment">OSError</font>')
    assert content(wecom(traceback=True, mention={"all": True}), failed()).endswith("\nboom()\nOSError")


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("mention", [{"users": "Li"}, {"phones": "138"}])
def test_what_is_typed_is_no_markup_and_calls_nobody(mention: Any, hostile: str) -> None:
    message = failed(
        backup={"comment": hostile},
        error={"type": hostile, "message": f"a\n{hostile}"},
        server={"running": True, "name": hostile},
    )
    text = content(wecom(mention=mention), message).replace("<@Li>", "")
    text = re.sub(r'^><font color="comment">(.*?)</font>', r"\1", text, flags=re.MULTILINE)
    text = re.sub(r'^### <font color="warning">(.*)</font>$', r"\1", text, flags=re.MULTILINE)
    assert not set(text) & set("<>[]`*@")


@examples(60)
@given(message=wild_messages)
def test_no_content_is_longer_than_its_kind_may_be(message: Any) -> None:
    config = {"traceback": True, "actions": ACTIONS}
    for mention, kind, limit in (({"users": "Li"}, "markdown", 4096), ({"phones": "138"}, "text", 2048)):
        on = {"on": ["info", "warning", "error"]}
        document = json.loads(wecom(**config, mention={**mention, **on}).render(message).body.decode("utf-8"))
        assert document["msgtype"] == kind
        assert 0 < len(document[kind]["content"].encode()) <= limit


def test_a_long_error_leaves_room_for_the_rest() -> None:
    text = content(
        wecom(traceback=True), failed(error={"type": "E", "message": "长" * 9000, "traceback": "x\n" * 9000})
    )
    for label in ("Backup", "Error", "Comment", "Took", "Time"):
        assert f">{label}: <" in text


@pytest.mark.parametrize(
    ("url", "options", "sent_to"),
    [
        (URL, {}, URL),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send", {"key": "a b"}, f"{URL[:-3]}a%20b"),
        (URL, {"key": "other"}, URL),
        ("http://127.0.0.1:8000/?x=1", {"key": "k"}, "http://127.0.0.1:8000/?x=1&key=k"),
        ("http://127.0.0.1:8000/hook", {}, "http://127.0.0.1:8000/hook"),
    ],
)
def test_where_it_is_sent(url: str, options: Any, sent_to: str) -> None:
    assert wecom(url, options).render(detailed()).url == sent_to


def test_a_key_alone_goes_to_wecom() -> None:
    assert channel("wecom", wecom={"key": "k3y"}).render(detailed()).url == URL


def test_success_is_errcode_0() -> None:
    assert wecom().judge(answer(200, {"errcode": 0, "errmsg": "ok"})) == Delivered(200)


@pytest.mark.parametrize(("value", "kind", "hint"), WECOM_REFUSALS)
def test_every_refusal_says_what_to_do(value: Any, kind: Any, hint: str) -> None:
    outcome = wecom().judge(answer(200, value))
    assert isinstance(outcome, kind)
    assert hint in outcome.hint


def test_too_many_messages_slow_the_endpoint_down() -> None:
    outcome = wecom().judge(answer(200, {"errcode": 45009, "errmsg": "api freq out of limit"}))
    assert isinstance(outcome, Retry)
    assert (outcome.throttled, outcome.after) == (True, 60.0)


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"}, "whole address"),
        ({"mention": {"users": ["<@all>"]}}, "userid"),
        ({"options": {"kee": "x"}}, "not permitted"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Any, remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        wecom(**config)
