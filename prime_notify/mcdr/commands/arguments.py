"""The arguments ``<endpoint>`` and ``<event>``: completion, and the reply to an unknown name."""

from __future__ import annotations

from typing import FrozenSet, List, Optional

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.delivery.overview import EndpointState
from prime_notify.mcdr.commands.hints import may_repair, problem_line, say_no_endpoints, say_unreadable
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, quoted, say
from prime_notify.model.event import EventName
from prime_notify.text.suggestions import closest_word

__all__ = [
    "EVENT_NAMES",
    "endpoint_names",
    "event_named",
    "has_endpoint",
    "hidden_names",
    "is_visible",
    "mistake_text",
    "say_mistake",
]

EVENT_NAMES = [event.value for event in EventName]


def is_visible(tools: Tools, source: CommandSource, endpoint: EndpointState) -> bool:
    """Whether the reader may see the endpoint. The level of one that is not in the config any more is unknown."""
    level = tools.config().command.permission.history if endpoint.orphaned else endpoint.visible_to
    return source.has_permission(level)


def hidden_names(tools: Tools, source: CommandSource) -> FrozenSet[str]:
    """The names of the endpoints that the reader may not see."""
    return frozenset(one.name for one in tools.engine.overview().endpoints if not is_visible(tools, source, one))


def endpoint_names(tools: Tools, source: CommandSource) -> List[str]:
    """The endpoints in the config that the reader may see, those with a mistake included."""
    return list(dict.fromkeys(endpoint.name for endpoint in _configured(tools, source)))


def _configured(tools: Tools, source: CommandSource) -> List[EndpointState]:
    known = tools.engine.overview().endpoints
    return [endpoint for endpoint in known if not endpoint.orphaned and is_visible(tools, source, endpoint)]


def has_endpoint(tools: Tools, source: CommandSource, endpoint: Optional[str]) -> bool:
    """Whether the config has a valid endpoint of this name, or with None any endpoint. Replies when it has not."""
    say_unreadable(tools, source)
    known = _configured(tools, source)
    if not known:
        say_no_endpoints(tools, source)
        return False
    found = [one for one in known if one.name == endpoint]
    if endpoint is None or any(one.mistake is None for one in found):
        return True
    if found:
        say_mistake(tools, source, found[0])
    else:
        _say_unknown(tools, source, endpoint, [one.name for one in known])
    return False


def _say_unknown(tools: Tools, source: CommandSource, endpoint: str, names: List[str]) -> None:
    reply = tools.translations.reply
    say(source, coloured(reply("command.unknown_endpoint", endpoint=endpoint), RColor.red))
    meant = closest_word(endpoint, names)
    if meant is not None:
        say(source, coloured(reply("command.did_you_mean", command=quoted(meant)), RColor.yellow))
    say(source, reply("command.known_endpoints", endpoints=tools.translations.listed(names)))


def mistake_text(tools: Tools, endpoint: EndpointState) -> RTextBase:
    """``off: mistake at notification.endpoints[1].type``."""
    place = endpoint.mistake.path if endpoint.mistake else ""
    return coloured(tools.translations.reply("command.overview.endpoint_mistake", place=place), RColor.red)


def say_mistake(tools: Tools, source: CommandSource, endpoint: EndpointState) -> None:
    """Say which mistake switches the endpoint off, and to those who may repair it also the remedy."""
    reply = tools.translations.reply
    name = RText(endpoint.name, RColor.aqua)
    say(source, RTextList(RText("- ", RColor.gray), name, reply("command.mark.colon"), mistake_text(tools, endpoint)))
    if endpoint.mistake is not None and may_repair(tools, source):
        command = f"{tools.prefix} reload"
        say(source, problem_line(tools, source, endpoint.mistake))
        text = coloured(reply("command.config.correct", reload=command), RColor.yellow)
        say(source, fills_in(tools.translations, text, command))


def event_named(tools: Tools, source: CommandSource, name: str) -> Optional[EventName]:
    """The event of this name. Replies with the known names, and returns None, when there is no such event."""
    try:
        return EventName(name)
    except ValueError:
        reply = tools.translations.reply
        say(source, coloured(reply("command.test.unknown_event", event=name), RColor.red))
        meant = closest_word(name, EVENT_NAMES)
        if meant is not None:
            say(source, coloured(reply("command.did_you_mean", command=meant), RColor.yellow))
        say(source, reply("command.test.known_events", events=tools.translations.listed(EVENT_NAMES)))
        return None
