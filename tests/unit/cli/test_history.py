"""``history`` and ``show`` on the command line."""

from __future__ import annotations

import pytest

from prime_notify.messages.machine_texts import machine_comment
from prime_notify.outbox.values import State
from prime_notify.text.humanize import zoned_time
from tests.support.cli_folder import Folder

AT = 1_000_000_000.0
WHEN = zoned_time(AT)
ID = "01KE00000000000000000000{:02d}".format


def test_history_lists_the_newest_first(folder: Folder) -> None:
    with folder.archive() as archive:
        archive.add("phone", "ops", name="backup_failure", backup={"id": 7})
        archive.attempt("phone", status=200)
        archive.attempt("ops", State.DEAD, status=404, reason="HTTP 404")
        archive.add()
        archive.add("phone")
    said = folder.run("history")
    assert said.code == 0
    assert said.lines == [
        f"{WHEN}  {ID(3)}  Backup done",
        "    phone: waiting (tries: 0), next try as soon as possible",
        f"{WHEN}  {ID(2)}  Backup done",
        f"{WHEN}  {ID(1)}  Backup failed #7",
        "    phone: delivered (HTTP 200, 82 ms, tries: 1)",
        "    ops: given up (HTTP 404, 82 ms, tries: 1) – HTTP 404",
        "page 1 of 1, 3 in all",
    ]


def test_history_has_pages(folder: Folder) -> None:
    with folder.archive() as archive:
        for _ in range(12):
            archive.add()
    assert len(folder.run("history").lines) == 11
    assert folder.run("history", "2").lines == [
        f"{WHEN}  {ID(2)}  Backup done",
        f"{WHEN}  {ID(1)}  Backup done",
        "page 2 of 2, 12 in all",
    ]
    assert folder.run("history", "--size", "5", "3").lines[-1] == "page 3 of 3, 12 in all"
    assert folder.run("history", "9").lines == ["page 9 of 2, 12 in all"]


def test_history_can_be_of_one_state(folder: Folder) -> None:
    with folder.archive() as archive:
        archive.add("phone")
        archive.dead("ops")
    said = folder.run("history", "--state", "dead", "--json")
    assert [one["id"] for one in said.data["notifications"]] == [ID(2)]
    assert said.data["total"] == 1
    assert folder.run("history", "--state", "lost").code == 2


@pytest.mark.parametrize("page", ["0", "-1", "x", "1" * 9, "１"])
def test_a_page_is_a_number_from_one_on(folder: Folder, page: str) -> None:
    said = folder.run("history", page)
    assert said.code == 2
    assert "usage:" in said.errors


def test_nothing_yet(folder: Folder) -> None:
    assert folder.run("history").lines == ["nothing yet"]
    assert folder.run("history", "--json").data == {"total": 0, "page": 1, "pages": 0, "notifications": []}
    assert folder.run("show", "1").code == 1


def test_show_tells_everything(folder: Folder) -> None:
    with folder.archive() as archive:
        archive.add("phone", comment="x", backup={"comment": machine_comment("scheduled_backup")})
        retry = {"reason": "HTTP\n500", "hint": "wait", "response": "\x1b[2Joops", "status": 500, "ms": 12.0}
        archive.attempt("phone", State.WAITING, due=9e9, **retry)
        archive.attempt("phone")
    said = folder.run("show", ID(1))
    assert said.code == 0
    assert said.lines == [
        f"{WHEN}  {ID(1)}  Backup done",
        "  Event: Backup done",
        "  Status: Success",
        "  Comment: Scheduled backup",
        f"  Time: {WHEN}",
        "phone: delivered (82 ms, tries: 2)",
        f"    #1 {WHEN} failed (HTTP 500, 12 ms) – HTTP 500",
        "       wait",
        "       answer: [2Joops",
        f"    #2 {WHEN} delivered (82 ms)",
    ]


def test_show_says_when_the_next_try_is(folder: Folder) -> None:
    with folder.archive() as archive:
        archive.add("phone")
        archive.attempt("phone", State.WAITING, due=9e9, reason="no")
    assert "phone: waiting (82 ms, tries: 1), next try in " in folder.run("show", "1").out


def test_show_as_json_has_the_payload_and_the_tries(folder: Folder) -> None:
    with folder.archive() as archive:
        archive.add("phone", backup={"comment": machine_comment("scheduled_backup")})
        archive.attempt("phone", status=200, response="ok")
    data = folder.run("show", "1", "--json").data
    assert data["payload"]["backup"]["comment"] == "Scheduled backup"
    assert (data["id"], data["accepted"], data["event"], data["severity"]) == (ID(1), AT, "backup_success", "info")
    [delivery] = data["deliveries"]
    assert delivery == {
        "endpoint": "phone",
        "state": "delivered",
        "attempts": 1,
        "due": None,
        "settled": AT,
        "status": 200,
        "ms": 81.6,
        "reason": "",
        "tries": [
            {
                "number": 1,
                "at": AT,
                "outcome": "delivered",
                "status": 200,
                "ms": 81.6,
                "reason": "",
                "hint": "",
                "response": "ok",
            }
        ],
    }


def test_show_of_what_nobody_wanted(folder: Folder) -> None:
    with folder.archive() as archive:
        archive.add()
    assert folder.run("show", "1").lines[-1] == "no endpoint wanted it"


def test_what_another_version_wrote_is_shown_all_the_same(folder: Folder) -> None:
    with folder.archive() as archive:
        archive.add("phone")
        query = """UPDATE notification SET payload = '{"from": "the future"}'"""
        archive.outbox.database.write("test", lambda connection: connection.execute(query))
    assert folder.run("show", "1").lines[0] == f"{WHEN}  {ID(1)}  (written by another version)"
    assert folder.run("show", "1", "--json").data["payload"] is None


def test_an_id_that_is_none_or_several(folder: Folder) -> None:
    with folder.archive() as archive:
        for _ in range(12):
            archive.add()
    said = folder.run("show", "…2")
    assert said.code == 1
    assert said.errors == f'more than one id ends with "…2", such as {ID(2)}, {ID(12)}\n'
    said = folder.run("show", "99")
    assert said.code == 1
    assert said.errors == 'there is no notification whose id is or ends with "99"\n'
