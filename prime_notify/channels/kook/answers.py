"""The meaning of KOOK's answers: a ``code`` in the body, where only 0 is a success.

https://developer.kookapp.cn/doc/reference names no list of codes, and https://developer.kookapp.cn/doc/websocket those
of the token. The others are judged by their text, else tried again. Of limits,
https://developer.kookapp.cn/doc/rate-limit.
"""

from __future__ import annotations

import re
from typing import Any, Mapping

from prime_notify.channels.common.answers import (
    CHECK_URL,
    SAYS_BOTH,
    START_IS_GONE,
    Answers,
    Meaning,
    RefusalKind,
    foreign_answer,
    says_no,
)
from prime_notify.channels.common.http_status import Refusal, retry_after
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["judged", "separately"]

_TOKEN = Meaning(
    Wording(
        "check kook.token: copy the token of the bot again, at https://developer.kookapp.cn",
        "请检查 kook.token：在 https://developer.kookapp.cn 重新复制机器人的 Token",
    )
)
_SLOW = Wording("KOOK limits how fast a bot sends", "KOOK 限制了机器人的发送频率")
_THROTTLED = Meaning(_SLOW, RefusalKind.THROTTLED)
_RIGHTS = Meaning(
    Wording(
        "invite the bot to the server, and allow its role to send messages in the channel",
        "请把机器人邀请到服务器，并允许其角色在该频道发送消息",
    )
)
_TARGET = Meaning(
    Wording(
        "check kook.channel_id or kook.user_id: switch developer mode on in KOOK's settings, then right-click and copy "
        "the id",
        "请检查 kook.channel_id 或 kook.user_id：在 KOOK 设置中开启开发者模式，右键即可复制 ID",
    )
)
_ANSWERS = Answers(
    service="KOOK",
    success=0,
    text_fields=("message",),
    patterns=(
        (re.compile("频率|频繁|过快|too (many|fast)|rate.?limit", re.IGNORECASE), _THROTTLED),
        (re.compile(r"token|鉴权|未登录|unauthori[sz]ed", re.IGNORECASE), _TOKEN),
        (re.compile("权限|permission|forbidden|被禁言", re.IGNORECASE), _RIGHTS),
        (re.compile("频道.*不存在|找不到.*频道|channel.*not (exist|found)|target_id", re.IGNORECASE), _TARGET),
    ),
    meanings={40101: _TOKEN, 40102: _TOKEN, 40103: _TOKEN},
    unknown=Wording(
        "check kook.token, kook.channel_id, and that the bot may write there",
        "请检查 kook.token、kook.channel_id，以及机器人能否在那里发言",
    ),
)


def judged(response: Response, *, is_update: bool = False) -> Outcome:
    """Total. A new message has an id; the answer to an update has no more than its code."""
    answer = parse_object(response.body)
    if response.status == 429:
        text = _ANSWERS.text_in(answer)
        reason = Wording("HTTP 429: {why}", "HTTP 429：{why}", why=text or _SLOW)
        wait = retry_after(response, response.headers.get("x-rate-limit-reset"))
        return Retry(reason, response.status, after=wait, throttled=True, hint=_SLOW)
    outcome = _ANSWERS.judge(response)
    if not isinstance(outcome, Delivered) or is_update:
        return outcome
    id = _id_in(answer)
    if says_no(answer):
        return Retry(SAYS_BOTH, response.status, hint=CHECK_URL)
    if not id:
        return Retry(foreign_answer("KOOK"), response.status, hint=CHECK_URL)
    return Delivered(response.status, receipt={"message": id})


def separately(refused: Refusal) -> Refusal:
    """The outcome of a message that is tied to its start, and was refused: alone it may arrive, or the reason will
    show. Of a token, or the pace, the start is innocent.
    """
    innocent = refused.hint in (_TOKEN.hint, _SLOW) or (isinstance(refused, Retry) and (refused.status or 0) >= 500)
    if innocent or (isinstance(refused, Permanent) and refused.disable):
        return refused
    return START_IS_GONE.outcome(refused.reason, refused.status or 0)


def _id_in(answer: Mapping[str, Any]) -> str:
    data = answer.get("data")
    found = data.get("msg_id") if isinstance(data, dict) else None
    return found if isinstance(found, str) and found == excerpt(found) and len(found) <= 64 else ""
