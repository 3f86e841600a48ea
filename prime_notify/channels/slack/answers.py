"""The meaning of Slack's answers: a webhook's word with its HTTP status, or a method's ``error`` with HTTP 200.

docs.slack.dev/reference/methods/chat.postMessage and chat.update (Errors), and
docs.slack.dev/changelog/2016/05/17/changes-to-errors-for-incoming-webhooks
"""

from __future__ import annotations

import re
from typing import Any, Mapping
from urllib.parse import urlsplit

from prime_notify.channels.common.answers import (
    CHECK_URL,
    OUR_FAULT,
    START_IS_GONE,
    foreign_answer,
    refused_by,
    says_no,
    service_problem,
)
from prime_notify.channels.common.http_status import Refusal, refusal, retry_after
from prime_notify.channels.common.known_services import is_own_server
from prime_notify.channels.slack.workflow import is_workflow
from prime_notify.model.outcome import Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["is_posted", "is_taken", "refused", "word_in"]

_SERVER = Wording("the server", "服务器")
_MINUTE = 60.0
_HOUR = 3600.0

_COPY_AGAIN = Wording(
    "copy the bot's token again (OAuth & Permissions in the app's settings) into slack.bot_token",
    "请重新复制机器人的令牌（应用设置中的 OAuth & Permissions）到 slack.bot_token",
)
_CHANNEL = Wording(
    "write the channel's id (at the end of its details in Slack) into slack.channel",
    "请把频道 ID（在 Slack 的频道详情末尾）填入 slack.channel",
)
_WEBHOOK = Wording(
    "create a new webhook in the app's settings and write its address into url",
    "请在应用设置中新建 webhook，并把地址填入 url",
)
_ADMIN = Wording(
    "an administrator of the workspace has to allow this app to post there", "需要工作区管理员允许此应用在那里发送"
)

_NOTHING_WORKS: Mapping[str, str] = {
    "account_inactive": Wording(
        "the app was removed from the workspace: install it again, and {then}",
        "应用已被移出工作区：请重新安装，{then}",
        then=_COPY_AGAIN,
    ),
    "channel_is_archived": Wording("unarchive the channel, or {other}", "请取消频道的归档；或{other}", other=_WEBHOOK),
    "invalid_token": _WEBHOOK,
    "is_archived": Wording(
        "unarchive the channel, or write another into slack.channel",
        "请取消频道的归档，或在 slack.channel 中改用其他频道",
    ),
    "no_active_hooks": Wording("the webhook was switched off: {then}", "webhook 已停用：{then}", then=_WEBHOOK),
    "no_service": Wording(
        "the webhook was removed or switched off: {then}", "webhook 已移除或停用：{then}", then=_WEBHOOK
    ),
    "no_service_id": _WEBHOOK,
    "no_team": Wording("the workspace is gone: {then}", "工作区已不存在：{then}", then=_WEBHOOK),
    "team_disabled": Wording("the workspace is switched off", "工作区已停用"),
    "token_revoked": Wording(
        "the token was revoked: install the app again, and {then}",
        "令牌已撤销：请重新安装应用，{then}",
        then=_COPY_AGAIN,
    ),
}
"""Words that refuse every other message, too, until somebody acts."""

_PERMANENT: Mapping[str, str] = {
    "access_denied": _ADMIN,
    "accesslimited": Wording("the workspace does not admit this server's address", "工作区不允许本服务器的地址"),
    "action_prohibited": _ADMIN,
    "app_access_restricted": _ADMIN,
    "attachment_payload_limit_exceeded": OUR_FAULT,
    "channel_not_found": Wording(
        "{first}, and invite the bot there if the channel is private",
        "{first}；频道若为私有，还请邀请机器人加入",
        first=_CHANNEL,
    ),
    "ekm_access_denied": _ADMIN,
    "enterprise_is_restricted": _ADMIN,
    "invalid_attachments": OUR_FAULT,
    "invalid_auth": _COPY_AGAIN,
    "invalid_blocks": Wording(
        "check the endpoint's actions: Slack accepts whole http:// and https:// addresses",
        "请检查该推送目标的 actions：Slack 只接受完整的 http:// 与 https:// 地址",
    ),
    "invalid_blocks_format": OUR_FAULT,
    "invalid_payload": OUR_FAULT,
    "messages_tab_disabled": Wording(
        "switch on the app's messages tab (App Home in its settings), or choose a channel",
        "请启用应用的 messages tab（应用设置中的 App Home），或选择一个频道",
    ),
    "missing_scope": Wording(
        "give the app the scope chat:write (with username or icon also chat:write.customize), then install it again",
        "请给应用 chat:write 权限（使用 username 或 icon 时还需 chat:write.customize），再重新安装",
    ),
    "msg_blocks_too_long": OUR_FAULT,
    "msg_too_long": OUR_FAULT,
    "no_permission": Wording("invite the bot to the channel", "请邀请机器人加入频道"),
    "no_text": OUR_FAULT,
    "not_allowed_token_type": Wording(
        "write a bot's token, which begins with xoxb-", "请填写机器人的令牌，以 xoxb- 开头"
    ),
    "not_authed": _COPY_AGAIN,
    "not_in_channel": Wording(
        "invite the bot to the channel: /invite @<the bot's name>", "请邀请机器人加入频道：/invite @<机器人的名称>"
    ),
    "posting_to_general_channel_denied": _ADMIN,
    "restricted_action": _ADMIN,
    "restricted_action_read_only_channel": _ADMIN,
    "restricted_action_thread_only_channel": Wording(
        "this channel accepts replies only: choose another", "该频道只接受回复：请另选一个"
    ),
    "team_not_found": Wording(
        "write the channel's id instead of its name into slack.channel", "请在 slack.channel 中填写频道 ID 而不是名称"
    ),
    "token_expired": _COPY_AGAIN,
    "too_many_attachments": OUR_FAULT,
    "two_factor_setup_required": Wording("the workspace requires two-factor authentication", "工作区要求启用两步验证"),
    "user_not_found": Wording("write a channel's or a member's id", "请填写频道或成员的 ID"),
}

