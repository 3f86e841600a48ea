"""What Slack's answers mean: a webhook's word with its HTTP status, or a method's ``error`` behind HTTP 200.

docs.slack.dev/reference/methods/chat.postMessage and chat.update (Errors), and
docs.slack.dev/changelog/2016/05/17/changes-to-errors-for-incoming-webhooks
"""

from __future__ import annotations

import re
from typing import Any, Mapping

from prime_notify.channels.common.base import Response
from prime_notify.channels.common.http_status import Refusal, refusal, retry_after
from prime_notify.channels.common.wire import excerpt
from prime_notify.model.outcome import Permanent, Retry

__all__ = ["refused", "word_in"]

_MINUTE = 60.0
_HOUR = 3600.0

_COPY_AGAIN = "copy the bot's token again (OAuth & Permissions in the app's settings) into slack.bot_token"
_CHANNEL = "write the channel's id (at the end of its details in Slack) into slack.channel"
_WEBHOOK = "create a new webhook in the app's settings and write its address into url"
_OURS = "this should not happen: please report it"
_ADMIN = "an administrator of the workspace has to allow this app to post there"

_NOTHING_WORKS: Mapping[str, str] = {
    "account_inactive": "the app was removed from the workspace: install it again, and " + _COPY_AGAIN,
    "channel_is_archived": "unarchive the channel, or " + _WEBHOOK,
    "invalid_token": _WEBHOOK,
    "is_archived": "unarchive the channel, or write another into slack.channel",
    "no_active_hooks": "the webhook was switched off: " + _WEBHOOK,
    "no_service": "the webhook was removed or switched off: " + _WEBHOOK,
    "no_service_id": _WEBHOOK,
    "no_team": "the workspace is gone: " + _WEBHOOK,
    "team_disabled": "the workspace is switched off",
    "token_revoked": "the token was revoked: install the app again, and " + _COPY_AGAIN,
}
"""Words that hold for every other message, too, until somebody acts."""

_PERMANENT: Mapping[str, str] = {
    "access_denied": _ADMIN,
    "accesslimited": "the workspace does not admit this server's address",
    "action_prohibited": _ADMIN,
    "app_access_restricted": _ADMIN,
    "attachment_payload_limit_exceeded": _OURS,
    "channel_not_found": _CHANNEL + ", and invite the bot there if the channel is private",
    "ekm_access_denied": _ADMIN,
    "enterprise_is_restricted": _ADMIN,
    "invalid_attachments": _OURS,
    "invalid_auth": _COPY_AGAIN,
    "invalid_blocks": "check the endpoint's actions: Slack takes whole http:// and https:// addresses",
    "invalid_blocks_format": _OURS,
    "invalid_payload": _OURS,
    "messages_tab_disabled": "switch on the app's messages tab (App Home in its settings), or choose a channel",
    "missing_scope": "give the app the scope chat:write (with username or icon also chat:write.customize), "
    "then install it again",
    "msg_blocks_too_long": _OURS,
    "msg_too_long": _OURS,
    "no_permission": "invite the bot to the channel",
    "no_text": _OURS,
    "not_allowed_token_type": "write a bot's token, which begins with xoxb-",
    "not_authed": _COPY_AGAIN,
    "not_in_channel": "invite the bot to the channel: /invite @<the bot's name>",
    "posting_to_general_channel_denied": _ADMIN,
    "restricted_action": _ADMIN,
    "restricted_action_read_only_channel": _ADMIN,
    "restricted_action_thread_only_channel": "this channel takes replies only: choose another",
    "team_not_found": "write the channel's id instead of its name into slack.channel",
    "token_expired": _COPY_AGAIN,
    "too_many_attachments": _OURS,
    "two_factor_setup_required": "the workspace wants two-factor authentication to be set up",
    "user_not_found": "write a channel's or a member's id",
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
"""Words for what ends by itself, and after how many seconds it is worth another try; 0: after our own delay."""

_THROTTLED: Mapping[str, float] = {"message_limit_exceeded": _HOUR, "rate_limited": _MINUTE, "ratelimited": _MINUTE}
"""Seconds to wait where Slack names none."""

_START_IS_GONE = frozenset(
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


def word_in(body: bytes, answer: Mapping[str, Any]) -> str:
    """The word that says what is wrong: ``error`` of a method's answer, or all that a webhook says."""
    if answer.get("ok") is False:
        word = answer.get("error")
        return word if isinstance(word, str) and re.fullmatch("[a-z][a-z0-9_]{1,63}", word) else ""
    said = excerpt(body)
    known = (_NOTHING_WORKS, _PERMANENT, _PASSING, _THROTTLED)
    return said if any(said in words for words in known) else ""


def refused(response: Response, word: str) -> Refusal:
    """Retry or Permanent. ``word`` is empty where Slack gave none."""
    status, reason = response.status, f"Slack refused: {word}"
    if word in _THROTTLED:
        after = retry_after(response)
        hint = "Slack takes about one message a second in each channel, and fewer in free workspaces"
        return Retry(reason, status, after=_THROTTLED[word] if after is None else after, throttled=True, hint=hint)
    if word in _START_IS_GONE:
        hint = "the message of the start can no longer be replied to or updated: a message of its own is sent"
        return Retry(reason, status, hint=hint, separately=True)
    if word in _PASSING:
        return Retry(reason, status, after=_PASSING[word] or retry_after(response), hint="Slack has a problem")
    if word in _NOTHING_WORKS:
        return Permanent(reason, status, disable=True, hint=_NOTHING_WORKS[word])
    if word in _PERMANENT:
        return Permanent(reason, status, hint=_PERMANENT[word])
    if not 200 <= status < 300:
        return refusal(response, word)
    if word:
        return Permanent(reason, status, hint="see docs.slack.dev/reference/methods/chat.postMessage")
    return Retry("this is not how Slack answers", status, hint="check the URL")
