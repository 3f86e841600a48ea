"""Discord: a channel's webhook. https://discord.com/developers/docs/resources/webhook"""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Dict, Mapping, Optional, Tuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from prime_notify.channels.common.answers import CHECK_URL, foreign_answer, says_no
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.layout import mention_of
from prime_notify.channels.common.lifecycle import lifecycle_of
from prime_notify.channels.discord.answers import LONGEST_WAIT, refused
from prime_notify.channels.discord.layout import body_of, mention_text, post_name
from prime_notify.channels.discord.options import DiscordEndpoint
from prime_notify.config.endpoint import Lifecycle
from prime_notify.config.units import Rate
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["Discord"]


_UNPROVEN = Wording(
    "the answer does not say whether there is a message (HTTP 204)", "应答没有说明消息是否存在（HTTP 204）"
)
_NO_WAIT = Wording(
    "what answers there ignores `?wait=true`: is a proxy before Discord? For a server that only resembles Discord, "
    'write "type": "webhook" with a body of your own',
    "应答方忽略了 `?wait=true`：Discord 之前是否有代理？若只是兼容 Discord 的服务器，"
    '请写 "type": "webhook" 并自定义正文',
)


class Discord(Channel[DiscordEndpoint]):
    """Posts an embed. With ``wait`` the answer has its id, by which it can be edited later.

    A webhook cannot reply to a message (discord/discord-api-docs#2251): Discord ignores ``message_reference`` there. In
    a forum, however, a message can begin a post, and later ones can follow in it.
    """

    type = "discord"
    endpoint_model = DiscordEndpoint
    example = {"name": "staff", "type": "discord", "url": "https://discord.com/api/webhooks/<id>/<token>"}
    about = {
        "en_us": (
            "Posts to a channel of [Discord](https://discord.com). In the channel's settings, *Integrations*, "
            "*Webhooks*, create one and copy its address. `lifecycle: update` edits the start's message; `reply` "
            'needs a forum channel (`"discord": {"forum": true}`), where each task becomes a post: elsewhere, Discord '
            "does not let webhooks reply."
        ),
        "zh_cn": (
            "发送到 [Discord](https://discord.com) 频道。在频道设置的“整合”→“Webhook”中创建并复制其地址。"
            '`lifecycle: update` 会编辑开始时的消息；`reply` 需要论坛频道（`"discord": {"forum": true}`），'
            "每个任务成为一个帖子：在其他频道中 Discord 不允许 Webhook 回复消息。"
        ),
    }
    # Discord documents no numbers; its answers' headers say 5 in 2 seconds, and a channel takes 30 in a minute
    rate_limits = (Rate(5, 2.0), Rate(30, 60.0))
    longest_wait = LONGEST_WAIT
    lifecycles = frozenset(("separate", "reply", "update"))

    def render(self, message: Message) -> Request:
        endpoint, options = self.endpoint, self.endpoint.discord
        how, start = self._way(message)
        if how == "update":
            return self._update(message, start)
        body, thread = body_of(message, endpoint), self._thread(start)
        sender = {"username": options.username, "avatar_url": options.avatar_url}
        body.update({name: value for name, value in sender.items() if value is not None})
        if options.forum and thread is None:
            body["thread_name"] = post_name(message, endpoint)
        return self._request(body, thread)

    def follow_up(self, message: Message) -> Optional[Request]:
        how, start = self._way(message)
        return self._update(message, start) if how == "reply" and self.endpoint.lifecycle == "update" else None

    def _way(self, message: Message) -> Tuple[Lifecycle, Dict[str, str]]:
        """How the message is tied to its start, and the place of that."""
        mentions = bool(mention_text(mention_of(self.endpoint, message.payload)))
        needed = ("message", "channel")
        return lifecycle_of(self.endpoint, message.payload, message.previous, *needed, mentions=mentions)

    def _thread(self, start: Mapping[str, str]) -> Optional[str]:
        return start["channel"] if self.endpoint.discord.forum and start else self.endpoint.thread_id

    def _update(self, message: Message, start: Mapping[str, str]) -> Request:
        below = f"/messages/{quote(start['message'], safe='')}"
        request = self._request(body_of(message, self.endpoint), self._thread(start), below)
        return dataclasses.replace(request, method="PATCH")

    def judge(self, response: Response) -> Outcome:
        answer = parse_object(response.body)
        if not 200 <= response.status < 300:
            return refused(response, answer, forum=self.endpoint.discord.forum)
        if response.status == 204:
            return Permanent(_UNPROVEN, response.status, hint=_NO_WAIT)  # a retry would mostly be one more copy
        found = {"message": answer.get("id"), "channel": answer.get("channel_id")}
        if not _is_message(answer):
            return Retry(foreign_answer("Discord"), response.status, hint=CHECK_URL)
        receipt = {name: str(value) for name, value in found.items()} if all(found.values()) else None
        return Delivered(response.status, receipt=receipt)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        answer = parse_object(response.body)
        if not 200 <= response.status < 300:
            return refused(response, answer, forum=False)
        imitates_slack = urlsplit(url).path.rstrip("/").endswith("/slack") and excerpt(response.body) == "ok"
        if response.status == 204 or imitates_slack or _is_message(answer):  # 204 without `wait`
            return Delivered(response.status)
        return Retry(foreign_answer("Discord"), response.status, hint=CHECK_URL)

    def _request(self, body: Dict[str, Any], thread: Optional[str], below: str = "") -> Request:
        parts = urlsplit(self.endpoint.url)
        query = {**dict(parse_qsl(parts.query)), "wait": "true", "with_components": "true"}
        if thread is not None:
            query["thread_id"] = thread
        url = urlunsplit(parts._replace(path=parts.path.rstrip("/") + below, query=urlencode(query)))
        return json_post(url, body, self.endpoint.headers, {})


def _is_message(answer: Mapping[str, Any]) -> bool:
    return bool(re.fullmatch("[0-9]{1,20}", str(answer.get("id")), re.ASCII)) and not says_no(answer)
