"""What an HTTP status means for a delivery: the one table that every channel starts from."""

from __future__ import annotations

import email.utils
import re
from http import HTTPStatus
from typing import Optional, Union
from urllib.parse import urlsplit

from prime_notify.channels.common.base import Response
from prime_notify.channels.common.wire import excerpt
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry

__all__ = ["Refusal", "judge_status", "refusal", "retry_after"]

Refusal = Union[Retry, Permanent]

_HINTS = {
    400: "the service does not understand the message; is this endpoint's type the right one?",
    401: "check the key or token, in the URL or in the headers",
    402: "check the account at the service",
    403: "check the key or token, and whether the service admits this server's address",
    404: "check the URL; a key or token in it may have been revoked",
    405: "check the URL: it does not take POST",
    407: "check the proxy's user and password",
    411: "check the URL: the service does not take such a request",
    413: "the service's limit is below this message's size",
    415: "check the URL: the service does not take JSON",
    422: "the service does not understand the message; is this endpoint's type the right one?",
}
_RETRIED = frozenset((408, 425))


def judge_status(response: Response, said: str = "") -> Outcome:
    """2xx is delivered, anything else what :func:`refusal` says."""
    if 200 <= response.status < 300:
        return Delivered(response.status)
    return refusal(response, said)


def refusal(response: Response, said: str = "") -> Refusal:
    """Retry or Permanent, by a status that is no success.

    ``said``: the service's own words, for the reason; without them the beginning of the answer's body.
    """
    status = response.status
    said = said or excerpt(response.body)
    reason = f"{_named(status)}: {said}" if said else _named(status)
    if 300 <= status < 400:
        return _redirected(response)
    if status == 410:
        hint = "the service says that this address is gone for good: create a new one there, or remove the endpoint"
        return Permanent(reason, status, disable=True, hint=hint)
    if status == 429:
        return Retry(reason, status, after=retry_after(response), throttled=True, hint="the service slows us down")
    if 400 <= status < 500 and status not in _RETRIED:
        return Permanent(reason, status, hint=_HINTS.get(status, "check the endpoint's URL and options"))
    after = retry_after(response)
    hint = "the service itself has a problem" if status >= 500 else ""
    return Retry(reason, status, after=after, throttled=status == 503 and after is not None, hint=hint)


def retry_after(response: Response) -> Optional[float]:
    """Seconds that the service asks us to wait: Retry-After, in seconds or as a date (RFC 9110, 10.2.3).

    A date counts from the answer's own Date, so that a clock that is wrong on either side does no harm, else from
    the moment at which the answer came. None when there is no such header, or no sense in it.
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
    hint = "put the final URL into the config"
    try:
        parts = urlsplit(target)
        place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.scheme and parts.netloc else "itself"
    except ValueError:
        place = "an address that is none"
    where = f" to {place}" if target else ""
    return Permanent(f"{_named(response.status)}: the service redirects{where}", response.status, hint=hint)


def _named(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
