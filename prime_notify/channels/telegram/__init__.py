"""Telegram: a bot that writes to a person, a group or a channel. https://core.telegram.org/bots/api"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple
from urllib.parse import quote

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.layout import mention_of
from prime_notify.channels.common.lifecycle import lifecycle_of
from prime_notify.channels.telegram.answers import refused
from prime_notify.channels.telegram.layout import body_of, mention_text
from prime_notify.channels.telegram.options import TelegramEndpoint
from prime_notify.config.endpoint import Lifecycle
from prime_notify.config.units import Rate
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object

__all__ = ["Telegram"]

_GENERAL = 1
"""The topic "General" of a group: Telegram refuses its number as "message thread not found", and takes none for it
(github.com/tdlib/telegram-bot-api/issues/798).
"""


class Telegram(Channel[TelegramEndpoint]):
    """Sends HTML; ``ok`` in the answer is the only success."""

    type = "telegram"
    key_pattern = r"[0-9]{6,}:[A-Za-z0-9_-]{30,}"  # of a bot
    endpoint_model = TelegramEndpoint
    example = {
        "name": "phone",
        "type": "telegram",
        "telegram": {"bot_token": "<token>", "chat_id": "-1001234567890"},
    }
    about = {
        "en_us": (
            "Sends to [Telegram](https://telegram.org). Talk to [@BotFather](https://t.me/BotFather) to create a bot "
            "and get its token; add the bot to your group or channel, or press *Start* in its chat. The chat's id is "
            "in `https://api.telegram.org/bot<token>/getUpdates` after you wrote something there."
        ),
        "zh_cn": (
            "发送到 [Telegram](https://telegram.org)。通过 [@BotFather](https://t.me/BotFather) 创建机器人并获取令牌；"
            "把机器人加入群组或频道，或在与它的对话中点击 *Start*。在会话中发一条消息后，"
            "可在 `https://api.telegram.org/bot<token>/getUpdates` 中看到会话 ID。"
        ),
    }
    rate_limits = (Rate(1, 1.0), Rate(20, 60.0))  # core.telegram.org/bots/faq: in one chat, and in a group
    lifecycles = frozenset(("separate", "reply", "update"))

    def render(self, message: Message) -> Request:
        options = self.endpoint.telegram
        body = body_of(message, self.endpoint)
        how, start = self._way(message)
        if how == "update":
            return self._call("editMessageText", {**_place(start), **body})
        body = {"chat_id": options.chat_id, **body}
        if options.message_thread_id not in (None, _GENERAL):
            body["message_thread_id"] = options.message_thread_id
        if options.silent:
            body["disable_notification"] = True
        if how == "reply":
            # A message that was deleted since does not prevent the reply from being sent
            body["reply_parameters"] = {**_place(start), "allow_sending_without_reply": True}
        return self._call("sendMessage", body)

    def follow_up(self, message: Message) -> Optional[Request]:
        how, start = self._way(message)
        if how != "reply" or self.endpoint.lifecycle != "update":
            return None
        return self._call("editMessageText", {**_place(start), **body_of(message, self.endpoint)})

    def _way(self, message: Message) -> Tuple[Lifecycle, Dict[str, str]]:
        """How the message is tied to its start, and the place of that."""
        mentions = bool(mention_text(mention_of(self.endpoint, message.payload)))
        previous = self._here(message.previous)
        return lifecycle_of(self.endpoint, message.payload, previous, "chat", "message", mentions=mentions)

    def judge(self, response: Response) -> Outcome:
        answer = parse_object(response.body)
        if _is_sent(response, answer):
            return Delivered(response.status, receipt=_receipt(answer.get("result")))
        return refused(response, answer)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        answer = parse_object(response.body)
        if _is_sent(response, answer):
            return Delivered(response.status)
        return refused(response, answer)

    def moved(self, values: Mapping[str, str]) -> Optional[Telegram]:
        options = self.endpoint.telegram.model_copy(update={"chat_id": values["chat_id"]})
        return Telegram(self.endpoint.model_copy(update={"telegram": options}))

    def _here(self, previous: Optional[Mapping[str, str]]) -> Optional[Mapping[str, str]]:
        """The start's receipt, unless the config names another chat by now."""
        chat = self.endpoint.telegram.chat_id
        return previous if previous and (chat.startswith("@") or previous.get("chat") == chat) else None

    def _call(self, method: str, body: Dict[str, Any]) -> Request:
        token = quote(self.endpoint.telegram.bot_token, safe=":")
        return json_post(f"{self.endpoint.url.rstrip('/')}/bot{token}/{method}", body, self.endpoint.headers, {})


def _place(start: Mapping[str, str]) -> Dict[str, Any]:
    return {"chat_id": start["chat"], "message_id": int(start["message"])}


def _is_sent(response: Response, answer: Mapping[str, Any]) -> bool:
    """Whether the answer has the message, or the first of several (``sendMediaGroup``)."""
    result = answer.get("result")
    first = result[0] if isinstance(result, list) and result else result
    is_yes = 200 <= response.status < 300 and answer.get("ok") is True and "error_code" not in answer
    return is_yes and _is_number(_object(first).get("message_id"))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _receipt(result: object) -> Optional[Dict[str, str]]:
    """The numbers of the message and of its chat, whose ``@name`` may change."""
    message = _object(result)
    found = {"chat": _object(message.get("chat")).get("id"), "message": message.get("message_id")}
    return {name: str(value) for name, value in found.items()} if all(map(_is_number, found.values())) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
