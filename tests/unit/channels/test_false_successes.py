"""Services that answer 200 whatever happens, on a real socket: not one refusal is taken for success."""

from __future__ import annotations

from typing import Any, Iterator, List, Tuple

import pytest

from prime_notify.model.outcome import Delivered
from prime_notify.model.response import Response
from prime_notify.transport.http import HttpTransport
from tests.support.messages import channel, failed
from tests.support.receiver import Answer, Receiver, json_answer
from tests.unit.channels import refusals

SERVICES: List[Tuple[str, Any, Any, Any]] = [
    ("feishu", {"feishu": {"secret": "s"}}, {"code": 0, "msg": "success"}, refusals.FEISHU_REFUSALS),
    ("lark", {"lark": {"secret": "s"}}, {"code": 0, "msg": "success"}, refusals.LARK_REFUSALS),
    ("mattermost", {}, b"ok", refusals.MATTERMOST_REFUSALS),
    ("rocketchat", {}, {"success": True}, refusals.ROCKETCHAT_REFUSALS),
    ("matrix", {"matrix": refusals.MATRIX_BOT}, {"event_id": "$abc"}, refusals.MATRIX_REFUSALS),
    ("dingtalk", {"dingtalk": {"access_token": "t", "secret": "s"}}, {"errcode": 0}, refusals.DINGTALK_REFUSALS),
    ("wecom", {"wecom": {"key": "k"}}, {"errcode": 0, "errmsg": "ok"}, refusals.WECOM_REFUSALS),
    ("onebot", {"onebot": {"group_id": 12345}}, {"status": "ok", "retcode": 0}, refusals.ONEBOT_REFUSALS),
    ("pushplus", {"pushplus": {"token": "t"}}, {"code": 200, "msg": "请求成功"}, refusals.PUSHPLUS_REFUSALS),
    ("slack", {}, b"ok", refusals.SLACK_WEBHOOK_REFUSALS),
    ("slack", {"slack": refusals.SLACK_BOT}, {"ok": True, "channel": "C1", "ts": "1.2"}, refusals.SLACK_REFUSALS),
    ("discord", {}, {"id": "1", "channel_id": "2"}, refusals.DISCORD_REFUSALS),
    (
        "telegram",
        {"telegram": refusals.TELEGRAM_BOT},
        {"ok": True, "result": {"message_id": 1}},
        refusals.TELEGRAM_REFUSALS,
    ),
]


@pytest.fixture(scope="module")
def service() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def transport() -> Iterator[HttpTransport]:
    made = HttpTransport()
    yield made
    made.close()


@pytest.mark.parametrize(("type", "config", "success", "refused"), SERVICES, ids=[entry[0] for entry in SERVICES])
def test_only_the_services_own_yes_is_a_success(
    service: Receiver, transport: HttpTransport, type: str, config: Any, success: Any, refused: refusals.Refusals
) -> None:
    sender = channel(type, url=service.url("/hook"), **config)

    def outcome(value: Any) -> Any:
        service.behave(Answer(body=value) if isinstance(value, bytes) else json_answer(value))
        response = transport.send(sender.render(failed()), timeout=10)
        assert isinstance(response, Response)
        assert response.status == 200
        return sender.judge(response)

    assert isinstance(outcome(success), Delivered)
    for value, kind, _ in refused:
        judged = outcome(value)
        assert isinstance(judged, kind), value
        assert judged.hint
