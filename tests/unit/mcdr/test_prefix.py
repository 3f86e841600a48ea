"""The prefix of the commands, which no other plugin may have."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from mcdreforged.api.command import Literal

from prime_notify.loading.load import load_config
from prime_notify.mcdr.prefix import CommandPrefix
from tests.support.bench import Bench, MakeBench
from tests.support.console import Console


def other(root: str) -> Literal:
    return Literal(root).then(Literal("make").runs(lambda source: source.reply("making")))


def prefix_at(console: Console, configured: str) -> CommandPrefix:
    server: Any = console
    return CommandPrefix(server, console.translations, configured)


@pytest.mark.parametrize("prefix", ["!!pb", "!!MCDR", "!!help"])
def test_a_prefix_that_is_known_to_be_taken_is_refused(tmp_path: Any, prefix: str) -> None:
    loaded = load_config({"command": {"prefix": prefix}}, environ={}, base_dir=tmp_path)
    assert loaded.config.command.prefix == "!!pn"
    [problem] = loaded.problems
    assert str(problem).startswith(f'command.prefix: found "{prefix}"; {prefix} belongs to ')
    assert str(problem).endswith('write another prefix, such as "!!pn"; until then it is "!!pn"')


def test_the_root_of_any_other_plugin_is_left_to_it(caplog: pytest.LogCaptureFixture) -> None:
    console = Console()
    prefix = prefix_at(console, "!!qb")
    assert (prefix.current, prefix.problems()) == ("!!qb", ())
    console.load("quick_backup", other("!!qb"))  # perhaps long after our start
    assert prefix.current == "!!pn"
    with caplog.at_level(logging.WARNING):
        prefix.check()
        prefix.check()
    assert [record.getMessage() for record in caplog.records] == [
        "The prefix !!qb of the commands belongs to quick_backup; the commands start with !!pn. "
        "Choose another command.prefix"
    ]
    [problem] = prefix.problems()
    assert str(problem).startswith('command.prefix: found "!!qb"; it belongs to the plugin quick_backup; ')
    assert str(problem).endswith("write another prefix; until then it is !!pn")
    console.unload("quick_backup")
    assert prefix.current == "!!qb"


def test_a_plugin_that_shares_the_default_prefix_is_said(caplog: pytest.LogCaptureFixture) -> None:
    console = Console()
    console.load("other", other("!!pn"))
    prefix_at(console, "!!pn").check()
    assert "other has the prefix !!pn, too" in caplog.text


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    """The commands, with the prefix !!other, which another plugin has as well."""
    bench = make_bench()
    bench.console.load("other", other("!!other"))
    return bench


@pytest.mark.parametrize("command", ["!!other make", "!!other", "!!other frob", "!!other help"])
def test_the_other_plugin_answers_as_if_we_were_not_there(bench: Bench, command: str) -> None:
    alone = Console()
    alone.load("other", other("!!other"))
    assert bench.console.type(command) == alone.type(command)


def test_the_commands_answer_below_one_prefix(bench: Bench) -> None:
    assert bench.type("!!pn")[0].startswith("Prime Notify")
    bench.console.unload("other")
    bench.prefix = "!!other"
    assert bench.type("!!other")[0].startswith("Prime Notify")
    assert bench.type("!!pn") == []
    assert bench.console.complete("!!pn ") == []
