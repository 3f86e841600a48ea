"""DingTalk: Markdown in a group chat, through a custom bot.

https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages (messages, limits, error codes) and
https://open.dingtalk.com/document/orgapp/customize-robot-security-settings (signature, keywords).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, Dict, List, Optional
from urllib.parse import parse_qs, urlsplit

from pydantic import model_validator
from typing_extensions import Literal

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post, with_query
from prime_notify.channels.common.layout import Content, colon, content_of, fit
from prime_notify.channels.common.options import MOST_MENTIONED, KeywordOptions, check_users
from prime_notify.channels.common.urgency import Tone, tone_of
from prime_notify.channels.dingtalk.answers import judge_answer
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.message_options import Mention
from prime_notify.config.option import option
from prime_notify.config.units import Rate
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.json_text import to_json
from prime_notify.text.markdown import look_alike
from prime_notify.text.rich import look_alike_markdown
from prime_notify.text.wording import Wording

__all__ = ["DingTalk", "DingTalkEndpoint", "DingTalkOptions", "sign"]

_DEFAULT_URL = "https://oapi.dingtalk.com/robot/send"
_LIMIT = 20_000  # bytes of the whole request: "message too long, exceed 20000 bytes"


class DingTalkOptions(KeywordOptions):
    """Options of a custom bot, as its security settings have them."""

    access_token: Optional[str] = option(
        None,
        "The token in the bot's webhook address; with it, url may be left out.",
        "机器人 webhook 地址中的 access_token；填写后可省略 url。",
        example="<token>",
        min_length=1,
    )
    secret: Optional[str] = option(
        None,
        'The secret ("SEC...") of the bot\'s signature, when that is switched on.',
        "机器人开启“加签”后显示的密钥（SEC 开头）。",
        example="SEC<secret>",
        min_length=1,
    )


class DingTalkEndpoint(EndpointConfig):
    """An endpoint of type ``dingtalk``: either ``url`` with the token in it, or ``dingtalk.access_token``."""

    type: Literal["dingtalk"]
    url: str = option(
        _DEFAULT_URL,
        "The bot's webhook address; may be left out with dingtalk.access_token.",
        "机器人的 webhook 地址；填写 dingtalk.access_token 时可省略。",
        example="https://oapi.dingtalk.com/robot/send?access_token=<token>",
    )
    dingtalk: DingTalkOptions = option(
        DingTalkOptions, "Options of the bot.", "机器人的选项。", example={"secret": "SEC<secret>"}
    )

    @model_validator(mode="after")
    def _check(self) -> DingTalkEndpoint:
        parts = urlsplit(self.url)
        tokenless = not self.dingtalk.access_token and "access_token" not in parse_qs(parts.query)
        if tokenless and parts.path.rstrip("/").endswith("/robot/send"):
            raise ValueError(
                Wording(
                    'write the bot\'s whole address: "https://oapi.dingtalk.com/robot/send?access_token=..."',
                    '请填写机器人的完整地址："https://oapi.dingtalk.com/robot/send?access_token=..."',
                )
            )
        check_users(
            self.mention,
            r"[^\s@]{1,64}",
            Wording(
                "write users by their userid in mention.users",
                "请在 mention.users 中填写成员的 userid",
            ),
        )
        return self


class DingTalk(Channel[DingTalkEndpoint]):
    """Sends Markdown, on a card when there are buttons; ``errcode`` 0 in the answer is the only success."""

    type = "dingtalk"
    also_asked = (("dingtalk", "secret"), ("dingtalk", "keyword"))
    endpoint_model = DingTalkEndpoint
    example = {"name": "team", "type": "dingtalk", "url": f"{_DEFAULT_URL}?access_token=<token>"}
    about = {
        "en_us": (
            "Posts to a group chat of [DingTalk](https://www.dingtalk.com). In the group's settings add a *custom bot* "
            "and copy its webhook address. Write the secret of its signature to `dingtalk.secret`, or one of its "
            "keywords to `dingtalk.keyword`."
        ),
        "zh_cn": (
            "向[钉钉](https://www.dingtalk.com)群发送消息。在群设置中添加“自定义机器人”，复制它的 webhook 地址；"
            "安全设置为“加签”时把密钥填入 `dingtalk.secret`，为“自定义关键词”时把其中一个填入 `dingtalk.keyword`。"
        ),
    }
    rate_limits = (Rate(20, 60),)
    longest_wait = 3600.0

    def render(self, message: Message) -> Request:
        tone, keyword = tone_of(message.payload), self.endpoint.dingtalk.keyword

        def document(content: Content) -> Dict[str, Any]:
            # With the same msgUuid DingTalk shows a message once, however often it is sent
            return {**_document(content, tone, message.language, keyword), "msgUuid": message.notification.id}

        content = content_of(message, self.endpoint, _LIMIT)
        fitted = fit(content, lambda candidate: len(to_json(document(candidate))) <= _LIMIT)
        return json_post(self._address(message.now), document(fitted), self.endpoint.headers, {})

    def judge(self, response: Response) -> Outcome:
        return judge_answer(response)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return judge_answer(response)

    def _address(self, now: float) -> str:
        """The URL with token, timestamp (unix milliseconds) and signature."""
        options, timestamp = self.endpoint.dingtalk, str(int(now * 1000))
        signed = {"timestamp": timestamp, "sign": sign(timestamp, options.secret)} if options.secret else {}
        return with_query(self.endpoint.url, signed, unless_there={"access_token": options.access_token})


def sign(timestamp: str, secret: str) -> str:
    """Base64 of the HMAC-SHA256 of timestamp and secret; the secret is the key, too."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def _document(content: Content, tone: Tone, language: str, keyword: Optional[str]) -> Dict[str, Any]:
    title = look_alike(content.title)
    title = title if not keyword or keyword in title else f"{title} · {keyword}"
    text = _markdown(content, title, tone, language)
    at = {"at": _at(content.mention)} if _names(content.mention) else {}
    if not content.actions:
        return {"msgtype": "markdown", "markdown": {"title": title, "text": text}, **at}
    return {"msgtype": "actionCard", "actionCard": {"title": title, "text": text, **_buttons(content)}, **at}


