"""The engine with a real store on disk and a real receiver: events in, requests out."""

from __future__ import annotations

import contextlib
import logging
import queue
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest

from prime_notify.clock import Clock
from prime_notify.delivery.notices import Notice, NoticeKind
from prime_notify.engine.endpoint_test import TestResult
from prime_notify.engine.engine import Engine
from prime_notify.engine.intake import NotificationFactory
from prime_notify.model.event import EventName
from prime_notify.model.notification import Notification
from prime_notify.outbox.database import Database
from prime_notify.outbox.folder import leave_events
from prime_notify.outbox.history import History
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Received, State
from prime_notify.routing.groups import GroupChoice
from tests.support.build import event, loaded
from tests.support.clock import FakeClock
from tests.support.receiver import HANG, Answer, Receiver
from tests.support.texts import CATALOGUE


@contextlib.contextmanager
def engine(folder: Path, *endpoints: Any, **sections: Any) -> Iterator[Engine]:
    started = build(folder, *endpoints, **sections)
    started.start()
    try:
        yield started
    finally:
        started.stop(grace=5.0)


def build(folder: Path, *endpoints: Any, clock: Optional[Clock] = None, **sections: Any) -> Engine:
    log = logging.getLogger("test.engine")
    return Engine(loaded(*endpoints, **sections), data_dir=folder, catalogue=CATALOGUE, log=log, clock=clock)


def hook(receiver: Receiver, name: str = "hook", **options: Any) -> Any:
    return {"name": name, "url": receiver.url(f"/{name}"), **options}


def received(receiver: Receiver, count: int) -> List[Any]:
    receiver.wait_for(count, timeout=60.0)
    return [request.json() for request in receiver.requests]


def test_an_accepted_event_reaches_every_endpoint_with_the_same_id(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver, "a"), hook(receiver, "b")) as running:
        accepted = running.accept(event("backup_failure", message="disk on fire"))
        payloads = received(receiver, 2)
    assert {payload["id"] for payload in payloads} == {accepted}
    assert payloads[0]["message"] == "disk on fire"


def test_an_endpoint_gets_only_the_events_it_asked_for(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver, events=["backup_failure"])) as running:
        running.accept(event("backup_start"))
        running.accept(event("backup_failure"))
        [payload] = received(receiver, 1)
    assert payload["event"] == "backup_failure"


def test_nothing_is_accepted_while_switched_off(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver), notification={"enabled": False}) as running:
        assert running.accept(event()) is None


def test_start_and_end_share_a_task_id(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event("backup_start"))
        running.accept(event("backup_success"))
        start, end = received(receiver, 2)
    assert (start["event"], end["event"]) == ("backup_start", "backup_success")
    assert start["task_id"] == end["task_id"]


def test_a_task_that_another_start_interrupts_is_delivered_as_aborted_first(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event("backup_start"))
        running.accept(event("backup_start"))
        payloads = received(receiver, 3)
    assert [payload["event"] for payload in payloads] == ["backup_start", "backup_aborted", "backup_start"]
    assert payloads[0]["task_id"] == payloads[1]["task_id"] != payloads[2]["task_id"]
    assert payloads[1]["message"]


def test_what_was_not_delivered_is_delivered_after_the_next_start(tmp_path: Path, receiver: Receiver) -> None:
    with Receiver() as hanging:
        hanging.behave(HANG)
        with engine(tmp_path, hook(hanging)) as running:
            accepted = running.accept(event())
            hanging.wait_for(1)
            assert running.stop(grace=0.0) == ["hook"]
    with engine(tmp_path, hook(receiver)):
        [payload] = received(receiver, 1)
    assert payload["id"] == accepted


def test_a_task_left_open_by_a_dead_process_is_delivered_as_aborted(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prime_notify.engine.engine.process_token", lambda: "a process that died")
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event("restore_start", backup={"id": 3, "comment": "c"}, operator="player:Steve"))
        received(receiver, 1)
    monkeypatch.undo()
    with engine(tmp_path, hook(receiver)):
        start, end = received(receiver, 2)
    assert end["event"] == "restore_aborted"
    shared = ("task_id", "plugin", "backup", "operator")
    assert [end[name] for name in shared] == [start[name] for name in shared]
    assert "#3" in end["title"]


