"""The outcome that an HTTP status means: the one table that every channel starts from."""

from __future__ import annotations

import email.utils
import re
from http import HTTPStatus
from typing import Optional, Union
from urllib.parse import urlsplit

from prime_notify.model.outcome import Permanent, Retry
from prime_notify.model.proxy import PROXY_LOGIN
from prime_notify.model.response import Response
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import NOTHING, Wording

__all__ = ["Refusal", "refusal", "retry_after"]

Refusal = Union[Retry, Permanent]

_NOT_UNDERSTOOD = Wording(
    "the service does not understand the message; is this endpoint's type the right one?",
    "该服务无法理解此消息；该推送目标的 type 是否正确？",
)
_HINTS = {
    400: _NOT_UNDERSTOOD,
    401: Wording("check the key or token, in the URL or in the headers", "请检查 URL 或请求头中的密钥或令牌"),
    402: Wording("check the account at the service", "请检查该服务的账户"),
    403: Wording(
        "check the key or token, and whether the service admits this server's address",
        "请检查密钥或令牌，以及该服务是否允许本服务器的地址",
    ),
    404: Wording("check the URL; a key or token in it may have been revoked", "请检查 URL；其中的密钥或令牌可能已失效"),
    405: Wording("check the URL: it does not take POST", "请检查 URL：它不接受 POST"),
    407: PROXY_LOGIN,
    411: Wording("check the URL: the service does not take such a request", "请检查 URL：该服务不接受这样的请求"),
    413: Wording("the service's limit is below this message's size", "消息超过了该服务的大小限制"),
    415: Wording("check the URL: the service does not take JSON", "请检查 URL：该服务不接受 JSON"),
    422: _NOT_UNDERSTOOD,
}
_OTHER = Wording("check the endpoint's URL and options", "请检查该推送目标的 URL 与选项")
_GONE = Wording(
    "the service says that this address is gone for good: create a new one there, or remove the endpoint",
    "该服务表示此地址已永久失效：请在那里新建一个，或删除该推送目标",
)
_SLOWED_DOWN = Wording("the service slows us down", "该服务限制了发送频率")
_ITS_OWN_PROBLEM = Wording("the service itself has a problem", "该服务自身出现问题")
_RETRIED = frozenset((408, 425))
_LONGEST_WAIT = 86400.0  # seconds that a number in a body can mean


def refusal(response: Response, text: str = "") -> Refusal:
    """Retry or Permanent, by a status that is no success.

    ``text``: the service's own text, for the reason; without one, the beginning of the answer's body.
    """
    status = response.status
    text = text or excerpt(response.body)
    reason = f"{_named(status)}: {text}" if text else _named(status)
    if 300 <= status < 400:
        return _redirected(response)
    if status == 410:
        return Permanent(reason, status, disable=True, hint=_GONE)
    if status == 429:
        return Retry(reason, status, after=retry_after(response), throttled=True, hint=_SLOWED_DOWN)
    if 400 <= status < 500 and status not in _RETRIED:
        return Permanent(reason, status, hint=_HINTS.get(status, _OTHER))
    after = retry_after(response)
    hint = _ITS_OWN_PROBLEM if status >= 500 else NOTHING
    return Retry(reason, status, after=after, throttled=status == 503 and after is not None, hint=hint)


def retry_after(response: Response, in_body: object = None) -> Optional[float]:
    """Seconds that the service wants us to wait: the longer of its header Retry-After and of ``in_body``, a value in
    its body.

    None where neither is usable.
    """
    waits = [wait for wait in (_in_header(response), _in_body(in_body)) if wait is not None]
    return max(waits, default=None)


def _in_body(seconds: object) -> Optional[float]:
    return float(seconds) if isinstance(seconds, (int, float)) and 0 <= seconds <= _LONGEST_WAIT else None


def _in_header(response: Response) -> Optional[float]:
    """Retry-After, in seconds or as a date (RFC 9110, 10.2.3).

    A date counts from the answer's own Date, so that a wrong clock on either side does no harm, else from the moment at
    which the answer came.
    """
    value = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        return float(value)
    until, since = _unix(value), _unix(response.headers.get("date", "")) or response.received_at
    return max(0.0, until - since) if until and since else None


def _unix(date: str) -> Optional[float]:
    parsed = email.utils.parsedate_tz(date[:64])
    try:
        return email.utils.mktime_tz(parsed) if parsed else None
    except (ValueError, OverflowError):
        return None


def _redirected(response: Response) -> Permanent:
    """Redirects are not followed: a POST would become a GET, and headers with tokens would go to another host."""
    target = response.headers.get("location", "")
    place: str
    try:
        parts = urlsplit(target)
        known = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.scheme and parts.netloc else ""
        place = known or Wording("itself", "它自己")
    except ValueError:
        place = Wording("an address that is none", "无效的地址")
    where = Wording(" to {place}", "到 {place}", place=place) if target else NOTHING
    named = _named(response.status)
    reason = Wording("{named}: the service redirects{where}", "{named}：该服务重定向{where}", named=named, where=where)
    hint = Wording("put the final URL into the config", "请在配置中填写最终的 URL")
    return Permanent(reason, response.status, hint=hint)


def _named(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