def _markdown(content: Content, title: str, tone: Tone, language: str) -> str:
    """The message as DingTalk's Markdown: headings, bold, quotes, links and colours. Two blanks end a line."""
    separator = colon(language)
    paragraphs = [f'### <font color="{tone.hex}">{title}</font>']
    for fact in content.blocks:
        if fact.markdown:
            paragraphs.append(look_alike_markdown(fact.markdown, end="  \n"))
            continue
        lines = [look_alike(line) for line in fact.value.split("\n")]
        paragraphs.append("  \n".join(f"> {line}" for line in [f"**{look_alike(fact.label)}**", *lines]))
    cells = (f"**{look_alike(fact.label)}**{separator}{look_alike(fact.value)}" for fact in content.cells)
    paragraphs.append("  \n".join(cells))
    trace = (look_alike(line) for line in content.traceback.split("\n") if line)
    paragraphs.append("  \n".join(f"> {line}" for line in trace))
    paragraphs.append(_names(content.mention))
    return "\n\n".join(filter(None, paragraphs))


def _buttons(content: Content) -> Dict[str, Any]:
    if len(content.actions) == 1:
        [action] = content.actions
        return {"singleTitle": action.label, "singleURL": action.url}
    buttons = [{"title": action.label, "actionURL": action.url} for action in content.actions]
    return {"btnOrientation": "1" if len(buttons) == 2 else "0", "btns": buttons}


def _at(mention: Mention) -> Dict[str, Any]:
    phones, users = _people(mention)
    return {"atMobiles": phones, "atUserIds": users, "isAtAll": mention.all}


def _names(mention: Mention) -> str:
    """The mentions, as text: DingTalk mentions only people whose names are in the text, too."""
    people = ["all"] if mention.all else [name for names in _people(mention) for name in names]
    return " ".join(f"@{name}" for name in people)


def _people(mention: Mention) -> List[List[str]]:
    if mention.all:
        return [[], []]
    phones = mention.phones[:MOST_MENTIONED]
    return [phones, mention.users[: MOST_MENTIONED - len(phones)]]
