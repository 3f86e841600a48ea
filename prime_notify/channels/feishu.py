"""Feishu and Lark: cards in a group chat, through a custom bot.

https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (limits, signature, error codes), and of cards
https://open.feishu.cn/document/uAjLw4CM/ukzMukzMukzM/feishu-cards/card-json-structure. Cards are JSON 1.0: every client
shows them, and ignores the properties that it does not know. JSON 2.0 needs client 7.20, which refuses a whole card for
one unknown property.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Any, Dict, List, Optional, Sequence
from urllib.parse import urlsplit

from pydantic import model_validator
from typing_extensions import Literal

from prime_notify.channels.common.answers import Answers, Meaning, RefusalKind
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.layout import Content, content_of, fit
from prime_notify.channels.common.options import MOST_MENTIONED, KeywordOptions, check_users
from prime_notify.channels.common.symbols import on_colour
from prime_notify.channels.common.urgency import Tone, tone_of
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.message_options import Mention
from prime_notify.config.option import MisfitError, option
from prime_notify.config.units import Rate
from prime_notify.model.fact import Fact
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.json_text import to_json
from prime_notify.text.markdown import link_target
from prime_notify.text.rich import Span, rendered, wrapped
from prime_notify.text.wording import Wording

__all__ = ["Feishu", "FeishuEndpoint", "FeishuOptions", "sign"]

_LIMIT = 20_000  # bytes of the whole request: "20 KB"
_COLOURS = {Tone.GOOD: "green", Tone.WARNING: "yellow", Tone.BAD: "red", Tone.RUNNING: "blue"}
_MARKS = re.compile(r"[<>&*_~\[\]()`\\#]|(?<=/)/")
_HOSTS = re.compile(r"open\.(feishu\.cn|larksuite\.com|larkoffice\.com)")
_MINUTE = 60.0  # seconds

_BUSY = Meaning(
    Wording(
        "Feishu is slowing the bot down; it accepts 100 messages a minute, and fewer on the hour and the half hour",
        "飞书限制了机器人的频率：每分钟 100 条，整点与半点时更少",
    ),
    RefusalKind.THROTTLED,
    _MINUTE,
)
_WRONG_URL = Meaning(
    Wording(
        "copy the bot's webhook address again: the bot may have been removed from the group",
        "请重新复制机器人的 webhook 地址：它可能已被移出群",
    )
)
_MALFORMED = Meaning(
    Wording(
        "the request was refused as malformed: is the URL that of a custom bot?",
        "请求的格式被拒绝：URL 是否为自定义机器人的地址？",
    )
)
_ANSWERS = Answers(
    service=Wording("Feishu", "飞书"),
    success=0,
    code_fields=("code", "StatusCode"),
    text_fields=("msg", "StatusMessage"),
    patterns=(
        (re.compile("frequency|too many|rate limit|频率|限流", re.IGNORECASE), _BUSY),
        (re.compile("access token invalid", re.IGNORECASE), _WRONG_URL),
        (
            re.compile("not enabled|stopped|disabled|停用", re.IGNORECASE),
            Meaning(Wording("switch the bot on again in the group's settings", "请在群设置中重新启用机器人")),
        ),
        (
            re.compile("ErrCode: 200|card", re.IGNORECASE),
            Meaning(
                Wording(
                    "the card was refused: check the ids in mention (@all needs the group's permission) and "
                    "the actions",
                    "卡片被拒绝：请检查 mention 中的 id（@所有人需要群的权限）与 actions",
                )
            ),
        ),
    ),
    meanings={
        9499: _MALFORMED,
        11232: _BUSY,
        11247: _BUSY,
        19001: _WRONG_URL,
        19002: _MALFORMED,
        19021: Meaning(
            Wording(
                "compare feishu.secret with the secret in the bot's security settings, and check this machine's clock: "
                "a signature is good for an hour",
                "请核对 feishu.secret 与机器人安全设置中的密钥，并检查本机的时钟：签名一小时内有效",
            )
        ),
        19022: Meaning(
            Wording(
                "add this server's public address to the IP allowlist in the bot's security settings",
                "请把本服务器的公网地址加入机器人安全设置中的 IP 白名单",
            )
        ),
        19024: Meaning(
            Wording(
                "the bot requires a keyword: write one of those in its security settings to feishu.keyword",
                "机器人要求关键词：请把安全设置中的某个关键词填入 feishu.keyword",
            )
        ),
        99991400: _BUSY,
    },
    unknown=Wording(
        "see the error codes at https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot",
        "错误码见 https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot",
    ),
)


class FeishuOptions(KeywordOptions):
    """Options of a custom bot, as its security settings have them."""

    secret: Optional[str] = option(
        None,
        "The secret of the bot's signature verification, when that is switched on.",
        "机器人开启“签名校验”后显示的密钥。",
        example="<secret>",
        min_length=1,
    )


class FeishuEndpoint(EndpointConfig):
    """An endpoint of type ``feishu``; of Lark, too."""

    type: Literal["feishu"]
    url: str = option(
        ...,
        "The webhook address of a custom bot, of Feishu or of Lark.",
        "自定义机器人的 webhook 地址，飞书或 Lark 均可。",
        example="https://open.feishu.cn/open-apis/bot/v2/hook/<id>",
    )
    feishu: FeishuOptions = option(
        FeishuOptions, "Options of the bot.", "机器人的选项。", example={"secret": "<secret>"}
    )

    @model_validator(mode="after")
    def _check(self) -> FeishuEndpoint:
        parts = urlsplit(self.url)
        if _HOSTS.fullmatch(parts.hostname or "") and not parts.path.startswith("/open-apis/bot/v2/hook/"):
            raise MisfitError(
                Wording(
                    'write a custom bot\'s address: "https://open.feishu.cn/open-apis/bot/v2/hook/..."',
                    '请填写自定义机器人的地址："https://open.feishu.cn/open-apis/bot/v2/hook/..."',
                ),
                "url",
            )
        check_users(
            self.mention,
            r"[\w-]{1,64}",
            Wording(
                "write users by their open_id (ou_...) or user_id in mention.users",
                "请在 mention.users 中填写用户的 open_id（ou_...）或 user_id",
            ),
        )
        return self


class Feishu(Channel[FeishuEndpoint]):
    """Sends one card; ``code`` 0 in the answer is the only success, whatever the HTTP status."""

    type = "feishu"
    endpoint_model = FeishuEndpoint
    example = {"name": "team", "type": "feishu", "url": "https://open.feishu.cn/open-apis/bot/v2/hook/<id>"}
    about = {
        "en_us": (
            "Posts cards to a group chat of [Feishu](https://www.feishu.cn) or [Lark](https://www.larksuite.com). In "
            "the group's settings add a *custom bot* and copy its webhook address. Where its security settings ask "
            "for a signature or a keyword, write them to `feishu.secret` and `feishu.keyword`."
        ),
        "zh_cn": (
            "向[飞书](https://www.feishu.cn)或 [Lark](https://www.larksuite.com) 群聊发送卡片。"
            "在群设置中添加“自定义机器人”，复制它的 webhook 地址；"
            "若安全设置启用了签名校验或自定义关键词，请填入 `feishu.secret` 与 `feishu.keyword`。"
        ),
    }
    rate_limits = (Rate(5, 1), Rate(100, 60))
    longest_wait = 3600.0

    def render(self, message: Message) -> Request:
        tone = tone_of(message.payload)
        content = content_of(message, self.endpoint, _LIMIT)

        def document(candidate: Content) -> Dict[str, Any]:
            card = _card(candidate, tone, self.endpoint.feishu.keyword)
            return {**self._signature(message.now), "msg_type": "interactive", "card": card}

        fitted = fit(content, lambda candidate: len(to_json(document(candidate))) <= _LIMIT)
        return json_post(self.endpoint.url, document(fitted), self.endpoint.headers, {})

    def judge(self, response: Response) -> Outcome:
        return _ANSWERS.judge(response)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return _ANSWERS.judge(response)

    def _signature(self, now: float) -> Dict[str, str]:
        secret, timestamp = self.endpoint.feishu.secret, str(int(now))
        return {"timestamp": timestamp, "sign": sign(timestamp, secret)} if secret else {}


def sign(timestamp: str, secret: str) -> str:
    """Base64 of the HMAC-SHA256 of an empty text; the key is timestamp (unix seconds) and secret."""
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode("ascii")


def _card(content: Content, tone: Tone, keyword: Optional[str]) -> Dict[str, Any]:
    """The card. Every text that others may have typed stands in ``plain_text``, which has no markup."""
    title = content.title if not keyword or keyword in content.title else f"{content.title} · {keyword}"
    elements = [
        *_mentions(content.mention),
        *(element for fact in content.blocks for element in _labelled(fact)),
        *_rows(content.cells),
        *_trace(content.traceback),
        *_buttons(content),
    ]
    return {
        "config": {"wide_screen_mode": True},
        "header": {"template": _COLOURS[tone], "title": {"tag": "plain_text", "content": on_colour(title, tone)}},
        "elements": elements or [_text(title)],
    }


def _text(text: str, **style: str) -> Dict[str, Any]:
    return {"tag": "div", "text": {"tag": "plain_text", "content": text, **style}}


def _labelled(fact: Fact) -> List[Dict[str, Any]]:
    own = rendered(fact.markdown, _span, _code, lambda line: f"> {line}")
    if own:
        return [{"tag": "markdown", "content": own}]
    return [_text(fact.label, text_size="notation", text_color="grey"), _text(fact.value)]


def _code(code: str) -> str:
    return f"```\n{code.replace('```', 'ˋˋˋ')}\n```"


def _span(span: Span) -> str:
    """Feishu's Markdown, https://open.feishu.cn/document/feishu-cards/card-components/content-components/rich-text.

    Its escapes are entities.
    """
    text = _MARKS.sub(lambda mark: f"&#{ord(mark[0])};", span.text)
    if span.url:
        text = f"[{text}]({link_target(span.url)})"
    elif span.code:
        return f"`{span.text.replace('`', 'ˋ')}`"
    for mark, is_so in (("~~", span.strike), ("*", span.italic), ("**", span.bold)):
        text = wrapped(text, mark, mark) if is_so else text
    return text


def _rows(facts: Sequence[Fact]) -> List[Dict[str, Any]]:
    """Rows of two facts, each in a column of its own."""
    columns = [
        {"tag": "column", "width": "weighted", "weight": 1, "vertical_align": "top", "elements": _labelled(fact)}
        for fact in facts
    ]
    return [
        {"tag": "column_set", "flex_mode": "none", "background_style": "default", "columns": columns[index : index + 2]}
        for index in range(0, len(columns), 2)
    ]


def _trace(traceback: str) -> List[Dict[str, Any]]:
    return [{"tag": "hr"}, _text(traceback, text_size="notation", text_color="grey")] if traceback else []


def _buttons(content: Content) -> List[Dict[str, Any]]:
    buttons = [
        {"tag": "button", "type": "default", "text": {"tag": "plain_text", "content": one.label}, "url": one.url}
        for one in content.actions
    ]
    return [{"tag": "action", "actions": buttons}] if buttons else []


def _mentions(mention: Mention) -> List[Dict[str, Any]]:
    """The mentions: the only markup in a card, made of ids that the config's check has passed."""
    ids = ["all"] if mention.all else mention.users[:MOST_MENTIONED]
    tags = " ".join(f"<at id={user}></at>" for user in ids)
    return [{"tag": "markdown", "content": tags}] if tags else []
