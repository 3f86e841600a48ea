"""ServerChan (Server酱): pushes to WeChat and to its own app. https://sct.ftqq.com and https://sc3.ft07.com"""

from __future__ import annotations

import re
from typing import Any, Dict, Optional, Tuple
from urllib.parse import quote

from pydantic import BeforeValidator, WithJsonSchema, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.common.answers import (
    CHECK_URL,
    COME_BACK_LATER,
    foreign_answer,
    number,
    refused_by,
    says_no,
    service_problem,
)
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import fill, json_post
from prime_notify.channels.common.http_status import refusal, retry_after
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import Options, option
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_bytes, cut_chars
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["ServerChan", "ServerChanEndpoint", "ServerChanOptions", "fit", "judge_answer"]

_NAME = Wording("ServerChan", "Server酱")
_DEFAULT_URL = "https://sctapi.ftqq.com/{key}.send"
_TITLE = 32  # characters
_SHORT = 64  # characters
_DESP = 32 * 1024  # bytes
_QUOTA_WAIT = 3600.0  # seconds; the quota comes back at midnight in China
_QUOTA_WORDS = re.compile("次数|上限|超过|额度|limit|quota", re.IGNORECASE)


def _joined(value: Any) -> Any:
    """Lists may be written as lists; on the wire they are joined by ``|``."""
    is_plain = isinstance(value, list) and all(isinstance(item, (str, int)) for item in value)
    return "|".join(map(str, value)) if is_plain else value


_List = Annotated[
    str, BeforeValidator(_joined), WithJsonSchema({"type": "array", "items": {"type": ["string", "integer"]}})
]


class ServerChanOptions(Options):
    """Options of ServerChan, in its own spelling."""

    key: Optional[str] = option(
        None,
        'The SendKey, "SCT..." or "sctp..."; with it, url may be left out.',
        "SendKey，形如 SCT... 或 sctp...；写了它就可以省略 url。",
        example="SCT<key>",
        min_length=1,
    )
    title: Optional[str] = option(
        None,
        "Replaces the title; cut to 32 characters.",
        "替换标题，截断为 32 个字符。",
        example="Minecraft",
        content=True,
    )
    desp: Optional[str] = option(
        None,
        "Replaces the text, in Markdown; cut to 32 KB.",
        "替换正文（Markdown），截断为 32 KB。",
        example="See the console.",
        content=True,
    )
    short: Optional[str] = option(
        None,
        "Replaces the line on the message's card; cut to 64 characters.",
        "替换消息卡片上的一行摘要，截断为 64 个字符。",
        example="Minecraft",
        content=True,
    )
    channel: Optional[_List] = option(
        None,
        'The channels, such as "9|66" (Turbo keys).',
        '推送到哪些通道，例如 "9|66"（Turbo 版）。',
        example=[9, 66],
        content=True,
    )
    noip: Optional[bool] = option(
        None,
        "Whether ServerChan hides the address of this server (Turbo keys).",
        "是否隐藏本服务器的地址（Turbo 版）。",
        example=True,
        public=True,
    )
    openid: Optional[str] = option(
        None,
        "The openids of further recipients (Turbo keys).",
        "其他接收者的 openid（Turbo 版）。",
        example="<openid>",
        essential=True,
    )
    tags: Optional[_List] = option(
        None,
        'Tags, such as "minecraft|backup" (sctp keys).',
        '标签，例如 "minecraft|backup"（sctp 版）。',
        example=["minecraft", "backup"],
        content=True,
    )


class ServerChanEndpoint(EndpointConfig):
    """An endpoint of type ``serverchan``: either ``url`` with the key in it, or ``serverchan.key``."""

    type: Literal["serverchan"]
    url: str = option(
        _DEFAULT_URL,
        "The address with the SendKey in it, or with {key} in its place; may be left out.",
        "含 SendKey 的地址，或用 {key} 代替它；可以省略。",
        example="https://sctapi.ftqq.com/<key>.send",
    )
    serverchan: ServerChanOptions = option(
        ServerChanOptions(), "Options of ServerChan.", "Server酱 的选项。", example={"key": "SCT<key>"}
    )

    @model_validator(mode="after")
    def _check_key(self) -> ServerChanEndpoint:
        if "{key}" in self.url and not self.serverchan.key:
            raise ValueError(
                Wording(
                    'write the SendKey: "serverchan": {{"key": "SCT..."}}',
                    '请填写 SendKey："serverchan": {{"key": "SCT..."}}',
                )
            )
        return self


