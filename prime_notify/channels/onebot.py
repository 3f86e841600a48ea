"""QQ, through a bot that speaks OneBot v11 over HTTP, such as NapCat, LLOneBot or Lagrange.

https://github.com/botuniverse/onebot-11: communication/http.md (statuses and retcodes), api/public.md,
message/segment.md. Text goes in text segments, in which nothing is a CQ code (message/array.md).
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Dict, List, Optional
from urllib.parse import urlsplit, urlunsplit

from pydantic import model_validator
from typing_extensions import Literal

from prime_notify.channels.common.answers import CHECK_URL, Answers, Meaning, foreign_answer
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.http_status import refusal
from prime_notify.channels.common.layout import Content, colon, content_of, fit
from prime_notify.channels.common.options import MOST_MENTIONED, check_users
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.message_options import Mention
from prime_notify.config.option import IdText, MisfitError, Options, option
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.wording import Wording

__all__ = ["OneBot", "OneBotEndpoint", "OneBotOptions"]

_LIMIT = 4000  # characters; OneBot documents no limit, but QQ refuses texts of not much more
_ACTIONS = ("send_group_msg", "send_private_msg", "send_msg")
_QQ = r"[1-9][0-9]{4,11}"

_WRONG_TOKEN = Meaning(
    Wording(
        "compare onebot.access_token with the token in the bot's HTTP server settings",
        "请核对 onebot.access_token 与机器人 HTTP 服务设置中的 token",
    )
)
_WRONG_TARGET = Meaning(
    Wording(
        "check onebot.group_id or onebot.user_id: the bot must be a member of the group, or a friend of the user",
        "请检查 onebot.group_id 或 onebot.user_id：机器人须在该群中，或是该用户的好友",
    )
)
_WRONG_SERVER = Meaning(
    Wording(
        "the URL must be that of the bot's HTTP server, without an action: http://127.0.0.1:3000",
        "URL 应为机器人 HTTP 服务的地址，不含动作：http://127.0.0.1:3000",
    )
)
_BY_STATUS = {
    401: _WRONG_TOKEN.hint,
    403: _WRONG_TOKEN.hint,
    404: _WRONG_SERVER.hint,
    426: Wording(
        "that is a WebSocket server: switch on an HTTP server in the bot's settings, and write its address",
        "这是 WebSocket 服务：请在机器人设置中开启 HTTP 服务，并填写其地址",
    ),
}
_QUEUED = Wording(
    "the QQ bot has only queued the message, and does not say whether it arrives",
    "QQ 机器人只是将消息排队，没有说明是否送达",
)
_ANSWERS = Answers(
    service=Wording("the QQ bot", "QQ 机器人"),
    success=0,
    code_fields=("retcode",),
    text_fields=("wording", "message", "msg"),
    patterns=(
        (re.compile("token", re.IGNORECASE), _WRONG_TOKEN),
        (
            re.compile(
                "group_not_found|friend_not_found|user_not_found|get uid error|not in (the|this) group|"
                "群(聊)?不存在|不在.*群|不是.*好友|未找到(群|好友)",
                re.IGNORECASE,
            ),
            _WRONG_TARGET,
        ),
    ),
    meanings={
        1400: Meaning(
            Wording(
                "the bot found the request invalid: check onebot.group_id or onebot.user_id",
                "机器人认为请求无效：请检查 onebot.group_id 或 onebot.user_id",
            )
        ),
        1401: _WRONG_TOKEN,
        1403: _WRONG_TOKEN,
        1404: _WRONG_SERVER,
    },
    unknown=Wording(
        "look into the bot's own log: QQ may have logged it out, muted it or held the message back",
        "请查看机器人自己的日志：QQ 可能已将其下线、禁言或拦截了消息",
    ),
)


class OneBotOptions(Options):
    """The group or the person that the bot writes to."""

    access_token: Optional[str] = option(
        None,
        "The token of the bot's HTTP server, when it has one.",
        "机器人 HTTP 服务设置的 token（如有）。",
        example="<token>",
        min_length=1,
    )
    group_id: Optional[IdText] = option(
        None,
        "The number of the group to write to.",
        "要发送到的群号。",
        example=123456789,
        content=True,
        essential=True,
    )
    user_id: Optional[IdText] = option(
        None,
        "The number of the user to write to, instead of a group.",
        "要发送到的 QQ 号（与群号二选一）。",
        example=123456789,
        content=True,
        essential=True,
    )

    @model_validator(mode="after")
    def _check(self) -> OneBotOptions:
        if (self.group_id is None) == (self.user_id is None):
            raise ValueError(Wording('write either "group_id" or "user_id"', '请填写 "group_id" 或 "user_id" 之一'))
        if not re.fullmatch(_QQ, self.group_id or self.user_id or ""):
            raise MisfitError(
                Wording(
                    "write the number of a QQ group or user, such as 123456789",
                    "请填写 QQ 群号或 QQ 号，例如 123456789",
                ),
                "group_id" if self.group_id is not None else "user_id",
            )
        return self


class OneBotEndpoint(EndpointConfig):
    """An endpoint of type ``onebot``."""

    type: Literal["onebot"]
    url: str = option(
        ...,
        "The address of the bot's HTTP server, such as http://127.0.0.1:3000.",
        "机器人 HTTP 服务的地址，例如 http://127.0.0.1:3000。",
        example="http://127.0.0.1:3000",
    )
    onebot: OneBotOptions = option(
        ..., "Whom the bot writes to.", "机器人发送的目标。", example={"group_id": 123456789}
    )

    @model_validator(mode="after")
    def _check(self) -> OneBotEndpoint:
        check_users(
            self.mention,
            _QQ,
            Wording(
                "write users by their QQ number in mention.users",
                "请在 mention.users 中填写 QQ 号",
            ),
        )
        return self


class OneBot(Channel[OneBotEndpoint]):
    """Sends one message of plain text; ``retcode`` 0 in the answer is the only success: 1 means that the bot queued it.

    With the lifecycle ``reply`` the end of a task quotes its start.
    """

    type = "onebot"
    endpoint_model = OneBotEndpoint
    example = {
        "name": "qq",
        "type": "onebot",
        "url": "http://127.0.0.1:3000",
        "onebot": {"group_id": "123456789", "access_token": "<token>"},
    }
    about = {
        "en_us": (
            "Writes to a QQ group or user through a bot of your own that speaks "
            "[OneBot v11](https://github.com/botuniverse/onebot-11), such as [NapCat](https://napneko.github.io). "
            "Switch on an *HTTP server* in the bot's settings; its address and token go here."
        ),
        "zh_cn": (
            "通过你自己的 QQ 机器人（支持 [OneBot v11](https://github.com/botuniverse/onebot-11)，"
            "例如 [NapCat](https://napneko.github.io)）向群或好友发送消息。"
            "在机器人设置中开启“HTTP 服务器”，把它的地址和 token 填到这里。"
        ),
    }
    longest_wait = 3600.0
    lifecycles = frozenset(("separate", "reply"))

    def render(self, message: Message) -> Request:
        options = self.endpoint.onebot
        content = content_of(message, self.endpoint, _LIMIT)
        fitted = fit(content, lambda parts: len(_text(parts, message.language)) < _LIMIT)
        text = _text(fitted, message.language)
        mentions = self._mentions(content.mention)
        segments = [*self._quoted(message), *mentions, _segment("text", text=f"\n{text}" if mentions else text)]
        target = {"group_id": int(options.group_id)} if options.group_id else {"user_id": int(options.user_id or 0)}
        token = options.access_token
        own = {"Authorization": f"Bearer {token}"} if token else {}
        return json_post(self._address(), {**target, "message": segments}, self.endpoint.headers, own)

    def judge(self, response: Response) -> Outcome:
        return _judged(response)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return _judged(response)

    def _address(self) -> str:
        """The URL of the action. The config may have the URL of an action or of the server."""
        parts = urlsplit(self.endpoint.url)
        base, _, last = parts.path.rstrip("/").rpartition("/")
        path = base if last in _ACTIONS else parts.path.rstrip("/")
        action = "send_group_msg" if self.endpoint.onebot.group_id else "send_private_msg"
        return urlunsplit(parts._replace(path=f"{path}/{action}"))

    def _quoted(self, message: Message) -> List[Dict[str, Any]]:
        """A reply segment; bots ignore it when they no longer know the message."""
        known = (message.previous or {}).get("message_id") if self.endpoint.lifecycle == "reply" else None
        return [_segment("reply", id=known)] if known else []

    def _mentions(self, mention: Mention) -> List[Dict[str, Any]]:
        """The mentions; none in a chat of two."""
        if not self.endpoint.onebot.group_id:
            return []
        people = ["all"] if mention.all else mention.users[:MOST_MENTIONED]
        return [_segment("at", qq=person) for person in people]


def _judged(response: Response) -> Outcome:
    answer, status = parse_object(response.body), response.status
    if status in _BY_STATUS:
        return dataclasses.replace(refusal(response, _ANSWERS.text_in(answer)), hint=_BY_STATUS[status])
    if answer.get("status") == "failed":
        return _ANSWERS.refused(response, answer)
    if 200 <= status < 300 and answer.get("status") == "async" and _ANSWERS.code_in(answer) is not None:
        return Permanent(_QUEUED, status, hint=_ANSWERS.unknown)  # a retry would be one more copy in the bot's queue
    outcome = _ANSWERS.judge(response)
    if isinstance(outcome, Delivered) and answer.get("status") not in (None, "ok"):
        return Retry(foreign_answer(_ANSWERS.service), status, hint=CHECK_URL)
    return _with_receipt(outcome, answer) if isinstance(outcome, Delivered) else outcome


def _segment(kind: str, **data: str) -> Dict[str, Any]:
    return {"type": kind, "data": data}


def _text(content: Content, language: str) -> str:
    separator = colon(language)
    lines = [content.title]
    for fact in (*content.blocks, *content.cells):
        lines.append(f"{fact.label}{separator}" + fact.value.replace("\n", "\n  "))
    lines += [content.traceback] if content.traceback else []
    lines += [f"{action.label}{separator}{action.url}" for action in content.actions]
    return "\n".join(lines)


def _with_receipt(outcome: Delivered, answer: Dict[str, Any]) -> Delivered:
    data = answer.get("data")
    found = data.get("message_id") if isinstance(data, dict) else None
    known = isinstance(found, (int, str)) and not isinstance(found, bool) and str(found)[:64]
    return dataclasses.replace(outcome, receipt={"message_id": known}) if known else outcome
