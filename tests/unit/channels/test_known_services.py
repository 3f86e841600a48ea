"""A webhook to a known service: its answers are judged as that service's, and the config's warning names its type."""

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from prime_notify.channels.common.known_services import is_own_server, service_at
from prime_notify.channels.common.registry import channel_types
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.text.wording import in_language
from tests.support.messages import answer, channel
from tests.unit.channels import refusals
from tests.unit.channels.contract import load
from tests.unit.channels.unproven import UNPROVEN

KEY = "a0123456789b"
ADDRESSES: Dict[str, List[str]] = {
    "bark": [f"https://api.day.app/{KEY}", "https://api.day.app/push"],
    "dingtalk": [f"https://oapi.dingtalk.com/robot/send?access_token={KEY}"],
    "discord": [
        f"https://discord.com/api/webhooks/1/{KEY}",
        f"https://ptb.discord.com/api/v10/webhooks/1/{KEY}?wait=true",
        f"https://discordapp.com/api/webhooks/1/{KEY}",
    ],
    "feishu": [
        f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}",
        f"https://www.feishu.cn/flow/api/trigger-webhook/{KEY}",
        f"https://team.feishu.cn/base/automation/webhook/event/{KEY}",
    ],
    "healthchecks": [
        "https://hc-ping.com/8f57b2d4-0000-0000-0000-000000000000",
        "https://hc.example.com/ping/8f57b2d4-0000-0000-0000-000000000000/fail",
    ],
    "kook": [
        "https://www.kookapp.cn/api/v3/message/create",
        "https://www.kaiheila.cn/api/v3/direct-message/create",
    ],
    "lark": [
        f"https://open.larksuite.com/open-apis/bot/hook/{KEY}",
        f"https://team.sg.larksuite.com/base/automation/webhook/event/{KEY}",
    ],
    "matrix": ["https://matrix.example.org/_matrix/client/v3/rooms/!r:example.org/send/m.room.message/1"],
    "mattermost": [
        "https://chat.example.com/hooks/abcdefghijklmnopqrstuvwxyz",
        "http://10.0.0.2:8065/hooks/" + "x1" * 13,
    ],
    "ntfy": ["https://ntfy.sh", "https://ntfy.sh/minecraft"],
    "onebot": ["http://127.0.0.1:3000/send_group_msg", "http://10.0.0.2/bot/send_private_msg?access_token=x"],
    "pushplus": [f"https://www.pushplus.plus/send/{KEY}", "http://pushplus.plus/send"],
    "rocketchat": [
        f"https://chat.example.com/hooks/aBcDeFgHiJkLmNoPq/{KEY * 4}",
        f"https://chat.example.com/rocket/hooks/652fe3a1b2c3d4e5f6a7b8c9/{KEY * 4}",
    ],
    "serverchan": [f"https://sctapi.ftqq.com/SCT{KEY}.send", f"https://12.push.ft07.com/send/sctp12t{KEY}.send"],
    "slack": [
        f"https://hooks.slack.com/services/T1/B1/{KEY}",
        f"https://hooks.slack-gov.com/services/T1/B1/{KEY}",
        f"https://hooks.slack.com/triggers/T1/1/{KEY}",
    ],
    "teams": [
        f"https://prod-12.westeurope.logic.azure.com:443/workflows/{KEY}/triggers/manual/paths/invoke?api-version=1&sig=x",
        "https://default1.06.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/"
        f"{KEY}/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=x",
    ],
    "telegram": [f"https://api.telegram.org/bot1:{KEY}/sendMessage?chat_id=1"],
    "uptime_kuma": [
        "https://kuma.example.com/api/push/8Xk2mQ4vTz?status=up&msg=OK&ping=",
        f"http://10.0.0.2:3001/status/api/push/{KEY * 2}{KEY[:8]}",
    ],
    "wecom": [f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"],
}
SUCCESS: Dict[str, Any] = {
    "bark": {"code": 200, "message": "success"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "discord": {"id": "1"},
    "feishu": {"code": 0, "msg": "success", "data": {}},
    "healthchecks": b"OK",
    "kook": {"code": 0, "message": "操作成功", "data": {"msg_id": "50974c-364c983fa6cb"}},
    "lark": {"code": 0, "msg": "success", "data": {}},
    "matrix": {"event_id": "$l5zktILWZkD6psc9uuybIiuy_t0TjGX-T_lvdF5M3Xg"},
    "mattermost": b"ok",
    "ntfy": {"id": "a", "event": "message", "topic": "minecraft"},
    "onebot": {"status": "ok", "retcode": 0, "data": {"message_id": 1}},
    "pushplus": {"code": 200, "msg": "请求成功", "data": "1"},
    "rocketchat": {"success": True},
    "serverchan": {"code": 0},
    "slack": b"ok",
    "telegram": {"ok": True, "result": {"message_id": 1}},
    "uptime_kuma": {"ok": True},
    "wecom": {"errcode": 0, "errmsg": "ok"},
}
ACCEPTED = {"teams": (202, b"")}
"""Successes of services that say only that they have begun."""

STATUS_ONLY = ("alertmanager", "apprise", "command", "gotify", "mail", "minecraft", "webhook")
"""Channels whose service is one's own with no path of its own, answers by status, or is not reached over HTTP."""

OWN_BODY = {"webhook": {"body": {"text": "{{ title }}"}}}
every_address = pytest.mark.parametrize(
    ("type", "url"), [(type, url) for type, urls in ADDRESSES.items() for url in urls]
)


def judge(url: str, status: int, value: Any, **config: Any) -> Outcome:
    return channel("webhook", url=url, **config).judge(answer(status, value))


def test_every_channel_has_its_addresses_or_a_reason() -> None:
    assert sorted([*ADDRESSES, *STATUS_ONLY]) == sorted(channel_types())
    assert sorted([*SUCCESS, *ACCEPTED]) == sorted(ADDRESSES)


@every_address
@pytest.mark.parametrize("config", [{}, OWN_BODY])
def test_its_yes_and_no_are_those_of_its_channel(type: str, url: str, config: Any) -> None:
    assert service_at(url) == type
    if type in ACCEPTED:
        assert judge(url, *ACCEPTED[type], **config) == Delivered(ACCEPTED[type][0], confirmed=False)
    else:
        assert judge(url, 200, SUCCESS[type], **config) == Delivered(200)
    for status, value in UNPROVEN[type]:
        if status == 204 and type in ("discord", "healthchecks"):
            continue  # what a webhook gets that does not ask for the message, or only looks like a ping
        if type == "ntfy" and isinstance(value, dict) and value.get("topic") == "another":
            continue  # the topic is the webhook's own affair
        if type == "healthchecks" and is_own_server(url) and b"(not" not in value and b"(rate" not in value:
            continue
        if type == "slack" and "/triggers/" in url and value == b"okay":
            continue
        outcome = judge(url, status, value, **config)
        assert isinstance(outcome, (Retry, Permanent)), value
        assert outcome.hint


@pytest.mark.parametrize("config", [{}, OWN_BODY])
def test_a_refusal_of_feishu_is_not_told_as_delivered(config: Any) -> None:
    outcome = judge(ADDRESSES["feishu"][0], 200, {"code": 19002, "msg": "param invalid"}, **config)
    assert isinstance(outcome, Permanent)
    assert outcome.reason == "Feishu refused: code 19002: param invalid"


def test_without_a_body_of_its_own_the_hint_is_the_type() -> None:
    outcome = judge(ADDRESSES["feishu"][0], 200, {"code": 19002, "msg": "param invalid"})
    assert isinstance(outcome, Permanent)
    assert 'write "type": "feishu"' in outcome.hint
    assert '请写 "type": "feishu"' in in_language(outcome.hint, "zh_cn")


def problems(**endpoint: Any) -> List[str]:
    loaded = load({"name": "a", **endpoint})
    assert [one.name for one in loaded.endpoints] == ["a"]
    return [f"{problem.path}: {problem.remedy}" for problem in loaded.problems]


@every_address
def test_the_config_is_warned_about_where_the_payload_cannot_be_taken(type: str, url: str) -> None:
    found = problems(url=url)
    if type == "serverchan" or (type == "healthchecks" and is_own_server(url)):
        assert found == []
    else:
        [warning] = found
        assert warning.startswith("notification.endpoints[0].type: ")
        assert warning.endswith(f'write "type": "{type}"')
    assert problems(url=url, **OWN_BODY) == []
    assert problems(url=url, webhook={"method": "GET"}) == []
    assert problems(url=url, webhook={"query": {"text": "{{ title }}"}}) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook",
        "https://open.feishu.cn.example.org/open-apis/bot/v2/hook/x",
        "https://example.org/?u=https://open.feishu.cn/open-apis/bot/v2/hook/x",
        "https://discord.com/invite/x",
        "https://slack.com/intl/x",
        "https://evil-hooks.slack.com.example.org/services/T/B/x",
        "http://127.0.0.1:3000/send_msgs",
        "https://[",
        "",
    ],
)
def test_another_address_is_that_of_no_service(url: str) -> None:
    assert service_at(url) == ""
    if url.startswith("https://e"):
        assert judge(url, 200, {"code": 19002}) == Delivered(200)
        assert problems(url=url) == []


