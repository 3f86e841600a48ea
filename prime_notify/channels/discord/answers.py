"""The meaning of Discord's refusals: a JSON object with a ``code`` beside the HTTP status.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json and .../topics/rate-limits. Discord blocks
clients for a while that go on after 401, 403 or 404, so a webhook that is gone disables its endpoint.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional

from prime_notify.channels.common.answers import START_IS_GONE, refused_by
from prime_notify.channels.common.http_status import Refusal, refusal, retry_after
from prime_notify.model.outcome import Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["LONGEST_WAIT", "refused"]

LONGEST_WAIT = 3600.0
"""Seconds: Discord blocks a client for an hour at most."""

_DEEPEST = 10  # levels of fields within fields
_BLOCKED = 600.0  # seconds; Discord counts refused requests over ten minutes

_NEW_WEBHOOK = Wording(
    "the webhook was deleted: create a new one in the channel's settings and write its address into url",
    "Webhook 已被删除：请在频道设置中新建，并把地址填入 url",
)

_NOTHING_WORKS: Mapping[int, str] = {
    10015: _NEW_WEBHOOK,
    10016: _NEW_WEBHOOK,
    50027: Wording(
        "the webhook's token is wrong: copy the whole address again from the channel's settings",
        "Webhook 的令牌有误：请从频道设置重新复制完整地址",
    ),
}
"""Codes that refuse every other message, too, until somebody acts."""

_PERMANENT: Mapping[int, str] = {
    10003: Wording(
        "check discord.thread_id: there is no such thread in the webhook's channel",
        "请检查 discord.thread_id：Webhook 所在频道中没有这个子区",
    ),
    40005: Wording(
        "the message is too large; this should not happen: please report it", "消息过大；这本不应发生：请报告此问题"
    ),
    40058: Wording(
        'the webhook belongs to a forum: write "discord": {{"forum": true}}, or a thread_id',
        'Webhook 属于论坛：请写 "discord": {{"forum": true}}，或填写 thread_id',
    ),
    40067: Wording(
        "this forum requires a tag on every post: switch that off in its settings, or write a thread_id",
        "该论坛要求每个帖子带标签：请在其设置中关闭，或填写 thread_id",
    ),
    50001: Wording(
        "the webhook may not post there: create a new one in the channel's settings",
        "Webhook 无权在那里发送：请在频道设置中新建一个",
    ),
    50006: Wording(
        "the message is empty; this should not happen: please report it", "消息为空；这本不应发生：请报告此问题"
    ),
    50008: Wording(
        "the webhook's channel accepts no messages: create one in a text channel",
        "Webhook 所在频道不接受消息：请在文字频道中新建一个",
    ),
    50013: Wording(
        "the webhook may not post there: create a new one in the channel's settings",
        "Webhook 无权在那里发送：请在频道设置中新建一个",
    ),
    50024: Wording(
        "the webhook's channel accepts no such messages: create one in a text channel",
        "Webhook 所在频道不接受这种消息：请在文字频道中新建一个",
    ),
    50035: Wording(
        "Discord does not understand a field: check username, avatar_url, actions and mention of this endpoint",
        "Discord 无法理解某个字段：请检查该推送目标的 username、avatar_url、actions 与 mention",
    ),
    50041: Wording(
        "write the webhook's address as Discord shows it, without a version",
        "请按 Discord 显示的写 Webhook 地址，不带版本号",
    ),
    50068: Wording("check discord.thread_id: nothing can be posted there", "请检查 discord.thread_id：无法在那里发送"),
    50109: Wording(
        "the message is not JSON: is there a content-type among the endpoint's headers?",
        "消息不是 JSON：该推送目标的 headers 中是否有 content-type？",
    ),
    160005: Wording(
        "the thread is locked: unlock it, or write another thread_id", "子区已锁定：请解锁，或填写其他 thread_id"
    ),
    160006: Wording(
        "the forum has too many open posts: close some, or write a thread_id",
        "论坛中未关闭的帖子过多：请关闭一些，或填写 thread_id",
    ),
    160007: Wording("the channel has too many open threads: close some", "频道中未关闭的子区过多：请关闭一些"),
    200000: Wording(
        "the server's AutoMod blocks the message: exempt the webhook's channel from that rule",
        "服务器的 AutoMod 拦截了消息：请把 Webhook 所在频道设为该规则的例外",
    ),
    200001: Wording(
        "the server's AutoMod blocks the title: exempt the webhook's channel from that rule",
        "服务器的 AutoMod 拦截了标题：请把 Webhook 所在频道设为该规则的例外",
    ),
    220001: Wording(
        'the webhook belongs to a forum: write "discord": {{"forum": true}}, or a thread_id',
        'Webhook 属于论坛：请写 "discord": {{"forum": true}}，或填写 thread_id',
    ),
    220002: Wording('leave out "forum" or "thread_id"', "请去掉 forum 或 thread_id"),
    220003: Wording('the webhook does not belong to a forum: leave out "forum"', "Webhook 不属于论坛：请去掉 forum"),
    220004: Wording(
        "forums accept no messages of such a webhook: create one of your own in the channel's settings",
        "论坛不接受这种 Webhook 的消息：请在频道设置中自己新建一个",
    ),
    240000: Wording(
        "Discord blocks a link in the message: check the endpoint's actions",
        "Discord 拦截了消息中的链接：请检查该推送目标的 actions",
    ),
}

_SHUT_OUT = 40333
_PASSING = frozenset((20016, 20022, 20028, 20029, 40004, 40006, 40062, _SHUT_OUT, 130000))
"""Codes of limits that Discord or the channel has reached for now."""

_GONE_CODES = frozenset((10008, 30046, 50005, 50021, 50083))
"""The message was deleted, is another's, is older than an hour and was edited too often, or its thread is archived."""

