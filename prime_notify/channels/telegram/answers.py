"""The meaning of Telegram's refusals: an ``error_code``, a ``description``, sometimes ``parameters``.

The descriptions are those of github.com/tdlib/telegram-bot-api (Client.cpp) and of Telegram's own servers. They may
change (https://core.telegram.org/bots/api#making-requests), so an unknown one is judged by its number.
"""

from __future__ import annotations

import re
from typing import Any, Mapping, Tuple

from prime_notify.channels.common.answers import (
    CHECK_URL,
    OUR_FAULT,
    START_IS_GONE,
    foreign_answer,
    refused_by,
    service_problem,
)
from prime_notify.channels.common.http_status import refusal, retry_after
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["refused"]

_NOT_MODIFIED = re.compile("message is not modified", re.IGNORECASE)
_GONE = re.compile(
    "message to edit not found|message can't be edited|message_id_invalid|message to be replied not found"
    "|replied message not found|message_edit_time_expired",
    re.IGNORECASE,
)
_REMEDIES: Tuple[Tuple[str, str], ...] = (
    (
        "chat not found|peer_id_invalid|chat_id is empty",
        Wording(
            "check telegram.chat_id; the bot must be in that group or "
            "channel, and a person must have pressed Start in the chat with it",
            "请检查 telegram.chat_id；机器人须在该群组或频道中，个人须先在与它的会话中按 Start",
        ),
    ),
    (
        "thread not found|topic_deleted|topic_id_invalid",
        Wording(
            "check telegram.message_thread_id: there is no such topic",
            "请检查 telegram.message_thread_id：没有这个话题",
        ),
    ),
    (
        "topic_closed",
        Wording(
            "the topic is closed: open it, or make the bot an administrator who manages topics",
            "话题已关闭：请打开它，或让机器人成为可管理话题的管理员",
        ),
    ),
    (
        "button_url_invalid|keyboard button url",
        Wording("check the addresses in this endpoint's actions", "请检查该推送目标的 actions 中的地址"),
    ),
    (
        "not enough rights|no rights|chat_write_forbidden|chat_restricted|need administrator|chat_admin_required"
        "|send_plain_forbidden",
        Wording(
            "allow the bot to write there: make it an administrator of the channel or group",
            "请允许机器人在那里发送：将它设为频道或群组的管理员",
        ),
    ),
    (
        "blocked by the user",
        Wording("that person has blocked the bot: they have to unblock it", "对方屏蔽了机器人：需由对方解除屏蔽"),
    ),
    (
        "can't initiate conversation",
        Wording("that person has to open a chat with the bot and press Start", "对方须先打开与机器人的会话并按 Start"),
    ),
    (
        "bot can't send messages to (the )?bot",
        Wording(
            "telegram.chat_id is a bot's: write a person's, group's or channel's",
            "telegram.chat_id 属于机器人：请填写个人、群组或频道的",
        ),
    ),
    (
        "user is deactivated|group chat was deleted",
        Wording(
            "that account or group is gone: write another telegram.chat_id",
            "该账号或群组已不存在：请填写其他 telegram.chat_id",
        ),
    ),
    ("kicked|not a member", Wording("add the bot to that group or channel again", "请把机器人重新加入该群组或频道")),
    (
        "can't parse entities|message is too long|text is empty|text must be non-empty|must be encoded in utf-8",
        OUR_FAULT,
    ),
)
_BY_NUMBER: Mapping[int, str] = {
    401: Wording(
        "the bot's token is wrong or was revoked: copy it again from @BotFather into telegram.bot_token",
        "机器人的令牌有误或已撤销：请从 @BotFather 重新复制到 telegram.bot_token",
    ),
    403: Wording(
        "the bot may not write there: check telegram.chat_id, and the bot's rights in that chat",
        "机器人无权在那里发送：请检查 telegram.chat_id 与机器人在该会话中的权限",
    ),
    404: Wording(
        "check telegram.bot_token: it does not look like one to Telegram; and url, if it is your own server's",
        "请检查 telegram.bot_token：Telegram 不认可它；若使用自己的服务器，还请检查 url",
    ),
}


def refused(response: Response, answer: Mapping[str, Any]) -> Outcome:
    """The outcome of an answer without success. One of them still means that the message is there."""
    status, text = response.status, excerpt(answer.get("description"))
    code = answer.get("error_code")
    if answer.get("ok") is not False or not isinstance(code, int) or not text:
        return _not_telegram(response)
    reason = refused_by("Telegram", text)
    if _NOT_MODIFIED.search(text):
        # An earlier try that seemed to fail has edited it
        return Delivered(status, detail="the message says so already")
    if _GONE.search(text):
        return START_IS_GONE.outcome(reason, status)
    parameters = answer.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    if code == 429:
        hint = Wording(
            "Telegram accepts about one message a second in each chat, and 20 a minute in a group",
            "Telegram 每个会话每秒约接受一条消息，群组每分钟 20 条",
        )
        return Retry(
            reason, status, after=retry_after(response, parameters.get("retry_after")), throttled=True, hint=hint
        )
    moved = parameters.get("migrate_to_chat_id")
    if isinstance(moved, int) and not isinstance(moved, bool):
        hint = Wording(
            'the group has become a supergroup, whose id is used from now on: write "chat_id": "{id}"',
            '该群组已升级为超级群组，今后使用其新 ID：请写 "chat_id": "{id}"',
            id=moved,
        )
        return Permanent(reason, status, hint=hint, moved={"chat_id": str(moved)})
    return _by_words(response, code, text)


def _by_words(response: Response, code: int, text: str) -> Outcome:
    status, reason = response.status, refused_by("Telegram", text)
    if code >= 500:
        return Retry(reason, status, after=retry_after(response), hint=service_problem("Telegram"))
    for words, remedy in _REMEDIES:
        if re.search(words, text, re.IGNORECASE):
            return Permanent(reason, status, hint=remedy)
    hint = _BY_NUMBER.get(
        code,
        Wording(
            "see https://core.telegram.org/bots/api#sendmessage", "见 https://core.telegram.org/bots/api#sendmessage"
        ),
    )
    return Permanent(reason, status, hint=hint, disable=code == 401)


def _not_telegram(response: Response) -> Outcome:
    if 200 <= response.status < 300:
        return Retry(foreign_answer("Telegram"), response.status, hint=CHECK_URL)
    return refusal(response)
