"""``!!pn replay <id|all>`` and ``!!pn drop <id|all>``: dead letters are sent again, or given up for good."""

from __future__ import annotations

from typing import Callable, Optional, Sequence

from mcdreforged.api.command import CommandContext, Literal, Text
from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.desk import Desk, coloured, fills_in
from prime_notify.mcdr.commands.looking import find_one, known_ids, look
from prime_notify.mcdr.commands.table import Command
from prime_notify.outbox.history import History
from prime_notify.outbox.values import State

__all__ = ["DROP", "REPLAY"]

_ALL = "all"

Act = Callable[[Desk, CommandSource, Optional[str]], None]


def _command(name: str, act: Act) -> Command:
    def build(node: Literal, desk: Desk) -> None:
        def run(source: CommandSource, context: CommandContext, history: History) -> None:
            if context["id"] == _ALL:
                if history.count(State.DEAD):
                    act(desk, source, None)
                else:
                    source.reply(coloured(desk.speech.reply("command.dead.empty"), RColor.gray))
                return
            record = find_one(desk, source, history, context["id"])
            if record is None:
                return
            if any(delivery.state is State.DEAD for delivery in record.deliveries):
                act(desk, source, record.id)
            else:
                source.reply(coloured(desk.speech.reply("command.dead.not_dead", id=record.id), RColor.yellow))

        def suggest() -> Sequence[str]:
            return [_ALL, *known_ids(desk, State.DEAD)]

        node.then(Text("id").suggests(suggest).runs(look(desk, run)))

    return Command(name, "<id|all>", lambda permission: permission.replay, build)


def _replay(desk: Desk, source: CommandSource, id: Optional[str]) -> None:
    say = desk.speech.reply
    names = desk.replay(id)
    if not names:
        source.reply(coloured(say("command.dead.refused"), RColor.red))
        return
    on = {endpoint.name for endpoint in desk.overview().endpoints if endpoint.on}
    trying = [name for name in names if name in on]
    resting = [name for name in names if name not in on]
    if trying:
        look_at = f"{desk.prefix} show {id}" if id else f"{desk.prefix} history"
        text = coloured(say("command.replay.done", endpoints=", ".join(trying)), RColor.green)
        source.reply(fills_in(desk, text, look_at))
    if resting:
        source.reply(coloured(say("command.replay.resting", endpoints=", ".join(resting)), RColor.yellow))


def _drop(desk: Desk, source: CommandSource, id: Optional[str]) -> None:
    count = desk.drop(id)
    key, color = ("command.drop.done", RColor.green) if count else ("command.dead.refused", RColor.red)
    source.reply(coloured(desk.speech.reply(key, count=count), color))


REPLAY = _command("replay", _replay)
DROP = _command("drop", _drop)
