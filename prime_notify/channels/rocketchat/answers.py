"""The meaning of Rocket.Chat's answers: ``success``, and the ``error`` of a refusal, mostly with HTTP 400.

github.com/RocketChat/Rocket.Chat, apps/meteor: app/integrations/server/api/api.ts, app/api/server/ApiClass.ts,
app/authorization/server/functions/canSendMessage.ts. It also says ``success`` where a script or an app of the server
drops the message: nobody outside can see that.
"""

from __future__ import annotations

import re
from typing import Any, Mapping, Optional, Pattern, Sequence, Tuple

from prime_notify.channels.common.answers import CHECK_URL, Meaning, RefusalKind, foreign_answer, refused_by, says_no
from prime_notify.channels.common.http_status import Refusal, refusal, retry_after
from prime_notify.model.outcome import Retry
from prime_notify.model.response import Response
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["LONGEST_WAIT", "is_taken", "refused"]

LONGEST_WAIT = 3600.0

_SERVICE = "Rocket.Chat"
_SLOWED_DOWN = Wording(
    "the server takes ten messages a minute from a webhook; an administrator can change that under Rate Limiter",
    "服务器每分钟只接受一个 webhook 的十条消息；管理员可在“速率限制”中更改",
)
_WAIT = re.compile(r"wait (\d{1,6}) seconds")

_MEANINGS: Sequence[Tuple[Pattern[str], Meaning]] = tuple(
    (re.compile(words, re.IGNORECASE), meaning)
    for words, meaning in (
        (
            "invalid integration id|must be logged in",
            Meaning(
                Wording(
                    "the integration was deleted, or its address is incomplete, or its user is gone: copy the webhook "
                    "URL again into url",
                    "集成已被删除、地址不完整，或其用户已不存在：请重新复制 WebHook URL 到 url",
                ),
                RefusalKind.DISABLE,
            ),
        ),
        (
            "^service unavailable$",
            Meaning(
                Wording(
                    "the integration is switched off: enable it under Administration, Integrations",
                    "该集成已停用：请在“管理”→“集成”中启用",
                ),
                RefusalKind.DISABLE,
            ),
        ),
        (
            "overriding destination channel is disabled",
            Meaning(
                Wording(
                    "leave out rocketchat.channel, or allow the integration to overwrite its destination channel",
                    "请去掉 rocketchat.channel，或在集成设置中允许覆盖目标频道",
                )
            ),
        ),
        (
            "invalid-channel|invalid-room|room-not-found|no channel with name|error-invalid-(channel|room)",
            Meaning(
                Wording(
                    "there is no such channel, or the integration's user is not in it: check rocketchat.channel",
                    "没有这个频道，或集成的用户不在其中：请检查 rocketchat.channel",
                )
            ),
        ),
        (
            "not enough permission",
            Meaning(
                Wording(
                    "leave out rocketchat.username and rocketchat.icon, or give the role of the integration's user the "
                    "permission message-impersonate",
                    "请去掉 rocketchat.username 与 rocketchat.icon，或给集成用户的角色授予 message-impersonate 权限",
                )
            ),
        ),
        (
            "notify all|mention-all|action-not-allowed",
            Meaning(
                Wording(
                    "leave out mention.all, or give the role of the integration's user the permission mention-all",
                    "请去掉 mention.all，或给集成用户的角色授予 mention-all 权限",
                )
            ),
        ),
        (
            "running-script|script",
            Meaning(
                Wording(
                    "the integration's script failed: switch it off, since none is needed",
                    "集成的脚本运行失败：请关闭它，此处不需要脚本",
                )
            ),
        ),
        (
            "muted|blocked|readonly|read.only|not.allowed|archived",
            Meaning(
                Wording(
                    "the integration's user may not write there: check the channel's settings and the user's role",
                    "集成的用户无权在那里发言：请检查频道设置与该用户的角色",
                )
            ),
        ),
        (
            "invalid href|match error|invalid attachment",
            Meaning(
                Wording(
                    "the server refuses a field: check the endpoint's actions and rocketchat.icon",
                    "服务器不接受某个字段：请检查该推送目标的 actions 与 rocketchat.icon",
                )
            ),
        ),
    )
)


def is_taken(answer: Mapping[str, Any]) -> bool:
    """Whether the server has taken the message. With several channels, each has a response of its own."""
    responses = answer.get("responses")
    listed = responses if isinstance(responses, list) else []
    failed = any(isinstance(one, dict) and one.get("error") for one in listed)
    return answer.get("success") is True and not failed and not says_no(answer)


def refused(response: Response, answer: Mapping[str, Any]) -> Refusal:
    """Retry or Permanent, by the text of the error, else by the HTTP status."""
    status, text = response.status, _text_in(answer)
    reason = refused_by(_SERVICE, text) if text else ""
    if status == 429 or "too many requests" in text.lower():
        found = _WAIT.search(text)
        after = retry_after(response, float(found[1]) if found else None, most=LONGEST_WAIT)
        why = reason or Wording("HTTP {status}: too many requests", "HTTP {status}：请求过多", status=status)
        return Retry(why, status, after=after, throttled=True, hint=_SLOWED_DOWN)
    meaning = next((meaning for pattern, meaning in _MEANINGS if pattern.search(text)), None) if text else None
    if meaning is not None:
        return meaning.outcome(reason, status)
    if 200 <= status < 300:
        return Retry(reason or foreign_answer(_SERVICE), status, hint=CHECK_URL)
    return refusal(response, text)


def _text_in(answer: Mapping[str, Any]) -> str:
    """The error, of the whole or of the first channel that refused; of a server's own error its message."""
    if answer.get("success") is not False and answer.get("status") != "error" and "responses" not in answer:
        return excerpt(answer.get("error"))
    responses = answer.get("responses")
    listed = responses if isinstance(responses, list) else []
    errors = [one.get("error") for one in listed if isinstance(one, dict)]
    candidates: Sequence[Optional[object]] = (answer.get("error"), *errors, answer.get("message"))
    return next(filter(None, map(excerpt, candidates)), "")
