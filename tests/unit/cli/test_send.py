"""``send``: events from scripts."""

from __future__ import annotations

import io
import json
import os
from typing import Any, Optional

import pytest

from prime_notify.cli import folder_access
from prime_notify.outbox.errors import OutboxError
from tests.support.cli_folder import Folder, hook
from tests.support.receiver import HANG, Answer, Receiver


def test_it_is_delivered_and_reported_per_endpoint(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver), hook(receiver, "ops", events=["restore_failure"]))
    said = folder.run("send", "backup_failure", "--field", "message=disk on fire")
    assert said.code == 0
    [request] = receiver.requests
    payload = request.json()
    assert (payload["event"], payload["message"], payload["plugin"]["id"]) == (
        "backup_failure",
        "disk on fire",
        "script",
    )
    assert said.lines[0] == f"backup_failure {payload['id']}"
    assert [line.partition(" (")[0] for line in said.lines[1:]] == ["phone: delivered"]


def test_a_message_in_the_game_waits_for_mcdreforged_and_is_no_failure(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver), {"name": "ingame", "type": "minecraft"})
    said = folder.run("send", "backup_failure", "--timeout", "1h")
    assert (said.code, said.errors) == (0, "")
    assert [line.partition(" (")[0] for line in said.lines[1:]] == [
        "ingame: waiting",
        "    it waits until MCDReforged runs, which shows it in the game",
        "phone: delivered",
    ]
    assert folder.run("status").code == 0
    deliveries = folder.run("history", "--json").data["notifications"][0]["deliveries"]
    assert {one["endpoint"]: one["attempts"] for one in deliveries} == {"phone": 1, "ingame": 0}


