"""The meaning of Mattermost's answers: ``ok``, or an object with the ``id`` of an error beside the HTTP status.

github.com/mattermost/mattermost: server/channels/app/webhook.go, server/channels/web/webhook.go and model/utils.go.
Newer servers write ``web.incoming_webhook.general.app_error`` for all of them, with the status of the error inside.
"""

from __future__ import annotations

import re
from typing import Mapping, Optional

from prime_notify.channels.common.answers import CHECK_URL, OUR_FAULT, Meaning, RefusalKind, foreign_answer, refused_by
from prime_notify.channels.common.http_status import Refusal, refusal
from prime_notify.model.outcome import Retry
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["is_taken", "refused"]

_INVALID = Meaning(
    Wording(
        "the webhook was deleted, or its address is incomplete: copy it again, or create a new one, and write its "
        "address into url",
        "webhook 已被删除或地址不完整：请重新复制，或新建一个，并把地址填入 url",
    ),
    RefusalKind.DISABLE,
)
_OFF = Meaning(
    Wording(
        "incoming webhooks are switched off on this server: an administrator can enable them in the System Console, "
        "Integrations",
        "该服务器已关闭传入 Webhook：管理员可在系统控制台的“集成”中启用",
    ),
    RefusalKind.DISABLE,
)
_CHANNEL = Meaning(
    Wording(
        "there is no such channel or user: write the name in the channel's address into mattermost.channel, or leave "
        "it out",
        "没有这个频道或用户：请在 mattermost.channel 中填写频道网址中的名称，或去掉它",
    )
)
_LOCKED = Meaning(
    Wording(
        "the webhook is locked to its channel: leave out mattermost.channel, or unlock it in the webhook's settings",
        "该 webhook 已锁定到自己的频道：请去掉 mattermost.channel，或在 webhook 设置中取消锁定",
    )
)
_NOT_ALLOWED = Meaning(
    Wording(
        "the creator of the webhook may not post there: add this person to the channel, or create a new webhook",
        "webhook 的创建者无权在那里发送：请把此人加入频道，或新建 webhook",
    )
)
_ARCHIVED = Meaning(
    Wording("the channel is archived: unarchive it, or choose another", "频道已归档：请取消归档，或改用其他频道")
)
_TOO_LONG = Meaning(OUR_FAULT)

_MEANINGS: Mapping[str, Meaning] = {
    "api.context.invalid_param.app_error": Meaning(
        Wording("leave out mattermost.priority: the server refuses it", "请去掉 mattermost.priority：服务器不接受")
    ),
    "app.channel.get.existing.app_error": _CHANNEL,
    "model.incoming_hook.parse_data.app_error": _TOO_LONG,
    "web.incoming_webhook.channel.app_error": _CHANNEL,
    "web.incoming_webhook.channel_locked.app_error": _LOCKED,
    "web.incoming_webhook.decode.app_error": _TOO_LONG,
    "web.incoming_webhook.disabled.app_error": _OFF,
    "web.incoming_webhook.invalid.app_error": _INVALID,
    "web.incoming_webhook.parse.app_error": _TOO_LONG,
    "web.incoming_webhook.permissions.app_error": _NOT_ALLOWED,
    "web.incoming_webhook.split_props_length.app_error": _TOO_LONG,
    "web.incoming_webhook.text.app_error": _TOO_LONG,
    "web.incoming_webhook.user.app_error": _CHANNEL,
}
_GENERAL = "web.incoming_webhook.general.app_error"
_BY_WORDS = (
    (re.compile("invalid webhook", re.IGNORECASE), _INVALID),
    (re.compile("locked|restricted to", re.IGNORECASE), _LOCKED),
    (re.compile("couldn.t find the (channel|user)|existing channel", re.IGNORECASE), _CHANNEL),
    (re.compile("(deleted|archived) channel", re.IGNORECASE), _ARCHIVED),
    (re.compile("permission", re.IGNORECASE), _NOT_ALLOWED),
)
_BY_STATUS: Mapping[int, Meaning] = {400: _INVALID, 403: _LOCKED, 404: _CHANNEL, 501: _OFF}


def is_taken(response: Response) -> bool:
    """Whether the server has posted the message."""
    return 200 <= response.status < 300 and excerpt(response.body) == "ok"


def refused(response: Response) -> Refusal:
    """Retry or Permanent, by the error's id, else by its words, else by the HTTP status."""
    answer, status = parse_object(response.body), response.status
    id, text, detail = (excerpt(answer.get(name)) for name in ("id", "message", "detailed_error"))
    if 200 <= status < 300:
        return Retry(refused_by("Mattermost", text) if text else foreign_answer("Mattermost"), status, hint=CHECK_URL)
    meaning = _meaning(id, f"{text} {detail}", status) if "." in id else None
    if meaning is None or status == 429:
        return refusal(response, text)
    return meaning.outcome(refused_by("Mattermost", text or id), status)


def _meaning(id: str, words: str, status: int) -> Optional[Meaning]:
    if id in _MEANINGS:
        return _MEANINGS[id]
    by_words = next((meaning for pattern, meaning in _BY_WORDS if pattern.search(words)), None)
    return by_words or (_BY_STATUS.get(status) if id == _GENERAL else None)
