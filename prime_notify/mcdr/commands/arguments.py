"""The arguments ``<endpoint>`` and ``<event>``: completion, and the reply to an unknown name."""

from __future__ import annotations

from typing import List, Optional

from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.hints import no_endpoints
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured
from prime_notify.model.event import EventName

__all__ = ["EVENT_NAMES", "endpoint_names", "event_named", "has_endpoint"]

EVENT_NAMES = [event.value for event in EventName]


def endpoint_names(tools: Tools) -> List[str]:
    """The endpoints in the config."""
    return [endpoint.name for endpoint in tools.engine.overview().endpoints if not endpoint.orphaned]


def has_endpoint(tools: Tools, source: CommandSource, endpoint: Optional[str]) -> bool:
    """Whether the config has an endpoint of this name, or with None any endpoint. Replies when it has not."""
    reply = tools.translations.reply
    names = endpoint_names(tools)
    if not names:
        source.reply(no_endpoints(tools))
    elif endpoint is not None and endpoint not in names:
        source.reply(coloured(reply("command.unknown_endpoint", endpoint=endpoint), RColor.red))
        source.reply(reply("command.known_endpoints", endpoints=", ".join(names)))
    else:
        return True
    return False


def event_named(tools: Tools, source: CommandSource, name: str) -> Optional[EventName]:
    """The event of this name. Replies with the known names, and returns None, when there is no such event."""
    try:
        return EventName(name)
    except ValueError:
        reply = tools.translations.reply
        source.reply(coloured(reply("command.test.unknown_event", event=name), RColor.red))
        source.reply(reply("command.test.known_events", events=", ".join(EVENT_NAMES)))
        return None
