"""``!!pn setup``: step by step to an endpoint that works. Secrets are taken in the console, from a file or the
environment only: chat in the game is seen by every player and is logged.
"""

from __future__ import annotations

from typing import Callable, List

from mcdreforged.api.command import CommandContext, GreedyText, Literal, QuotableText, Text
from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.hints import say_unreadable
from prime_notify.mcdr.commands.setup_steps import SetupSteps
from prime_notify.mcdr.commands.setup_words import NAME, offered, say_choices, say_where
from prime_notify.mcdr.commands.setups import Setup
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, say

__all__ = ["SETUP", "choice_node"]

OWNER = 4
Step = Callable[[CommandSource, Setup], None]


def _build(node: Literal, tools: Tools) -> None:
    steps = SetupSteps(tools)

    def step(act: Step) -> Callable[[CommandSource], None]:
        def run(source: CommandSource) -> None:
            setup = steps.setup_of(source)
            if setup is not None:
                act(source, setup)

        return lambda source: tools.setups.prepare(lambda: run(source))

    def with_text(name: str, act: Callable[[CommandSource, Setup, str], None]) -> Literal:
        def run(source: CommandSource, text: str) -> None:
            step(lambda _, setup: act(source, setup, text))(source)

        return Literal(name).then(GreedyText("text").runs(lambda source, context: run(source, context["text"])))

    node.runs(lambda source: tools.setups.prepare(lambda: _where(tools, source)))
    for word, act in (
        ("skip", steps.skip),
        ("back", steps.back),
        ("cancel", steps.cancel),
        ("test", steps.writing.test),
        ("change", steps.writing.change),
        ("keep", steps.writing.keep),
        ("remove", steps.writing.remove),
    ):
        node.then(Literal(word).runs(step(act)))
    node.then(with_text("value", steps.answer))
    node.then(with_text("file", lambda source, setup, text: steps.refer(source, setup, file=text)))
    node.then(with_text("env", lambda source, setup, text: steps.refer(source, setup, variable=text)))
    node.then(_for_player(tools, steps))
    node.then(choice_node(tools, steps))


def _for_player(tools: Tools, steps: SetupSteps) -> Literal:
    """``for <player> <value>``: in the console, the answer to the question that a player has been asked."""

    def run(source: CommandSource, context: CommandContext) -> None:
        reply = tools.translations.reply
        setup = tools.setups.named(context["player"])
        if not source.is_console:
            say(source, coloured(reply("command.setup.only_console"), RColor.red))
        elif setup is None:
            text = reply("command.setup.no_player", player=context["player"], command=f"{tools.prefix} {NAME}")
            say(source, coloured(text, RColor.red))
        else:
            steps.answer(source, setup, context["text"])

    players = QuotableText("player").suggests(lambda: tools.setups.waiting_players)
    return Literal("for").then(players.then(GreedyText("text").runs(run)))


def choice_node(tools: Tools, steps: SetupSteps) -> Text:
    """``<service|address> [value]``."""

    def suggest(source: CommandSource) -> List[str]:
        first, others = offered(tools.translations.language_of(source))
        return [*first, *others]

    def choose(source: CommandSource, context: CommandContext) -> None:
        service, value = context["service"], context.get("text", "")
        say_unreadable(tools, source)
        tools.setups.prepare(lambda: steps.choose(source, service, value))

    return Text("service").suggests(suggest).runs(choose).then(GreedyText("text").runs(choose))


def _where(tools: Tools, source: CommandSource) -> None:
    say_unreadable(tools, source)
    setup = tools.setups.of(source)
    if setup is None:
        say_choices(tools, source)
    else:
        say_where(tools, source, setup)


SETUP = Command(NAME, "[service]", lambda _permission: OWNER, _build)
