"""``!!pb test notify``: always there, and never a word too much."""

from __future__ import annotations

import logging
import threading
from types import SimpleNamespace
from typing import Iterator

import pytest
from mcdreforged.api.command import Literal

from prime_notify.mcdr.pb_command import Graft
from tests.unit.mcdr.console import Console, Reader

OTHERS = ["!!pb", "!!pb make", "!!pb make test", "!!pb notify", "!!pb tes", "!!pb foo bar"]


def prime_backup(prefix: str = "!!pb") -> Literal:
    """The root of a Prime Backup, as far as this matters."""
    return (
        Literal(prefix)
        .runs(lambda source: source.reply("welcome"))
        .then(Literal("make").runs(lambda source: source.reply("making")))
    )


def grow() -> Literal:
    node = Literal("test").requires(lambda source: source.has_permission(4), lambda: "no permission")
    return node.then(Literal("notify").runs(lambda source: source.reply("tested")))


@pytest.fixture
def console() -> Console:
    return Console()


@pytest.fixture
def graft(console: Console) -> Iterator[Graft]:
    graft = Graft(console, console.speech, grow=grow, instead="!!pn test")  # type: ignore[arg-type]
    graft.register()
    yield graft
    graft.stop()


def look(console: Console, graft: Graft) -> None:
    graft.look()
    console.run_tasks()


def test_works_without_prime_backup(console: Console, graft: Graft) -> None:
    assert console.type("!!pb test notify") == ["tested"]


@pytest.mark.parametrize("command", OTHERS)
def test_answers_nothing_else_without_prime_backup(console: Console, graft: Graft, command: str) -> None:
    assert console.type(command) == []


def test_tells_what_is_wrong_below_test_without_prime_backup(console: Console, graft: Graft) -> None:
    assert console.type("!!pb test nonsense") == ["unknown_argument: !!pb test nonsense<--"]
    assert console.type("!!pb test notify", Reader(level=1)) == ["no permission: !!pb test <--"]


@pytest.mark.parametrize("prefix", ["!!pb", "!!backup"])
def test_works_in_prime_backups_own_tree_whatever_its_prefix(console: Console, graft: Graft, prefix: str) -> None:
    console.load("prime_backup", prime_backup(prefix))
    look(console, graft)
    assert console.type(f"{prefix} test notify") == ["tested"]
    assert console.type("!!pb test notify") == ["tested"]


@pytest.mark.parametrize("first", ["prime_backup", "prime_notify"])
@pytest.mark.parametrize("command", [*OTHERS, "!!pb test", "!!pb test nonsense", "!!pb test notify nonsense"])
def test_changes_no_other_answer_of_prime_backup(console: Console, command: str, first: str) -> None:
    alone = Console()
    alone.load("prime_backup", prime_backup())
    graft = Graft(console, console.speech, grow=grow, instead="!!pn test")  # type: ignore[arg-type]
    if first == "prime_notify":
        graft.register()
    console.load("prime_backup", prime_backup())
    if first == "prime_backup":
        graft.register()
    before = console.type(command)
    look(console, graft)
    after = console.type(command)
    assert before == alone.type(command)
    if not command.startswith("!!pb test"):
        assert after == alone.type(command)
    assert len(after) <= 1


def test_refuses_once_beside_prime_backup(console: Console, graft: Graft) -> None:
    console.load("prime_backup", prime_backup())
    look(console, graft)
    assert console.type("!!pb test notify", Reader(level=1)) == ["no permission: !!pb test <--"]


def test_completes_once(console: Console, graft: Graft) -> None:
    assert console.complete("!!pb") == ["!!pb"]
    assert console.complete("!!pb ") == ["test"]
    console.load("prime_backup", prime_backup())
    assert console.complete("!!pb ") == ["make"]
    look(console, graft)
    assert console.complete("!!pb") == ["!!pb"]
    assert console.complete("!!pb ") == ["make", "test"]
    assert console.complete("!!pb test ") == ["notify"]


