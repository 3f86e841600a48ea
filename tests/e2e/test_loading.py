"""Prime Notify loads on a thread of its own. The gate of these tests holds it there for as long as they want."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Callable, Iterator

import pytest

from tests.support.scene import STARTED, Scene, hook


@pytest.fixture
def scene(
    tmp_path: Path, prime_notify: Path, prime_backup: Path, plugin_named: Callable[[str], Path]
) -> Iterator[Scene]:
    """A server that is not started yet; the gate is closed."""
    plugins = [prime_notify, prime_backup, *map(plugin_named, ("probe", "emitter", "api_user", "aa_gate"))]
    with Scene(tmp_path, plugins) as scene:
        scene.configure(hook(scene.receiver), sources={"listen": ["emitter"]})
        scene.configure_prime_backup()
        close(scene)
        scene.mcdr.ready = None
        yield scene
        open_gate(scene)


def close(scene: Scene, how: str = "closed") -> None:
    (scene.mcdr.folder / "gate").write_text(how, encoding="utf-8")


def open_gate(scene: Scene) -> None:
    (scene.mcdr.folder / "gate").unlink(missing_ok=True)


def start_and_hold(scene: Scene) -> None:
    """Start MCDR, and wait until Prime Notify stands at the gate."""
    scene.mcdr.start()
    deadline = time.monotonic() + 60
    while not (scene.mcdr.folder / "held").exists():
        assert time.monotonic() < deadline, scene.mcdr.tail()
        time.sleep(0.01)


def announce(scene: Scene, event: str) -> str:
    mark = scene.mcdr.send(f"!!api {event} {{}}")
    return scene.mcdr.wait_for_line(r"the API answered (\w{26})$", since=mark)[1]


def threads(scene: Scene) -> str:
    mark = scene.mcdr.send("!!probe threads")
    return scene.mcdr.wait_for_line("threads: .*", since=mark)[0]


def wait_until_the_thread_is_gone(scene: Scene) -> None:
    """The thread ends soon after it has said that the plugin is started."""
    deadline = time.monotonic() + 60
    while "prime_notify-loading" in threads(scene):
        assert time.monotonic() < deadline


def test_nothing_that_happens_while_it_loads_is_lost(scene: Scene) -> None:
    start_and_hold(scene)
    assert "prime_notify-loading" in threads(scene)
    for command in ("!!pn", "!!pn test", "!!pn frob"):
        scene.mcdr.wait_for_line("Prime Notify is still starting", since=scene.mcdr.send(command))
    id = announce(scene, "restore_failure")
    scene.mcdr.send('!!emit backup_failure [{"cost_s": 7}]')
    scene.prime_backup.wait_until_idle()
    scene.prime_backup.backup("while it loads")
    assert scene.requests() == []
    assert scene.mcdr.find("no respond") is None
    mark = len(scene.mcdr.transcript)
    open_gate(scene)
    scene.mcdr.wait_for_line(STARTED, since=mark)
    scene.receiver.wait_for(lambda _: len(scene.requests()) >= 4, 60)
    events = sorted(scene.events())
    assert events == ["backup_failure", "backup_start", "backup_success", "restore_failure"]
    assert id in [payload["id"] for payload in scene.payloads()]
    wait_until_the_thread_is_gone(scene)
    scene.check_test_command("!!pn test")
    scene.check_test_command()


def test_unloaded_at_once_it_keeps_the_events_for_the_next_start(scene: Scene) -> None:
    scene.mcdr.start()  # where it is in its loading is left to chance
    id = announce(scene, "backup_failure")
    open_gate(scene)
    scene.plugin("reload", "prime_notify")
    [payload] = scene.expect("backup_failure")
    assert payload["id"] == id


def test_unloaded_while_it_loads_it_ends_and_keeps_the_events_for_the_next_start(scene: Scene) -> None:
    start_and_hold(scene)
    id = announce(scene, "backup_failure")
    timer = threading.Timer(1.0, open_gate, (scene,))  # the unload waits for the step under way
    timer.start()
    scene.plugin("unload", "prime_notify")
    timer.join()
    assert "prime_notify" not in threads(scene)
    assert scene.mcdr.find("no respond|before it had started") is None
    scene.plugin("load", "PrimeNotify.mcdr")
    [payload] = scene.expect("backup_failure")
    assert payload["id"] == id


def test_reloaded_while_it_loads_the_events_go_to_the_next_instance(scene: Scene) -> None:
    start_and_hold(scene)
    first = announce(scene, "backup_failure")
    timer = threading.Timer(0.5, open_gate, (scene,))
    timer.start()
    scene.plugin("reload", "prime_notify")
    timer.join()
    second = announce(scene, "restore_failure")
    assert [payload["id"] for payload in scene.expect("backup_failure", "restore_failure")] == [first, second]
    assert threads(scene).count("prime_notify-intake") == 1


def test_an_unload_that_the_step_outlasts_is_bounded_and_the_next_instance_waits_for_its_end(scene: Scene) -> None:
    start_and_hold(scene)
    began = time.monotonic()
    mark = scene.mcdr.send("!!MCDR plugin reload prime_notify")
    scene.mcdr.wait_for_line("Prime Notify was unloaded before it had started", since=mark)
    scene.mcdr.wait_for_line(r"Reloaded: \d+ plugins", since=mark)
    assert time.monotonic() - began < 60
    scene.mcdr.wait_for_line("Prime Notify is still starting", since=scene.mcdr.send("!!pn"))
    id = announce(scene, "backup_failure")
    open_gate(scene)
    scene.mcdr.wait_for_line(STARTED, since=mark)
    assert scene.expect("backup_failure")[0]["id"] == id


def test_a_start_that_fails_says_what_to_do_and_the_next_one_has_the_events(scene: Scene) -> None:
    start_and_hold(scene)
    id = announce(scene, "backup_failure")
    mark = len(scene.mcdr.transcript)
    close(scene, "broken")
    scene.mcdr.wait_for_line(
        "ERROR.*Prime Notify could not start, so nothing is sent: ImportError: bad local file header", since=mark
    )
    scene.mcdr.wait_for_line("the file of the plugin was perhaps replaced", since=mark)
    scene.mcdr.wait_for_line("could not start, so nothing is sent. The log says why", since=scene.mcdr.send("!!pn"))
    mark = scene.mcdr.send("!!api backup_success {}")
    scene.mcdr.wait_for_line("the API answered None", since=mark)
    open_gate(scene)
    scene.plugin("reload", "prime_notify")
    assert scene.expect("backup_failure")[0]["id"] == id
    wait_until_the_thread_is_gone(scene)


def test_mcdr_stops_while_it_loads(scene: Scene) -> None:
    start_and_hold(scene)
    id = announce(scene, "backup_failure")
    timer = threading.Timer(1.0, open_gate, (scene,))
    timer.start()
    assert scene.mcdr.stop(timeout=60) == 0
    timer.join()
    scene.mcdr.start()
    assert scene.expect("backup_failure")[0]["id"] == id


def test_a_player_who_joins_while_it_loads_sees_the_alert(scene: Scene) -> None:
    scene.mcdr.write_config("prime_notify", '{"notification": {"enabled": true, "endpoints": [{"type": "brak"}]}}')
    start_and_hold(scene)
    scene.mcdr.send("fake Steve[/127.0.0.1:50000] logged in with entity id 7 at (0.5, 64.0, 0.5)")
    scene.mcdr.send("fake Steve joined the game")
    scene.mcdr.sync()
    open_gate(scene)
    scene.mcdr.wait_for_line(r"tellraw to Steve\] Prime Notify found 2 problems", timeout=60)
