"""Bark: pushes to iPhones, through api.day.app or a server of one's own (github.com/Finb/bark-server)."""

from __future__ import annotations

import dataclasses
import functools
import re
from typing import Any, Dict, Sequence, Tuple
from urllib.parse import quote, urlsplit

from prime_notify.channels.bark.address import without_text
from prime_notify.channels.bark.batch import judge_batch
from prime_notify.channels.bark.options import BarkEndpoint
from prime_notify.channels.bark.size import Size, apns_size, fit, fits, sealed, sealed_size
from prime_notify.channels.common.answers import CHECK_URL, NO_REASON, SAYS_BOTH, foreign_answer, refused_by, says_no
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import fill, json_post
from prime_notify.channels.common.http_status import Refusal, refusal
from prime_notify.channels.common.lifecycle import run_id
from prime_notify.channels.common.prose import traceback_of, with_traceback
from prime_notify.channels.common.recipients import left_of, receipt_of
from prime_notify.model.event import Severity
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.payload import Payload
from prime_notify.model.request import AnyRequest, Request
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["Bark", "apns_size"]

_LONGEST_LINK = 1024  # characters of an action's URL; a longer one leaves no room for the text
_ROUTING = {"key", "device_key", "device_keys", "encryption"}  # destination and encryption, not content

# Words in the server's and Apple's answers ("push failed: BadDeviceToken"), which all come as HTTP 400 or 500.
_PERMANENT = (
    (
        "failed to get device token",
        Wording(
            "this key is unknown to the server: copy it again from the app", "服务器不认识此 key：请从 App 重新复制"
        ),
    ),
    (
        "device key is empty",
        Wording("write the device's key: https://api.day.app/<key>", "请填写设备的 key：https://api.day.app/<key>"),
    ),
    (
        "BadDeviceToken|Unregistered|ExpiredToken",
        Wording(
            "the app on that phone is gone: open Bark there and copy its key again",
            "该手机上的 App 已失效：请打开 Bark 并重新复制 key",
        ),
    ),
    (
        "DeviceTokenNotForTopic|BadTopic|TopicDisallowed",
        Wording("the key belongs to another app or server", "此 key 属于其他 App 或服务器"),
    ),
    (
        "PayloadTooLarge",
        Wording(
            "Apple accepts 4 KiB at most: shorten the options of this endpoint",
            "Apple 至多接受 4 KiB：请缩短该推送目标的选项",
        ),
    ),
    (
        "batch push count exceeds",
        Wording(
            "the server accepts fewer device_keys at once: write two endpoints",
            "服务器一次不接受这么多 device_keys：请分成两个推送目标",
        ),
    ),
    ("BadCollapseId", Wording("write another id, of at most 64 bytes", "请换一个不超过 64 字节的 id")),
)
_THROTTLED = re.compile("TooManyRequests|TooManyProviderTokenUpdates")


class Bark(Channel[BarkEndpoint]):
    """Sends one push; ``code`` 200 in the answer is the only success, for every device of a batch."""

    type = "bark"
    key_pattern = r"(?<![A-Za-z0-9])[2-9A-HJ-NP-Za-km-z]{22}(?![A-Za-z0-9])"  # as its server makes them (shortuuid)
    endpoint_model = BarkEndpoint
    example = {"name": "phone", "type": "bark", "url": "https://api.day.app/<key>"}
    about = {
        "en_us": (
            "Pushes to iPhones with [Bark](https://bark.day.app); open the app and copy the address it shows. "
            "Silent on success, loud through the mute switch on failure, unless `level` says otherwise. "
            "`update` needs Bark 1.5.2 and a server of version 2.2.5 or later. A retry goes only to the "
            "`device_keys` that have not got the push."
        ),
        "zh_cn": (
            "通过 [Bark](https://bark.day.app) 推送到 iPhone；打开 App，复制其中显示的地址即可。"
            "默认成功时静默，失败时即使静音也会响铃，可用 `level` 更改。"
            "`update` 需要 Bark 1.5.2 与 2.2.5 或更新的服务器。重试只发给尚未收到的 `device_keys`。"
        ),
    }
    longest_wait = 3600.0

    lifecycles = frozenset(("separate", "update"))

    def __init__(self, endpoint: BarkEndpoint) -> None:
        super().__init__(endpoint)
        self._url, self._target = _destination(endpoint)

    def render(self, message: Message) -> Request:
        encryption = self.endpoint.bark.encryption
        size: Size = functools.partial(sealed_size, encryption) if encryption else apns_size
        fields = _with_traceback(fit(_fields(self.endpoint, message), size), message, self.endpoint, size)
        if encryption:
            fields = sealed(encryption, fields, f"{message.notification.id}|{message.now!r}")
        keys = self.endpoint.bark.keys
        if not keys:
            return json_post(self._url, {**fields, **self._target}, self.endpoint.headers, {})
        left = left_of(keys, message.previous)
        request = json_post(self._url, {**fields, "device_keys": list(left)}, self.endpoint.headers, {})
        return dataclasses.replace(request, receipt=receipt_of([key for key in keys if key not in left]))

    def judge_answer(self, request: AnyRequest, response: Response) -> Outcome:
        """A retry of a batch goes only to the devices that have not got the push."""
        keys, before = self.endpoint.bark.keys, request.receipt if isinstance(request, Request) else None
        outcome = self._judge(response, left_of(keys, before))
        if isinstance(outcome, Delivered):
            return outcome
        return dataclasses.replace(outcome, receipt=outcome.receipt or before)

    def judge(self, response: Response) -> Outcome:
        return self._judge(response, self.endpoint.bark.keys)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return _judged(response)

    def _judge(self, response: Response, asked: Sequence[str]) -> Outcome:
        if 200 <= response.status < 300 and self.endpoint.bark.keys:
            answer = parse_object(response.body)
            return judge_batch(response, answer, self.endpoint.bark.keys, asked, _refused)
        return _judged(response)


