"""Backups that do not come beside a real schedule of Prime Backup: each is told once, with the right reason."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional

import pytest

from tests.support.prime_backup import prime_backup_config
from tests.support.receiver import Recorded
from tests.support.scene import Scene, hook

PATIENT = "60s"
"""A grace that no machine is too slow for, while backups are to come."""


class Watched:
    """A server whose scheduled backups are watched. ``overdue`` gets overdue backups alone, ``hook`` the good ones."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def configure(self, grace: str = PATIENT, **backup: Any) -> None:
        """Write our config."""
        overdue = hook(self.scene.receiver, "overdue", events=["backup_overdue"])
        good = hook(self.scene.receiver, events=["backup_success"])
        self.scene.configure(good, overdue, watch={"backup": {"grace": grace, **backup}})

    def use(self, grace: str = PATIENT, **backup: Any) -> None:
        """Put our config in force."""
        self.configure(grace, **backup)
        self.scene.reload_config()

    def schedule(self, interval: Optional[str], **changes: Any) -> None:
        """Reload Prime Backup with this schedule."""
        self.write_schedule(interval, **changes)
        self.scene.wait_until_attached(self.scene.plugin("reload", "prime_backup"))

    def write_schedule(self, interval: Optional[str], **changes: Any) -> None:
        scheduled = {"enabled": True, "interval": interval, "jitter": "0s", **changes}
        self.scene.mcdr.write_config("prime_backup", prime_backup_config(scheduled_backup=scheduled))

    # what is told

    def overdue(self, **backup: Any) -> Dict[str, Any]:
        """With a short grace, until a backup is told to be overdue; the payload. ``backup``: other options."""
        self.use("1s", **backup)
        payload = self.first_told()
        self.use()
        return payload

    def first_told(self) -> Dict[str, Any]:
        self._wait(lambda _: bool(self.told()), "nothing is told")
        (payload,) = self.told()
        assert (payload["task"], payload["status"], payload["severity"]) == ("backup", "overdue", "error")
        assert payload["plugin"]["id"] == "prime_backup"
        assert payload["overdue"]["for_s"] >= 1
        return payload

    def over(self) -> Dict[str, Any]:
        """Wait for the good backup that ends it; the payload."""
        self._wait(lambda _: bool(self._ends()), "no good backup ends it")
        (payload, *more) = self._ends()
        assert not more, "told twice"
        assert payload["message"].startswith("It was overdue for ")
        assert payload["overdue"]["for_s"] >= 1
        return payload

    def told(self) -> List[Dict[str, Any]]:
        return self.scene.payloads("overdue")

    def _ends(self) -> List[Dict[str, Any]]:
        return [payload for payload in self.scene.payloads() if "overdue" in payload]

    def _wait(self, there: Callable[[List[Recorded]], bool], otherwise: str) -> None:
        try:
            self.scene.receiver.wait_for(there, 60)
        except AssertionError as error:
            kept = {name: self.kept(name) for name in ("deadline", "plan", "overdue", "loads")}
            raise AssertionError(f"{otherwise}: {error}; kept: {kept}\n{self.scene.mcdr.tail()}") from None

    # what the watch keeps

    def kept(self, name: str) -> Mapping[str, Any]:
        """A value that the watch keeps; empty where there is none."""
        path = self.scene.mcdr.config_path("prime_notify").with_name("outbox.sqlite3")
        with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT value FROM watch WHERE name = ?", (name,)).fetchone()
        kept: Mapping[str, Any] = {} if found is None else json.loads(found[0])
        return kept

    def wait_until(self, done: Callable[[], bool], timeout: float = 60) -> None:
        """Wait for the watch, by what it keeps."""
        deadline = time.monotonic() + timeout
        while not done():
            kept = {name: self.kept(name) for name in ("deadline", "plan", "overdue", "loads")}
            assert time.monotonic() < deadline, f"kept: {kept}\n{self.scene.mcdr.tail()}"
            time.sleep(0.05)

    def expects_the_next_after(self, seconds: float) -> Callable[[], bool]:
        """Whether the deadline lies so long after a good backup."""

        def done() -> bool:
            ends = [one["timestamp"]["unix"] for one in self.scene.payloads()]
            return any(abs(self.kept("deadline")["due"] - end - seconds) <= 1 for end in ends)

        return done

    def wait_for_new_deadlines(self, number: int) -> None:
        """Wait until the deadline has moved so often."""
        seen: List[float] = []

        def done() -> bool:
            due = self.kept("deadline").get("due")
            if due is not None and due not in seen:
                seen.append(due)
            return len(seen) > number

        self.wait_until(done)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, prime_notify: Path, prime_backup: Path) -> Iterator[Watched]:
    """A server with a good schedule. The tests of this module build on each other, in their order."""
    with Scene(tmp_path_factory.mktemp("watched"), [prime_notify, prime_backup]) as scene:
        watched = Watched(scene)
        watched.configure()
        watched.write_schedule("1s")
        scene.start(attached=False)
        yield watched