_PASSING: Mapping[str, float] = {
    "external_channel_migrating": _MINUTE,
    "fatal_error": 0.0,
    "internal_error": 0.0,
    "org_login_required": _HOUR,
    "request_timeout": 0.0,
    "rollup_error": 0.0,
    "service_unavailable": 0.0,
    "team_added_to_org": _HOUR,
    "update_failed": 0.0,
}
"""Words for problems that end by themselves, with the seconds until a retry; 0: after the endpoint's own delay."""

_THROTTLED: Mapping[str, float] = {"message_limit_exceeded": _HOUR, "rate_limited": _MINUTE, "ratelimited": _MINUTE}
"""Seconds to wait where Slack names none."""

_GONE_WORDS = frozenset(
    (
        "block_mismatch",
        "cannot_reply_to_message",
        "cant_update_message",
        "edit_window_closed",
        "is_inactive",
        "message_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "streaming_state_conflict",
        "thread_not_found",
    )
)


def is_posted(answer: Mapping[str, Any]) -> bool:
    """Whether the Web API has posted or updated a message: it gives its ``ts``."""
    ts = answer.get("ts")
    return answer.get("ok") is True and isinstance(ts, str) and bool(ts) and not says_no(answer)


def is_taken(response: Response, answer: Mapping[str, Any], url: str) -> bool:
    """Whether a webhook has taken the message. Slack's own say ``ok``, and those of workflows ``{"ok": true}``.

    Others that take Slack's messages: Mattermost says ``ok``, Rocket.Chat ``{"success": true}``, and Zulip
    ``{"ok": true}`` or ``{"result": "success"}``.
    """
    if excerpt(response.body) == "ok":
        return True
    words = (answer.get("ok") is True, answer.get("success") is True, answer.get("result") == "success")
    if is_workflow(url):
        return words[0] and not says_no(answer)
    if is_own_server(url):
        return any(words) and not says_no(answer)
    return urlsplit(url).path.startswith("/api/") and is_posted(answer)


def _text_in(answer: Mapping[str, Any]) -> str:
    """The text of a refusal by a server that resembles Slack."""
    return next(filter(None, (excerpt(answer.get(name)) for name in ("error", "message", "msg"))), "")


def word_in(body: bytes, answer: Mapping[str, Any]) -> str:
    """The word for the problem: ``error`` of a method's answer, or the whole answer of a webhook."""
    if answer.get("ok") is False:
        word = answer.get("error")
        return word if isinstance(word, str) and re.fullmatch("[a-z][a-z0-9_]{1,63}", word) else ""
    text = excerpt(body)
    known = (_NOTHING_WORKS, _PERMANENT, _PASSING, _THROTTLED)
    return text if any(text in words for words in known) else ""


def refused(response: Response, word: str) -> Refusal:
    """Retry or Permanent. ``word`` is empty where Slack gave none."""
    status, reason = response.status, refused_by("Slack", word)
    if word in _THROTTLED:
        after = retry_after(response)
        hint = Wording(
            "Slack accepts about one message a second in each channel, and fewer in free workspaces",
            "Slack 每个频道每秒约接受一条消息，免费工作区更少",
        )
        return Retry(reason, status, after=_THROTTLED[word] if after is None else after, throttled=True, hint=hint)
    if word in _GONE_WORDS:
        return START_IS_GONE.outcome(reason, status)
    if word in _PASSING:
        return Retry(reason, status, after=_PASSING[word] or retry_after(response), hint=service_problem("Slack"))
    if word in _NOTHING_WORKS:
        return Permanent(reason, status, disable=True, hint=_NOTHING_WORKS[word])
    if word in _PERMANENT:
        return Permanent(reason, status, hint=_PERMANENT[word])
    text = word or _text_in(parse_object(response.body))
    if not 200 <= status < 300:
        return refusal(response, text)
    if text and not word:
        return Retry(refused_by(_SERVER, text), status, hint=CHECK_URL)
    if word:
        return Permanent(
            reason,
            status,
            hint=Wording(
                "see docs.slack.dev/reference/methods/chat.postMessage",
                "见 docs.slack.dev/reference/methods/chat.postMessage",
            ),
        )
    return Retry(foreign_answer("Slack"), status, hint=CHECK_URL)
