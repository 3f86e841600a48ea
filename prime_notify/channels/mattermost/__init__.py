"""Mattermost: an incoming webhook.

https://docs.mattermost.com/integrations-guide/incoming-webhooks.html, of the attachment and the priority
https://developers.mattermost.com/integrate/reference/message-attachments and .../message-priority. The server looks for
mentions in the text after it has read its Markdown, so an escaped ``@all`` would still call everybody
(github.com/mattermost/mattermost, server/channels/app/notification.go): an invisible joiner parts the sign from the
name.
"""

from __future__ import annotations

import re
from typing import Any, Dict

from prime_notify.channels.common.attachments import Markup, attached
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.mattermost.answers import is_taken, refused
from prime_notify.channels.mattermost.options import MattermostEndpoint
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.json_text import to_json
from prime_notify.text.markdown import escape, link_target
from prime_notify.text.rich import Span, wrapped

__all__ = ["Mattermost"]

# A message has 16 383 characters (docs, Product limits), in servers before 5.0 4000. The attachments of one post had
# 7600 characters of JSON in older servers (model/post.go), which make several posts of more
_LIMIT = 7000
_ESCAPED_BY_GO = re.compile("[<>&\u2028\u2029]")  # each is \\u003c and so on in the server's JSON
_SLACK = re.compile("<(?=[!@])")  # the server rewrites Slack's <!channel>, in blocks of code too
_UNESCAPED = re.compile(r"^\\(?=[:=])")
_JOINER = "\u2060"


class Mattermost(Channel[MattermostEndpoint]):
    """Posts the title as text, and the rest as an attachment. The only success is ``ok``."""

    type = "mattermost"
    endpoint_model = MattermostEndpoint
    example = {"name": "team", "type": "mattermost", "url": "https://mattermost.example.com/hooks/<key>"}
    about = {
        "en_us": (
            "Posts to a channel of [Mattermost](https://mattermost.com). In the product menu choose *Integrations*, "
            "*Incoming Webhooks*, *Add Incoming Webhook*, and copy its address; where the menu lacks it, an "
            "administrator has to enable incoming webhooks first."
        ),
        "zh_cn": (
            "发送到 [Mattermost](https://mattermost.com) 频道。"
            "在产品菜单中选择“集成”→“传入 Webhooks”→“添加传入 Webhook”，复制它的地址；"
            "菜单中没有此项时，需管理员先启用传入 Webhook。"
        ),
    }
    longest_wait = 3600.0

    def render(self, message: Message) -> Request:
        endpoint, options = self.endpoint, self.endpoint.mattermost
        body = {**options.sender, **attached(message, endpoint, _MARKUP, _LIMIT, _weight)}
        body["attachments"] = [_finished(one) for one in body["attachments"]]
        if options.channel:
            body["channel"] = options.channel
        chosen = options.priority
        level = chosen.get(message.payload.severity) if isinstance(chosen, dict) else chosen
        if level in ("important", "urgent"):
            body["priority"] = {"priority": level, "requested_ack": options.ask_for_acknowledgement}
        return json_post(endpoint.url, body, endpoint.headers, {})

    def judge(self, response: Response) -> Outcome:
        return self.judge_foreign(response, self.endpoint.url)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return Delivered(response.status) if is_taken(response) else refused(response)


def _escape(line: str) -> str:
    """As Markdown that shows the line. Mattermost shows a backslash before ``:`` and ``=``, so a joiner is there."""
    return _UNESCAPED.sub(_JOINER, escape(line)).replace("&#64;", f"@{_JOINER}")


def _span(span: Span) -> str:
    if span.code:
        return f"`{span.text.replace('`', 'ˋ')}`"
    text = f"[{_escape(span.text)}]({link_target(span.url)})" if span.url else _escape_within(span.text)
    for mark, is_so in (("~~", span.strike), ("*", span.italic), ("**", span.bold)):
        text = wrapped(text, mark, mark) if is_so else text
    return text


def _escape_within(text: str) -> str:
    """Escaped, with the spaces at its ends, which part it from the spans beside it."""
    inner = text.strip()
    start = text.index(inner)
    return f"{text[:start]}{_escape(inner)}{text[start + len(inner) :]}"


_MARKUP = Markup(_escape, lambda title: f"#### {title}", _span, "@channel")


def _finished(attachment: Dict[str, Any]) -> Dict[str, Any]:
    """The attachment with its links in a field: Mattermost's buttons call servers, and open nothing."""
    links = " · ".join(_span(Span(one["text"], url=one["url"])) for one in attachment["actions"])
    below = [{"title": "", "value": links, "short": False}] if links else []
    kept = {name: value for name, value in attachment.items() if name != "actions"}
    text = _SLACK.sub(f"<{_JOINER}", attachment["text"])
    return {**kept, "text": text, "fields": [*attachment["fields"], *below]}


def _weight(body: Dict[str, Any]) -> int:
    """Characters of the attachments' JSON as the server stores it."""
    text = to_json([_finished(one) for one in body["attachments"]]).decode("utf-8")
    return len(text) + 5 * len(_ESCAPED_BY_GO.findall(text))