def test_as_json_it_says_what_came_of_it(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    data = folder.run("send", "backup_start", "--json").data
    [phone] = data["endpoints"]
    assert data["id"] == receiver.requests[0].json()["id"]
    assert (phone["endpoint"], phone["delivered"], phone["status"], phone["reason"]) == ("phone", 1, 200, "")


def test_fields_are_texts_where_texts_belong_and_json_elsewhere(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    fields = ["message=1", "cost_s=12.5", "backup.id=7", 'backup.targets=["world"]', "operator=player:Steve"]
    fields += ["backup.comment=a=b", "extra.disk.free=5", "test=true", "error=x.y"]
    said = folder.run("send", "backup_failure", *(part for field in fields for part in ("--field", field)))
    assert said.errors == ""
    payload = receiver.requests[0].json()
    assert (payload["message"], payload["cost_s"], payload["test"]) == ("1", 12.5, True)
    assert payload["backup"] == {"id": 7, "comment": "a=b", "targets": ["world"]}
    assert payload["operator"]["full"] == "player:Steve"
    assert payload["extra"] == {"disk": {"free": 5}}
    assert payload["error"]["message"] == "x.y"


def test_a_field_that_cannot_be_used_is_said(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    said = folder.run("send", "backup_start", "--field", "cost_s=long")
    assert said.code == 0
    assert said.errors.startswith("WARNING ")
    assert "cost_s" in said.errors


@pytest.mark.parametrize("field", ["message", "=x", "a..b=1", ".=1"])
def test_a_field_has_a_name_and_a_value(folder: Folder, field: str) -> None:
    said = folder.run("send", "backup_start", "--field", field)
    assert said.code == 2
    assert "write NAME=VALUE" in said.errors


def test_a_field_cannot_be_inside_of_a_value(folder: Folder) -> None:
    said = folder.run("send", "backup_start", "--field", "backup=x", "--field", "backup.id=7")
    assert said.code == 2
    assert "backup.id is a field inside of" in said.errors


def test_the_payload_may_come_from_a_file_or_a_pipe(
    folder: Folder, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.configure(hook(receiver))
    file = folder.path / "payload.json"
    file.write_text('\ufeff{"message": "你好"}', encoding="utf-8")
    assert folder.run("send", "backup_start", "--payload", str(file)).code == 0
    monkeypatch.setattr("sys.stdin", io.StringIO('{"cost_s": 3}'))
    assert folder.run("send", "backup_success", "--payload", "-").code == 0
    start, end = (request.json() for request in receiver.requests)
    assert (start["message"], end["cost_s"]) == ("你好", 3.0)


@pytest.mark.parametrize("text", ["[1]", "{", "", "[" * 100_000])
def test_a_payload_is_a_json_object(folder: Folder, text: str) -> None:
    file = folder.path / "payload.json"
    file.write_text(text, encoding="utf-8")
    assert folder.run("send", "backup_start", "--payload", str(file)).code == 2
    assert folder.run("send", "backup_start", "--payload", str(folder.path / "missing")).code == 2


def test_start_and_end_from_two_commands_are_one_task(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    for event in ("backup_start", "backup_success"):
        assert folder.run("send", event).code == 0
    start, end = (request.json() for request in receiver.requests)
    assert (start["event"], end["event"]) == ("backup_start", "backup_success")
    assert start["task_id"] == end["task_id"]


def test_ends_of_interrupted_tasks_are_delivered_as_well(
    folder: Folder, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.configure(hook(receiver))
    with monkeypatch.context() as earlier:
        earlier.setattr("prime_notify.engine.engine.process_token", lambda: "a process that is gone")
        assert folder.run("send", "backup_start", "--field", "task_id=a").code == 0
    data = folder.run("send", "backup_aborted", "--field", "task_id=b", "--json").data
    ends = {request.json()["task_id"]: request.json()["id"] for request in receiver.requests[1:]}
    assert set(ends) == {"a", "b"}
    assert data["id"] == ends["b"]
    assert data["endpoints"][0]["delivered"] == 1


def test_what_was_accepted_before_is_not_accepted_again(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    assert folder.run("send", "backup_start", "--field", "task_id=a").code == 0
    said = folder.run("send", "backup_start", "--field", "task_id=a")
    assert (said.code, said.errors) == (1, "not sent: backup_start of this task was accepted before\n")
    assert len(receiver.requests) == 1


def test_the_language_is_the_endpoints_the_configs_or_mcdreforgeds(folder: Folder, receiver: Receiver) -> None:
    folder.path = folder.path / "config" / "prime_notify"
    folder.path.mkdir(parents=True)
    folder.configure(hook(receiver), hook(receiver, "ops", language="en_us"))
    (folder.path.parent.parent / "config.yml").write_text("language: zh_cn\n", encoding="utf-8")
    assert folder.run("send", "backup_start").code == 0
    titles = {request.path.split("/")[1]: request.json()["title"] for request in receiver.requests}
    assert titles == {"phone": "⏳ 备份开始", "ops": "⏳ Backup started"}


def test_nobody_may_want_it(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver, events=["restore_start"]))
    said = folder.run("send", "backup_start")
    assert said.code == 0
    assert said.lines[1:] == ["routed to no endpoint"]


def test_the_only_endpoint_with_a_mistake_is_a_failure_that_names_the_mistake(folder: Folder) -> None:
    folder.configure({"name": "phone", "type": "brak", "url": "https://example.com"})
    said = folder.run("send", "backup_start")
    assert said.code == 1
    [line] = said.lines[1:]
    assert line.startswith('phone: off: mistake at notification.endpoints[0].type: found "brak"; did you mean "bark"?')
    assert folder.run("send", "backup_start", "--json").data["mistakes"] == [line]


@pytest.mark.parametrize(
    "broken",
    [
        {"name": "phone", "type": 7, "url": "https://example.com"},
        {"name": "phone"},
        {"name": "phone", "url": "${PRIME_NOTIFY_UNSET}"},
        {"name": "phone", "url": "https://example.com", "headers": "x"},
        "https://example.com",
    ],
)
def test_any_mistake_of_an_endpoint_is_a_failure_beside_one_that_works(
    folder: Folder, receiver: Receiver, broken: Any
) -> None:
    folder.configure(hook(receiver, "ops"), broken)
    said = folder.run("send", "backup_start")
    assert said.code == 1
    assert len(receiver.requests) == 1
    assert said.lines[1].startswith("ops: delivered")
    assert ": off: mistake at notification.endpoints[1]" in said.lines[2]


def test_a_mistake_of_an_endpoint_that_is_switched_off_is_no_failure(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver), {"name": "old", "type": "brak", "enabled": False})
    assert folder.run("send", "backup_start").code == 0


@pytest.mark.parametrize("endpoints", ["none", 7])
def test_a_list_of_endpoints_with_a_mistake_is_a_failure(folder: Folder, endpoints: Any) -> None:
    (folder.path / "config.json").write_text(json.dumps({"notification": {"enabled": True, "endpoints": endpoints}}))
    said = folder.run("send", "backup_start")
    assert said.code == 1
    assert "no endpoint: mistake at notification.endpoints" in said.lines[1]


def test_a_mistake_in_the_name_of_the_block_is_said(folder: Folder) -> None:
    (folder.path / "config.json").write_text('{"notifications": {"enabled": true, "endpoints": []}}')
    said = folder.run("send", "backup_start")
    assert said.code == 1
    assert "notifications: found an unknown option" in said.errors


def test_a_mistake_is_said_also_where_another_process_delivers(folder: Folder, receiver: Receiver) -> None:
    document = folder.configure(hook(receiver, type="brak"))
    with folder.owned(document):
        said = folder.run("send", "backup_start")
    assert said.code == 1
    assert "phone: off: mistake at notification.endpoints[0].type" in said.lines[1]


def test_what_fails_stays_for_the_next_start(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver, retry=["1h"]))
    receiver.behave(Answer(503))
    said = folder.run("send", "backup_failure", "--timeout", "10m")
    assert said.code == 1
    assert said.errors == ""
    assert said.lines[1].startswith("phone: waiting (HTTP 503, ")
    assert "MCDReforged goes on with what waits" in said.lines[-1]
    assert folder.run("status", "--json").data["waiting"] == 1


def test_verbose_tells_of_each_attempt(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    assert (
        'INFO phone: "Backup started" delivered (HTTP 200, ' in folder.run("send", "backup_start", "--verbose").errors
    )


def test_an_endpoint_that_hangs_is_waited_for_no_longer_than_the_timeout(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver, timeout="60s"), delivery={"stop_grace": "0s"})
    receiver.behave(HANG)
    said = folder.run("send", "backup_failure", "--timeout", "200ms")
    assert said.code == 1
    assert said.lines[1].startswith("phone: waiting (")  # whether the attempt that was cut off counts is a race


def test_nothing_is_sent_nor_stored_while_notifications_are_off(folder: Folder, receiver: Receiver) -> None:
    document = folder.configure(hook(receiver), enabled=False)
    with folder.owned(document):
        for said in (folder.run("send", "backup_start"), folder.run("send", "backup_start", "--json")):
            assert said.code == 1
            assert said.errors == "nothing is sent: notification.enabled is false in the config\n"
    assert folder.run("history").lines == ["nothing yet"]


def test_it_is_left_to_a_process_that_delivers_from_the_folder(folder: Folder, receiver: Receiver) -> None:
    document = folder.configure(hook(receiver))
    with folder.owned(document):
        (folder.path / "config.json").unlink()  # the running process has its own in force
        said = folder.run("send", "backup_failure", "--plugin", "my_script")
        assert said.code == 0
        assert said.lines == [f"stored; process {os.getpid()} delivers from this folder and takes it up within seconds"]
        [request] = receiver.wait_for(1)
    assert request.json()["plugin"]["id"] == "my_script"


def test_it_is_left_to_a_process_that_was_faster(
    folder: Folder, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_yet(_folder: object) -> Optional[str]:
        return None

    document = folder.configure(hook(receiver))
    monkeypatch.setattr(folder_access, "owner_of", nobody_yet)
    with folder.owned(document):
        said = folder.run("send", "backup_failure")
        assert said.code == 0
        assert said.lines[0].startswith("stored; another process delivers")
        assert len(receiver.wait_for(1)) == 1


def test_without_a_config_nothing_is_stored(folder: Folder) -> None:
    said = folder.run("send", "backup_start")
    assert said.code == 1
    assert "no such file" in said.errors
    assert [path.name for path in folder.path.iterdir()] == []


def test_a_disk_that_refuses_is_said(folder: Folder, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OutboxError("disk full")

    folder.configure(hook(receiver))
    monkeypatch.setattr("prime_notify.cli.send.leave_events", refuse)
    said = folder.run("send", "backup_start")
    assert (said.code, said.errors) == (2, "the event cannot be stored: disk full\n")


def test_an_unknown_event_is_answered_with_those_there_are(folder: Folder) -> None:
    said = folder.run("send", "backup_done")
    assert said.code == 2
    assert "backup_success" in said.errors
