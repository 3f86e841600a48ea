"""The meaning of ntfy's answers. Its own ``code`` (server/errors.go) distinguishes more than the status."""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Optional

from prime_notify.channels.common.answers import foreign_answer, says_no
from prime_notify.channels.common.http_status import refusal
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["TOPIC_RULE", "judge_answer", "judge_foreign"]

_DAY_WAIT = 3600.0  # seconds between tries when the day's messages are used up

TOPIC_RULE = Wording(
    'write a topic of letters, digits, "-" and "_", at most 64 characters',
    '主题只能由字母、数字、"-" 和 "_" 组成，至多 64 个字符',
)
_HINTS = {
    401: Wording(
        'the topic is protected: write "ntfy": {{"token": "tk_..."}}, or "user" and "password"; or they are wrong',
        '主题受保护：请写 "ntfy": {{"token": "tk_..."}}，或 user 与 password；或它们有误',
    ),
    403: Wording(
        "this user may not write to the topic; or the topic is reserved by someone else: choose another",
        "该用户无权写入此主题，或主题已被他人保留：请另选一个",
    ),
    404: Wording(
        "check the URL: it is the server's address, such as https://ntfy.sh, with or without the topic",
        "请检查 URL：应为服务器的地址，如 https://ntfy.sh，可带主题",
    ),
    413: Wording(
        "the server's limits are below the usual ones: shorten the actions and tags of this endpoint",
        "服务器的限制低于通常的值：请缩短该推送目标的 actions 与 tags",
    ),
}
_HINTS_OF_CODE = {
    40009: TOPIC_RULE,
    40010: Wording("the server keeps this topic's name for itself: choose another", "服务器保留了此主题名：请另选一个"),
    40021: Wording(
        "write ntfy.icon as a URL that starts with http:// or https://",
        "ntfy.icon 应为以 http:// 或 https:// 开头的 URL",
    ),
    42908: Wording(
        "the day's messages are used up (250 on ntfy.sh): send fewer events, or use an account",
        "当日消息已用完（ntfy.sh 为 250 条）：请减少事件，或使用账户",
    ),
    50701: Wording(
        'topics that begin with "up" are for UnifiedPush: choose another',
        '以 "up" 开头的主题供 UnifiedPush 使用：请另选一个',
    ),
}


def _is_stored(answer: Dict[str, Any]) -> bool:
    """Whether an answer is a stored message: it has an id, and its event is none of the others of a subscription."""
    return bool(excerpt(answer.get("id"))) and answer.get("event", "message") == "message" and not says_no(answer)


def judge_foreign(response: Response) -> Outcome:
    """The outcome of an answer to a request that is not the channel's own, to any topic."""
    answer = parse_object(response.body)
    if not 200 <= response.status < 300:
        return _refused(response, answer)
    if not _is_stored(answer):
        return Retry(foreign_answer("ntfy"), response.status, hint=_HINTS[404])
    return Delivered(response.status)


def judge_answer(response: Response, topic: Optional[str]) -> Outcome:
    """The stored message is the only success, if it is in ``topic``."""
    answer = parse_object(response.body)
    if not 200 <= response.status < 300:
        return _refused(response, answer)
    if not _is_stored(answer):
        return Retry(foreign_answer("ntfy"), response.status, hint=_HINTS[404])
    if answer.get("topic") != topic:
        hint = Wording(
            "the url leads to a topic: write the server's address, and the topic in ntfy.topic",
            "url 指向某个主题：请填写服务器的地址，主题写在 ntfy.topic 中",
        )
        return Permanent(
            Wording("the message went to another topic", "消息发到了另一个主题"), response.status, hint=hint
        )
    return Delivered(response.status)


def _refused(response: Response, answer: Dict[str, Any]) -> Outcome:
    """The outcome of a refusal, by its ``code`` and its status."""
    code = answer.get("code")
    refused = refusal(response, excerpt(answer.get("error")))
    hint = (_HINTS_OF_CODE.get(code) if isinstance(code, int) else None) or _HINTS.get(response.status) or refused.hint
    if isinstance(refused, Retry) and code == 42908:
        return dataclasses.replace(refused, after=max(refused.after or 0.0, _DAY_WAIT), hint=hint)
    return dataclasses.replace(refused, hint=hint)
