"""``!!pn enable <endpoint>`` and ``!!pn disable <endpoint>``: until the next reload of the config."""

from __future__ import annotations

from typing import List

from mcdreforged.api.command import CommandContext, Literal, QuotableText
from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.engine.overview import EndpointState
from prime_notify.mcdr.commands.desk import Desk, coloured, fills_in, has_endpoint, quoted, switched_off
from prime_notify.mcdr.commands.table import Command

__all__ = ["DISABLE", "ENABLE"]

_NAMES = {True: "enable", False: "disable"}


def _command(on: bool) -> Command:
    def build(node: Literal, desk: Desk) -> None:
        def run(source: CommandSource, context: CommandContext) -> None:
            _switch(desk, source, context["endpoint"], on)

        def suggest() -> List[str]:
            return [endpoint.name for endpoint in desk.overview().endpoints if _changes(endpoint, on)]

        node.then(QuotableText("endpoint").suggests(suggest).runs(run))

    return Command(_NAMES[on], "<endpoint>", lambda permission: permission.reload, build)


def _changes(endpoint: EndpointState, on: bool) -> bool:
    """Whether switching it makes a difference."""
    return not endpoint.orphaned and (endpoint.on and not endpoint.disabled) is not on


def _switch(desk: Desk, source: CommandSource, name: str, on: bool) -> None:
    if not has_endpoint(desk, source, name):
        return
    say = desk.speech.reply
    key = f"command.{_NAMES[on]}"
    if not any(endpoint.name == name and _changes(endpoint, on) for endpoint in desk.overview().endpoints):
        source.reply(coloured(say(f"{key}.already", endpoint=name), RColor.gray))
        return
    desk.switch(name, on)
    back = f"{desk.prefix} {_NAMES[not on]} {quoted(name)}"
    text = coloured(say(f"{key}.done", endpoint=name), RColor.green if on else RColor.yellow)
    source.reply(fills_in(desk, text, back))
    if on and not desk.config.notification.enabled:
        source.reply(switched_off(desk))


ENABLE = _command(on=True)
DISABLE = _command(on=False)
