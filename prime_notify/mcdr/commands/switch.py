"""``!!pn enable <endpoint>`` and ``!!pn disable <endpoint>``: until the next reload of the config."""

from __future__ import annotations

from typing import List

from mcdreforged.api.command import CommandContext, Literal, QuotableText
from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.delivery.overview import EndpointState
from prime_notify.mcdr.commands.arguments import has_endpoint, is_visible
from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.hints import say_nothing_is_sent
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, quoted, say

__all__ = ["DISABLE", "ENABLE"]

_NAMES = {True: "enable", False: "disable"}


def _command(on: bool) -> Command:
    def build(node: Literal, tools: Tools) -> None:
        def run(source: CommandSource, context: CommandContext) -> None:
            _switch(tools, source, context["endpoint"], on)

        def suggest(source: CommandSource) -> List[str]:
            known = tools.engine.overview().endpoints
            return [one.name for one in known if _changes(one, on) and is_visible(tools, source, one)]

        node.then(QuotableText("endpoint").suggests(suggest).runs(run))

    return Command(_NAMES[on], "<endpoint>", lambda permission: permission.reload, build)


def _changes(endpoint: EndpointState, on: bool) -> bool:
    """Whether the command changes anything."""
    return not endpoint.orphaned and endpoint.mistake is None and (endpoint.on and not endpoint.disabled) is not on


def _switch(tools: Tools, source: CommandSource, name: str, on: bool) -> None:
    if not has_endpoint(tools, source, name):
        return
    reply = tools.translations.reply
    key = f"command.{_NAMES[on]}"
    if not any(endpoint.name == name and _changes(endpoint, on) for endpoint in tools.engine.overview().endpoints):
        say(source, coloured(reply(f"{key}.already", endpoint=name), RColor.gray))
        return
    tools.alerts.withdraw(name)
    tools.engine.switch(name, on)
    back = f"{tools.prefix} {_NAMES[not on]} {quoted(name)}"
    text = coloured(reply(f"{key}.done", endpoint=name), RColor.green if on else RColor.yellow)
    say(source, fills_in(tools.translations, text, back))
    if on and not tools.config().notification.enabled:
        say_nothing_is_sent(tools, source)


ENABLE = _command(on=True)
DISABLE = _command(on=False)
