"""What Telegram's refusals mean: an ``error_code``, a ``description`` in words, sometimes ``parameters``.

The words are those of github.com/tdlib/telegram-bot-api (Client.cpp) and of Telegram's own servers, which it passes
on. https://core.telegram.org/bots/api#making-requests says that they may change, so each is a hint, and what is not
known is judged by its number.
"""

from __future__ import annotations

import re
from typing import Any, Mapping, Optional, Tuple

from prime_notify.channels.common.base import Response
from prime_notify.channels.common.http_status import refusal, retry_after
from prime_notify.channels.common.wire import excerpt
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry

__all__ = ["refused"]

_LONGEST_WAIT = 86400.0
_NOT_MODIFIED = re.compile("message is not modified", re.IGNORECASE)
_START_IS_GONE = re.compile(
    "message to edit not found|message can't be edited|message_id_invalid|message to be replied not found"
    "|replied message not found|message_edit_time_expired",
    re.IGNORECASE,
)
_REMEDIES: Tuple[Tuple[str, str], ...] = (
    ("chat not found|peer_id_invalid|chat_id is empty", "check telegram.chat_id; the bot must be in that group or "
     "channel, and a person must have pressed Start in the chat with it"),
    ("thread not found|topic_deleted|topic_id_invalid", "check telegram.message_thread_id: there is no such topic"),
    ("topic_closed", "the topic is closed: open it, or make the bot an administrator who manages topics"),
    ("button_url_invalid|keyboard button url", "check the addresses in this endpoint's actions"),
    ("not enough rights|no rights|chat_write_forbidden|chat_restricted|need administrator|chat_admin_required"
     "|send_plain_forbidden", "allow the bot to write there: make it an administrator of the channel or group"),
    ("blocked by the user", "that person has blocked the bot: they have to unblock it"),
    ("can't initiate conversation", "that person has to open a chat with the bot and press Start"),
    ("bot can't send messages to (the )?bot", "telegram.chat_id is a bot's: write a person's, group's or channel's"),
    ("user is deactivated|group chat was deleted", "that account or group is gone: write another telegram.chat_id"),
    ("kicked|not a member", "add the bot to that group or channel again"),
    ("can't parse entities|message is too long|text is empty|text must be non-empty|must be encoded in utf-8",
     "this should not happen: please report it"),
)  # fmt: skip
_BY_NUMBER: Mapping[int, str] = {
    401: "the bot's token is wrong or was revoked: copy it again from @BotFather into telegram.bot_token",
    403: "the bot may not write there: check telegram.chat_id, and the bot's rights in that chat",
    404: "check telegram.bot_token: it does not look like one to Telegram; and url, if it is your own server's",
}


def refused(response: Response, answer: Mapping[str, Any]) -> Outcome:
    """Whatever is no success, and what only looks like none."""
    status, said = response.status, excerpt(answer.get("description"))
    code = answer.get("error_code")
    if answer.get("ok") is not False or not isinstance(code, int) or not said:
        return _not_telegram(response)
    reason = f"Telegram refused: {said}"
    if _NOT_MODIFIED.search(said):
        return Delivered(status, detail="the message says so already")  # it was edited by a try that seemed to fail
    if _START_IS_GONE.search(said):
        hint = "the message of the start can no longer be edited or replied to: a message of its own is sent"
        return Retry(reason, status, hint=hint, separately=True)
    parameters = answer.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    if code == 429:
        hint = "Telegram takes about one message a second in each chat, and 20 a minute in a group"
        return Retry(reason, status, after=_wait(response, parameters), throttled=True, hint=hint)
    moved = parameters.get("migrate_to_chat_id")
    if isinstance(moved, int):
        hint = f'the group has become a supergroup: write "chat_id": "{moved}"'
        return Permanent(reason, status, hint=hint)
    return _by_words(response, code, said)


def _by_words(response: Response, code: int, said: str) -> Outcome:
    status, reason = response.status, f"Telegram refused: {said}"
    if code >= 500:
        return Retry(reason, status, after=retry_after(response), hint="Telegram has a problem")
    for words, remedy in _REMEDIES:
        if re.search(words, said, re.IGNORECASE):
            return Permanent(reason, status, hint=remedy)
    hint = _BY_NUMBER.get(code, "see https://core.telegram.org/bots/api#sendmessage")
    return Permanent(reason, status, hint=hint, disable=code == 401)


def _not_telegram(response: Response) -> Outcome:
    if 200 <= response.status < 300:
        return Retry("this is not how Telegram answers", response.status, hint="check the URL")
    return refusal(response)


def _wait(response: Response, parameters: Mapping[str, Any]) -> Optional[float]:
    seconds = parameters.get("retry_after")
    if isinstance(seconds, (int, float)) and 0 <= seconds <= _LONGEST_WAIT:
        return float(seconds)
    return retry_after(response)
