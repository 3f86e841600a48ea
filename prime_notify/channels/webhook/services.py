"""The services whose answers a webhook understands: those of our channels, and others that refuse with HTTP 200."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional, Pattern, Tuple
from urllib.parse import SplitResult, urlsplit

from prime_notify.channels.common.answers import COME_BACK_LATER, foreign_answer, number, refused_by, says_no
from prime_notify.channels.common.http_status import refusal, retry_after
from prime_notify.channels.common.known_services import is_own_server, service_at
from prime_notify.channels.common.registry import channel_types
from prime_notify.model.outcome import Delivered, Outcome, Retry
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import NOTHING, Wording

__all__ = ["Judge", "judge_at", "remedy_at"]

Judge = Callable[[Response], Outcome]
_Answer = Mapping[str, Any]

_THROTTLED = re.compile("too (many|fast|frequent)|rate.?limit|频繁|频率|限流|次数|上限", re.IGNORECASE)
_TEXTS = (
    "msg",
    "message",
    "errmsg",
    "reason",
    "description",
    "status_message",
    "error_message",
    "errorMessage",
    "error",
    "errors",
    "info",
)


@dataclass(frozen=True)
class OtherService:
    """A service without a channel of ours. ``proof``: whether a 2xx answer is its success.

    ``word``: a pattern of the whole answer that is its success, for a service that answers in plain text.
    """

    name: str
    host: str
    path: Pattern[str]
    proof: Optional[Callable[[_Answer], bool]] = None
    word: str = ""

    def is_at(self, parts: SplitResult) -> bool:
        host_fits = not self.host or re.fullmatch(self.host, parts.hostname or "")
        return bool(host_fits and self.path.match(f"{parts.path}?{parts.query}"))

    def judge(self, response: Response) -> Outcome:
        """The outcome of an answer. A refusal is tried again: its codes are not known."""
        answer, text = parse_object(response.body), excerpt(response.body)
        if not 200 <= response.status < 300:
            return refusal(response, _text_in(answer))
        if re.fullmatch(self.word, text) if self.proof is None else self.proof(answer) and not says_no(answer):
            return Delivered(response.status)
        if not text or (self.proof is not None and not answer):
            hint = Wording("check the URL", "请检查 URL")
            return Retry(foreign_answer(self.name), response.status, hint=hint)
        text = _text_in(answer) or text
        throttled = _THROTTLED.search(text) is not None and not COME_BACK_LATER.search(text)
        hint = Wording("see the documents of {name}", "请见 {name} 的文档", name=self.name)
        after = retry_after(response)
        return Retry(refused_by(self.name, text), response.status, after=after, throttled=throttled, hint=hint)


def judge_at(url: str) -> Optional[Judge]:
    """What judges the answers of the service at an address; None where only the HTTP status is known to count.

    The channel of a service is imported only now.
    """
    type = service_at(url)
    if type:
        channel = channel_types()[type]
        return lambda response: channel.judge_foreign(response, url)
    other = _other_at(url)
    return None if other is None else other.judge


def remedy_at(url: str) -> Wording:
    """What to write in place of a webhook that sends the payload to this address; empty where it may take it. Total."""
    type, other = service_at(url), _other_at(url)
    if type == "teams":
        return Wording(
            'this address starts a workflow of Power Automate; if it posts to Microsoft Teams, write "type": "{type}"',
            '这个地址会启动 Power Automate 工作流；若它发布到 Microsoft Teams，请写 "type": "{type}"',
            type=type,
        )
    # ServerChan takes the title and the text out of the payload, and a check takes anything
    if type and type != "serverchan" and (type != "healthchecks" or not is_own_server(url)):
        return Wording(
            'this is an address of {type}, which takes messages of its own form only: write "type": "{type}"',
            '这是 {type} 的地址，它只接受自己格式的消息：请写 "type": "{type}"',
            type=type,
        )
    if other is None:
        return NOTHING
    return Wording(
        'this is an address of {name}, which takes messages of its own form only: write them to "webhook": '
        '{{"body": ...}}, or use "type": "apprise"',
        '这是 {name} 的地址，它只接受自己格式的消息：请写在 "webhook": {{"body": ...}} 中，或改用 "type": "apprise"',
        name=other.name,
    )


def _other_at(url: str) -> Optional[OtherService]:
    """The service without a channel of ours that has this address, if it is known."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return next((one for one in _OTHERS if one.is_at(parts)), None) if parts.hostname else None