def test_a_status_that_the_owner_takes_for_success_is_one() -> None:
    url = ADDRESSES["feishu"][0]
    assert judge(url, 409, {"code": 1}, webhook={"success": [200, 409]}) == Delivered(409)
    assert not isinstance(judge(url, 200, {"code": 1}, webhook={"success": [200, 409]}), Delivered)


def test_what_only_a_channel_can_follow_is_left_to_it() -> None:
    """A webhook has no chat to move, and no start to reply to."""
    gone = {"ok": False, "error_code": 400, "description": "Bad Request: message to edit not found"}
    moved = {**gone, "description": "upgraded", "parameters": {"migrate_to_chat_id": -1002}}
    outcome, other = (judge(ADDRESSES["telegram"][0], 400, value) for value in (gone, moved))
    assert isinstance(outcome, Retry)
    assert not outcome.separately
    assert isinstance(other, Permanent)
    assert other.moved is None


def test_discord_as_slack_says_ok() -> None:
    assert judge(f"https://discord.com/api/webhooks/1/{KEY}/slack", 200, b"ok", **OWN_BODY) == Delivered(200)
    assert judge(f"https://discord.com/api/webhooks/1/{KEY}", 204, b"", **OWN_BODY) == Delivered(204)


@pytest.mark.parametrize(("value", "kind", "hint"), refusals.DINGTALK_REFUSALS)
def test_every_refusal_has_the_meaning_that_its_channel_knows(value: Any, kind: type, hint: str) -> None:
    outcome = judge(ADDRESSES["dingtalk"][0], 200, value, **OWN_BODY)
    assert isinstance(outcome, kind)
    assert hint in outcome.hint


