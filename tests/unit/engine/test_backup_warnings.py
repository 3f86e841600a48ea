"""Successes of backups that deserve a warning: nothing in them, far less than before, or a server that stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

import pytest

from prime_notify.engine.backup_warnings import examined
from prime_notify.engine.engine import Engine
from prime_notify.messages.machine_texts import joined_messages, machine_message, message_text
from prime_notify.messages.texts import compose
from prime_notify.model.payload import Payload
from tests.support.build import loaded, notification
from tests.support.receiver import Receiver
from tests.support.texts import CATALOGUE
from tests.unit.engine.test_engine import engine, event, hook, received

GOOD = {"targets": ["world", "world_nether"], "file_count": 1000, "raw_size": 10**9, "stored_size": 10**8}
NOTHING = "Nothing was backed up: none of the configured targets was found"


def backup(**changes: Any) -> Payload:
    fields = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return notification("backup_success", backup=fields).payload


def doubt(payload: Payload, *former: Payload, shrink: Optional[int] = 50, ran_at_start: bool = True) -> str:
    """The message of the examined payload in English, empty where there is no doubt."""
    found = examined(payload, ran_at_start=ran_at_start, shrink=shrink, former=lambda _: former)
    assert found.severity.value == ("warning" if found.message else "info")
    return message_text(found.message or "", "en_us", CATALOGUE)


@pytest.mark.parametrize(
    ("changes", "beginning"),
    [
        ({"file_count": 0, "raw_size": 0, "stored_size": 0, "targets": []}, NOTHING),
        ({"file_count": 0, "raw_size": None, "stored_size": None, "targets": None}, NOTHING),
        ({"file_count": None, "raw_size": None, "stored_size": None, "targets": []}, NOTHING),
        ({"file_count": 3, "raw_size": 0, "stored_size": 0}, "The backup holds no data: its files and folders (3) are"),
        ({"file_count": None, "raw_size": 0, "stored_size": None}, "The backup holds no data. Check"),
        ({"stored_size": 0}, "The backup has 953.7 MiB of data, but none of it is stored"),
    ],
)
@pytest.mark.parametrize("shrink", [50, None])
def test_a_backup_that_holds_nothing_is_a_warning_whatever_came_before(
    changes: Dict[str, Any], beginning: str, shrink: Optional[int]
) -> None:
    assert doubt(backup(**changes), shrink=shrink).startswith(beginning)
    assert doubt(backup(**changes), backup(**changes), shrink=shrink).startswith(beginning)


@pytest.mark.parametrize(
    ("changes", "beginning"),
    [
        ({"file_count": 10}, "The backup has far fewer files than the last ones: 10 now, 1,000 before"),
        ({"raw_size": 10**6}, "The backup is far smaller than the last ones: 976.6 KiB now, 953.7 MiB before"),
        ({"targets": ["world"]}, "A part of the world is missing: this backup lacks world_nether"),
        ({"targets": ["world"], "file_count": 10}, "A part of the world is missing"),
    ],
)
def test_a_backup_with_far_less_than_the_last_ones_is_a_warning_that_says_from_what(
    changes: Dict[str, Any], beginning: str
) -> None:
    assert doubt(backup(**changes), backup(), backup(), backup()).startswith(beginning)
    assert doubt(backup(**changes), backup()).startswith(beginning)
    assert doubt(backup(**changes)) == ""
    assert doubt(backup(**changes), backup(), shrink=None) == ""


def test_the_option_sets_the_fall_that_is_a_warning() -> None:
    smaller = backup(file_count=400)
    assert doubt(smaller, backup(), shrink=60)
    assert doubt(smaller, backup(), shrink=61) == ""
    assert doubt(backup(file_count=1), backup(file_count=1), shrink=1) == ""


def test_several_doubts_have_a_line_each_below_the_plugins_own_message() -> None:
    payload = notification(backup={**GOOD, "file_count": 1, "raw_size": 1}, message="Done in\ntwo lines").payload
    lines = doubt(payload, backup()).splitlines()
    assert lines[:2] == ["Done in", "two lines"]
    assert [line[:24] for line in lines[2:]] == ["The backup has far fewer", "The backup is far smalle"]
    both = joined_messages(machine_message("test"), machine_message("no_data_backed_up"))
    assert message_text(both, "zh_cn", CATALOGUE).splitlines()[1].startswith("备份中没有任何数据")


def test_an_empty_backup_is_no_measure_for_the_next_one() -> None:
    empty = backup(file_count=0, raw_size=0, stored_size=0, targets=[])
    assert doubt(backup(file_count=10), empty, empty, empty, backup())
    assert doubt(backup(), empty) == ""


@pytest.mark.parametrize("smaller", [{"file_count": 10, "raw_size": 10**6}, {"targets": ["world"]}])
def test_a_lasting_change_is_taken_as_normal_after_three_backups(smaller: Dict[str, Any]) -> None:
    former: List[Payload] = [backup()] * 5
    warned = []
    for _ in range(6):
        warned.append(bool(doubt(backup(**smaller), *former)))
        former.insert(0, backup(**smaller))
    assert warned == [True, True, True, False, False, False]


def test_backups_of_other_targets_are_not_compared() -> None:
    assert doubt(backup(targets=["plugins"], file_count=3, raw_size=10), backup(), backup()) == ""
    turns = [backup(targets=["world"], file_count=5), backup()] * 3
    assert doubt(backup(targets=["world"], file_count=5), *turns) == ""


def test_a_backup_that_does_not_say_what_it_holds_asks_for_no_former_one() -> None:
    def former(_: Payload) -> Sequence[Payload]:
        raise AssertionError

    for payload in (
        notification().payload,
        notification(backup={"id": 3}).payload,
        notification("backup_start").payload,
    ):
        assert examined(payload, ran_at_start=True, shrink=50, former=former) is payload


def test_a_test_notification_is_not_examined() -> None:
    payload = backup(file_count=0).model_copy(update={"test": True})
    assert examined(payload, ran_at_start=True, shrink=50, former=lambda _: ()) is payload


def stopped(running: Optional[bool] = False) -> Payload:
    return notification(backup=GOOD, server={"running": running}).payload


def test_a_server_that_ran_at_the_start_and_not_at_the_end_is_a_warning() -> None:
    assert doubt(stopped()).startswith("The server stopped during the backup: it may lack the newest changes")
    assert doubt(stopped(), ran_at_start=False) == ""
    assert doubt(stopped(running=True)) == ""


def test_a_doubt_that_the_source_has_already_is_not_repeated() -> None:
    said = machine_message("server_stopped_during_backup")
    payload = stopped().model_copy(update={"message": said, "severity": "warning"})
    assert examined(payload, ran_at_start=True, shrink=None, former=lambda _: ()) is payload


# through the engine, with the outbox's history


def finish(running: Engine, **fields: Any) -> None:
    running.accept(event("backup_success", plugin_id="a_backup_plugin", backup={**GOOD, **fields}))


def test_the_engine_compares_with_the_history_also_after_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    quiet = hook(receiver, filter={"min_severity": "warning"})
    with engine(tmp_path, quiet) as running:
        finish(running)
        running.catch_up()
    with engine(tmp_path, quiet) as running:
        finish(running, file_count=12)
        finish(running)
        finish(running, file_count=0, targets=[])
        first, second = received(receiver, 2)
    assert first["title"].startswith("⚠️ Backup done, with warnings")
    assert "12 now, 1,000 before" in first["body"]
    assert first["severity"] == "warning"
    assert NOTHING in second["message"]


def test_the_comparison_can_be_switched_off(tmp_path: Path, receiver: Receiver) -> None:
    config = loaded({"name": "a", "url": "http://127.0.0.1:9"}).config.notification
    assert config.shrink_warning == 50
    off = {"enabled": True, "shrink_warning": False, "endpoints": [hook(receiver)]}
    with engine(tmp_path, notification=off) as running:
        finish(running)
        finish(running, file_count=1)
        payloads = received(receiver, 2)
    assert [payload["severity"] for payload in payloads] == ["info", "info"]


def test_plugins_that_emit_events_get_the_warning_of_a_stopped_server_as_well(
    tmp_path: Path, receiver: Receiver
) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event("backup_start", plugin_id="a_backup_plugin", server={"running": True}))
        running.accept(event("backup_success", plugin_id="a_backup_plugin", server={"running": False}))
        _, end = received(receiver, 2)
    assert end["severity"] == "warning"
    assert "it may lack the newest changes" in end["message"]


@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_the_warning_is_in_the_readers_language(language: str) -> None:
    found = examined(backup(file_count=0), ran_at_start=None, shrink=None, former=lambda _: ())
    texts = compose(found, language, CATALOGUE)
    assert {"en_us": NOTHING, "zh_cn": "什么都没有备份：没有找到任何配置的备份目标"}[language] in texts.body
