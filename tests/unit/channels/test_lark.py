"""Lark: the bot of Feishu under its own name, and the automations of both."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from prime_notify.channels.common.feishu_bot import sign
from prime_notify.channels.common.variables import VARIABLES
from prime_notify.model.outcome import Delivered, Permanent
from prime_notify.text.wording import in_language
from tests.support.messages import ACTIONS, NOW, answer, channel, failed, sent, success
from tests.unit.channels.contract import load

BOT = "https://open.larksuite.com/open-apis/bot/v2/hook/3a0f"
AUTOMATIONS = [
    "https://team.sg.larksuite.com/base/automation/webhook/event/AbCdEf",
    "https://team.feishu.cn/base/automation/webhook/event/AbCdEf",
    "https://www.feishu.cn/flow/api/trigger-webhook/0a1b2c",
]


def lark(url: str = BOT, options: Any = None, **config: Any) -> Any:
    return channel("lark", url=url, lark=options or {}, **config)


def test_its_cards_are_those_of_feishu() -> None:
    options = {"secret": "s", "keyword": "Minecraft"}
    more = {"traceback": True, "actions": ACTIONS, "mention": {"users": ["ou_1"]}}
    of_lark = sent(lark(options=options, **more), failed())
    assert of_lark == sent(channel("feishu", url=BOT, feishu=options, **more), failed())
    assert of_lark["sign"] == sign(str(int(NOW)), "s")
    assert of_lark["card"]["header"]["title"]["content"].endswith("Minecraft")


@pytest.mark.parametrize(
    ("code", "hint"),
    [(19021, "lark.secret"), (19024, "lark.keyword"), (800005649, "lark.token"), (11232, "Lark is slow")],
)
def test_its_remedies_name_its_own_options(code: int, hint: str) -> None:
    outcome = lark().judge(answer(200, {"code": code, "msg": "no"}))
    assert not isinstance(outcome, Delivered)
    assert hint in outcome.hint
    assert "Feishu" not in outcome.hint
    assert outcome.reason.startswith("Lark refused")


@pytest.mark.parametrize("url", [BOT, *AUTOMATIONS, "http://127.0.0.1:8000/hook"])
@pytest.mark.parametrize("type", ["feishu", "lark"])
def test_each_type_takes_the_addresses_of_both(type: str, url: str) -> None:
    assert load({"name": "a", "type": type, "url": url}).problems == ()


@pytest.mark.parametrize("type", ["feishu", "lark"])
@pytest.mark.parametrize("url", AUTOMATIONS)
def test_an_automation_gets_variables_and_runs_once(type: str, url: str) -> None:
    sender = channel(type, url=url, **{type: {"token": "t0ken"}})
    request = sender.render(success())
    document = sent(sender, success())
    assert tuple(document) == VARIABLES
    assert document["title"] == "✅ Backup #42 done — MyServer"
    assert request.headers["Authorization"] == "Bearer t0ken"
    again = sender.render(success().at(success().now + 60))
    other = sender.render(success(id="01KDYZV9ZE0000000000000001"))
    assert again.headers["Client-Token"] == request.headers["Client-Token"] != other.headers["Client-Token"]


def test_without_a_token_an_automation_gets_none() -> None:
    assert "Authorization" not in lark(AUTOMATIONS[0]).render(success()).headers


def test_what_an_automation_ignores_is_warned_about() -> None:
    endpoint = {"name": "a", "type": "lark", "url": AUTOMATIONS[0], "actions": ACTIONS, "lark": {"secret": "s3cr"}}
    found = [problem.path for problem in load(endpoint).problems]
    assert found == ["notification.endpoints[0].actions", "notification.endpoints[0].lark.secret"]
    assert load({**endpoint, "url": BOT}).problems == ()


@pytest.mark.parametrize(
    ("value", "hint", "disable"),
    [
        ({"code": 800004509, "msg": "webhook trigger workflow is disabled", "data": {}}, "automation on again", True),
        ({"code": 800005649, "msg": "未通过凭证校验"}, "Bearer token", False),
        ({"code": 800005650, "msg": "IP 地址不在白名单中，请检查"}, "allowlist", False),
    ],
)
def test_a_refusal_of_an_automation_says_what_to_do(value: Any, hint: str, disable: bool) -> None:
    outcome = lark(AUTOMATIONS[0]).judge(answer(200, value))
    assert isinstance(outcome, Permanent)
    assert hint in outcome.hint
    assert outcome.disable is disable
    assert in_language(outcome.hint, "zh_cn") != outcome.hint


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"url": "https://open.larksuite.com/open-apis/bot/hook/3a0f"}, "https://open.larksuite.com/open-apis/bot/v2"),
        ({"options": {"token": "Bearer x"}}, "token alone"),
        ({"mention": {"users": ["<at id=all>"]}}, "open_id"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Any, remedy: str) -> None:
    with pytest.raises(ValidationError) as caught:
        lark(**config)
    assert remedy in str(caught.value)