# Services without a channel: an answer that is their yes, and one with HTTP 200 that is their no

OTHERS: List[Any] = [
    ("https://api.anpush.com/push/K", {"code": 200, "msg": "ok"}, {"code": 400, "msg": "token错误"}),
    (
        "https://joinjoaomgcd.appspot.com/_ah/api/messaging/v1/sendPush?apikey=K",
        {"success": True},
        {"success": False, "errorMessage": "User Not Authenticated"},
    ),
    ("https://push.hellyw.com/K", {"ret": 0, "errMsg": ""}, {"ret": 201, "errMsg": "key无效"}),
    (
        "https://x.webhook.office.com/webhookb2/1",
        b"1",
        b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429",
    ),
    ("https://outlook.office.com/webhook/1", b"1", b"Summary or Text is required."),  # MicrosoftDocs/msteams-docs#9064
    ("https://tapi.bale.ai/bot1:K/sendMessage", {"ok": True, "result": {}}, {"ok": False, "description": "Forbidden"}),
    ("https://bot-api.zaloplatforms.com/botK/sendMessage", {"ok": True}, {"ok": False, "description": "x"}),
    ("https://chatapi.viber.com/pa/send_message", {"status": 0}, {"status": 2, "status_message": "invalidAuthToken"}),
    ("https://smsc.ru/sys/send.php", {"id": 1, "cnt": 1}, {"error": "duplicate request", "error_code": 9}),
    ("https://api.gupshup.io/wa/api/v1/msg", {"status": "submitted"}, {"status": "error", "message": "x"}),
    ("https://api2.serwersms.pl/messages/send_sms", {"success": True}, {"error": {"code": 1001, "message": "x"}}),
    (
        "https://api2.pushdeer.com/message/push?pushkey=K",
        {"code": 0, "content": {"result": ['{"success":"ok"}']}},
        {"code": 0, "content": {"result": []}},
    ),
    (
        "http://10.0.0.2:8800/message/push?pushkey=K",
        {"code": 0, "content": {"result": ["x"]}},
        {"code": 80501, "error": "TOKEN"},
    ),
    ("https://push.i-i.me", b"success", "请设置 push_key".encode()),
    ("https://api.pushover.net/1/messages.json", {"status": 1}, {"status": 0, "errors": ["user is invalid"]}),
    ("https://www.pushsafer.com/api", {"status": 1, "success": "sent"}, {"status": 0, "error": "invalid key"}),
    ("https://api.pushy.me/push?api_key=K", {"success": True}, {"success": False, "error": "x"}),
    (
        "https://qmsg.zendee.cn/jsend/K",
        {"success": True, "code": 0},
        {"success": False, "reason": "KEY错误", "code": 500},
    ),
    ("https://push.showdoc.com.cn/server/api/push/K", {"error_code": 0}, {"error_code": 10103, "error_message": "x"}),
    ("https://api.simplepush.io/send", {"status": "OK"}, {"status": "BadRequest", "message": "x"}),
    (
        "https://nas.example.com:5001/webapi/entry.cgi?api=SYNO.Chat.External&method=incoming&version=2&token=K",
        {"success": True},
        {"success": False, "error": {"code": 404, "errors": "invalid token"}},
    ),
    ("https://api.vk.com/method/messages.send", {"response": 1}, {"error": {"error_code": 5, "error_msg": "auth"}}),
    ("https://voip.ms/api/v1/rest.php", {"status": "success"}, {"status": "invalid_credentials"}),
    (
        "https://api.weixin.qq.com/cgi-bin/message/template/send?access_token=K",
        {"errcode": 0},
        {"errcode": 40001, "errmsg": "invalid credential"},
    ),
    ("https://api.wpush.cn/api/v1/send", {"code": 0}, {"code": 401, "message": "apikey"}),
    (
        "https://wxpusher.zjiecode.com/api/send/message",
        {"code": 1000, "data": [{"code": 1000}]},
        {"code": 1000, "data": [{"code": 1001, "status": "UID不存在"}]},
    ),
    ("https://xizhi.qqoq.net/K.send", {"code": 200, "msg": "推送成功"}, {"code": 10000, "msg": "参数错误"}),
    (
        "https://chat-go.jwzhd.com/open-apis/v1/bot/send?token=K",
        {"code": 1, "msg": "success"},
        {"code": 1002, "msg": "x"},
    ),
    ("https://x.zulipchat.com/api/v1/messages", {"result": "success"}, {"result": "error", "msg": "Invalid API key"}),
    ("http://miaotixing.com/trigger?id=K&type=json", {"code": 0}, {"code": 102, "msg": "x"}),
]


@pytest.mark.parametrize(("url", "yes", "no"), OTHERS, ids=[entry[0].split("/")[2] for entry in OTHERS])
def test_services_without_a_channel_are_asked_for_their_proof(url: str, yes: Any, no: Any) -> None:
    assert judge(url, 200, yes, **OWN_BODY) == Delivered(200)
    for value in (no, b"", b"<html>login</html>", {"hello": "world"}):
        outcome = judge(url, 200, value, **OWN_BODY)
        assert isinstance(outcome, Retry), value
        assert outcome.hint, value
    assert isinstance(judge(url, 403, no, **OWN_BODY), Permanent)
    assert isinstance(judge(url, 429, no, **OWN_BODY), Retry)
    [warning] = problems(url=url)
    assert '"webhook": {"body": ...}' in warning
    assert problems(url=url, **OWN_BODY) == []


def test_a_refusal_that_slows_down_does_so() -> None:
    outcome = judge("https://x.webhook.office.com/webhookb2/1", 200, b"Too many requests. Please slow down.")
    assert isinstance(outcome, Retry)
    assert outcome.throttled
