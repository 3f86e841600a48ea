"""``status``: the state of the folder, for people and for monitors."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from prime_notify.model.health import Health
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.values import State
from prime_notify.version import __version__
from tests.support.build import know_health
from tests.support.cli_folder import Folder, hook
from tests.support.receiver import Receiver


def test_a_folder_in_which_nothing_happened_yet_is_well(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver), hook(receiver, "old", enabled=False))
    said = folder.run("status")
    assert said.code == 0
    assert said.lines == [
        f"Prime Notify {__version__}, data folder {folder.path}",
        "Delivering: nobody; MCDReforged does not run with this folder",
        "Notifications: switched on; 0 kept, 0 deliveries waiting, 0 given up",
        "Backups: not watched: MCDReforged has not watched with this folder yet",
        "ENDPOINT  TYPE     WAITING  GIVEN UP  LAST SUCCESS  STATE",
        "phone     webhook  0        0         -             nothing sent yet",
        "old       webhook  0        0         -             switched off",
    ]
    assert not (folder.path / OUTBOX_FILE).exists()


def test_dead_letters_need_a_person(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    with folder.archive() as archive:
        archive.dead("phone")
    said = folder.run("status")
    assert said.code == 1
    assert "1 kept, 0 deliveries waiting, 1 given up" in said.out
    assert said.lines[-1].startswith('What was given up: "history --state dead"')


def test_an_endpoint_that_keeps_failing_needs_a_person(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    now = 1_000_000_000.0
    with folder.archive() as archive:
        know_health(archive.outbox, "phone", Health(failures=4, failing_since=now, last_reason="HTTP 500"))
        assert folder.run("status").code == 0
        know_health(archive.outbox, "phone", Health(failures=5, failing_since=now, last_reason="HTTP\n500\x1b[2J"))
    said = folder.run("status")
    assert said.code == 1
    assert said.lines[-1].startswith("phone")
    assert said.lines[-1].endswith(": HTTP 500[2J")
    with folder.archive() as archive:
        know_health(archive.outbox, "phone", Health(last_success=now))
    said = folder.run("status")
    assert said.code == 0
    assert said.lines[-1].endswith("well")


def test_an_endpoint_that_fails_for_no_known_reason_is_failing_all_the_same(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    with folder.archive() as archive:
        know_health(archive.outbox, "phone", Health(failures=1, failing_since=2e10))
    assert folder.run("status").lines[-1].endswith("failing for 0ms")


def test_what_waits_for_an_endpoint_that_is_not_there_needs_a_person(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    with folder.archive() as archive:
        archive.add("phone", "gone")
    said = folder.run("status")
    assert said.code == 1
    assert said.lines[-1].split() == ["gone", "-", "1", "0", "-", "not", "in", "the", "config"]


def test_a_config_that_is_wrong_needs_a_person(folder: Folder, receiver: Receiver) -> None:
    folder.configure({"name": "phone", "url": "nowhere"}, enabled=False)
    said = folder.run("status")
    assert said.code == 1
    assert "Notifications: switched off (notification.enabled)" in said.out
    assert "Config: notification.endpoints[0].url" in said.out
    assert said.lines[-1].endswith("off: mistake at notification.endpoints[0].url")
    [phone] = folder.run("status", "--json").data["endpoints"]
    assert (phone["name"], phone["mistake"]) == ("phone", "notification.endpoints[0].url")


def test_what_waits_for_an_endpoint_with_a_mistake_is_counted_there(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver, timeout="soon"))
    with folder.archive() as archive:
        archive.add("phone")
    assert folder.run("status").lines[-1].split()[:4] == ["phone", "webhook", "1", "0"]


def test_without_a_config_what_is_stored_is_shown(folder: Folder) -> None:
    with folder.archive() as archive:
        archive.add("phone")
    said = folder.run("status")
    assert said.code == 1
    assert "Config: the config cannot be read" in said.out
    assert said.lines[-1].startswith("phone     -     1")


def test_the_owner_is_named_and_not_disturbed(folder: Folder, receiver: Receiver) -> None:
    document = folder.configure(hook(receiver))
    with folder.owned(document):
        said = folder.run("status")
        assert said.code == 0
        assert said.lines[1] == f"Delivering: process {os.getpid()}"
    assert folder.run("status").lines[1].startswith("Delivering: nobody")


def test_as_json_it_says_the_same(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    with folder.archive() as archive:
        archive.add("phone")
        archive.attempt("phone", State.DEAD)
        archive.add("phone")
        know_health(archive.outbox, "phone", Health(failures=2, failing_since=5.0, last_failure=6.0, last_reason="no"))
    said = folder.run("status", "--json")
    assert said.code == 1
    assert said.data == {
        "version": __version__,
        "folder": str(folder.path),
        "owner": None,
        "enabled": True,
        "well": False,
        "kept": 2,
        "waiting": 1,
        "dead": 1,
        "problems": [],
        "backups": {
            "overdue": False,
            "last_success": 1_000_000_000.0,
            "due": None,
            "next_by": None,
            "unwatched": "no_plan",
        },
        "storage": {"low": []},
        "endpoints": [
            {
                "name": "phone",
                "type": "webhook",
                "enabled": True,
                "configured": True,
                "waiting": 1,
                "dead": 1,
                "failures": 2,
                "failing_since": 5.0,
                "last_success": None,
                "last_failure": 6.0,
                "last_reason": "no",
                "held_until": None,
                "mistake": None,
            }
        ],
    }


# folders that cannot be used


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    said = Folder(tmp_path / "missing").run("status", "--json")
    assert said.code == 2
    assert "there is no folder" in said.errors
    assert said.data == {"error": said.errors.strip()}


def test_a_damaged_outbox_is_said_and_left_as_it_is(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    outbox = folder.path / OUTBOX_FILE
    outbox.write_bytes(b"damaged" * 999)
    for command in (["status"], ["history"], ["send", "backup_start"], ["replay", "all"], ["drop", "all"]):
        said = folder.run(*command)
        assert said.code == 2
        assert "not a database" in said.errors
    assert outbox.read_bytes() == b"damaged" * 999


def set_schema(folder: Folder, version: int) -> None:
    connection = sqlite3.connect(folder.path / OUTBOX_FILE)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


@pytest.mark.parametrize("command", ["status", "history"])
def test_an_outbox_of_a_newer_version_is_left_alone(folder: Folder, command: str) -> None:
    with folder.archive():
        pass
    set_schema(folder, 99)
    said = folder.run(command)
    assert said.code == 2
    assert "schema version 99 is newer" in said.errors


def test_an_outbox_of_an_older_version_is_not_changed_while_that_runs(folder: Folder, receiver: Receiver) -> None:
    document = folder.configure(hook(receiver))
    with folder.owned(document):
        set_schema(folder, 1)
        said = folder.run("history")
        assert said.code == 2
        assert said.errors == (
            f"process {os.getpid()} runs an older version of Prime Notify: use that version's command line\n"
        )
        set_schema(folder, 2)
