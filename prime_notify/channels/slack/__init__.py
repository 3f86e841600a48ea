"""Slack: an incoming webhook, or a bot that can reply in threads and update its messages."""

from __future__ import annotations

import re
from typing import Any, Dict, Mapping, Optional, Tuple

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.layout import mention_of
from prime_notify.channels.common.lifecycle import lifecycle_of
from prime_notify.channels.common.variables import VARIABLES, variables_of
from prime_notify.channels.slack.answers import is_posted, is_taken, refused, word_in
from prime_notify.channels.slack.layout import body_of, mention_text
from prime_notify.channels.slack.options import SlackEndpoint
from prime_notify.channels.slack.workflow import is_workflow
from prime_notify.config.endpoint import Lifecycle
from prime_notify.config.units import Rate
from prime_notify.model.event import Severity
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object

__all__ = ["Slack"]

_CHANNEL_ID = re.compile("[CGD][A-Z0-9]{6,20}")  # for a name or a member's id, the answer has the channel's id
_QUIET = {"unfurl_links": False, "unfurl_media": False}
_LITERAL = {"link_names": False, "parse": "none"}  # "#general" and "@here" in the fallback text stay text


class Slack(Channel[SlackEndpoint]):
    """Posts blocks. A webhook answers only ``ok``. A bot's answer has the message's ``ts``, by which it can be
    updated. A workflow gets variables instead of blocks, and servers that resemble Slack answer in their own ways.
    """

    type = "slack"
    endpoint_model = SlackEndpoint
    example = {"name": "team", "type": "slack", "url": "https://hooks.slack.com/services/<T.../B.../...>"}
    about = {
        "en_us": (
            "Posts to a channel of [Slack](https://slack.com). Create an app at https://api.slack.com/apps, switch on "
            "*Incoming Webhooks*, add one to your channel and copy its address. For `lifecycle` use the app's bot "
            'instead: `"slack": {"bot_token": "xoxb-...", "channel": "C0123456789"}` without `url`, with the scope '
            "`chat:write`, and invite it to the channel. Zulip accepts the same messages; Mattermost and "
            "Rocket.Chat have types of their own. A *workflow* that starts with a webhook gets flat variables of type "
            "text: "
            f"{', '.join(f'`{name}`' for name in VARIABLES)}."
        ),
        "zh_cn": (
            "发送到 [Slack](https://slack.com) 频道。在 https://api.slack.com/apps 创建应用，启用 *Incoming Webhooks*，"
            "添加到频道并复制其地址。若要使用 `lifecycle`，请改用应用的机器人："
            '`"slack": {"bot_token": "xoxb-...", "channel": "C0123456789"}`，不写 `url`，'
            "授予 `chat:write` 权限并邀请它进频道。Zulip 接受同样的消息；Mattermost 与 Rocket.Chat 有各自的类型。"
            "由 webhook 启动的“工作流”会收到文本类型的变量："
            f"{'、'.join(f'`{name}`' for name in VARIABLES)}。"
        ),
    }
    rate_limits = (Rate(1, 1.0),)  # docs.slack.dev/apis/web-api/rate-limits: one a second for each channel
    longest_wait = 3600.0
    lifecycles = frozenset(("separate", "reply", "update"))

    def render(self, message: Message) -> Request:
        endpoint = self.endpoint
        if endpoint.is_webhook and is_workflow(endpoint.url):
            return json_post(endpoint.url, variables_of(message), endpoint.headers, {})
        body = body_of(message, endpoint)
        if endpoint.is_webhook:
            if endpoint.slack.channel:  # obeyed by old webhooks and by compatible servers
                body["channel"] = endpoint.slack.channel
            return json_post(endpoint.url, {**self.endpoint.slack.sender, **body, **_QUIET}, endpoint.headers, {})
        body.update(_LITERAL)
        mentions, how, start = self._way(message)
        if how == "update":
            return self._call("chat.update", {**start, **body})
        where: Dict[str, Any] = {"channel": endpoint.slack.channel}
        if how == "reply":
            # In the channel, too, when it is urgent: only people who follow the thread see a reply
            matters = mentions or message.payload.severity is not Severity.INFO
            where = {"channel": start["channel"], "thread_ts": start["ts"], "reply_broadcast": matters}
        return self._call("chat.postMessage", {**where, **self.endpoint.slack.sender, **body, **_QUIET})

    def follow_up(self, message: Message) -> Optional[Request]:
        _, how, start = self._way(message)
        if how != "reply" or self.endpoint.lifecycle != "update":
            return None
        return self._call("chat.update", {**start, **body_of(message, self.endpoint), **_LITERAL})

    def _way(self, message: Message) -> Tuple[bool, Lifecycle, Dict[str, str]]:
        """Whether the message mentions people, how it is tied to its start, and the place of that."""
        mentions = bool(mention_text(mention_of(self.endpoint, message.payload)))
        previous = self._here(message.previous)
        return (mentions, *lifecycle_of(self.endpoint, message.payload, previous, "channel", "ts", mentions=mentions))

    def judge(self, response: Response) -> Outcome:
        if self.endpoint.is_webhook:
            return self.judge_foreign(response, self.endpoint.url)
        answer = parse_object(response.body)
        if 200 <= response.status < 300 and is_posted(answer):
            return Delivered(response.status, receipt=_receipt(answer))
        return refused(response, word_in(response.body, answer))

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        answer = parse_object(response.body)
        if 200 <= response.status < 300 and is_taken(response, answer, url):
            return Delivered(response.status)
        return refused(response, word_in(response.body, answer))

    def _here(self, previous: Optional[Mapping[str, str]]) -> Optional[Mapping[str, str]]:
        """The start's receipt, unless the config names another channel by now."""
        channel = self.endpoint.slack.channel or ""
        moved = _CHANNEL_ID.fullmatch(channel) and previous and previous.get("channel") != channel
        return None if moved else previous

    def _call(self, method: str, body: Dict[str, Any]) -> Request:
        own = {"Authorization": f"Bearer {self.endpoint.slack.bot_token}"}
        return json_post(f"{self.endpoint.url.rstrip('/')}/{method}", body, self.endpoint.headers, own)


def _receipt(answer: Mapping[str, Any]) -> Optional[Dict[str, str]]:
    """The place of the message. A reply has the place of its thread's start, since only that can be replied to."""
    message = answer.get("message")
    thread = message.get("thread_ts") if isinstance(message, dict) else None
    found = {"channel": answer.get("channel"), "ts": thread or answer.get("ts")}
    return {name: str(value) for name, value in found.items()} if all(found.values()) else None