@pytest.fixture
def watched(server: Watched) -> Watched:
    """With nothing received yet."""
    server.scene.fresh()
    return server


def test_nothing_is_told_while_the_schedule_works(watched: Watched) -> None:
    watched.wait_for_new_deadlines(1)
    assert watched.told() == []
    assert watched.scene.events().count("backup_success") >= 1
    assert watched.kept("plan")["storage"] == str(watched.scene.prime_backup.storage)


def test_a_paused_schedule_is_told_and_the_next_good_backup_says_for_how_long(watched: Watched) -> None:
    watched.scene.mcdr.output_of("!!pb crontab schedule_backup pause")
    payload = watched.overdue()
    assert payload["overdue"]["reasons"] == ["paused"]
    assert "The schedule is paused" in payload["message"]
    assert "!!pb crontab schedule_backup resume" in payload["message"]
    watched.scene.mcdr.send("!!pb crontab schedule_backup resume")
    over = watched.over()
    assert over["overdue"]["for_s"] >= payload["overdue"]["for_s"]
    assert over["overdue"]["due"] == payload["overdue"]["due"]
    assert len(watched.told()) == 1


def test_a_server_that_does_not_run_is_the_reason(watched: Watched) -> None:
    mark = watched.scene.mcdr.send("!!MCDR server stop")
    watched.scene.mcdr.wait_for_line("Server process stopped|Server stopped", since=mark)
    payload = watched.overdue()
    assert "server_stopped" in payload["overdue"]["reasons"]  # beside a backup that it cut off
    assert "The server was not running" in payload["message"]
    assert payload["server"]["running"] is False
    mark = watched.scene.mcdr.send("!!MCDR server start")
    watched.scene.mcdr.wait_for_line(r"Done \(", since=mark)
    watched.over()


def test_a_task_that_holds_the_queue_is_the_reason(watched: Watched) -> None:
    mark = watched.scene.mcdr.send("!!pb back")
    while watched.scene.mcdr.find("Please choose", since=mark) is None:  # refused while a scheduled backup runs
        watched.scene.mcdr.output_of("!!pb back")
    payload = watched.overdue()
    assert payload["overdue"]["reasons"] == ["busy"]
    assert "Prime Backup was busy with another task" in payload["message"]
    watched.scene.prime_backup.abort(mark)
    watched.over()


def test_nobody_online_puts_the_deadline_off_unless_such_runs_count(watched: Watched) -> None:
    watched.schedule("1s", require_online_players=True)
    watched.scene.fresh()
    watched.wait_for_new_deadlines(2)
    assert watched.told() == []
    assert len(watched.scene.events()) <= 1  # 1.9 makes a last backup

    payload = watched.overdue(skipped_counts=True)
    assert payload["overdue"]["reasons"] == ["nobody_online"]
    assert "Nobody was online" in payload["message"]
    watched.scene.mcdr.send("fake Steve[/127.0.0.1:9864] logged in with entity id 131 at (0.5, 64.0, 0.5)")
    watched.over()


def test_an_unloaded_prime_backup_is_the_reason(watched: Watched) -> None:
    watched.scene.plugin("unload", "prime_backup")
    payload = watched.overdue()
    assert payload["overdue"]["reasons"] == ["not_loaded"]
    assert "Prime Backup is not loaded" in payload["message"]


def test_with_another_schedule_the_deadline_follows(watched: Watched, prime_backup: Path) -> None:
    watched.write_schedule(None, crontab="*/5 * * * *")
    watched.scene.wait_until_attached(watched.scene.plugin("load", prime_backup.name))
    watched.wait_until(lambda: watched.kept("plan")["crontab"] is not None)
    watched.wait_until(lambda: watched.kept("deadline")["due"] % 300 == 0)

    watched.schedule("15s")
    watched.wait_until(lambda: watched.kept("plan")["interval"] == 15)
    watched.scene.prime_backup.backup("by hand")
    watched.over()
    watched.wait_until(watched.expects_the_next_after(15))
    assert watched.told() == []


def test_a_server_that_restarts_more_often_than_the_interval_is_told(watched: Watched) -> None:
    watched.use("1s")
    for _ in range(20):
        watched.scene.mcdr.stop()
        loads = len(watched.kept("loads")["at"])
        watched.scene.start(attached=False)
        watched.wait_until(lambda loads=loads: len(watched.kept("loads")["at"]) > loads)  # type: ignore[misc]
        if watched.told() or watched.kept("overdue"):
            break
    payload = watched.first_told()
    assert payload["overdue"]["reasons"] == ["never_elapsed"]
    assert "Prime Backup counts its interval of 15s from its start" in payload["message"]
