"""Bark: pushes to iPhones, through api.day.app or a server of one's own (github.com/Finb/bark-server)."""

from __future__ import annotations

import functools
import json
import re
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import urlsplit, urlunsplit

from prime_notify.channels.bark.options import BarkEndpoint, BarkOptions
from prime_notify.channels.common.base import Channel, Request, Response
from prime_notify.channels.common.http_status import Refusal, refusal
from prime_notify.channels.common.wire import cut, excerpt, fill, json_post, parse_object
from prime_notify.model.event import Status
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry

__all__ = ["Bark", "apns_size"]

_APNS_LIMIT = 4096  # bytes of the whole payload that the server hands to Apple
_RESERVE = 64  # for what a newer server may add
_CUTTABLE = ("body", "markdown", "subtitle", "title", "copy")
_LONGEST = 8192  # characters; more never fits
_LEVELS = {Status.SUCCESS: "passive", Status.FAILURE: "critical"}
_ROUTING = {"key", "device_key", "device_keys"}  # where to, not what

# Words in the server's and Apple's answers ("push failed: BadDeviceToken"), which all come as HTTP 400 or 500.
_PERMANENT = (
    ("failed to get device token", "this key is unknown to the server: copy it again from the app"),
    ("device key is empty", "write the device's key: https://api.day.app/<key>"),
    (
        "BadDeviceToken|Unregistered|ExpiredToken",
        "the app on that phone is gone: open Bark there and copy its key again",
    ),
    ("DeviceTokenNotForTopic|BadTopic|TopicDisallowed", "the key belongs to another app or server"),
    ("PayloadTooLarge", "Apple takes 4 KiB at most: shorten the options of this endpoint"),
    ("batch push count exceeds", "the server takes fewer device_keys at once: write two endpoints"),
    ("BadCollapseId", "write another id, of at most 64 bytes"),
)
_THROTTLED = re.compile("TooManyRequests|TooManyProviderTokenUpdates")


class Bark(Channel[BarkEndpoint]):
    """Sends one push; ``code`` 200 in the answer is the only success, for every device of a batch."""

    type = "bark"
    endpoint_model = BarkEndpoint
    example = {"name": "phone", "type": "bark", "url": "https://api.day.app/<key>"}
    about = {
        "en_us": (
            "Pushes to iPhones with [Bark](https://bark.day.app); open the app and copy the address it shows. "
            "Silent on success, loud through the mute switch on failure, unless `level` says otherwise."
        ),
        "zh_cn": (
            "通过 [Bark](https://bark.day.app) 推送到 iPhone；打开 App，复制其中显示的地址即可。"
            "默认成功时静默，失败时即使静音也会响铃，可用 `level` 更改。"
        ),
    }

    def __init__(self, endpoint: BarkEndpoint) -> None:
        super().__init__(endpoint)
        self._url, self._target = _destination(endpoint)

    def render(self, message: Message) -> Request:
        fields = _fields(self.endpoint.bark, message)
        return json_post(self._url, {**fit(fields), **self._target}, self.endpoint.headers, {})

    def judge(self, response: Response) -> Outcome:
        answer = parse_object(response.body)
        if not 200 <= response.status < 300:
            return _refused(response, answer)
        if self.endpoint.bark.keys:
            return self._judge_batch(response, answer)
        if answer.get("code") == 200:
            return Delivered(response.status)
        if "code" not in answer:
            return Retry("this is not how Bark answers", response.status, hint="check the URL")
        return _refused(response, answer)

    def _judge_batch(self, response: Response, answer: Dict[str, Any]) -> Outcome:
        """A batch is always HTTP 200; each device has its own result, in any order of their keys."""
        keys, status = self.endpoint.bark.keys, response.status
        results = answer.get("data")
        if not isinstance(results, list):
            hint = "this server does not know device_keys: update it, or write one endpoint for each device"
            return Permanent("the answer has no result for any device", status, hint=hint)
        by_key = {one.get("device_key"): one for one in results if _is_result(one)}
        refused: List[Tuple[str, Refusal]] = []
        for number, key in enumerate(keys, 1):
            result = by_key.get(key, {"message": "it is not in the answer"})
            if result.get("code") != 200:
                refused.append((f"device {number} ({_masked(key)})", _refused(response, result)))
        if not refused:
            return Delivered(status, detail=f"{len(keys)} devices")
        return _combined(refused, len(keys), status)