def _judged(response: Response) -> Outcome:
    answer = parse_object(response.body)
    if not 200 <= response.status < 300:
        return _refused(response, answer)
    if "code" not in answer:
        return Retry(foreign_answer("Bark"), response.status, hint=CHECK_URL)
    if answer.get("code") != 200:
        return _refused(response, answer)
    if says_no(answer) or _names_an_error(answer):
        return Retry(SAYS_BOTH, response.status, hint=CHECK_URL)
    return Delivered(response.status)


def _names_an_error(answer: Dict[str, Any]) -> bool:
    text = excerpt(answer.get("message"))
    return any(re.search(words, text) for words, _ in _PERMANENT)


def _level(payload: Payload) -> str:
    """How a push interrupts, unless the config says otherwise."""
    if payload.event.default_severity is Severity.ERROR:
        return "critical"
    is_calm = payload.status.ends_failure or payload.event.is_on_request
    return "passive" if is_calm and payload.severity is Severity.INFO else "active"


def _fields(endpoint: BarkEndpoint, message: Message) -> Dict[str, Any]:
    texts, options = message.texts, endpoint.bark
    fields: Dict[str, Any] = {
        "title": texts.title,
        "body": texts.body,
        "level": _level(message.payload),
        # With the same id, a retry of a push that had arrived replaces it instead of repeating it. With lifecycle
        # "update", the end takes the place of the start
        "id": run_id(message.payload) if endpoint.lifecycle == "update" else message.notification.id,
    }
    if endpoint.actions and len(endpoint.actions[0].url) <= _LONGEST_LINK:
        fields["url"] = endpoint.actions[0].url
    fields.update(options.model_dump(by_alias=True, exclude_none=True, exclude=_ROUTING))
    if fields.get("markdown") == "1":
        fields["markdown"] = texts.desp
    if "markdown" in fields:
        del fields["body"]  # it would not be shown, and the limit of 4 KiB is for both
    return fields


def _with_traceback(fields: Dict[str, Any], message: Message, endpoint: BarkEndpoint, size: Size) -> Dict[str, Any]:
    """The fields with a failure's traceback below their text, where the endpoint wants it and there is room."""
    name = "markdown" if "markdown" in fields else "body"
    traceback = traceback_of(message.payload, wanted=endpoint.traceback)
    text = with_traceback(
        fields[name], traceback, lambda text: fits({**fields, name: text}, size), markdown=name == "markdown"
    )
    return {**fields, name: text}


def _destination(endpoint: BarkEndpoint) -> Tuple[str, Dict[str, Any]]:
    """The URL, and the keys that go into the body."""
    options = endpoint.bark
    key = options.single_key or ""
    own = {*options.keys, *filter(None, [key, quote(key, safe="")])}
    url = without_text(fill(endpoint.url, {"key": key, "device_key": key}), own)
    path = urlsplit(url).path
    return url, {"device_key": key} if key and path.endswith("/push") else {}


def _refused(response: Response, answer: Dict[str, Any]) -> Refusal:
    """The outcome of a ``code`` other than 200. The texts distinguish more than the numbers."""
    text, code = excerpt(answer.get("message")), answer.get("code")
    status = response.status
    reason = refused_by("Bark", text or NO_REASON)
    for words, hint in _PERMANENT:
        if re.search(words, text):
            return Permanent(reason, status, hint=hint)
    if _THROTTLED.search(text):
        return Retry(
            reason, status, throttled=True, hint=Wording("Apple slows this server down", "Apple 限制了该服务器的频率")
        )
    if status == 418:
        return Permanent(
            reason,
            status,
            hint=Wording(
                "the server requires a user and password: https://user:password@host/<key>",
                "服务器要求用户名和密码：https://user:password@host/<key>",
            ),
        )
    if not 200 <= status < 300:
        return refusal(response, text)
    if code == 400:
        return Permanent(reason, status, hint=Wording("check the options of this endpoint", "请检查该推送目标的选项"))
    return Retry(
        reason,
        status,
        hint=Wording(
            "the server itself has a problem, or the URL is not that of a Bark server",
            "服务器自身出现问题，或 URL 不是 Bark 服务器的地址",
        ),
    )