_POST_IS_GONE = frozenset((10003, 160005))
"""The forum's post was deleted or locked."""


def refused(response: Response, answer: Mapping[str, Any], *, forum: bool) -> Refusal:
    """Retry or Permanent. ``forum``: threads are the posts of former messages, and none is named in the config."""
    status, text = response.status, excerpt(answer.get("message"))
    code = answer.get("code")
    code = code if isinstance(code, int) and not isinstance(code, bool) and 0 < code < 10**9 else 0
    reason = refused_by("Discord", f"{code}: {text}") if code else ""
    if code in _GONE_CODES or (forum and code in _POST_IS_GONE):
        return START_IS_GONE.outcome(reason, status)
    if status == 429 or code in _PASSING:
        hint = Wording(
            "Discord accepts about 30 messages a minute in each channel", "Discord 每个频道每分钟约接受 30 条消息"
        )
        wait = _BLOCKED if code == _SHUT_OUT else _wait(response, answer)
        why = text or Wording("too many requests", "请求过多")
        reason = reason or Wording("HTTP {status}: {why}", "HTTP {status}：请求受限：{why}", status=status, why=why)
        return Retry(reason, status, after=wait, throttled=True, hint=hint)
    if code in _NOTHING_WORKS:
        return Permanent(reason, status, disable=True, hint=_NOTHING_WORKS[code])
    if code in _PERMANENT:
        field = excerpt(_field_in(answer.get("errors")))
        return Permanent(refused_by("Discord", f"{code}: {text}{field}"), status, hint=_PERMANENT[code])
    return refusal(response, reason or text)


def _wait(response: Response, answer: Mapping[str, Any]) -> Optional[float]:
    """Addresses without a version answer in milliseconds, in the body and sometimes in Retry-After
    (github.com/discord/discord-api-docs/issues/2360); the other header is in seconds everywhere.
    """
    reset_after = response.headers.get("x-ratelimit-reset-after")
    return retry_after(response, reset_after, answer.get("retry_after"), most=LONGEST_WAIT)


def _field_in(errors: object, *path: str) -> str:
    """The first wrong field in an answer with code 50035, and the reason: ``; username: Must be ...``."""
    if not isinstance(errors, dict) or len(path) > _DEEPEST:
        return ""
    complaints = errors.get("_errors")
    if isinstance(complaints, list) and complaints and isinstance(complaints[0], dict):
        return f"; {'.'.join(path)}: {complaints[0].get('message')}"
    return next(filter(None, (_field_in(inner, *path, name) for name, inner in errors.items())), "")