class ServerChan(Channel[ServerChanEndpoint]):
    """Sends title and Markdown; ``code`` 0 in the answer is the only success."""

    type = "serverchan"
    key_pattern = r"(?:SCT|sctp)[0-9]+[tT][A-Za-z0-9]{8,}"
    endpoint_model = ServerChanEndpoint
    example = {"name": "wechat", "type": "serverchan", "serverchan": {"key": "<SendKey>"}}
    about = {
        "en_us": (
            "Pushes to WeChat or to the app of [ServerChan](https://sct.ftqq.com) (Server酱), with keys of both "
            "generations. Free accounts have 5 messages a day: name the `events` that matter."
        ),
        "zh_cn": (
            "通过 [Server酱](https://sct.ftqq.com) 推送到微信或其 App，两代 SendKey 均可。"
            "免费账号每天 5 条：请用 `events` 只保留重要的事件。"
        ),
    }

    def render(self, message: Message) -> Request:
        options = self.endpoint.serverchan
        texts = message.texts
        document: Dict[str, Any] = {
            "title": options.title or texts.title,
            "desp": options.desp or texts.desp,
            "short": options.short or " ".join(texts.body[:256].split()),
            "channel": options.channel,
            "noip": None if options.noip is None else str(int(options.noip)),
            "openid": options.openid,
            "tags": options.tags,
        }
        document = {name: value for name, value in document.items() if value is not None}
        return json_post(self._address(), fit(document), self.endpoint.headers, {})

    def judge(self, response: Response) -> Outcome:
        return judge_answer(response)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return judge_answer(response)

    def _address(self) -> str:
        """The URL of a key. Keys of the third generation carry the number of their server: ``sctp123t...``."""
        key = self.endpoint.serverchan.key or ""
        numbered = re.match(r"sctp(\d+)t", key)
        if numbered and self.endpoint.url == _DEFAULT_URL:
            return f"https://{numbered[1]}.push.ft07.com/send/{quote(key, safe='')}.send"
        return fill(self.endpoint.url, {"key": key})


def fit(document: Dict[str, Any]) -> Dict[str, Any]:
    """The document with title, text and card line within ServerChan's limits."""
    fitted = {**document, "title": cut_chars(document["title"], _TITLE), "desp": cut_bytes(document["desp"], _DESP)}
    if "short" in document:
        fitted["short"] = cut_chars(document["short"], _SHORT)
    return fitted


def judge_answer(response: Response) -> Outcome:
    """The outcome of ServerChan's answer: errors come with HTTP 400 or 200, and a ``code`` that is not 0."""
    answer = parse_object(response.body)
    code, text = _verdict(answer)
    succeeded = 200 <= response.status < 300
    if succeeded and isinstance(code, int) and code == 0 and not isinstance(code, bool) and not says_no(answer):
        return Delivered(response.status)
    if succeeded and code is None:
        return Retry(foreign_answer(_NAME), response.status, hint=CHECK_URL)
    if code == 40001:
        return _key_or_quota(response.status, text)
    if (succeeded or response.status == 400) and code is not None and COME_BACK_LATER.search(text):
        reason = refused_by(_NAME, f"code {excerpt(str(code))}: {text}")
        return Retry(reason, response.status, after=retry_after(response), hint=service_problem(_NAME))
    if succeeded:
        hint = Wording(
            "the message is ServerChan's own; see https://sct.ftqq.com",
            "这是 Server酱 自己的提示；见 https://sct.ftqq.com",
        )
        return Permanent(refused_by(_NAME, f"code {excerpt(str(code))}: {text}"), response.status, hint=hint)
    return refusal(response, text)


def _verdict(answer: Dict[str, Any]) -> Tuple[Any, str]:
    """The code and the text of an answer. Behind code 0, WeChat's own ``errno`` can say that nothing was pushed."""
    data = answer.get("data")
    for part in (answer, data if isinstance(data, dict) else {}):
        errno = number(part.get("errno"))
        if errno and number(answer.get("code")) == 0:
            return errno, excerpt(part.get("error")) or excerpt(part.get("message"))
    return answer.get("code"), excerpt(answer.get("message")) or excerpt(answer.get("info"))


def _key_or_quota(status: int, text: str) -> Outcome:
    """Code 40001 means a wrong key or a used-up quota of the day; only the text distinguishes them."""
    reason = refused_by(_NAME, f"code 40001: {text}")
    if _QUOTA_WORDS.search(text):
        hint = Wording(
            "today's quota is used up (free accounts have 5 messages a day): send fewer events, or upgrade",
            "今日额度已用完（免费账号每天 5 条）：请减少事件，或升级账号",
        )
        return Retry(reason, status, after=_QUOTA_WAIT, throttled=True, hint=hint)
    hint = Wording(
        "check the SendKey at https://sct.ftqq.com, and whether today's quota is used up (free: 5 a day)",
        "请在 https://sct.ftqq.com 检查 SendKey，以及今日额度是否已用完（免费每天 5 条）",
    )
    return Permanent(reason, status, hint=hint)
