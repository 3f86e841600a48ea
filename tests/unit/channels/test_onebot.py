"""QQ, through OneBot v11."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Dict, List

import pytest
from hypothesis import given
from pydantic import ValidationError

from prime_notify.model.outcome import Delivered, Permanent, Retry
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, wild_messages
from tests.support.messages import ACTIONS, answer, channel, detailed, failed, sent
from tests.unit.channels.refusals import ONEBOT_REFUSALS

BASE = "http://127.0.0.1:3000"


def onebot(url: str = BASE, options: Any = None, **config: Any) -> Any:
    return channel("onebot", url=url, onebot=options or {"group_id": 123456789}, **config)


def segments(sender: Any, message: Any) -> List[Dict[str, Any]]:
    return sent(sender, message)["message"]


def text(sender: Any, message: Any) -> str:
    return segments(sender, message)[-1]["data"]["text"]


def test_a_message_is_one_text_segment_with_a_line_for_each_fact() -> None:
    request = onebot().render(detailed("backup_start", server=None, cost_s=None, backup={"comment": "raid"}))
    assert (request.method, request.url) == ("POST", f"{BASE}/send_group_msg")
    document = json.loads(request.body)
    time = document["message"][0]["data"]["text"].rpartition(": ")[2]
    lines = ["⏳ Backup started", "Comment: raid", "Operator: Steve (player)", f"Time: {time}"]
    assert document == {"group_id": 123456789, "message": [{"type": "text", "data": {"text": "\n".join(lines)}}]}


def test_the_language_joins_labels_and_values() -> None:
    assert "\n备份：#42\n" in text(onebot(), detailed(language="zh_cn"))


@pytest.mark.parametrize(
    ("url", "options", "sent_to", "target"),
    [
        (BASE, {"group_id": 12345}, f"{BASE}/send_group_msg", {"group_id": 12345}),
        (f"{BASE}/", {"user_id": "54321"}, f"{BASE}/send_private_msg", {"user_id": 54321}),
        (f"{BASE}/bot/send_msg/", {"group_id": 12345}, f"{BASE}/bot/send_group_msg", {"group_id": 12345}),
        (f"{BASE}/send_group_msg?access_token=t", {"user_id": 54321}, f"{BASE}/send_private_msg?access_token=t",
         {"user_id": 54321}),
        (f"{BASE}/sub", {"group_id": 12345}, f"{BASE}/sub/send_group_msg", {"group_id": 12345}),
    ],
)  # fmt: skip
def test_where_it_is_sent(url: str, options: Any, sent_to: str, target: Any) -> None:
    request = onebot(url, options).render(detailed())
    document = json.loads(request.body)
    del document["message"]
    assert (request.url, document) == (sent_to, target)


def test_the_token_goes_in_a_header_that_the_owner_may_override() -> None:
    options = {"group_id": 12345, "access_token": "t0ken"}
    assert onebot(options=options).render(detailed()).headers["Authorization"] == "Bearer t0ken"
    assert "Authorization" not in onebot().render(detailed()).headers
    request = onebot(options=options, headers={"authorization": "Basic x"}).render(detailed())
    assert [value for name, value in request.headers.items() if name.lower() == "authorization"] == ["Basic x"]


@pytest.mark.parametrize(
    ("mention", "called"),
    [({"users": [10001, 10002], "phones": "138"}, ["10001", "10002"]), ({"all": True, "users": 10001}, ["all"])],
)
def test_people_are_called_by_segments_on_failures(mention: Any, called: List[str]) -> None:
    calling = onebot(mention=mention)
    *ats, last = segments(calling, failed())
    assert ats == [{"type": "at", "data": {"qq": who}} for who in called]
    assert last["data"]["text"].startswith("\n❌ Backup #42 failed")
    assert len(segments(calling, detailed())) == 1


def test_nobody_is_called_in_a_chat_of_two() -> None:
    assert len(segments(onebot(options={"user_id": 12345}, mention={"all": True}), failed())) == 1


def test_actions_and_traceback_come_last() -> None:
    assert text(onebot(actions=ACTIONS[:1], traceback=True), failed()).endswith(
        "\nTraceback (most recent call last):\n  boom()\nOSError\nPanel: https://panel.example.com/x"
    )


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_typed_is_text_in_a_text_segment(hostile: str) -> None:
    found = segments(onebot(), failed(backup={"comment": hostile}, error={"type": "E", "message": hostile}))
    assert [segment["type"] for segment in found] == ["text"]
    assert f"Comment: {' '.join(hostile.split())}\n" in found[0]["data"]["text"]


@examples(60)
@given(message=wild_messages)
def test_no_text_is_longer_than_qq_takes(message: Any) -> None:
    found = segments(onebot(traceback=True, actions=ACTIONS, mention={"users": 10001}), message)
    assert {segment["type"] for segment in found} <= {"at", "text"}
    assert 0 < len(found[-1]["data"]["text"]) <= 4000


def test_success_is_retcode_0() -> None:
    value = {"status": "ok", "retcode": 0, "data": {"message_id": -77}}
    assert onebot().judge(answer(200, value)) == Delivered(200, receipt={"message_id": "-77"})


@pytest.mark.parametrize("data", [None, {}, [], {"message_id": None}, {"message_id": True}, {"message_id": ""}])
def test_a_success_without_a_message_id_has_no_receipt(data: Any) -> None:
    assert onebot().judge(answer(200, {"status": "ok", "retcode": 0, "data": data})) == Delivered(200)


@pytest.mark.parametrize("retcode", [0, 1])
def test_a_queued_message_is_not_delivered_and_gets_no_copies(retcode: int) -> None:
    outcome = onebot().judge(answer(200, {"status": "async", "retcode": retcode, "data": None}))
    assert isinstance(outcome, Permanent)
    assert "only queued" in outcome.reason


def test_the_end_of_a_task_quotes_its_start() -> None:
    replying = onebot(lifecycle="reply")
    end = dataclasses.replace(detailed(), previous={"message_id": "-77"})
    assert segments(replying, end)[0] == {"type": "reply", "data": {"id": "-77"}}
    assert len(segments(replying, detailed())) == 1
    assert len(segments(onebot(), end)) == 1
    assert len(segments(replying, dataclasses.replace(end, previous={}))) == 1


@pytest.mark.parametrize(("value", "kind", "hint"), ONEBOT_REFUSALS)
def test_every_refusal_says_what_to_do(value: Any, kind: Any, hint: str) -> None:
    outcome = onebot().judge(answer(200, value))
    assert isinstance(outcome, kind)
    assert hint in outcome.hint


@pytest.mark.parametrize(
    ("status", "hint"), [(401, "access_token"), (403, "access_token"), (404, "HTTP server"), (426, "WebSocket")]
)
def test_a_status_says_what_to_do(status: int, hint: str) -> None:
    outcome = onebot().judge(answer(status, {"retcode": 1401, "message": "bad token"}))
    assert isinstance(outcome, Permanent)
    assert hint in outcome.hint
    assert "bad token" in outcome.reason


def test_a_failed_message_behind_a_server_error_is_tried_again() -> None:
    assert isinstance(onebot().judge(answer(502, {"status": "failed", "retcode": 1400})), Retry)


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"options": {"access_token": "t"}}, 'either "group_id" or "user_id"'),
        ({"options": {"group_id": 12345, "user_id": 54321}}, 'either "group_id" or "user_id"'),
        ({"options": {"group_id": "my group"}}, "number of a QQ group"),
        ({"options": {"user_id": 12}}, "number of a QQ group"),
        ({"mention": {"users": ["Steve"]}}, "QQ number"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Any, remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        onebot(**config)