def _text_in(answer: _Answer) -> str:
    texts = [answer.get(name) for name in _TEXTS]
    parts = [value for value in texts if isinstance(value, dict)]
    nested = [part.get(name) for part in parts for name in ("message", "error_msg")]
    listed = [value[0] for value in texts if isinstance(value, list) and value]
    return next(filter(None, map(excerpt, (*texts, *nested, *listed))), "")


def _code(code: int, field: str = "code") -> Callable[[_Answer], bool]:
    return lambda answer: number(answer.get(field)) == code


def _yes(field: str, value: object = True) -> Callable[[_Answer], bool]:
    return lambda answer: answer.get(field) is value or (isinstance(value, str) and answer.get(field) == value)


def _pushed_by_pushdeer(answer: _Answer) -> bool:
    """Code 0 also comes for a key that does not exist; only then the list of results is empty."""
    content = answer.get("content")
    results = content.get("result") if isinstance(content, dict) else None
    return number(answer.get("code")) == 0 and bool(results)


def _sent_by_wxpusher(answer: _Answer) -> bool:
    """Each receiver has a code of its own."""
    parts = answer.get("data")
    codes = [part.get("code") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return number(answer.get("code")) == 1000 and all(code == 1000 for code in codes)


def _other(
    name: str, host: str, proof: Optional[Callable[[_Answer], bool]] = None, *, path: str = "", word: str = ""
) -> OtherService:
    return OtherService(name, host, re.compile(path), proof, word)


# By the documents of each service, and by the plugins of Apprise and of pushoo that read its answers
_OTHERS: Tuple[OtherService, ...] = (
    _other("AnPush", r"api\.anpush\.com", _code(200)),
    _other("Bale", r"tapi\.bale\.ai", _yes("ok")),
    _other("Gupshup", r"api\.gupshup\.io", _yes("status", "submitted")),
    _other("Join", r"joinjoaomgcd\.appspot\.com", _yes("success")),
    _other("iGot", r"push\.hellyw\.com", _code(0, "ret")),
    _other(
        "Microsoft Teams", r"(?:.+\.)?webhook\.office\.com|outlook\.office(?:365)?\.com", path="/webhook", word="[0-9]+"
    ),
    _other("PushDeer", r"api2?\.pushdeer\.com", _pushed_by_pushdeer),
    _other("PushDeer", "", _pushed_by_pushdeer, path=r"(?:/.*)?/message/push\?.*\bpushkey="),
    _other("PushMe", r"push\.i-i\.me", word="success"),
    _other("Pushover", r"api\.pushover\.net", _code(1, "status")),
    _other("Pushsafer", r"(?:www\.)?pushsafer\.com", _code(1, "status")),
    _other("Pushy", r"api\.pushy\.me", _yes("success")),
    _other("Qmsg", r"qmsg\.zendee\.cn", lambda answer: answer.get("success") is True),
    _other("SMSC", r"(?:www\.)?smsc\.(?:ru|ua|kz)", lambda answer: "id" in answer, path="/sys/send"),
    _other("SerwerSMS", r"api2\.serwersms\.pl", _yes("success")),
    _other("ShowDoc", r"push\.showdoc\.com\.cn", _code(0, "error_code")),
    _other("SimplePush", r"(?:api\.)?simplepush\.io", _yes("status", "OK")),
    _other("Synology Chat", "", _yes("success"), path=r"(?:/.*)?/webapi/entry\.cgi\?.*SYNO\.Chat\.External"),
    _other("Viber", r"chatapi\.viber\.com", _code(0, "status")),
    _other("VK", r"api\.vk\.(?:com|ru)", lambda answer: "response" in answer, path="/method/"),
    _other("VoIP.ms", r"(?:www\.)?voip\.ms", _yes("status", "success"), path="/api/"),
    _other("WeChat", r"api\.weixin\.qq\.com", _code(0, "errcode")),
    _other("WPush", r"api\.wpush\.cn", _code(0)),
    _other("WxPusher", r"wxpusher\.zjiecode\.com", _sent_by_wxpusher),
    _other("XiZhi", r"xizhi\.qqoq\.net", _code(200)),
    _other("YunHu", r"chat-go\.jwzhd\.com", _code(1)),
    _other("Zalo", r"bot-api\.(?:zaloplatforms\.com|zapps\.me)", _yes("ok")),
    _other("Zulip", r"[\w-]+\.zulipchat\.com", _yes("result", "success"), path="/api/v1/messages"),
    _other("miaotixing", r"miaotixing\.com", _code(0), path=r"/trigger\?.*\btype=json"),
)
