"""``!!pn replay <id|all>`` and ``!!pn drop <id|all>``: send dead letters again, or drop them for good.

To drop all of them needs a confirmation: ``!!pn drop all confirm``.
"""

from __future__ import annotations

from typing import Callable, Optional

from mcdreforged.api.command import CommandContext, Literal, Text
from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.history_lookup import find_one, known_ids, with_history
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, say
from prime_notify.outbox.history import History
from prime_notify.outbox.values import State

__all__ = ["DROP", "REPLAY"]

_ALL = "all"
_CONFIRM = "confirm"

Act = Callable[[Tools, CommandSource, Optional[str], int], None]


def _command(name: str, act: Act, *, asks: bool) -> Command:
    """A command on the dead letters of one notification or of all; ``asks``: all of them only after a confirmation."""

    def build(node: Literal, tools: Tools) -> None:
        def run(source: CommandSource, context: CommandContext, history: History) -> None:
            record = find_one(tools, source, history, context["id"])
            if record is None:
                return
            if any(delivery.state is State.DEAD for delivery in record.deliveries):
                act(tools, source, record.id, 1)
            else:
                say(source, coloured(tools.translations.reply("command.dead.not_dead", id=record.id), RColor.yellow))

        def run_all(source: CommandSource, _context: CommandContext, history: History) -> None:
            _on_all(tools, source, history, lambda count: act(tools, source, None, count))

        def ask(source: CommandSource, _context: CommandContext, history: History) -> None:
            _on_all(tools, source, history, lambda count: _ask(tools, source, f"{name} {_ALL} {_CONFIRM}", count))

        every = Literal(_ALL).runs(with_history(tools, ask if asks else run_all))
        if asks:
            every.then(Literal(_CONFIRM).runs(with_history(tools, run_all)))
        one = Text("id").suggests(lambda: known_ids(tools, State.DEAD)).runs(with_history(tools, run))
        node.then(every).then(one)

    return Command(name, f"<id|{_ALL}>", lambda permission: permission.replay, build)


def _on_all(tools: Tools, source: CommandSource, history: History, act: Callable[[int], None]) -> None:
    """Call ``act`` with the number of the notifications with dead letters; reply when there is none."""
    count = history.count(State.DEAD)
    if count:
        act(count)
    else:
        say(source, coloured(tools.translations.reply("command.dead.empty"), RColor.gray))


def _ask(tools: Tools, source: CommandSource, command: str, count: int) -> None:
    confirm = f"{tools.prefix} {command}"
    text = coloured(tools.translations.reply("command.drop.ask", count=count, command=confirm), RColor.yellow)
    say(source, fills_in(tools.translations, text, confirm))


def _replay(tools: Tools, source: CommandSource, id: Optional[str], count: int) -> None:
    reply = tools.translations.reply
    names = tools.engine.dead_letters.replay(id)
    if not names:
        say(source, coloured(reply("command.dead.refused"), RColor.red))
        return
    on = {endpoint.name for endpoint in tools.engine.overview().endpoints if endpoint.on}
    trying = [name for name in names if name in on]
    resting = [name for name in names if name not in on]
    if trying:
        look_at = f"{tools.prefix} show {id}" if id else f"{tools.prefix} history"
        text = coloured(
            reply("command.replay.done", count=count, endpoints=tools.translations.listed(trying)), RColor.green
        )
        say(source, fills_in(tools.translations, text, look_at))
    if resting:
        say(
            source,
            coloured(reply("command.replay.resting", endpoints=tools.translations.listed(resting)), RColor.yellow),
        )


def _drop(tools: Tools, source: CommandSource, id: Optional[str], _count: int) -> None:
    count = tools.engine.dead_letters.drop(id)
    key, color = ("command.drop.done", RColor.green) if count else ("command.dead.refused", RColor.red)
    say(source, coloured(tools.translations.reply(key, count=count), color))


REPLAY = _command("replay", _replay, asks=False)
DROP = _command("drop", _drop, asks=True)
