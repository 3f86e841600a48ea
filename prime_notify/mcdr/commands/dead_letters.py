"""``!!pn replay <id|all>`` and ``!!pn drop <id|all>``: send dead letters again, or drop them for good."""

from __future__ import annotations

from typing import Callable, Optional, Sequence

from mcdreforged.api.command import CommandContext, Literal, Text
from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.history_lookup import find_one, known_ids, with_history
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in
from prime_notify.outbox.history import History
from prime_notify.outbox.values import State

__all__ = ["DROP", "REPLAY"]

_ALL = "all"

Act = Callable[[Tools, CommandSource, Optional[str]], None]


def _command(name: str, act: Act) -> Command:
    def build(node: Literal, tools: Tools) -> None:
        def run(source: CommandSource, context: CommandContext, history: History) -> None:
            if context["id"] == _ALL:
                if history.count(State.DEAD):
                    act(tools, source, None)
                else:
                    source.reply(coloured(tools.translations.reply("command.dead.empty"), RColor.gray))
                return
            record = find_one(tools, source, history, context["id"])
            if record is None:
                return
            if any(delivery.state is State.DEAD for delivery in record.deliveries):
                act(tools, source, record.id)
            else:
                source.reply(coloured(tools.translations.reply("command.dead.not_dead", id=record.id), RColor.yellow))

        def suggest() -> Sequence[str]:
            return [_ALL, *known_ids(tools, State.DEAD)]

        node.then(Text("id").suggests(suggest).runs(with_history(tools, run)))

    return Command(name, "<id|all>", lambda permission: permission.replay, build)


def _replay(tools: Tools, source: CommandSource, id: Optional[str]) -> None:
    reply = tools.translations.reply
    names = tools.engine.replay(id)
    if not names:
        source.reply(coloured(reply("command.dead.refused"), RColor.red))
        return
    on = {endpoint.name for endpoint in tools.engine.overview().endpoints if endpoint.on}
    trying = [name for name in names if name in on]
    resting = [name for name in names if name not in on]
    if trying:
        look_at = f"{tools.prefix} show {id}" if id else f"{tools.prefix} history"
        text = coloured(reply("command.replay.done", endpoints=", ".join(trying)), RColor.green)
        source.reply(fills_in(tools.translations, text, look_at))
    if resting:
        source.reply(coloured(reply("command.replay.resting", endpoints=", ".join(resting)), RColor.yellow))


def _drop(tools: Tools, source: CommandSource, id: Optional[str]) -> None:
    count = tools.engine.drop(id)
    key, color = ("command.drop.done", RColor.green) if count else ("command.dead.refused", RColor.red)
    source.reply(coloured(tools.translations.reply(key, count=count), color))


REPLAY = _command("replay", _replay)
DROP = _command("drop", _drop)
