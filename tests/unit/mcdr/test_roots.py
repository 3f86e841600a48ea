"""The roots of the commands before the commands are there, and when they never come."""

from __future__ import annotations

from typing import Any, List

import pytest
from mcdreforged.api.command import Literal

from prime_notify.config.early import EarlyOptions
from prime_notify.mcdr.roots import Roots
from tests.support.console import Console

STARTING = ["Prime Notify is still starting. Try again in a moment"]


def registered(console: Console, options: EarlyOptions = EarlyOptions()) -> Roots:  # noqa: B008
    server: Any = console
    roots = Roots(server, options)
    server.help_lines = []
    server.register_help_message = lambda *line: server.help_lines.append(line)
    roots.register()
    return roots


@pytest.mark.parametrize("command", ["!!pn", "!!pn test phone", "!!pn frob", "!!pb test notify", "!!pb test"])
def test_says_that_the_plugin_is_starting(command: str) -> None:
    console = Console()
    registered(console)
    assert console.type(command) == STARTING


def test_says_so_below_the_configured_prefix() -> None:
    console = Console()
    registered(console, EarlyOptions("!!notify", 3))
    assert console.type("!!notify") == STARTING
    assert console.type("!!pn") == []
    server: Any = console
    [(prefix, text, level)] = server.help_lines
    assert (prefix, str(text), level) == ("!!notify", "Notifies you of every backup and restore", 3)


def test_leaves_prime_backups_other_commands_and_other_plugins_alone() -> None:
    console = Console()
    registered(console, EarlyOptions("!!qb"))
    assert console.type("!!pb make") == []
    console.load("quick_backup", Literal("!!qb").runs(lambda source: source.reply("making")))
    console.load("prime_backup", Literal("!!pb").then(Literal("make").runs(lambda source: source.reply("making"))))
    assert console.type("!!qb") == ["making"]
    assert console.type("!!pb make") == ["making"]
    assert console.type("!!pn") == STARTING


def test_says_that_it_could_not_start() -> None:
    console = Console()
    roots = registered(console)
    roots.by_prefix["!!pn"].runs(lambda source: source.reply("an overview"))
    roots.fail()
    console.run_tasks()
    replies: List[List[str]] = [console.type(command) for command in ("!!pn", "!!pn test", "!!pb test notify")]
    assert (
        replies
        == [
            [
                "Prime Notify could not start, so nothing is sent. The log says why. "
                "To try again: !!MCDR plugin reload prime_notify"
            ]
        ]
        * 3
    )