def test_a_task_of_this_process_survives_a_restart_of_the_engine(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event("backup_start", task_id="t"))
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event("backup_success", task_id="t"))
        payloads = received(receiver, 2)
    assert [payload["event"] for payload in payloads] == ["backup_start", "backup_success"]


def test_an_event_that_came_while_no_engine_ran_is_delivered_by_the_next_one(
    tmp_path: Path, receiver: Receiver
) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event("backup_start", task_id="t"))
        received(receiver, 1)
    leave_events(tmp_path, [Received("left", event("backup_failure", task_id="t", message="came late"))])
    with engine(tmp_path, hook(receiver)):
        _, end = received(receiver, 2)
    assert (end["event"], end["message"]) == ("backup_failure", "came late")


def test_an_unusable_outbox_is_said_and_costs_no_notification(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / OUTBOX_FILE).write_bytes(b"damaged" * 999)
    with engine(tmp_path, hook(receiver)) as running:
        assert running.accept(event()) is not None
        received(receiver, 1)
    assert "not a database" in caplog.text


def test_neither_a_backup_nor_a_command_waits_for_a_disk_that_hangs(tmp_path: Path, receiver: Receiver) -> None:
    works = threading.Event()

    def hang(step: str) -> None:
        if step == "receive:begin":
            works.wait(30.0)

    log = logging.getLogger("test.engine")
    running = Engine(loaded(hook(receiver)), data_dir=tmp_path, catalogue=CATALOGUE, log=log, crash_point=hang)
    running.start()
    ids = [running.accept(event()) for _ in range(3)]
    assert running.overview().refusing
    assert running.history is None
    assert receiver.requests == []
    works.set()
    assert [payload["id"] for payload in received(receiver, 3)] == ids
    assert not running.overview().refusing
    running.stop(grace=5.0)


def test_an_event_comes_in_although_another_process_locks_the_file(tmp_path: Path, receiver: Receiver) -> None:
    with (
        engine(tmp_path, hook(receiver)) as running,
        contextlib.closing(sqlite3.connect(tmp_path / OUTBOX_FILE, isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        ids = [running.accept(event()) for _ in range(3)]
        assert [payload["id"] for payload in received(receiver, 3)] == ids
        assert running.overview().refusing


def test_an_endpoint_that_hangs_delays_no_other(tmp_path: Path, receiver: Receiver) -> None:
    with Receiver() as hanging:
        hanging.behave(HANG)
        with engine(tmp_path, hook(hanging, "hanging"), hook(receiver)) as running:
            running.accept(event())
            received(receiver, 1)
            hanging.close()


def test_stop_waits_no_longer_than_its_grace_and_names_who_is_busy(tmp_path: Path) -> None:
    with Receiver() as hanging:
        hanging.behave(HANG)
        running = build(tmp_path, hook(hanging, "slow"))
        running.start()
        running.accept(event())
        hanging.wait_for(1, timeout=60.0)
        assert running.stop(grace=0.05) == ["slow"]
        assert running.stop(grace=0.05) == []


def test_a_reload_brings_new_endpoints_into_force(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver, "old")) as running:
        running.reload(loaded(hook(receiver, "new")))
        running.accept(event())
        received(receiver, 1)
    assert receiver.requests[0].target == "/new"


def test_no_thread_is_left_after_stop(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event())
        received(receiver, 1)
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("prime_notify")]


def test_every_accepted_notification_is_passed_on(tmp_path: Path) -> None:
    passed: List[Notification] = []
    log = logging.getLogger("test.engine")
    config = loaded(language="zh_cn")
    running = Engine(config, data_dir=tmp_path, catalogue=CATALOGUE, log=log, on_accepted=passed.append)
    running.start()
    accepted = running.accept(event("backup_success", cost_s=1.5))
    running.stop(grace=1.0)
    [notification] = passed
    described = running.describe(notification)
    assert described["id"] == accepted
    assert "备份" in described["title"]


def test_a_test_notification_ignores_filters_and_the_main_switch(tmp_path: Path, receiver: Receiver) -> None:
    results: queue.Queue[TestResult] = queue.Queue()
    endpoint = hook(receiver, events=["restore_failure"])
    with engine(tmp_path, endpoint, hook(receiver, "off", enabled=False)) as running:
        assert running.rehearsal.test(EventName.BACKUP_SUCCESS, on_result=results.put) == ["hook"]
        result = results.get(timeout=60.0)
    assert (result.endpoint, result.ok, result.status, result.reason) == ("hook", True, 200, "")
    assert receiver.requests[0].json()["test"] is True


def test_a_test_notification_tells_why_it_failed(tmp_path: Path, receiver: Receiver) -> None:
    results: queue.Queue[TestResult] = queue.Queue()
    receiver.behave(Answer(404))
    with engine(tmp_path, hook(receiver)) as running:
        assert running.rehearsal.test(EventName.BACKUP_FAILURE, endpoint="hook", on_result=results.put) == ["hook"]
        assert running.rehearsal.test(EventName.BACKUP_FAILURE, endpoint="unknown", on_result=results.put) == []
        result = results.get(timeout=60.0)
    assert (result.ok, result.status) == (False, 404)
    assert result.reason


def test_the_overview_shows_what_waits_and_how_the_last_attempt_went(tmp_path: Path, receiver: Receiver) -> None:
    receiver.behave(Answer(500))
    with engine(tmp_path, hook(receiver), hook(receiver, "off", enabled=False)) as running:
        running.accept(event())
        received(receiver, 1)
        running.stop(grace=5.0)
    overview = running.overview()
    assert overview.enabled
    assert [(state.name, state.enabled) for state in overview.endpoints] == [("hook", True), ("off", False)]


def wait_until(condition: Callable[[], bool], timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_the_overview_knows_of_successes_before_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event())
        wait_until(lambda: running.overview().endpoints[0].last_success is not None)
        before = running.overview().endpoints[0].last_success
        assert before is not None
        assert before <= running.now
    with engine(tmp_path, hook(receiver)) as running:
        wait_until(lambda: running.overview().endpoints[0].last_success == before)
        assert running.overview().endpoints[0].last is None


@pytest.fixture
def busy_housekeeping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prime_notify.engine.housekeeping._INTERVAL", 0.01)


def test_dead_letters_are_sent_again_when_replayed(tmp_path: Path, receiver: Receiver) -> None:
    receiver.behave(Answer(404))
    with engine(tmp_path, hook(receiver)) as running:
        accepted = running.accept(event())
        wait_until(lambda: running.overview().endpoints[0].dead == 1)
        receiver.behave(Answer(200))
        assert list(running.dead_letters.replay(accepted)) == ["hook"]
        payloads = received(receiver, 2)
    assert [payload["id"] for payload in payloads] == [accepted, accepted]


def test_dead_letters_can_be_dropped(tmp_path: Path, receiver: Receiver) -> None:
    receiver.behave(Answer(404))
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event())
        wait_until(lambda: running.overview().endpoints[0].dead == 1)
        assert running.dead_letters.drop() == 1
        assert running.overview().endpoints[0].dead == 0