def fit(fields: Dict[str, Any]) -> Dict[str, Any]:
    """The fields, with their texts cut so that what becomes of them keeps within Apple's 4 KiB."""
    fitted = dict(fields)
    for name in _CUTTABLE:
        if name in fitted and not _fits(fitted):
            fitted[name] = cut(fitted[name][:_LONGEST], functools.partial(_fits, fitted, name))
    return fitted


def _fits(fields: Dict[str, Any], name: str = "title", text: Optional[str] = None) -> bool:
    return apns_size(fields if text is None else {**fields, name: text}) <= _APNS_LIMIT - _RESERVE


def apns_size(fields: Dict[str, Any]) -> int:
    """Bytes of the payload that bark-server (apns/apns.go) makes of these fields, as Go writes JSON."""
    alert = {name: fields.get(name, "") for name in ("title", "subtitle", "body")}
    aps = {
        "alert": alert,
        "category": "myNotificationCategory",
        "mutable-content": 1,
        "sound": f"{fields.get('sound', '1107')}.caf",
        "thread-id": fields.get("group", ""),
    }
    others = {name.lower(): str(value) for name, value in fields.items() if name not in (*alert, "sound")}
    text = json.dumps({"aps": aps, **others}, ensure_ascii=False, separators=(",", ":"))
    escaped = 5 * sum(map(text.count, "<>&")) + 3 * sum(map(text.count, "\u2028\u2029")) + 4 * text.count("\\b")
    return len(text.encode("utf-8", "replace")) + escaped + 4 * text.count("\\f")


def _fields(options: BarkOptions, message: Message) -> Dict[str, Any]:
    texts = message.texts
    fields: Dict[str, Any] = {
        "title": texts.title,
        "body": texts.body,
        "level": _LEVELS.get(message.payload.status, "active"),
        # A retry of what had arrived after all replaces the push on the phone instead of repeating it
        "id": message.notification.id,
    }
    fields.update(options.model_dump(by_alias=True, exclude_none=True, exclude=_ROUTING))
    if fields.get("markdown") == "1":
        fields["markdown"] = texts.desp
    if "markdown" in fields:
        del fields["body"]  # would not be shown, and the 4 KiB are for both
    return fields


def _destination(endpoint: BarkEndpoint) -> Tuple[str, Dict[str, Any]]:
    """The URL, and what of the key(s) goes into the body."""
    options = endpoint.bark
    key = options.single_key or ""
    url = fill(endpoint.url, {"key": key, "device_key": key})
    parts = urlsplit(url)
    path = parts.path.rstrip("/") or "/push"
    if parts.hostname == "api.day.app":
        # The app offers to copy .../<key>/<some text>, and a text in the path would replace ours
        path = "/" + path.split("/")[1]
    url = urlunsplit(parts._replace(path=path))
    if options.keys:
        return url, {"device_keys": list(options.keys)}
    return url, {"device_key": key} if key and path.endswith("/push") else {}


def _refused(response: Response, answer: Dict[str, Any]) -> Refusal:
    """What a ``code`` other than 200 means; the words say more than the numbers."""
    said, code = excerpt(answer.get("message")), answer.get("code")
    status = response.status
    reason = f"Bark refused: {said or 'without a reason'}"
    for words, hint in _PERMANENT:
        if re.search(words, said):
            return Permanent(reason, status, hint=hint)
    if _THROTTLED.search(said):
        return Retry(reason, status, throttled=True, hint="Apple slows this server down")
    if status == 418:
        return Permanent(reason, status, hint="the server wants a user and password: https://user:password@host/<key>")
    if not 200 <= status < 300:
        return refusal(response, said)
    if code == 400:
        return Permanent(reason, status, hint="check the options of this endpoint")
    return Retry(reason, status)


def _combined(refused: List[Tuple[str, Refusal]], devices: int, status: int) -> Refusal:
    """One outcome for a batch: worth another try while any device is. What had arrived is then only replaced."""
    retries = [outcome for _, outcome in refused if isinstance(outcome, Retry)]
    told = "; ".join(f"{name}: {outcome.reason}" for name, outcome in refused)
    reason = f"{len(refused)} of {devices} devices got nothing: {told}"
    hint = next((outcome.hint for _, outcome in refused if outcome.hint), "")
    if retries:
        return Retry(reason, status, throttled=any(retry.throttled for retry in retries), hint=hint)
    return Permanent(reason, status, hint=hint)


def _is_result(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("device_key"), str)


def _masked(key: str) -> str:
    return f"{key[:2]}…{key[-2:]}" if len(key) >= 12 else "***"
