"""The meaning of a homeserver's answers: an ``event_id``, or an ``errcode`` beside the HTTP status.

https://spec.matrix.org/latest/client-server-api/#standard-error-response and, for the words of Synapse,
github.com/element-hq/synapse (synapse/api/errors.py, handlers/event_auth.py, rest/client/room.py).
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Mapping, Optional

from prime_notify.channels.common.answers import (
    CHECK_URL,
    OUR_FAULT,
    START_IS_GONE,
    Meaning,
    RefusalKind,
    foreign_answer,
    refused_by,
    says_no,
)
from prime_notify.channels.common.http_status import Refusal, refusal, retry_after
from prime_notify.model.outcome import Retry
from prime_notify.model.response import Response
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["LONGEST_WAIT", "event_in", "refused"]

LONGEST_WAIT = 3600.0

_SERVICE = Wording("the homeserver", "主服务器")
_SECOND = 1000.0  # milliseconds
_THROTTLED = Wording(
    "the homeserver limits the account's messages; its administrator can lift that for the account",
    "主服务器限制了该帐号的发送频率；服务器管理员可为该帐号取消限制",
)
_TOKEN = Wording(
    "the access token is no longer valid, for example after a log-out: log in again with the account, and write the "
    "new token into matrix.access_token",
    "访问令牌已失效（例如帐号已退出登录）：请重新登录该帐号，并把新的令牌填入 matrix.access_token",
)
_HOMESERVER = Wording(
    "write the address of the homeserver's client API into url: the base_url at https://<server "
    "name>/.well-known/matrix/client",
    "请在 url 中填写主服务器客户端 API 的地址：即 https://<服务器名>/.well-known/matrix/client 中的 base_url",
)
_ACCOUNT = Wording(
    "the homeserver has locked, suspended or deactivated the account: ask its administrator",
    "主服务器已锁定、停用或注销该帐号：请联系服务器管理员",
)
_NOT_A_MEMBER = Wording(
    "the account is not in the room, or the room's id is wrong: invite the account, accept the invitation with it, and "
    "compare matrix.room_id",
    "该帐号不在房间中，或房间 ID 有误：请邀请该帐号，用它接受邀请，并核对 matrix.room_id",
)
_POWER = Wording(
    "the account may not write in the room: give it the power level that messages need in the room's permissions",
    "该帐号无权在房间中发言：请在房间权限设置中给它发送消息所需的权限等级",
)

_MEANINGS: Mapping[str, Meaning] = {
    "M_BAD_JSON": Meaning(OUR_FAULT),
    "M_CONSENT_NOT_GIVEN": Meaning(
        Wording(
            "log in with the account once, and accept the homeserver's terms",
            "请用该帐号登录一次，并同意主服务器的条款",
        )
    ),
    "M_FORBIDDEN": Meaning(_NOT_A_MEMBER),
    "M_GUEST_ACCESS_FORBIDDEN": Meaning(
        Wording("a guest cannot write there: register an account", "访客无法在那里发言：请注册一个帐号")
    ),
    "M_INVALID_PARAM": Meaning(
        Wording("compare matrix.room_id with the id in the room's settings", "请核对 matrix.room_id 与房间设置中的 ID")
    ),
    "M_MISSING_TOKEN": Meaning(
        Wording(
            "the access token did not reach the homeserver: is there an Authorization among the endpoint's headers, or "
            "a proxy that removes it?",
            "访问令牌没有到达主服务器：该推送目标的 headers 中是否有 Authorization，或有代理去掉了它？",
        )
    ),
    "M_NOT_FOUND": Meaning(_NOT_A_MEMBER),
    "M_NOT_JSON": Meaning(OUR_FAULT),
    "M_RESOURCE_LIMIT_EXCEEDED": Meaning(
        Wording(
            "the homeserver is at the limit of its resources: ask its administrator",
            "主服务器的资源已达上限：请联系服务器管理员",
        ),
        RefusalKind.RETRY,
        3600.0,
    ),
    "M_TOO_LARGE": Meaning(OUR_FAULT),
    "M_UNKNOWN_TOKEN": Meaning(_TOKEN, RefusalKind.DISABLE),
    "M_UNRECOGNIZED": Meaning(_HOMESERVER),
    "M_USER_DEACTIVATED": Meaning(_ACCOUNT, RefusalKind.DISABLE),
    "M_USER_LOCKED": Meaning(_ACCOUNT),
    "M_USER_SUSPENDED": Meaning(_ACCOUNT),
}
_NO_PERMISSION = re.compile("permission|power|level", re.IGNORECASE)
_UNKNOWN_START = re.compile("relation to unknown event", re.IGNORECASE)  # run with Synapse 1.163
_NOT_THE_API = (404, 405)  # without an errcode: a web server, but no client API
_EVENT = re.compile(r"\$[!-~]{1,254}")


def event_in(answer: Mapping[str, Any]) -> Optional[str]:
    """The id of the event that the homeserver has stored; None where it names none."""
    event = answer.get("event_id")
    return event if isinstance(event, str) and _EVENT.fullmatch(event) and not says_no(answer) else None


def refused(response: Response, answer: Mapping[str, Any]) -> Refusal:
    """Retry or Permanent."""
    status, code, text = response.status, _code_in(answer), excerpt(answer.get("error"))
    reason = refused_by(_SERVICE, f"{code}: {text}" if text else code) if code else ""
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        wait = answer.get("retry_after_ms")
        seconds = wait / _SECOND if isinstance(wait, (int, float)) and not isinstance(wait, bool) else None
        after = retry_after(response, seconds, most=LONGEST_WAIT)
        why = reason or Wording("HTTP {status}: too many requests", "HTTP {status}：请求过多", status=status)
        return Retry(why, status, after=after, throttled=True, hint=_THROTTLED)
    if code and status == 400 and _UNKNOWN_START.search(text):
        return START_IS_GONE.outcome(reason, status)
    if code in _MEANINGS and status < 500:
        meaning = _MEANINGS[code]
        if code == "M_FORBIDDEN" and _NO_PERMISSION.search(text):
            meaning = Meaning(_POWER)
        return meaning.outcome(reason, status)
    if 200 <= status < 300:
        return Retry(reason or foreign_answer("Matrix"), status, hint=CHECK_URL)
    refusal_of_status = refusal(response, reason)
    if status in _NOT_THE_API and not code:
        return dataclasses.replace(refusal_of_status, hint=_HOMESERVER)
    return refusal_of_status


def _code_in(answer: Mapping[str, Any]) -> str:
    code = answer.get("errcode")
    return code if isinstance(code, str) and re.fullmatch(r"[A-Z][A-Z0-9_.]{2,60}", code) else ""