def test_history_tells_what_was_delivered(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        accepted = running.accept(event())
        wait_until(lambda: running.overview().endpoints[0].waiting == 0)
        assert running.history is not None
        [record] = running.history.find(str(accepted))
    assert [(one.endpoint, one.state, one.status) for one in record.deliveries] == [("hook", State.DELIVERED, 200)]


def test_an_endpoint_is_switched_off_and_on_until_the_next_reload(tmp_path: Path, receiver: Receiver) -> None:
    off = hook(receiver, "off", enabled=False)
    with engine(tmp_path, hook(receiver, "on"), off) as running:
        running.switch("on", False)
        running.switch("off", True)
        states = {state.name: state for state in running.overview().endpoints}
        assert states["on"].switched_off
        assert states["off"].switched_on
        running.accept(event())
        received(receiver, 1)
        running.reload(loaded(hook(receiver, "on"), off))
        running.accept(event())
        received(receiver, 2)
    assert [request.target for request in receiver.requests] == ["/off", "/on"]


def test_a_second_engine_delivers_nothing_keeps_events_and_takes_the_folder_when_the_first_lets_go(
    tmp_path: Path, receiver: Receiver, busy_housekeeping: None
) -> None:
    first, second = build(tmp_path, hook(receiver, "first")), build(tmp_path, hook(receiver, "second"))
    first.start()
    second.start()
    assert second.overview().elsewhere
    id = second.accept(event("backup_failure"))
    [payload] = received(receiver, 1)  # the first one took up what the second one left
    assert (payload["event"], payload["id"]) == ("backup_failure", id)
    first.stop(grace=5.0)
    wait_until(lambda: not second.overview().elsewhere)
    assert second.accept(event("backup_success")) is not None
    received(receiver, 2)
    second.stop(grace=5.0)
    assert [request.target for request in receiver.requests] == ["/first", "/second"]


def test_previews_explanations_and_tests_work_while_another_process_owns_the_folder(
    tmp_path: Path, receiver: Receiver
) -> None:
    results: queue.Queue[TestResult] = queue.Queue()
    with engine(tmp_path, hook(receiver)), engine(tmp_path, hook(receiver)) as second:
        assert second.overview().elsewhere
        assert second.rehearsal.preview("hook", EventName.BACKUP_FAILURE)
        explanation = second.rehearsal.explanation("hook", EventName.BACKUP_FAILURE)
        assert explanation is not None
        assert explanation.is_sent
        assert second.rehearsal.test(EventName.BACKUP_SUCCESS, on_result=results.put) == ["hook"]
        assert results.get(timeout=60.0).ok


def test_what_a_second_engine_keeps_says_when_it_happened(tmp_path: Path, receiver: Receiver) -> None:
    first, second = build(tmp_path, hook(receiver)), build(tmp_path, hook(receiver))
    first.start()
    second.start()
    began = time.time()
    second.accept(event("backup_failure"))
    [left] = first._folder.outbox.inbox()
    assert left.at is not None
    assert began <= left.at <= time.time()
    second.stop(grace=5.0)
    first.stop(grace=5.0)


def test_a_disk_that_is_full_for_a_while_costs_no_notification(
    tmp_path: Path, receiver: Receiver, busy_housekeeping: None, caplog: pytest.LogCaptureFixture
) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        disk = running._folder._database.file
        assert disk is not None
        disk._connection.execute("PRAGMA busy_timeout = 1")
        other = sqlite3.connect(tmp_path / OUTBOX_FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        accepted = running.accept(event())
        [payload] = received(receiver, 1)
        assert running.overview().refusing
        other.close()
        wait_until(lambda: not running.overview().refusing)
        assert running.history is not None
        assert len(running.history.find(str(accepted))) == 1
    assert payload["id"] == accepted
    assert "kept in memory" in caplog.text


def test_a_file_that_breaks_while_it_is_used_is_replaced_and_costs_no_new_notification(
    tmp_path: Path, receiver: Receiver, busy_housekeeping: None, caplog: pytest.LogCaptureFixture
) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        disk = running._folder._database.file
        assert disk is not None
        disk._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = bytearray((tmp_path / OUTBOX_FILE).read_bytes())
        content[100:] = b"\xff" * (len(content) - 100)
        (tmp_path / OUTBOX_FILE).write_bytes(content)
        disk._connection.execute("PRAGMA cache_size = 0")
        accepted = running.accept(event())
        [payload] = received(receiver, 1)
    assert payload["id"] == accepted
    assert list(tmp_path.glob(f"{OUTBOX_FILE}.damaged-*"))
    assert "damaged" in caplog.text


def test_people_get_a_notice_of_an_endpoint_that_is_gone(tmp_path: Path, receiver: Receiver) -> None:
    notices: queue.Queue[Notice] = queue.Queue()
    receiver.behave(Answer(410))
    log = logging.getLogger("test.engine")
    running = Engine(loaded(hook(receiver)), data_dir=tmp_path, catalogue=CATALOGUE, log=log, on_notice=notices.put)
    running.start()
    running.accept(event())
    assert notices.get(timeout=60.0).kind is NoticeKind.DISABLED
    assert running.overview().endpoints[0].disabled
    running.stop(grace=5.0)


def test_what_waits_for_an_endpoint_that_left_the_config_is_shown(tmp_path: Path, receiver: Receiver) -> None:
    receiver.behave(Answer(500))
    with engine(tmp_path, hook(receiver, "old")) as running:
        running.accept(event())
        received(receiver, 1)
    with engine(tmp_path, hook(receiver, "new")) as running:
        states = {state.name: state for state in running.overview().endpoints}
    assert (states["old"].orphaned, states["old"].waiting) == (True, 1)


def test_delivered_notifications_are_forgotten_when_they_are_old(
    tmp_path: Path, receiver: Receiver, busy_housekeeping: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_FIRST_PRUNE", "_PRUNE_EVERY"):
        monkeypatch.setattr(f"prime_notify.engine.housekeeping.{name}", 0.0)
    with engine(tmp_path, hook(receiver), history={"keep": "1ms"}) as running:
        running.accept(event())
        received(receiver, 1)
        wait_until(lambda: running.history is not None and running.history.count() == 0)


def test_an_endpoints_templates_make_its_texts_and_one_that_fails_is_said_once(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    templates = {"title": "{{ event }}!", "body": "{{ 1 / backup.stored_size }}"}
    with engine(tmp_path, hook(receiver, "a", templates=templates), hook(receiver, "b")) as running:
        for _ in range(2):
            running.accept(event(backup={"id": 7, "stored_size": 0}))
        received(receiver, 4)
        running.reload(loaded(hook(receiver, "a", templates=templates)))
        running.accept(event(backup={"id": 8, "stored_size": 0}))
        payloads = received(receiver, 5)
    titles = {request.target: payload["title"] for request, payload in zip(receiver.requests, payloads)}
    assert titles["/a"] == "backup_success!"
    assert titles["/b"].startswith("✅")
    assert all("#" in payload["body"] for payload in payloads)
    warnings = [record.getMessage() for record in caplog.records if "failed" in record.getMessage()]
    assert warnings == 2 * [
        "a: templates.body failed on backup_success, the default text is sent: ZeroDivisionError: division by zero"
    ]


def test_a_test_notification_shows_the_real_message(tmp_path: Path, receiver: Receiver) -> None:
    results: queue.Queue[TestResult] = queue.Queue()
    body = {"text": "{{ title }}", "size": "{{ backup.raw_size|size }}", "gone": "{{ 1 / extra.nothing }}"}
    with engine(tmp_path, hook(receiver, webhook={"body": body, "method": "PUT"})) as running:
        running.rehearsal.test(EventName.BACKUP_SUCCESS, on_result=results.put)
        assert results.get(timeout=60.0).ok
    assert receiver.requests[0].method == "PUT"
    assert receiver.requests[0].json() == {"text": "[Test] ✅ Backup #42 done", "size": "1.2 GiB"}


def test_what_a_webhooks_template_cannot_fill_in_is_said_without_its_secrets(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    query = {"hush-hush": "{{ 1 / backup.raw_size }}", "key": "hush-hush"}
    with engine(tmp_path, hook(receiver, webhook={"query": query})) as running:
        running.accept(event(backup={"raw_size": 0}))
        received(receiver, 1)
    assert receiver.requests[0].target == "/hook?key=hush-hush"
    assert "the template webhook.query.*** failed" in caplog.text


def test_each_endpoint_connects_its_own_way(tmp_path: Path, receiver: Receiver) -> None:
    proxied = {"name": "proxied", "url": "http://nonexistent.invalid/x", "proxy": f"http://127.0.0.1:{receiver.port}"}
    with engine(tmp_path, proxied, hook(receiver)) as running:
        running.accept(event())
        received(receiver, 2)
    assert {request.target for request in receiver.requests} == {"http://nonexistent.invalid/x", "/hook"}


def test_a_preview_shows_the_request_and_sends_nothing(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver, headers={"X-Token": "a-secret-token"})) as running:
        lines = running.rehearsal.preview("hook", EventName.BACKUP_FAILURE)
        assert running.rehearsal.preview("unknown", EventName.BACKUP_FAILURE) is None
    assert lines is not None
    assert lines[0].startswith("POST http://")
    assert "X-Token: ***" in lines
    assert '  "event": "backup_failure",' in lines
    assert receiver.requests == []


def test_a_preview_shows_a_digest_and_what_is_wrong_with_its_templates(tmp_path: Path, receiver: Receiver) -> None:
    templates = {"title": {"digest": "{{ digest.count }} in all"}, "body": {"digest": "{{ 1 / (digest.count - 3) }}"}}
    with engine(tmp_path, hook(receiver, templates=templates)) as running:
        lines = running.rehearsal.preview("hook", None)
    assert lines is not None
    assert lines[0].startswith("⚠ templates.body failed on digest, the default text is sent")
    assert '  "title": "3 in all",' in lines
    assert receiver.requests == []


def test_a_template_that_fails_is_said_once_in_the_log_and_in_the_history(
    tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    broken = hook(
        receiver, templates={"title": "{{ 1 / (backup.id - 7) }}"}, headers={"X": "{{ 1 / (backup.id - 7) }}"}
    )
    with engine(tmp_path, broken) as running:
        ids = [running.accept(event(backup={"id": 7})) for _ in range(2)]
        received(receiver, 2)
    assert {request.json()["title"] for request in receiver.requests} == {"✅ Backup #7 done"}
    store = Outbox(Database(tmp_path / OUTBOX_FILE))
    records = [History(store.database).find(id or "")[0] for id in ids]
    store.close()
    for record in records:
        [one] = record.deliveries[0].tries
        assert one.hint.startswith("templates.title failed on backup_success, the default text is sent: ")
        assert "the template headers.X failed" in one.hint
    assert caplog.text.count("templates.title failed") == 1


def test_a_test_notification_tells_what_is_wrong_with_a_template(tmp_path: Path, receiver: Receiver) -> None:
    results: queue.Queue[TestResult] = queue.Queue()
    broken = hook(receiver, templates={"title": "{{ 1 / 0 if plugin.id == 'prime_notify' else 1 }}"})
    with engine(tmp_path, broken) as running:
        running.rehearsal.test(EventName.RESTORE_SUCCESS, on_result=results.put)
        result = results.get(timeout=60.0)
    assert result.ok
    assert result.hint.startswith("templates.title failed on restore_success, the default text is sent: ")


def test_a_decision_tells_whether_an_event_would_go_there(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver, events=["backup_failure"])) as running:
        wanted = running.rehearsal.explanation("hook", EventName.BACKUP_FAILURE)
        unwanted = running.rehearsal.explanation("hook", EventName.BACKUP_START)
        assert running.rehearsal.explanation("unknown", EventName.BACKUP_START) is None
    assert wanted is not None
    assert wanted.is_sent
    assert unwanted is not None
    assert not unwanted.is_sent


def test_what_is_delivered_only_on_change_outlives_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    recovery = hook(receiver, filter={"on_change": True})
    with engine(tmp_path, recovery) as running:
        running.accept(event("backup_success"))
        running.accept(event("backup_failure"))
        received(receiver, 1)
    with engine(tmp_path, recovery) as running:
        running.accept(event("backup_failure"))
        running.accept(event("backup_success"))
        payloads = received(receiver, 2)
    assert [payload["event"] for payload in payloads] == ["backup_failure", "backup_success"]


# less, later, or through others


def test_a_full_digest_is_one_message(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver, digest={"every": "1h", "max": 2})) as running:
        ids = [running.accept(event("backup_success")), running.accept(event("backup_failure"))]
        [payload] = received(receiver, 1)
    assert payload["title"].startswith("❌ 2 notifications: 1 failed, 1 done")
    assert [item["id"] for item in payload["extra"]["digest"]] == ids[::-1]


def test_a_fallback_gets_what_an_endpoint_gave_up(tmp_path: Path, receiver: Receiver) -> None:
    with Receiver() as refusing:
        refusing.behave(Answer(status=404))
        with engine(tmp_path, hook(refusing, "a", fallback=["b"]), hook(receiver, "b", events="restore")) as running:
            accepted = running.accept(event("backup_failure"))
            [payload] = received(receiver, 1)
    assert payload["id"] == accepted


def test_a_recovery_is_delivered_although_the_endpoint_wants_failures_only(tmp_path: Path, receiver: Receiver) -> None:
    with engine(
        tmp_path, hook(receiver, events="*_failure", repeat="1h"), hook(receiver, "b", events=["restore"])
    ) as one:
        one.accept(event("backup_success"))
        one.accept(event("backup_failure"))
        received(receiver, 1)
        one.accept(event("backup_success"))
        _, recovery = received(receiver, 2)
        one.accept(event("backup_success"))
        one.accept(event("restore_failure"))
        titles = [payload["title"] for payload in received(receiver, 4)]
    assert recovery["title"].startswith("Recovered: ✅ Backup done")
    assert recovery["event"] == "backup_success"
    assert not [title for title in titles if title.startswith("✅")]


def test_of_a_group_the_first_that_works_is_delivered(tmp_path: Path, receiver: Receiver) -> None:
    with Receiver() as refusing:
        refusing.behave(Answer(status=404))
        group = [hook(refusing, "a", group="g"), hook(receiver, "b", group="g")]
        block = {"enabled": True, "groups": {"g": "first_ok"}, "endpoints": group}
        with engine(tmp_path, notification=block) as running:
            ids = [running.accept(event()) for _ in range(5)]
            received(receiver, 5)
            ids.append(running.accept(event()))
            payloads = received(receiver, 6)
        assert len(refusing.requests) == 5
    assert sorted(payload["id"] for payload in payloads) == ids


def sharing(mode: str, *endpoints: Any) -> Dict[str, Any]:
    return {"enabled": True, "groups": {"g": mode}, "endpoints": [{**one, "group": "g"} for one in endpoints]}


def paths(receiver: Receiver, count: int) -> str:
    receiver.wait_for(count, timeout=60.0)
    by_id = {request.json()["id"]: request.path for request in receiver.requests}
    return "".join(path.strip("/") for _, path in sorted(by_id.items()))


def test_members_take_turns_across_restarts(tmp_path: Path, receiver: Receiver) -> None:
    block = sharing("round_robin", *(hook(receiver, name) for name in "abc"))
    for life in range(3):
        with engine(tmp_path, notification=block) as running:
            for _ in range(2):
                running.accept(event("backup_start"))
                running.accept(event("backup_success"))
            paths(receiver, 4 * life + 4)
    assert paths(receiver, 12) == "aabbccaabbcc"


def test_the_end_of_a_task_follows_its_start_across_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    block = sharing("round_robin", *(hook(receiver, name) for name in "abc"))
    fields = {"task_id": "t1"}
    with engine(tmp_path, notification=block) as running:
        running.accept(event("backup_success"))
        running.accept(event("backup_start", **fields))
        running.accept(event("restore_success"))
        paths(receiver, 3)
    with engine(tmp_path, notification=block) as running:
        running.accept(event("backup_success", **fields))
        running.accept(event("backup_success"))
        assert paths(receiver, 5) == "abcba"


def test_the_end_follows_a_start_that_was_passed_on(tmp_path: Path, receiver: Receiver) -> None:
    with Receiver() as refusing:
        refusing.behave(Answer(status=400))
        block = sharing("first_ok", hook(refusing, "a"), hook(receiver, "b"))
        with engine(tmp_path, notification=block) as running:
            running.accept(event("backup_start"))
            paths(receiver, 1)
            running.accept(event("backup_success"))
            assert paths(receiver, 2) == "bb"
        assert len(refusing.requests) == 1


def test_a_member_that_works_again_is_found_out_with_what_comes(tmp_path: Path, receiver: Receiver) -> None:
    clock = FakeClock(1_000_000_000.0)
    with Receiver() as first:
        first.behave(Answer(status=404))
        block = sharing("first_ok", hook(first, "a"), hook(receiver, "b"))
        with engine(tmp_path, notification=block, clock=clock) as running:
            for number in range(5):
                running.accept(event())
                received(receiver, number + 1)
            first.behave(Answer(status=200))
            running.accept(event())
            received(receiver, 6)
            assert len(first.requests) == 5
            clock.advance(60.0)
            accepted = running.accept(event())
            assert received(first, 6)[-1]["id"] == accepted


def test_an_explanation_knows_groups_turns_fallbacks_and_who_is_paused(tmp_path: Path, receiver: Receiver) -> None:
    with Receiver() as refusing:
        refusing.behave(Answer(status=404))
        block = sharing("round_robin", hook(refusing, "a", fallback=["c"]), hook(receiver, "b"))
        block["endpoints"].append(hook(receiver, "c", events=["restore"]))
        with engine(tmp_path, notification=block) as running:
            running.accept(event("backup_start"))
            received(receiver, 1)
            end = running.rehearsal.explanation("a", EventName.BACKUP_FAILURE)
            for number in range(10):
                running.accept(event())
                received(receiver, number + 2)
            following, fallback = (running.rehearsal.explanation(name, EventName.BACKUP_FAILURE) for name in "ac")
            running.switch("c", on=False)
            alone = running.rehearsal.explanation("c", EventName.BACKUP_FAILURE)
    assert end is not None
    assert end.choice == GroupChoice("g", "round_robin", "b", ("a", "b"), has_start=True, previous="a")
    assert not end.is_sent
    assert following is not None
    assert following.choice == GroupChoice("g", "round_robin", "b", ("a", "b"), ("a",), previous="b")
    assert following.fallbacks == ("c",)
    assert 0 < (following.pauses["a"] or 0) < 60
    assert fallback is not None
    assert (fallback.group, fallback.fallback_of, fallback.is_sent) == (None, ("a",), False)
    assert alone is not None
    assert alone.fallback_of == ()


@pytest.mark.parametrize("plugin", ["prime_backup", "my_plugin"])
def test_an_explanation_goes_by_how_real_tasks_ended(tmp_path: Path, receiver: Receiver, plugin: str) -> None:
    with engine(tmp_path, hook(receiver, filter={"on_change": True})) as running:
        first = running.rehearsal.explanation("hook", EventName.BACKUP_FAILURE)
        running.accept(event("backup_failure", plugin))
        second = running.rehearsal.explanation("hook", EventName.BACKUP_FAILURE)
    assert first is not None
    assert first.is_sent
    assert second is not None
    assert not second.is_sent


def test_an_event_that_our_own_error_stops_stays_in_the_inbox_and_holds_up_no_other(
    tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = NotificationFactory.make

    def make(factory: NotificationFactory, received: Received, *known: Any) -> Notification:
        if received.event.fields.get("message") == "odd":
            raise ValueError("boom")
        return real(factory, received, *known)

    monkeypatch.setattr(NotificationFactory, "make", make)
    with engine(tmp_path, hook(receiver)) as running:
        odd = running.accept(event(message="odd"))
        running.accept(event(message="even"))
        assert received(receiver, 1)[0]["message"] == "even"
        running.reload(loaded(hook(receiver)))  # the inbox is looked at
    assert caplog.text.count("unexpected error while accepting") == 1
    monkeypatch.undo()
    with engine(tmp_path, hook(receiver)):
        assert received(receiver, 2)[1]["id"] == odd


def test_an_event_left_while_notifications_are_off_is_accepted_when_they_are_on(
    tmp_path: Path, receiver: Receiver
) -> None:
    off = {"enabled": False}
    with engine(tmp_path, hook(receiver), notification=off) as running:
        leave_events(tmp_path, [Received("left", event())])
        running.reload(loaded(hook(receiver), notification=off))
        running.catch_up()
        running.reload(loaded(hook(receiver)))
        assert [payload["id"] for payload in received(receiver, 1)] == ["left"]


def test_an_event_that_was_accepted_before_makes_no_notification_and_leaves_the_inbox(
    tmp_path: Path, receiver: Receiver
) -> None:
    with engine(tmp_path, hook(receiver)) as running:
        for _ in range(2):
            running.accept(event("backup_success", task_id="t"))
        running.catch_up()
        assert running._folder.outbox.inbox() == []
        assert len(received(receiver, 1)) == 1


def test_a_task_whose_start_a_dead_process_only_received_is_delivered_as_aborted(
    tmp_path: Path, receiver: Receiver
) -> None:
    with engine(tmp_path, hook(receiver)):
        pass
    leave_events(tmp_path, [Received("left", event("backup_start", task_id="t"), owner="a process that died")])
    with engine(tmp_path, hook(receiver)):
        names = [payload["event"] for payload in received(receiver, 2)]
    assert names == ["backup_start", "backup_aborted"]


def test_a_task_whose_start_a_script_left_is_still_running(tmp_path: Path, receiver: Receiver) -> None:
    with engine(tmp_path, hook(receiver)):
        pass
    leave_events(tmp_path, [Received("left", event("backup_start", task_id="t"))])
    with engine(tmp_path, hook(receiver)) as running:
        running.accept(event("backup_success", task_id="t"))
        names = [payload["event"] for payload in received(receiver, 2)]
    assert names == ["backup_start", "backup_success"]


def test_what_waits_and_what_is_under_way_goes_on_under_a_new_name(tmp_path: Path, receiver: Receiver) -> None:
    off = hook(receiver, "off", enabled=False)
    with Receiver() as slow, engine(tmp_path, hook(slow, "busy"), hook(receiver, "a")) as running:
        slow.behave(HANG)
        accepted = running.accept(event())
        slow.wait_for(1)
        running.accept(event("backup_failure"))
        renamed = [hook(slow, "calm"), hook(receiver, "a")]
        running.reload(loaded(*renamed), [("busy", "calm")])
        history = running.history
        assert history is not None
        record = history.find(accepted or "")[0]
        assert sorted(one.endpoint for one in record.deliveries) == ["a", "calm"]
        assert {one.name: one.waiting for one in running.overview().endpoints} == {"calm": 2, "a": 0}
        running.reload(loaded(hook(receiver, "calm"), hook(receiver, "a"), off))
    with engine(tmp_path, hook(receiver, "calm")):
        receiver.wait_for(lambda got: sum(one.path == "/calm" for one in got) == 2)
