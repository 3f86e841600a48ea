"""Turns a request into the card that a person would see."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict

from prime_notify.model.request import AnyRequest, Request
from scripts.gallery import chats, games, mails, open_chats, pushes, systems
from scripts.gallery.card import Card

__all__ = ["ADAPTERS", "card_of"]


def _of_json(adapter: Callable[[Any], Card]) -> Callable[[Any], Card]:
    def read(request: AnyRequest) -> Card:
        assert isinstance(request, Request)
        return adapter(json.loads(request.body))

    return read


ADAPTERS: Dict[str, Callable[[Any], Card]] = {
    "alertmanager": _of_json(systems.alertmanager),
    "apprise": systems.apprise,
    "bark": _of_json(pushes.bark),
    "command": systems.command,
    "dingtalk": _of_json(chats.dingtalk),
    "discord": _of_json(chats.discord),
    "feishu": _of_json(chats.feishu),
    "gotify": _of_json(pushes.gotify),
    "healthchecks": systems.healthchecks,
    "uptime_kuma": systems.uptime_kuma,
    "kook": _of_json(chats.kook),
    "lark": _of_json(open_chats.lark),
    "mail": mails.mail,
    "matrix": _of_json(open_chats.matrix),
    "mattermost": _of_json(open_chats.mattermost),
    "minecraft": games.minecraft,
    "ntfy": _of_json(pushes.ntfy),
    "onebot": _of_json(chats.onebot),
    "pushplus": _of_json(pushes.pushplus),
    "rocketchat": _of_json(open_chats.rocketchat),
    "serverchan": _of_json(pushes.serverchan),
    "slack": _of_json(chats.slack),
    "teams": _of_json(open_chats.teams),
    "telegram": _of_json(chats.telegram),
    "webhook": systems.webhook,
    "wecom": _of_json(chats.wecom),
}
"""By channel type: the function that turns its requests into cards."""


def card_of(channel: str, request: AnyRequest) -> Card:
    """The card of a request that this type of channel made. A type without an adapter gets the bare request."""
    return ADAPTERS.get(channel, systems.anything)(request)
