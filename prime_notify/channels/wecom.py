"""WeCom (WeChat Work): Markdown in a group chat, through a group bot.

https://developer.work.weixin.qq.com/document/path/91770 (messages and limits) and
https://developer.work.weixin.qq.com/document/path/90313 (codes). Markdown can mention users (``<@userid>``); only
``text`` can mention phone numbers and everyone. ``markdown_v2`` has neither mentions nor colours.
"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import parse_qs, urlsplit

from pydantic import model_validator
from typing_extensions import Literal

from prime_notify.channels.common.answers import Answers, Meaning, RefusalKind
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post, with_query
from prime_notify.channels.common.layout import Content, colon, content_of, fit, mention_of
from prime_notify.channels.common.options import MOST_MENTIONED, check_users
from prime_notify.channels.common.urgency import Tone, tone_of
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import MisfitError, Options, option
from prime_notify.config.units import Rate
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.markdown import link_target, look_alike
from prime_notify.text.rich import look_alike_markdown
from prime_notify.text.wording import Wording

__all__ = ["WeCom", "WeComEndpoint", "WeComOptions"]

_DEFAULT_URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
_MARKDOWN = 4096  # bytes of the content
_TEXT = 2048
_COLOURS = {Tone.GOOD: "info", Tone.WARNING: "warning", Tone.BAD: "warning", Tone.RUNNING: "comment"}
_MINUTE = 60.0  # seconds

_BUSY = Meaning(
    Wording("WeCom accepts 20 messages a minute from a bot", "企业微信的机器人每分钟可发送 20 条消息"),
    RefusalKind.THROTTLED,
    _MINUTE,
)
_ANSWERS = Answers(
    service=Wording("WeCom", "企业微信"),
    success=0,
    code_fields=("errcode",),
    text_fields=("errmsg",),
    patterns=((re.compile("freq|out of limit|too many|频率", re.IGNORECASE), _BUSY),),
    meanings={
        -1: Meaning(Wording("WeCom itself is busy", "企业微信系统繁忙"), RefusalKind.RETRY),
        40008: Meaning(
            Wording(
                "WeCom does not know this kind of message: is the URL that of a group bot?",
                "企业微信不认识这种消息：URL 是否为群机器人的地址？",
            )
        ),
        40058: Meaning(
            Wording(
                "WeCom found a parameter invalid: check the ids and phone numbers in mention",
                "企业微信认为参数无效：请检查 mention 中的 id 与手机号",
            )
        ),
        44004: Meaning(Wording("the message was empty", "消息为空")),
        45002: Meaning(Wording("WeCom found the message too long", "企业微信认为消息过长")),
        45009: _BUSY,
        45033: _BUSY,
        93000: Meaning(
            Wording(
                "copy the bot's webhook address again: the key is wrong, or the bot was removed",
                "请重新复制机器人的 webhook 地址：key 有误，或机器人已被移除",
            )
        ),
        93004: Meaning(Wording("the bot was stopped: switch it on again", "机器人已停用：请重新启用")),
        93008: Meaning(
            Wording(
                "the bot is not in the group: add it again, and copy its webhook address",
                "机器人不在群中：请重新添加，并复制其 webhook 地址",
            )
        ),
    },
    unknown=Wording(
        "see the error code at https://open.work.weixin.qq.com/devtool/query",
        "错误码可在 https://open.work.weixin.qq.com/devtool/query 查询",
    ),
)


class WeComOptions(Options):
    """Options of a group bot."""

    key: Optional[str] = option(
        None,
        "The key in the bot's webhook address; with it, url may be left out.",
        "机器人 webhook 地址中的 key；填写后可省略 url。",
        example="<key>",
        min_length=1,
    )


class WeComEndpoint(EndpointConfig):
    """An endpoint of type ``wecom``: either ``url`` with the key in it, or ``wecom.key``."""

    type: Literal["wecom"]
    url: str = option(
        _DEFAULT_URL,
        "The bot's webhook address; may be left out with wecom.key.",
        "机器人的 webhook 地址；填写 wecom.key 时可省略。",
        example="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=<key>",
    )
    wecom: WeComOptions = option(WeComOptions, "Options of the bot.", "机器人的选项。", example={"key": "<key>"})

    @model_validator(mode="after")
    def _check(self) -> WeComEndpoint:
        parts = urlsplit(self.url)
        keyless = not self.wecom.key and "key" not in parse_qs(parts.query)
        if keyless and parts.path.rstrip("/").endswith("/webhook/send"):
            raise MisfitError(
                Wording(
                    'write the bot\'s whole address: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=..."',
                    '请填写机器人的完整地址："https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=..."',
                ),
                "url",
            )
        check_users(
            self.mention,
            r"[\w.@-]{1,64}",
            Wording(
                "write users by their userid in mention.users",
                "请在 mention.users 中填写成员的 userid",
            ),
        )
        return self


class WeCom(Channel[WeComEndpoint]):
    """Sends Markdown, or plain text for mentions that Markdown does not have.

    ``errcode`` 0 in the answer is the only success.
    """

    type = "wecom"
    endpoint_model = WeComEndpoint
    example = {"name": "team", "type": "wecom", "url": f"{_DEFAULT_URL}?key=<key>"}
    about = {
        "en_us": (
            "Posts to a group chat of [WeCom](https://work.weixin.qq.com) (WeChat Work). In the group's settings add "
            "a *group bot* and copy its webhook address. A message that mentions phone numbers or everyone comes as "
            "plain text: WeCom's Markdown can mention users only."
        ),
        "zh_cn": (
            "向[企业微信](https://work.weixin.qq.com)群发送消息。在群设置中添加“群机器人”，复制它的 webhook 地址。"
            "需要 @ 手机号或所有人时会改用纯文本消息：企业微信的 Markdown 只能 @ 成员 userid。"
        ),
    }
    rate_limits = (Rate(20, 60),)
    longest_wait = 3600.0

    def render(self, message: Message) -> Request:
        mention = mention_of(self.endpoint, message.payload)
        document = self._text(message) if mention.all or mention.phones else self._markdown(message)
        return json_post(self._address(), document, self.endpoint.headers, {})

    def judge(self, response: Response) -> Outcome:
        return _ANSWERS.judge(response)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return _ANSWERS.judge(response)

    def _address(self) -> str:
        return with_query(self.endpoint.url, {}, unless_there={"key": self.endpoint.wecom.key})

    def _markdown(self, message: Message) -> Dict[str, Any]:
        tone = tone_of(message.payload)
        content = content_of(message, self.endpoint, _MARKDOWN)
        fitted = fit(content, lambda parts: _size(_as_markdown(parts, tone, message.language)) <= _MARKDOWN)
        return {"msgtype": "markdown", "markdown": {"content": _as_markdown(fitted, tone, message.language)}}

    def _text(self, message: Message) -> Dict[str, Any]:
        content = content_of(message, self.endpoint, _TEXT)
        mention = content.mention
        fitted = fit(content, lambda parts: _size(_as_text(parts, message.language)) <= _TEXT)
        text = {
            "content": _as_text(fitted, message.language),
            "mentioned_list": [*mention.users[:MOST_MENTIONED], *(["@all"] if mention.all else [])],
            "mentioned_mobile_list": mention.phones[:MOST_MENTIONED],
        }
        return {"msgtype": "text", "text": {name: value for name, value in text.items() if value}}


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _as_markdown(content: Content, tone: Tone, language: str) -> str:
    """The message as WeCom's Markdown, which has headings, bold, links, quotes and three colours only."""
    lines = [f'### <font color="{_COLOURS[tone]}">{look_alike(content.title)}</font>']
    own = [fact.markdown for fact in content.facts if fact.markdown]
    if own:
        lines += map(look_alike_markdown, own)
    else:
        lines += [f'><font color="comment">{label}</font>{value}' for label, value in _lines(content, language)]
    lines += [f'><font color="comment">{look_alike(line)}</font>' for line in content.traceback.split("\n") if line]
    lines += ["  ".join(f"[{look_alike(action.label)}]({link_target(action.url)})" for action in content.actions)]
    lines += [" ".join(f"<@{user}>" for user in content.mention.users[:MOST_MENTIONED])]
    return "\n".join(filter(None, lines))


def _as_text(content: Content, language: str) -> str:
    """The message as plain text, in which ``<@userid>`` is still a mention."""
    lines = [look_alike(content.title)]
    lines += [f"{label}{value}" for label, value in _lines(content, language)]
    lines += [look_alike(line) for line in content.traceback.split("\n") if line]
    lines += [f"{look_alike(action.label)}{colon(language)}{action.url}" for action in content.actions]
    return "\n".join(lines)


def _lines(content: Content, language: str) -> List[Tuple[str, str]]:
    """Each line of each fact; only its first line has a label."""
    found = []
    for fact in (*content.blocks, *content.cells):
        first, *more = fact.value.split("\n")
        found.append((f"{look_alike(fact.label)}{colon(language)}", look_alike(first)))
        found += [("", look_alike(line)) for line in more]
    return found
