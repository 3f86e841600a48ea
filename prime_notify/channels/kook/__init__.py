"""KOOK (formerly 开黑啦): a bot's cards in a channel or to a user. https://developer.kookapp.cn/doc/http/message"""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Dict, Mapping, Optional, Tuple
from urllib.parse import urlsplit, urlunsplit

from pydantic import model_validator
from typing_extensions import Literal

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.layout import mention_of
from prime_notify.channels.common.lifecycle import lifecycle_of
from prime_notify.channels.common.options import check_users
from prime_notify.channels.kook.answers import judged, separately
from prime_notify.channels.kook.layout import card_of, mention_text
from prime_notify.config.endpoint import EndpointConfig, Lifecycle
from prime_notify.config.option import IdText, MisfitError, Options, option
from prime_notify.config.units import Rate
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome
from prime_notify.model.request import AnyRequest, Request
from prime_notify.model.response import Response
from prime_notify.text.wording import Wording

__all__ = ["Kook", "KookEndpoint", "KookOptions"]

_ID = "[0-9]{1,20}"
_TOKEN = re.compile(r"[\x21-\x7e]+")
_ACTION = re.compile(r"/(?:direct-)?message/(?:create|update)/?$")
_CARD = 10
_MESSAGE = "message"  # in a receipt


class KookOptions(Options):
    """The bot, and the channel or the user it writes to."""

    token: str = option(
        ...,
        "The token on the bot's page.",
        "机器人页面上的 Token。",
        example="<token>",
        min_length=1,
    )
    channel_id: Optional[IdText] = option(
        None,
        "The id of the text channel to write to.",
        "要发送到的文字频道的 ID。",
        example="1234567890123456",
        content=True,
        essential=True,
    )
    user_id: Optional[IdText] = option(
        None,
        "The id of the user to write to, instead of a channel.",
        "要私信的用户的 ID（与频道二选一）。",
        example="1234567890",
        content=True,
        essential=True,
    )

    @model_validator(mode="after")
    def _check(self) -> KookOptions:
        if not _TOKEN.fullmatch(self.token) or self.token.lower().startswith("bot "):
            raise MisfitError(
                Wording(
                    'write the token alone, as the bot\'s page shows it, without "Bot"',
                    "请只填写机器人页面上的 Token，不要加 Bot",
                ),
                "token",
            )
        if (self.channel_id is None) == (self.user_id is None):
            raise ValueError(Wording('write either "channel_id" or "user_id"', '请填写 "channel_id" 或 "user_id" 之一'))
        if not re.fullmatch(_ID, self.channel_id or self.user_id or ""):
            raise MisfitError(
                Wording(
                    "write the number of a channel or a user, as developer mode in KOOK's settings lets you copy it",
                    "请填写频道或用户的数字 ID：在 KOOK 设置中开启开发者模式后可复制",
                ),
                "channel_id" if self.channel_id is not None else "user_id",
            )
        return self


class KookEndpoint(EndpointConfig):
    """An endpoint of type ``kook``."""

    type: Literal["kook"]
    url: str = option(
        "https://www.kookapp.cn/api/v3",
        "The address of KOOK's API.",
        "KOOK 的 API 地址。",
        example="https://www.kaiheila.cn/api/v3",
    )
    kook: KookOptions = option(
        ...,
        "The bot, and where it writes to.",
        "机器人与发送目标。",
        example={"token": "<token>", "channel_id": "1234567890123456"},
    )

    @model_validator(mode="after")
    def _check(self) -> KookEndpoint:
        for kind in ("users", "roles"):
            remedy = Wording(
                "write the numbers of {kind} in mention.{kind}", "请在 mention.{kind} 中填写数字 ID", kind=kind
            )
            check_users(self.mention, _ID, remedy, kind)
        return self


class Kook(Channel[KookEndpoint]):
    """Sends one card; ``code`` 0 with the id of a message is the only success, whatever the HTTP status."""

    type = "kook"
    endpoint_model = KookEndpoint
    example = {
        "name": "kook",
        "type": "kook",
        "kook": {"token": "<token>", "channel_id": "1234567890123456"},
    }
    about = {
        "en_us": (
            "Posts cards to a channel of [KOOK](https://www.kookapp.cn), or to a user, through a bot. Create one at "
            "[developer.kookapp.cn](https://developer.kookapp.cn), copy its token, and invite it to your server. The "
            "id of a channel is in its menu, once *developer mode* is switched on in KOOK's settings."
        ),
        "zh_cn": (
            "通过机器人向 [KOOK](https://www.kookapp.cn)（原“开黑啦”）的频道或用户发送卡片消息。"
            "在[开发者中心](https://developer.kookapp.cn)创建机器人，复制它的 Token，并邀请到你的服务器。"
            "在 KOOK 设置中开启“开发者模式”后，右键频道即可复制频道 ID。"
        ),
    }
    rate_limits = (Rate(1, 1.0),)  # KOOK documents no numbers; its answers' headers say more than that
    longest_wait = 3600.0
    lifecycles = frozenset(("separate", "reply", "update"))

    def render(self, message: Message) -> Request:
        how, start = self._way(message)
        if how == "update":
            return self._update(message, start)
        options = self.endpoint.kook
        body = {
            "type": _CARD,
            "target_id": options.channel_id or options.user_id,
            "content": card_of(message, self.endpoint),
            "nonce": message.notification.id,
        }
        if how == "reply":
            body["quote"] = start[_MESSAGE]
        return self._call("create", body, start)

    def follow_up(self, message: Message) -> Optional[Request]:
        how, start = self._way(message)
        return self._update(message, start) if how == "reply" and self.endpoint.lifecycle == "update" else None

    def judge_answer(self, request: AnyRequest, response: Response) -> Outcome:
        """A message that updates its start leaves the start's receipt behind; one that quotes it, its own."""
        assert isinstance(request, Request)
        is_update = urlsplit(request.url).path.endswith("/update")
        outcome = judged(response, is_update=is_update)
        if isinstance(outcome, Delivered):
            return dataclasses.replace(outcome, receipt=request.receipt) if is_update else outcome
        return separately(outcome) if request.receipt else outcome

    def judge(self, response: Response) -> Outcome:
        return judged(response)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return judged(response, is_update=not urlsplit(url).path.rstrip("/").endswith("/create"))

    def _way(self, message: Message) -> Tuple[Lifecycle, Dict[str, str]]:
        mentions = bool(mention_text(mention_of(self.endpoint, message.payload)))
        return lifecycle_of(self.endpoint, message.payload, message.previous, _MESSAGE, mentions=mentions)

    def _update(self, message: Message, start: Mapping[str, str]) -> Request:
        return self._call("update", {"msg_id": start[_MESSAGE], "content": card_of(message, self.endpoint)}, start)

    def _call(self, action: str, body: Dict[str, Any], start: Mapping[str, str]) -> Request:
        """The config may have the URL of the API, or that of one of its actions."""
        parts = urlsplit(self.endpoint.url)
        base = _ACTION.sub("", parts.path).rstrip("/")
        kind = "message" if self.endpoint.kook.channel_id else "direct-message"
        url = urlunsplit(parts._replace(path=f"{base}/{kind}/{action}"))
        own = {"Authorization": f"Bot {self.endpoint.kook.token}"}
        request = json_post(url, body, self.endpoint.headers, own)
        return dataclasses.replace(request, receipt=dict(start)) if start else request
