"""Rocket.Chat: an incoming webhook of the integrations. https://docs.rocket.chat/docs/integrations

github.com/RocketChat/Rocket.Chat: apps/meteor/app/integrations/server/api/api.ts (the answers),
app/lib/server/functions/processWebhookMessage.ts and sendMessage.ts (the fields), and packages/message-parser (the
markup). Its markup has an escape for few of its marks, so texts are written in look-alikes.
"""

from __future__ import annotations

import re
from typing import Any, Dict

from prime_notify.channels.common.attachments import Markup, attached
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.rocketchat.answers import LONGEST_WAIT, is_taken, refused
from prime_notify.channels.rocketchat.options import RocketChatEndpoint
from prime_notify.config.units import Rate
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.cutting import units
from prime_notify.text.json_text import parse_object, to_json
from prime_notify.text.markdown import link_target, look_alike
from prime_notify.text.rich import Span, wrapped

__all__ = ["RocketChat"]

# A message of a person has 5000 characters (Message_MaxAllowedSize); webhooks may send more (sendMessage.ts), but
# clients fold a long one
_LIMIT = 6000
# "evil.com" and "10.0.0.1" become links, "#42" and "#general" the names of channels
_LIVE = re.compile(r"(?<=\w)\.(?=[^\W\d_]|\d{1,3}\.\d)|#(?=[\w-])")
_JOINER = "\u2060"


class RocketChat(Channel[RocketChatEndpoint]):
    """Posts the title as text, and the rest as an attachment. ``success`` in the answer is the only success."""

    type = "rocketchat"
    endpoint_model = RocketChatEndpoint
    example = {"name": "team", "type": "rocketchat", "url": "https://chat.example.com/hooks/<id>/<token>"}
    about = {
        "en_us": (
            "Posts to a channel of [Rocket.Chat](https://www.rocket.chat). As an administrator choose "
            "*Administration*, *Integrations*, *New*, *Incoming*, set *Enabled*, a channel and the user that posts, "
            "save, and copy the *Webhook URL*. No script is needed."
        ),
        "zh_cn": (
            "发送到 [Rocket.Chat](https://www.rocket.chat) 频道。管理员依次选择“管理”→“集成”→“新建”→“传入”，"
            "打开“启用”，选择频道和发送消息的用户，保存后复制 WebHook URL。无需脚本。"
        ),
    }
    rate_limits = (Rate(10, 60.0),)  # the default of API_Enable_Rate_Limiter, for each webhook
    longest_wait = LONGEST_WAIT

    def render(self, message: Message) -> Request:
        endpoint, options = self.endpoint, self.endpoint.rocketchat
        body = {**options.sender, **attached(message, endpoint, _MARKUP, _LIMIT, _weight), "parseUrls": False}
        body["attachments"] = [_finished(one) for one in body["attachments"]]
        if options.channel:
            body["channel"] = options.channel
        return json_post(endpoint.url, body, endpoint.headers, {})

    def judge(self, response: Response) -> Outcome:
        return self.judge_foreign(response, self.endpoint.url)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        answer = parse_object(response.body)
        if 200 <= response.status < 300 and is_taken(answer):
            return Delivered(response.status)
        return refused(response, answer)


def _escape(line: str) -> str:
    return _LIVE.sub(f"\\g<0>{_JOINER}", look_alike(line))


def _span(span: Span) -> str:
    if span.code:
        return f"`{span.text.replace('`', 'ˋ')}`"
    inner = span.text.strip()
    start = span.text.index(inner)
    text = span.text[:start] + _escape(inner) + span.text[start + len(inner) :]
    if span.url:
        text = wrapped(text, "[", f"]({link_target(span.url)})")
    for mark, is_so in (("~", span.strike), ("_", span.italic), ("*", span.bold)):
        text = wrapped(text, mark, mark) if is_so else text
    return text


_MARKUP = Markup(_escape, lambda title: f"*{title}*", _span, "@all")


def _finished(attachment: Dict[str, Any]) -> Dict[str, Any]:
    """The attachment without what is empty: the server refuses a field without a value."""
    fields = [field for field in attachment["fields"] if field["value"] and field["title"]]
    return {name: value for name, value in {**attachment, "fields": fields}.items() if value}


def _weight(body: Dict[str, Any]) -> int:
    return units(to_json(body["attachments"]).decode("utf-8"))
