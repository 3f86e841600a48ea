"""Matrix: a room, by the client–server API. https://spec.matrix.org/latest/client-server-api/

A message is a PUT with a transaction id (``#transaction-identifiers``). The homeserver answers a request that it has
served with the same event again, so a retry makes no second message. Synapse remembers the ids for a day
(github.com/element-hq/synapse, storage/databases/main/events_worker.py).
"""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any, Dict, Optional, Tuple
from urllib.parse import quote

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.layout import mention_of
from prime_notify.channels.common.lifecycle import lifecycle_of
from prime_notify.channels.matrix.answers import LONGEST_WAIT, event_in, refused
from prime_notify.channels.matrix.layout import content_for, edited, is_mentioning
from prime_notify.channels.matrix.options import MatrixEndpoint
from prime_notify.config.endpoint import Lifecycle
from prime_notify.config.units import Rate
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object

__all__ = ["Matrix"]


class Matrix(Channel[MatrixEndpoint]):
    """Sends an event to a room. The answer has its id, by which later events can reply to it or replace it."""

    type = "matrix"
    endpoint_model = MatrixEndpoint
    example = {
        "name": "room",
        "type": "matrix",
        "url": "https://matrix.example.org",
        "matrix": {"access_token": "<token>", "room_id": "!<id>:example.org"},
    }
    about = {
        "en_us": (
            "Posts to a room of [Matrix](https://matrix.org). Register an account for the messages, invite it to the "
            "room and accept the invitation. In Element, its token is under *All settings*, *Help & About*, "
            "*Access Token* (close the window without logging out), and the room's id under *Room settings*, "
            "*Advanced*. **The messages are not end-to-end encrypted**: an encrypted room takes them too, where "
            "clients mark them as not encrypted. A retry never makes a second message."
        ),
        "zh_cn": (
            "发送到 [Matrix](https://matrix.org) 房间。请注册一个专用帐号，邀请它进房间并接受邀请。在 Element 中，"
            "它的令牌位于“所有设置”→“帮助及关于”→“访问令牌”（复制后直接关闭窗口，不要退出登录），"
            "房间 ID 位于“房间设置”→“高级”。**消息不做端到端加密**：加密房间也能收到，但客户端会标记其未加密。"
            "重试不会产生重复消息。"
        ),
    }
    # Synapse's default for an account (docs, rc_message): ten at once, and then one in five seconds
    rate_limits = (Rate(10, 50.0),)
    longest_wait = LONGEST_WAIT
    lifecycles = frozenset(("separate", "reply", "update"))

    def render(self, message: Message) -> Request:
        how, start = self._way(message)
        content = content_for(message, self.endpoint)
        if how == "update":
            return self._send(message, edited(content, start["event"]), "edit")
        if how == "reply":
            related = {**content, "m.relates_to": {"m.in_reply_to": {"event_id": start["event"]}}}
            return self._send(message, related, "reply")
        return self._send(message, content)

    def follow_up(self, message: Message) -> Optional[Request]:
        how, start = self._way(message)
        if how != "reply" or self.endpoint.lifecycle != "update":
            return None
        return self._send(message, edited(content_for(message, self.endpoint), start["event"]), "edit")

    def _way(self, message: Message) -> Tuple[Lifecycle, Dict[str, str]]:
        """How the message is tied to its start, and the event of that, unless the config names another room by now."""
        previous = message.previous
        if previous and previous.get("room") != self.endpoint.matrix.room_id:
            previous = None
        mentions = is_mentioning(mention_of(self.endpoint, message.payload))
        return lifecycle_of(self.endpoint, message.payload, previous, "event", "room", mentions=mentions)

    def judge(self, response: Response) -> Outcome:
        answer = parse_object(response.body)
        event = event_in(answer) if 200 <= response.status < 300 else None
        if event is None:
            return refused(response, answer)
        return Delivered(response.status, receipt={"event": event, "room": self.endpoint.matrix.room_id})

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        answer = parse_object(response.body)
        if 200 <= response.status < 300 and event_in(answer):
            return Delivered(response.status)
        return refused(response, answer)

    def _send(self, message: Message, content: Dict[str, Any], purpose: str = "") -> Request:
        room = quote(self.endpoint.matrix.room_id, safe="")
        transaction = self._transaction(message, purpose)
        url = f"{self.endpoint.homeserver}/_matrix/client/v3/rooms/{room}/send/m.room.message/{transaction}"
        own = {"Authorization": f"Bearer {self.endpoint.matrix.access_token}"}
        return dataclasses.replace(json_post(url, content, self.endpoint.headers, own), method="PUT")

    def _transaction(self, message: Message, purpose: str) -> str:
        """The same in every retry of the same event, and of no other event of this access token.

        Two endpoints may share the token and the room. A message, its reply and its edit are different events: one that
        falls back to a message of its own must not get the answer of the edit that failed.
        """
        parts = (message.payload.id, self.endpoint.name, purpose)
        digest = hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
        return f"pn-{digest[:32]}"
