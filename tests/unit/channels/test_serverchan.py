"""ServerChan, both generations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from prime_notify.model.notification import Texts
from prime_notify.model.outcome import Delivered, Permanent, Retry
from tests.support.messages import answer, channel, message


def serverchan(**options: Any) -> Any:
    return channel("serverchan", serverchan={"key": "SCT1", **options})


@pytest.mark.parametrize(
    ("config", "url"),
    [
        ({"serverchan": {"key": "SCT1"}}, "https://sctapi.ftqq.com/SCT1.send"),
        ({"serverchan": {"key": "sctp12tXyz"}}, "https://12.push.ft07.com/send/sctp12tXyz.send"),
        ({"url": "https://sctapi.ftqq.com/SCT2.send"}, "https://sctapi.ftqq.com/SCT2.send"),
        (
            {"url": "http://localhost:8000/{key}.send", "serverchan": {"key": "sctp1t/"}},
            "http://localhost:8000/sctp1t%2F.send",
        ),
    ],
)
def test_where_it_is_sent(config: dict, url: str) -> None:
    assert channel("serverchan", **config).render(message()).url == url


def test_it_needs_a_key_or_a_url() -> None:
    with pytest.raises(ValidationError, match="write the SendKey"):
        channel("serverchan")


def test_title_text_and_card_line_are_filled_in() -> None:
    assert json.loads(serverchan().render(message()).body) == {
        "title": "Backup #7 done",
        "desp": "**Backup** #7 done",
        "short": "Event: backup_success Backup: #7",
    }


def test_options_override_and_are_strings_on_the_wire() -> None:
    options = {"title": "T", "desp": "D", "short": "S", "channel": 9, "noip": True, "openid": "o", "tags": ["a", "b"]}
    assert json.loads(serverchan(**options).render(message()).body) == {
        **options,
        "channel": "9",
        "noip": "1",
        "tags": "a|b",
    }


def test_texts_are_cut_to_its_limits() -> None:
    document = json.loads(serverchan().render(message(texts=Texts("标题" * 40, "正文 " * 200, "长文" * 20_000))).body)
    assert len(document["title"]) <= 32
    assert len(document["short"]) <= 64
    assert 32 * 1024 - 6 <= len(document["desp"].encode()) <= 32 * 1024


@pytest.mark.parametrize("status", [200, 400])
def test_a_bad_key_is_permanent_and_says_where_to_look(status: int) -> None:
    outcome = serverchan().judge(answer(status, {"code": 40001, "message": "[AUTH]错误的Key"}))
    assert isinstance(outcome, Permanent)
    assert "错误的Key" in outcome.reason
    assert "SendKey" in outcome.hint


def test_a_used_up_quota_waits() -> None:
    outcome = serverchan().judge(answer(400, {"code": 40001, "message": "[AUTH]超过当天的发送次数限制[5]，请稍后再试"}))
    assert isinstance(outcome, Retry)
    assert outcome.throttled
    assert outcome.after == 3600
    assert "quota" in outcome.hint


@pytest.mark.parametrize("value", [{"code": 20001, "message": "no"}, {"code": "0"}, {"code": False}, {"code": 1}])
def test_200_with_another_code_is_a_failure(value: dict) -> None:
    assert isinstance(serverchan().judge(answer(200, value)), Permanent)


@pytest.mark.parametrize("body", [b"", b"<html>captive portal</html>", b"[]", b'{"message": "hello"}'])
def test_200_without_a_code_is_tried_again(body: bytes) -> None:
    assert isinstance(serverchan().judge(answer(200, body)), Retry)


def test_an_error_status_quotes_serverchan() -> None:
    outcome = serverchan().judge(answer(500, {"code": 1, "info": "maintenance"}))
    assert isinstance(outcome, Retry)
    assert outcome.reason.endswith("maintenance")


def test_success_is_code_0() -> None:
    assert serverchan().judge(answer(200, {"code": 0})) == Delivered(200)


@pytest.mark.parametrize("status", [200, 400])
def test_what_passes_by_itself_is_tried_again_whatever_its_code(status: int) -> None:
    outcome = serverchan().judge(answer(status, {"code": 50001, "message": "系统繁忙，请稍后再试"}))
    assert isinstance(outcome, Retry)
    assert outcome.hint == "ServerChan has a problem"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"code": 0, "message": "", "data": {"errno": 1024, "error": "微信通道错误"}}, "code 1024: 微信通道错误"),
        ({"code": 0, "errno": 500, "message": "FAIL"}, "code 500: FAIL"),
        ({"code": 0, "success": False}, "code 0"),
    ],
)
def test_wechats_own_no_is_seen_behind_code_0(value: dict, text: str) -> None:
    outcome = serverchan().judge(answer(200, value))
    assert isinstance(outcome, Permanent)
    assert text in outcome.reason


def test_wechats_own_yes_is_no_contradiction() -> None:
    data = {"pushid": "1", "readkey": "r", "error": "SUCCESS", "errno": 0}
    assert serverchan().judge(answer(200, {"code": 0, "message": "", "data": data})) == Delivered(200)
