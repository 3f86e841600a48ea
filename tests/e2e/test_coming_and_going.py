"""Prime Backup absent, late, unloaded, loaded again, with another prefix, disabled in its config, or broken."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Callable, Iterator, List

import pytest

from tests.support.prime_backup import PrimeBackup
from tests.support.scene import Scene


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, prime_notify: Path, plugin_named: Callable[[str], Path]
) -> Iterator[Scene]:
    """A server that starts without Prime Backup. The tests of this module build on each other, in their order."""
    with Scene(
        tmp_path_factory.mktemp("coming"), [prime_notify, plugin_named("probe"), plugin_named("wrapper")]
    ) as scene:
        scene.configure()
        scene.configure_prime_backup()
        yield scene.start(attached=False)


@pytest.fixture
def scene(server: Scene) -> Scene:
    server.fresh()
    return server


def output(scene: Scene, command: str) -> str:
    return "\n".join(scene.mcdr.output_of(command))


def wait_for_our_command(scene: Scene) -> None:
    """Until our command is in the new tree of Prime Backup."""
    deadline = time.monotonic() + 60
    while "Usage: !!pb test notify" not in output(scene, "!!pb test"):
        assert time.monotonic() < deadline, scene.mcdr.tail()
        time.sleep(0.05)


def assert_backup_is_notified(scene: Scene) -> None:
    scene.fresh()
    scene.prime_backup.make()
    scene.expect("backup_start", "backup_success")


def test_while_prime_backup_is_absent_the_test_command_works_and_nothing_else_answers(scene: Scene) -> None:
    scene.check_test_command()
    for command in ("!!pb", "!!pb make", "!!pb frob"):
        assert "[MCDR]" not in output(scene, command)


def test_prime_backup_loaded_late_is_observed(scene: Scene, prime_backup: Path) -> None:
    scene.mcdr.install(prime_backup)
    scene.wait_until_attached(scene.plugin("load", prime_backup.name))
    assert_backup_is_notified(scene)
    scene.check_test_command()


def test_unloaded_it_is_missed_in_one_line_and_the_test_command_still_works(scene: Scene) -> None:
    mark = scene.plugin("unload", "prime_backup")
    scene.mcdr.wait_for_line("Prime Backup is gone", since=mark)
    scene.check_test_command()


def test_loaded_again_it_is_observed_again(scene: Scene, prime_backup: Path) -> None:
    scene.wait_until_attached(scene.plugin("load", prime_backup.name))
    assert_backup_is_notified(scene)
    scene.check_test_command()


@pytest.mark.parametrize(
    "order", [["prime_notify"], ["prime_backup"], ["prime_notify", "prime_backup"], ["prime_backup", "prime_notify"]]
)
def test_after_reloads_in_any_order_every_event_is_notified_once(scene: Scene, order: List[str]) -> None:
    before = len(scene.mcdr.transcript)
    for plugin in order:
        mark = scene.plugin("reload", plugin)
    scene.wait_until_attached(mark)
    assert_backup_is_notified(scene)
    assert scene.mcdr.find("Another plugin replaced", since=before) is None
    scene.check_test_command()


def test_a_restore_begun_before_our_reload_is_still_notified_to_its_end(scene: Scene) -> None:
    number = scene.backup()
    scene.mcdr.send("standin stop-delay 3")
    mark = scene.prime_backup.run(f"back {number} --confirm")
    scene.mcdr.wait_for_line("Stopping the server", since=mark)
    scene.plugin("reload", "prime_notify")
    scene.mcdr.wait_for_line(r"Done \(", since=mark)
    scene.expect("restore_start", "restore_success")


def test_a_restore_that_ends_while_we_are_unloaded_is_notified_afterwards_with_the_time_of_its_end(
    scene: Scene,
) -> None:
    number = scene.backup()
    scene.mcdr.send("standin stop-delay 3")
    mark = scene.prime_backup.run(f"back {number} --confirm")
    scene.mcdr.wait_for_line("Stopping the server", since=mark)
    scene.plugin("unload", "prime_notify")
    scene.mcdr.wait_for_line(r"Done \(", since=mark)
    scene.prime_backup.wait_until_idle()
    restored = time.time()
    scene.wait_until_attached(scene.plugin("load", "PrimeNotify.mcdr"))
    start, success = scene.expect("restore_start", "restore_success")
    assert start["timestamp"]["unix"] <= success["timestamp"]["unix"] <= restored
    assert start["server"]["running"] is False


def test_another_plugin_that_wraps_the_same_methods_is_left_alone(scene: Scene) -> None:
    scene.mcdr.wait_for_line("wrapped", since=scene.mcdr.send("!!wrap"))
    mark = scene.plugin("reload", "prime_notify")  # wraps the other's wrapper, having left it where it was
    scene.wait_until_attached(mark)
    assert_backup_is_notified(scene)
    scene.mcdr.wait_for_line("another plugin sees a backup begin", since=mark)


def test_with_another_prefix_the_test_command_moves_along(scene: Scene) -> None:
    scene.configure_prime_backup(command={"prefix": "!!backup"})
    mark = scene.plugin("reload", "prime_backup")
    other = PrimeBackup(scene.mcdr, "!!backup")
    scene.wait_until_attached(mark, other)
    scene.check_test_command("!!backup test notify")
    assert "[MCDR]" not in output(scene, "!!pb make")
    scene.fresh()
    other.make()
    scene.expect("backup_start", "backup_success")


def test_disabled_in_its_config_it_is_said_so_and_the_test_command_works(scene: Scene) -> None:
    scene.configure_prime_backup(enabled=False)
    mark = scene.plugin("reload", "prime_backup")
    scene.mcdr.wait_for_line("Prime Backup .*disabled in its config", since=mark)
    wait_for_our_command(scene)
    scene.check_test_command()


def test_failing_to_start_it_is_said_so_and_the_test_command_works(scene: Scene) -> None:
    scene.mcdr.write_config("prime_backup", "{ no JSON")
    mark = scene.plugin("reload", "prime_backup")
    scene.mcdr.wait_for_line("Prime Backup .*has not started", since=mark)
    assert scene.mcdr.find("found: observing", since=mark) is None
    scene.check_test_command()


def test_without_a_storage_that_it_can_open_the_test_command_works_and_the_others_are_refused(scene: Scene) -> None:
    (scene.mcdr.folder / "occupied").write_text("a file where its storage should be")
    scene.configure_prime_backup(storage_root="./occupied")
    mark = scene.plugin("reload", "prime_backup")
    scene.mcdr.wait_for_line("initialization failed", since=mark)
    wait_for_our_command(scene)
    scene.check_test_command()
    assert "!!pb <--" in output(scene, "!!pb make")


def test_enabled_again_it_is_observed_again(scene: Scene) -> None:
    scene.configure_prime_backup()
    scene.wait_until_attached(scene.plugin("reload", "prime_backup"))
    assert_backup_is_notified(scene)


def test_an_unload_takes_every_thread_of_ours_along(scene: Scene) -> None:
    scene.plugin("unload", "prime_notify")
    threads = scene.mcdr.wait_for_line("threads: .*", since=scene.mcdr.send("!!probe threads"))[0]
    assert "prime_notify" not in threads
    scene.prime_backup.backup("without us")
    scene.wait_until_attached(scene.plugin("load", "PrimeNotify.mcdr"))
    assert_backup_is_notified(scene)
