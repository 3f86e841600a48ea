"""``!!pb test notify``: always there, and never with an error message too many."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any, Iterator

import pytest
from mcdreforged.api.command import Literal

from prime_notify.config.early import EarlyOptions
from prime_notify.mcdr.pb_command import PrimeBackupTestCommand
from prime_notify.mcdr.roots import Roots
from tests.support.console import Console, Reader

OTHERS = ["!!pb", "!!pb make", "!!pb make test", "!!pb notify", "!!pb tes", "!!pb foo bar"]


def prime_backup(prefix: str = "!!pb") -> Literal:
    """The root of a Prime Backup, with one command."""
    return (
        Literal(prefix)
        .runs(lambda source: source.reply("welcome"))
        .then(Literal("make").runs(lambda source: source.reply("making")))
    )


def make_node() -> Literal:
    node = Literal("test").requires(lambda source: source.has_permission(4), lambda: "no permission")
    return node.then(Literal("notify").runs(lambda source: source.reply("tested")))


def added_to(console: Console) -> PrimeBackupTestCommand:
    server: Any = console
    return PrimeBackupTestCommand(server, console.translations, make_node=make_node, alternative=lambda: "!!pn test")


def start(console: Console, node: PrimeBackupTestCommand) -> None:
    """Add the node to a root that is registered as in ``on_load``."""
    server: Any = console
    root = Roots(server, EarlyOptions()).prime_backup
    console.register_command(root)
    node.start(root)


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def node(console: Console) -> Iterator[PrimeBackupTestCommand]:
    node = added_to(console)
    start(console, node)
    yield node
    node.stop()


def search(console: Console, node: PrimeBackupTestCommand) -> None:
    node.search()
    console.run_tasks()


def test_works_without_prime_backup(console: Console, node: PrimeBackupTestCommand) -> None:
    assert console.type("!!pb test notify") == ["tested"]


@pytest.mark.parametrize("command", OTHERS)
def test_answers_nothing_else_without_prime_backup(
    console: Console, node: PrimeBackupTestCommand, command: str
) -> None:
    assert console.type(command) == []


def test_replies_with_an_error_below_test_without_prime_backup(console: Console, node: PrimeBackupTestCommand) -> None:
    assert console.type("!!pb test nonsense") == ["unknown_argument: !!pb test nonsense<--"]
    assert console.type("!!pb test notify", Reader(level=1)) == ["no permission: !!pb test <--"]


@pytest.mark.parametrize("prefix", ["!!pb", "!!backup"])
def test_works_in_prime_backups_own_tree_whatever_its_prefix(
    console: Console, node: PrimeBackupTestCommand, prefix: str
) -> None:
    console.load("prime_backup", prime_backup(prefix))
    search(console, node)
    assert console.type(f"{prefix} test notify") == ["tested"]
    assert console.type("!!pb test notify") == ["tested"]


@pytest.mark.parametrize("first", ["prime_backup", "prime_notify"])
@pytest.mark.parametrize("command", [*OTHERS, "!!pb test", "!!pb test nonsense", "!!pb test notify nonsense"])
def test_changes_no_other_answer_of_prime_backup(console: Console, command: str, first: str) -> None:
    alone = Console()
    alone.load("prime_backup", prime_backup())
    node = added_to(console)
    if first == "prime_notify":
        start(console, node)
    console.load("prime_backup", prime_backup())
    if first == "prime_backup":
        start(console, node)
    before = console.type(command)
    search(console, node)
    after = console.type(command)
    assert before == alone.type(command)
    if not command.startswith("!!pb test"):
        assert after == alone.type(command)
    assert len(after) <= 1


def test_refuses_once_beside_prime_backup(console: Console, node: PrimeBackupTestCommand) -> None:
    console.load("prime_backup", prime_backup())
    search(console, node)
    assert console.type("!!pb test notify", Reader(level=1)) == ["no permission: !!pb test <--"]


def test_completes_once(console: Console, node: PrimeBackupTestCommand) -> None:
    assert console.complete("!!pb") == ["!!pb"]
    assert console.complete("!!pb ") == ["test"]
    console.load("prime_backup", prime_backup())
    assert console.complete("!!pb ") == ["make"]
    search(console, node)
    assert console.complete("!!pb") == ["!!pb"]
    assert console.complete("!!pb ") == ["make", "test"]
    assert console.complete("!!pb test ") == ["notify"]


def test_follows_prime_backup_through_reloads(console: Console, node: PrimeBackupTestCommand) -> None:
    for _ in range(3):
        console.load("prime_backup", prime_backup())
        search(console, node)
        search(console, node)
        assert console.type("!!pb test notify") == ["tested"]
        console.unload("prime_backup")
        assert console.type("!!pb test notify") == ["tested"]
        assert console.type("!!pb make") == []


def test_leaves_no_trace_when_stopped(console: Console, node: PrimeBackupTestCommand) -> None:
    root = prime_backup()
    console.load("prime_backup", root)
    search(console, node)
    node.stop()
    assert [str(child) for child in root.get_children()] == ["Literal 'make'"]
    assert console.type("!!pb test notify") == ["unknown_argument: !!pb test notify<--"]
    search(console, node)
    assert console.complete("!!pb ") == ["make"]


def test_takes_only_its_own_node_away(console: Console, node: PrimeBackupTestCommand) -> None:
    root = prime_backup().then(Literal("test").then(Literal("speed").runs(lambda source: source.reply("fast"))))
    console.load("prime_backup", root)
    search(console, node)
    assert console.type("!!pb test speed") == ["fast"]
    assert console.type("!!pb test notify") == ["tested"]
    node.stop()
    assert console.type("!!pb test speed") == ["fast"]


def test_does_not_revive_when_a_task_runs_after_the_stop(console: Console, node: PrimeBackupTestCommand) -> None:
    root = prime_backup()
    console.load("prime_backup", root)
    node.search()
    node.stop()
    console.run_tasks()
    assert len(root.get_children()) == 1


def test_gives_way_to_a_test_notify_of_prime_backups_own(console: Console, node: PrimeBackupTestCommand) -> None:
    own = Literal("test").then(Literal("notify").runs(lambda source: source.reply("its own")))
    console.load("prime_backup", prime_backup().then(own))
    search(console, node)
    assert console.type("!!pb test notify") == ["its own"]
    assert console.complete("!!pb") == ["!!pb"]
    assert console.complete("!!pb ") == ["make", "test"]


def test_leaves_the_literal_to_any_other_plugin(console: Console, node: PrimeBackupTestCommand) -> None:
    console.load("alias", prime_backup())
    search(console, node)
    assert console.type("!!pb make") == ["making"]
    assert console.type("!!pb test notify") == ["unknown_argument: !!pb test notify<--"]


def test_finds_the_root_in_the_entry_module_where_the_registry_is_hidden(
    console: Console, node: PrimeBackupTestCommand
) -> None:
    root = prime_backup()
    console.load("prime_backup", root)
    manager = SimpleNamespace(_CommandManager__root_node=root)
    console.instances["prime_backup"] = SimpleNamespace(command_manager=manager)
    hidden, console._mcdr_server = console._mcdr_server, None
    search(console, node)
    console._mcdr_server = hidden
    assert console.type("!!pb test notify") == ["tested"]


def test_warns_once_where_nothing_can_be_found(
    console: Console, node: PrimeBackupTestCommand, caplog: pytest.LogCaptureFixture
) -> None:
    console.instances["prime_backup"] = SimpleNamespace()
    console._mcdr_server = None
    with caplog.at_level(logging.WARNING):
        search(console, node)
        search(console, node)
    assert [record.getMessage() for record in caplog.records] == [
        "Could not add !!pb test notify to Prime Backup's commands; use !!pn test instead"
    ]


def test_warns_of_a_root_that_takes_no_child(
    console: Console, node: PrimeBackupTestCommand, caplog: pytest.LogCaptureFixture
) -> None:
    console.load("prime_backup", Literal("!!pb").redirects(Literal("elsewhere")))
    search(console, node)
    search(console, node)
    assert len(caplog.records) == 1


def test_searches_at_its_start_and_periodically(console: Console) -> None:
    node = added_to(console)
    console.load("prime_backup", prime_backup())
    start(console, node)
    assert len(console.tasks) == 1
    console.run_tasks()
    console.unload("prime_backup")
    console.load("prime_backup", prime_backup())
    node.job.run()
    assert len(console.tasks) == 1
    node.stop()


# a Prime Backup that does not work


@pytest.mark.parametrize("takes", [0, 1, 2])
@pytest.mark.parametrize("prefix", ["!!pb", "!!backup"])
def test_works_while_prime_backup_refuses_all_of_its_tree(
    console: Console, node: PrimeBackupTestCommand, prefix: str, takes: int
) -> None:
    works = [False]
    requirement = [lambda: works[0], lambda _source: works[0], lambda _source, _context: works[0]][takes]
    root = prime_backup(prefix).requires(requirement, lambda: "Plugin disabled")
    console.load("prime_backup", root)
    search(console, node)
    assert console.type(f"{prefix} test notify") == ["tested"]
    assert console.type(f"{prefix} test notify", Reader(level=1)) == [f"no permission: {prefix} test <--"]
    for command in ("make", "test nonsense", "frob", "notify test"):
        assert console.type(f"{prefix} {command}") == [f"Plugin disabled: {prefix} <--"]
    works[0] = True
    assert console.type(f"{prefix} test notify") == ["tested"]
    assert console.type(f"{prefix} make") == ["making"]
    works[0] = False
    node.stop()
    assert console.type(f"{prefix} test notify") == [f"Plugin disabled: {prefix} <--"]


def test_its_own_permissions_of_prime_backup_stay(console: Console, node: PrimeBackupTestCommand) -> None:
    root = prime_backup().requires(lambda: True)
    console.load("prime_backup", root)
    search(console, node)
    root.requires(lambda source: source.has_permission(5), lambda: "not for you")
    assert console.type("!!pb make") == ["not for you: !!pb <--"]
