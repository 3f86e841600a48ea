"""``replay`` and ``drop`` on the command line."""

from __future__ import annotations

import os
from typing import Optional

import pytest

from prime_notify.cli import folder_access
from prime_notify.model.health import Health
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.values import State
from tests.support.build import know_health
from tests.support.cli_folder import Folder, hook
from tests.support.receiver import Answer, Receiver


def test_replay_delivers_one_notification_when_nobody_else_does(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver), hook(receiver, "ops"))
    with folder.archive() as archive:
        one = archive.dead("phone", "ops")
        other = archive.dead("phone")
    said = folder.run("replay", one[-4:])
    assert said.code == 0
    assert [line.partition(" (")[0] for line in said.lines] == ["ops: delivered", "phone: delivered"]
    assert {request.json()["id"] for request in receiver.requests} == {one}
    with folder.archive() as archive:
        assert archive.state(other, "phone") is State.DEAD


def test_replay_all_counts_per_endpoint(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver), hook(receiver, "ops"))
    receiver.behave(Answer(404), path="/ops/k3y-in-the-path")
    with folder.archive() as archive:
        for _ in range(2):
            archive.dead("phone", "ops")
    said = folder.run("replay", "all")
    assert said.code == 1
    assert said.lines[0].startswith("ops: 2 dead – ")
    assert said.lines[1:] == [
        "phone: 2 delivered",
        "What was not delivered stays in the outbox; MCDReforged goes on with what waits",
    ]
    again = folder.run("replay", "all", "--json").data
    assert (again["owner"], again["notifications"]) == (None, 2)
    [ops] = again["endpoints"]
    assert (ops["endpoint"], ops["dead"], ops["delivered"], ops["status"]) == ("ops", 2, 0, 404)
    assert ops["reason"]


def test_replay_tells_why_it_failed_again_and_when_it_goes_on(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver, retry=["1h"]))
    receiver.behave(Answer(500))
    with folder.archive() as archive:
        archive.dead("phone")
    said = folder.run("replay", "1", "--timeout", "10m")
    assert said.code == 1
    assert said.lines[0].startswith("phone: waiting (HTTP 500, ")
    assert ", next try in " in said.lines[0]
    assert len(receiver.requests) == 1


def test_replay_waits_for_no_endpoint_that_is_not_there_or_off(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver, "old", enabled=False))
    with folder.archive() as archive:
        archive.dead("old", "gone")
    said = folder.run("replay", "1", "--timeout", "10m")
    assert said.code == 1
    assert said.lines[:4] == [
        "gone: waiting (tries: 0), next try as soon as possible",
        "    it waits until it is in the config and on",
        "old: waiting (tries: 0), next try as soon as possible",
        "    it waits until it is in the config and on",
    ]


def test_replay_forgives_an_endpoint_that_was_left_alone(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    with folder.archive() as archive:
        archive.dead("phone")
        know_health(archive.outbox, "phone", Health(failures=9, failing_since=1.0, opened=5, open_until=9e12))
    assert folder.run("replay", "1").code == 0


def test_replay_is_left_to_a_process_that_delivers_from_the_folder(folder: Folder, receiver: Receiver) -> None:
    document = folder.configure(hook(receiver))
    with folder.archive() as archive:
        id = archive.dead("phone")
    with folder.owned(document):
        said = folder.run("replay", "all", "--json")
        assert said.code == 0
        assert said.data == {
            "owner": f"process {os.getpid()}",
            "notifications": 1,
            "endpoints": [{"endpoint": "phone"}],
        }
        [request] = receiver.wait_for(1)
    assert request.json()["id"] == id


def test_replay_is_left_to_a_process_that_was_faster(
    folder: Folder, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_yet(_folder: object) -> Optional[str]:
        return None

    document = folder.configure(hook(receiver))
    with folder.archive() as archive:
        archive.dead("phone")
    monkeypatch.setattr(folder_access, "owner_of", nobody_yet)
    with folder.owned(document):
        said = folder.run("replay", "1")
        assert said.code == 0
        assert said.lines == ["another process delivers from this folder: it tries again within seconds at phone"]
        receiver.wait_for(1)


def test_an_outbox_that_fails_at_the_last_moment_is_said(
    folder: Folder, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise OutboxError("disk full")

    folder.configure(hook(receiver))
    with folder.archive() as archive:
        archive.dead("phone")
    monkeypatch.setattr("prime_notify.outbox.opening.Opener.open", refuse)
    said = folder.run("replay", "1")
    assert said.code == 2
    assert said.errors.splitlines()[-1] == f"the outbox in {folder.path} cannot be used"


def test_drop_forgets_one_or_all(folder: Folder) -> None:
    with folder.archive() as archive:
        one, other = archive.dead("phone", "ops"), archive.dead("phone")
        archive.dead("ops")
    assert folder.run("drop", one).lines == ["dropped: 2"]
    assert folder.run("drop", "all", "--json").data == {"dropped": 2, "notifications": 2}
    with folder.archive() as archive:
        assert [archive.state(one, "ops"), archive.state(other, "phone")] == [State.DROPPED] * 2


def test_drop_works_beside_a_process_that_delivers(folder: Folder, receiver: Receiver) -> None:
    document = folder.configure(hook(receiver))
    with folder.archive() as archive:
        archive.dead("phone")
    with folder.owned(document) as engine:
        assert folder.run("drop", "all").code == 0
        assert engine.overview().endpoints[0].dead == 0


@pytest.mark.parametrize("command", ["replay", "drop"])
def test_what_was_not_given_up_is_left_alone(folder: Folder, command: str) -> None:
    assert folder.run(command, "all").lines == ["nothing was given up"]
    assert folder.run(command, "1").code == 1
    with folder.archive() as archive:
        id = archive.add("phone")
    assert folder.run(command, "all").lines == ["nothing was given up"]
    said = folder.run(command, "1")
    assert said.code == 1
    assert said.errors == f"nothing of {id} was given up\n"


def test_replay_needs_a_config(folder: Folder) -> None:
    with folder.archive() as archive:
        archive.dead("phone")
    said = folder.run("replay", "all")
    assert said.code == 1
    assert said.errors.startswith("the config cannot be read")


@pytest.mark.parametrize("timeout", ["soon", "-1"])
def test_a_timeout_is_a_duration(folder: Folder, timeout: str) -> None:
    said = folder.run("replay", "all", f"--timeout={timeout}")
    assert said.code == 2
    assert "a duration is" in said.errors
