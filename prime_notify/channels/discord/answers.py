"""What Discord's refusals mean: a JSON object with a ``code`` beside the HTTP status.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json and .../topics/rate-limits. Discord shuts out
for a while who goes on asking after 401, 403 or 404, so a webhook that is gone disables its endpoint.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional

from prime_notify.channels.common.base import Response
from prime_notify.channels.common.http_status import Refusal, refusal, retry_after
from prime_notify.channels.common.wire import excerpt
from prime_notify.model.outcome import Permanent, Retry

__all__ = ["refused"]

_DEEPEST = 10  # levels of fields within fields
_LONGEST_WAIT = 86400.0
_BLOCKED = 600.0  # seconds; Discord counts refused requests over ten minutes

_NEW_WEBHOOK = "the webhook was deleted: create a new one in the channel's settings and write its address into url"

_NOTHING_WORKS: Mapping[int, str] = {
    10015: _NEW_WEBHOOK,
    10016: _NEW_WEBHOOK,
    50027: "the webhook's token is wrong: copy the whole address again from the channel's settings",
}
"""Codes that hold for every other message, too, until somebody acts."""

_PERMANENT: Mapping[int, str] = {
    10003: "check discord.thread_id: there is no such thread in the webhook's channel",
    40005: "the message is too large; this should not happen: please report it",
    40058: 'the webhook belongs to a forum: write "discord": {"forum": true}, or a thread_id',
    40067: "this forum wants a tag on every post: switch that off in its settings, or write a thread_id",
    50001: "the webhook may not post there: create a new one in the channel's settings",
    50006: "the message is empty; this should not happen: please report it",
    50008: "the webhook's channel takes no messages: create one in a text channel",
    50013: "the webhook may not post there: create a new one in the channel's settings",
    50024: "the webhook's channel takes no such messages: create one in a text channel",
    50035: "Discord does not understand a field: check username, avatar_url, actions and mention of this endpoint",
    50041: "write the webhook's address as Discord shows it, without a version",
    50068: "check discord.thread_id: nothing can be posted there",
    50109: "the message is no JSON: is there a content-type among the endpoint's headers?",
    160005: "the thread is locked: unlock it, or write another thread_id",
    160006: "the forum has too many open posts: close some, or write a thread_id",
    160007: "the channel has too many open threads: close some",
    200000: "the server's AutoMod blocks the message: exempt the webhook's channel from that rule",
    200001: "the server's AutoMod blocks the title: exempt the webhook's channel from that rule",
    220001: 'the webhook belongs to a forum: write "discord": {"forum": true}, or a thread_id',
    220002: 'leave out "forum" or "thread_id"',
    220003: 'the webhook does not belong to a forum: leave out "forum"',
    220004: "forums take no messages of such a webhook: create one of your own in the channel's settings",
    240000: "Discord blocks a link in the message: check the endpoint's actions",
}

_SHUT_OUT = 40333
_PASSING = frozenset((20016, 20022, 20028, 20029, 40004, 40006, 40062, _SHUT_OUT, 130000))
"""Codes for what Discord or the channel has too much of at the moment."""

_START_IS_GONE = frozenset((10008, 30046, 50005, 50021, 50083))
"""The message was deleted, is another's, is older than an hour and was edited too often, or its thread is archived."""

_POST_IS_GONE = frozenset((10003, 160005))
"""The forum's post was deleted or locked."""


def refused(response: Response, answer: Mapping[str, Any], *, forum: bool) -> Refusal:
    """Retry or Permanent. ``forum``: threads are the posts of former messages, and none is named in the config."""
    status, said = response.status, excerpt(answer.get("message"))
    code = answer.get("code")
    code = code if isinstance(code, int) and not isinstance(code, bool) and 0 < code < 10**9 else 0
    reason = f"Discord refused: {code}: {said}" if code else ""
    if code in _START_IS_GONE or (forum and code in _POST_IS_GONE):
        hint = "the message of the start can no longer be edited or followed: a message of its own is sent"
        return Retry(reason, status, hint=hint, separately=True)
    if status == 429 or code in _PASSING:
        hint = "Discord takes about 30 messages a minute in each channel"
        wait = _BLOCKED if code == _SHUT_OUT else _wait(response, answer)
        reason = reason or f"HTTP {status}: {said or 'too many requests'}"
        return Retry(reason, status, after=wait, throttled=True, hint=hint)
    if code in _NOTHING_WORKS:
        return Permanent(reason, status, disable=True, hint=_NOTHING_WORKS[code])
    if code in _PERMANENT:
        return Permanent(reason + excerpt(_field_in(answer.get("errors"))), status, hint=_PERMANENT[code])
    return refusal(response, reason or said)


def _wait(response: Response, answer: Mapping[str, Any]) -> Optional[float]:
    """The longer of what header and body say; the body has the fractions of seconds."""
    in_body = answer.get("retry_after")
    said = [seconds for seconds in (retry_after(response), in_body) if isinstance(seconds, (int, float))]
    return max((float(seconds) for seconds in said if 0 <= seconds <= _LONGEST_WAIT), default=None)


def _field_in(errors: object, *path: str) -> str:
    """The first field that an answer with code 50035 complains of, and why: ``; username: Must be ...``."""
    if not isinstance(errors, dict) or len(path) > _DEEPEST:
        return ""
    complaints = errors.get("_errors")
    if isinstance(complaints, list) and complaints and isinstance(complaints[0], dict):
        return f"; {'.'.join(path)}: {complaints[0].get('message')}"
    return next(filter(None, (_field_in(inner, *path, name) for name, inner in errors.items())), "")
