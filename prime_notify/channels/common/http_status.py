"""The outcome that an HTTP status means: the one table that every channel starts from."""

from __future__ import annotations

import email.utils
import re
from http import HTTPStatus
from typing import Optional, Tuple, Union
from urllib.parse import urlsplit

from prime_notify.model.outcome import Permanent, Retry
from prime_notify.model.proxy import PROXY_LOGIN
from prime_notify.model.response import Response
from prime_notify.text.plain import excerpt, is_page
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
    405: Wording("check the URL: it does not accept POST", "请检查 URL：它不接受 POST"),
    407: PROXY_LOGIN,
    411: Wording("check the URL: the service does not accept such a request", "请检查 URL：该服务不接受这样的请求"),
    413: Wording("the service's limit is below this message's size", "消息超过了该服务的大小限制"),
    415: Wording("check the URL: the service does not accept JSON", "请检查 URL：该服务不接受 JSON"),
    422: _NOT_UNDERSTOOD,
}
_OTHER = Wording("check the endpoint's URL and options", "请检查该推送目标的 URL 与选项")
_GONE = Wording(
    "the service says that this address is gone for good: create a new one there, or remove the endpoint",
    "该服务表示此地址已永久失效：请在那里新建一个，或删除该推送目标",
)
_SLOWED_DOWN = Wording("the service slows us down", "该服务限制了发送频率")
_ITS_OWN_PROBLEM = Wording("the service itself has a problem", "该服务自身出现问题")
_RETRIED = frozenset((407, 408, 425))
"""407 is a proxy's, which fails every attempt until its password is corrected, as it does at CONNECT."""
_DAY = 86400.0  # seconds
_NOBODY_THERE = re.compile(
    "not found|no (available |healthy |matching )?(server|service|route|backend|app|upstream|host)|not registered"
    "|misdirected|locked|default backend|tunnel|offline|unavailable|starting|找不到|不存在",
    re.IGNORECASE,
)  # traefik.io "404 page not found", n8n "... is not registered", ngrok, Kong "no Route matched"
_DOUBTFUL = frozenset((404, 421, 423))  # of proxies and tunnels whose backend is away for a moment
_DOUBTFUL_AS_PAGE = frozenset((400, 403, 405, 409))  # these too, with a web page instead of an answer


def refusal(response: Response, text: str = "") -> Refusal:
    """Retry or Permanent, by a status that is no success.

    ``text``: the service's own text, for the reason; without one, the beginning of the answer's body. Without one, the
    refusal is also doubtful where a proxy before the service gives such answers.
    """
    status = response.status
    doubtful = not text and _may_be_a_proxys(response)
    text = text or excerpt(response.body)
    reason = f"{_named(status)}: {text}" if text else _named(status)
    if 300 <= status < 400:
        return _redirected(response)
    if status == 410:
        return Permanent(reason, status, disable=True, hint=_GONE)
    if status == 429:
        return Retry(reason, status, after=retry_after(response), throttled=True, hint=_SLOWED_DOWN)
    if 400 <= status < 500 and status not in _RETRIED:
        return Permanent(reason, status, hint=_HINTS.get(status, _OTHER), doubtful=doubtful)
    after = retry_after(response)
    hint = _ITS_OWN_PROBLEM if status >= 500 else _HINTS.get(status, NOTHING)
    return Retry(reason, status, after=after, throttled=status == 503 and after is not None, hint=hint)


def _may_be_a_proxys(response: Response) -> bool:
    """Whether a proxy or a tunnel may have given this answer in place of the service.

    An answer with words of its own, other than that nobody is there, is the service's.
    """
    if "ngrok-error-code" in response.headers:  # ngrok.com/docs/errors
        return True
    if is_page(response.body):
        return response.status in _DOUBTFUL | _DOUBTFUL_AS_PAGE
    text = excerpt(response.body)
    return response.status in _DOUBTFUL and (not text or _NOBODY_THERE.search(text) is not None)


def retry_after(
    response: Response, *others: object, most: float = _DAY, header: str = "retry-after"
) -> Optional[float]:
    """Seconds that the service wants us to wait, by its ``header``, else by ``others``: values in the answer, in the
    order of their trustworthiness.

    ``most``: the longest wait that this service really means. A longer one is in another unit, or nonsense: then the
    next value counts, and if all of them are too long, ``most``. A later value that is longer by less than a second is
    the exact one. None where no value is usable.
    """
    found: Tuple[Optional[float], ...] = (_in_header(response, header), *map(_seconds, others))
    waits = [wait for wait in found if wait is not None]
    plausible = [wait for wait in waits if wait <= most]
    if not plausible:
        return most if waits else None
    return max(wait for wait in plausible if wait < plausible[0] + 1)


def _seconds(value: object) -> Optional[float]:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value.strip()):
        return float(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return min(float(value), 1e9) if is_number and 0 <= value < 1e300 else None  # type: ignore[arg-type, operator]


def _in_header(response: Response, name: str) -> Optional[float]:
    """A header like Retry-After, in seconds or as a date (RFC 9110, 10.2.3).

    A date counts from the answer's own Date, so that a wrong clock on either side does no harm, else from the moment at
    which the answer came.
    """
    value = response.headers.get(name, "").strip()
    seconds = _seconds(value)
    if seconds is not None:
        return seconds
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