def test_follows_prime_backup_through_reloads(console: Console, graft: Graft) -> None:
    for _ in range(3):
        console.load("prime_backup", prime_backup())
        look(console, graft)
        look(console, graft)
        assert console.type("!!pb test notify") == ["tested"]
        console.unload("prime_backup")
        assert console.type("!!pb test notify") == ["tested"]
        assert console.type("!!pb make") == []


def test_leaves_no_trace_when_stopped(console: Console, graft: Graft) -> None:
    root = prime_backup()
    console.load("prime_backup", root)
    look(console, graft)
    graft.stop()
    assert [str(child) for child in root.get_children()] == ["Literal 'make'"]
    assert console.type("!!pb test notify") == ["unknown_argument: !!pb test notify<--"]
    look(console, graft)
    assert console.complete("!!pb ") == ["make"]


def test_takes_only_its_own_node_away(console: Console, graft: Graft) -> None:
    root = prime_backup().then(Literal("test").then(Literal("speed").runs(lambda source: source.reply("fast"))))
    console.load("prime_backup", root)
    look(console, graft)
    assert console.type("!!pb test speed") == ["fast"]
    assert console.type("!!pb test notify") == ["tested"]
    graft.stop()
    assert console.type("!!pb test speed") == ["fast"]


def test_does_not_revive_when_a_task_runs_after_the_stop(console: Console, graft: Graft) -> None:
    root = prime_backup()
    console.load("prime_backup", root)
    graft.look()
    graft.stop()
    console.run_tasks()
    assert len(root.get_children()) == 1


def test_gives_way_to_a_test_notify_of_prime_backups_own(console: Console, graft: Graft) -> None:
    own = Literal("test").then(Literal("notify").runs(lambda source: source.reply("its own")))
    console.load("prime_backup", prime_backup().then(own))
    look(console, graft)
    assert console.type("!!pb test notify") == ["its own"]
    assert console.complete("!!pb") == ["!!pb"]
    assert console.complete("!!pb ") == ["make", "test"]


def test_leaves_the_literal_to_any_other_plugin(console: Console, graft: Graft) -> None:
    console.load("alias", prime_backup())
    look(console, graft)
    assert console.type("!!pb make") == ["making"]
    assert console.type("!!pb test notify") == ["unknown_argument: !!pb test notify<--"]


def test_finds_the_root_in_the_entry_module_where_the_registry_is_hidden(console: Console, graft: Graft) -> None:
    root = prime_backup()
    console.load("prime_backup", root)
    manager = SimpleNamespace(_CommandManager__root_node=root)
    console.instances["prime_backup"] = SimpleNamespace(command_manager=manager)
    hidden, console._mcdr_server = console._mcdr_server, None
    look(console, graft)
    console._mcdr_server = hidden
    assert console.type("!!pb test notify") == ["tested"]


def test_warns_once_where_nothing_can_be_found(
    console: Console, graft: Graft, caplog: pytest.LogCaptureFixture
) -> None:
    console.instances["prime_backup"] = SimpleNamespace()
    console._mcdr_server = None
    with caplog.at_level(logging.WARNING):
        look(console, graft)
        look(console, graft)
    assert [record.getMessage() for record in caplog.records] == [
        "Could not add !!pb test notify to Prime Backup's commands; use !!pn test instead"
    ]


def test_warns_of_a_root_that_takes_no_child(console: Console, graft: Graft, caplog: pytest.LogCaptureFixture) -> None:
    console.load("prime_backup", Literal("!!pb").redirects(Literal("elsewhere")))
    look(console, graft)
    look(console, graft)
    assert len(caplog.records) == 1


def test_looks_by_itself_once_started(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    scheduled = threading.Event()
    monkeypatch.setattr(console, "schedule_task", lambda task: scheduled.set())
    console.load("prime_backup", prime_backup())
    graft = Graft(console, console.speech, grow=grow, instead="!!pn test")  # type: ignore[arg-type]
    graft.start()
    try:
        assert scheduled.wait(10)
    finally:
        graft.stop()
