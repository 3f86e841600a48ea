"""``!!pn history``, ``dead`` and ``show``, over a real outbox."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest
from mcdreforged.api.rtext import RText

from prime_notify.mcdr.commands.record_lines import symbol
from prime_notify.messages.machine_texts import machine_comment
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.history import History
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.values import State
from tests.support.archive import Archive
from tests.support.bench import Bench, MakeBench
from tests.support.console import Reader
from tests.support.scripted_engine import NOON, state

FIRST = "01KE0000000000000000000001"
NOON_TEXT = "2026-01-01 12:00:00"


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench(state("phone"), state("ops"))


@pytest.fixture
def archive(bench: Bench, tmp_path: Path) -> Iterator[Archive]:
    """The outbox of the bench's engine, as another process opens it."""
    archive = Archive(tmp_path, at=NOON)
    yield archive
    archive.close()


# history


def test_history_shows_what_went_where_newest_first(bench: Bench, archive: Archive) -> None:
    archive.add("phone", "ops", name="backup_start")
    archive.attempt("phone")
    archive.attempt("ops", State.DEAD, reason="HTTP 404")
    archive.at += 12
    archive.add("phone", name="backup_success", backup={"id": 7})
    archive.add(name="restore_failure")
    assert bench.type("!!pn history") == [
        "Notifications: 3, the newest first",
        "2026-01-01 12:00:12 …000003 Restore failed (routed to no endpoint)",
        "2026-01-01 12:00:12 …000002 Backup done #7 → phone",
        "2026-01-01 12:00:00 …000001 Backup started √ phone × ops",
        "→ waiting  √ delivered  × given up",
    ]
    assert bench.reader.clicks == [f"!!pn show 01KE0000000000000000{number:06d}" for number in (3, 2, 1)]


def test_history_tells_more_when_the_mouse_is_over_it(bench: Bench, archive: Archive) -> None:
    archive.add("phone", name="backup_failure", error={"type": "OSError", "message": "disk full"})
    archive.attempt("phone")
    bench.type("!!pn history")
    about, where = bench.reader.hovers
    assert about.splitlines()[:4] == [FIRST, "Event: Backup failed", "Status: Failed", "Error: OSError: disk full"]
    assert about.splitlines()[-1] == f"Click to fill in !!pn show {FIRST}"
    assert where == "delivered: phone"


def test_history_counts_endpoints_where_there_are_many(bench: Bench, archive: Archive) -> None:
    names = [f"e{number}" for number in range(4)]
    archive.add(*names)
    archive.attempt("e3")
    archive.attempt("e2", State.EXPIRED, tried=False)
    assert bench.type("!!pn history")[1].endswith("Backup done → e0, e1 √ e3 ○ e2")
    archive.add(*names)
    assert bench.type("!!pn history")[1].endswith("Backup done → 4")
    assert "waiting: e0, e1, e2, e3" in bench.reader.hovers


def test_every_state_has_its_own_symbol_and_words(bench: Bench) -> None:
    assert len({symbol(one).to_plain_text() for one in State}) == len(State)
    assert len({str(bench.tools.translations.reply(f"command.state.{one.value}")) for one in State}) == len(State)


def test_history_has_pages_of_ten_that_can_be_clicked(bench: Bench, archive: Archive) -> None:
    for _ in range(21):
        archive.add("phone")
    first = bench.type("!!pn history")
    assert len(first) == 13
    assert first[-1] == "page 1 of 3 | !!pn history 2 >"
    assert bench.type("!!pn history 2")[-1] == "< !!pn history 1 | page 2 of 3 | !!pn history 3 >"
    assert bench.type("!!pn history 3")[1:] == [
        f"{NOON_TEXT} …000001 Backup done → phone",
        "→ waiting",
        "< !!pn history 2 | page 3 of 3",
    ]
    assert {"!!pn history 1", "!!pn history 2", "!!pn history 3"} < set(bench.reader.clicks)


def test_a_page_beyond_the_last_is_the_last(bench: Bench, archive: Archive) -> None:
    for _ in range(11):
        archive.add("phone")
    assert bench.type("!!pn history 99") == bench.type("!!pn history 2")


@pytest.mark.parametrize("page", ["0", "-1", "x"])
def test_a_page_is_a_number_from_one_on(bench: Bench, page: str) -> None:
    [complaint] = bench.type(f"!!pn history {page}")
    assert complaint == "Usage: !!pn history [page]"


def test_nothing_yet_is_said(bench: Bench) -> None:
    assert bench.type("!!pn history") == ["No notification yet"]
    assert bench.type("!!pn dead") == ["Nothing was given up"]


def test_everybody_reads_it_in_their_own_language(bench: Bench, archive: Archive) -> None:
    archive.dead("phone", backup={"comment": machine_comment("scheduled_backup")})
    reader = Reader(language="zh_cn")
    assert bench.console.type("!!pn history", reader) == [
        "通知：1 条，最新的在前",
        f"{NOON_TEXT} …000001 备份失败 × phone",
        "× 已放弃",
    ]
    assert "  备注：定时备份" in bench.console.type("!!pn show 1", reader)
    assert "已放弃，已尝试 1 次 [重新发送] [丢弃]" in "".join(reader.lines)


def test_what_another_version_wrote_is_listed_all_the_same(bench: Bench, archive: Archive) -> None:
    archive.add("phone")
    query = """UPDATE notification SET payload = '{"from": "the future"}'"""
    archive.outbox.database.write("test", lambda connection: connection.execute(query))
    assert bench.type("!!pn history")[1] == f"{NOON_TEXT} …000001 cannot be read → phone"
    assert bench.type("!!pn show 1")[1] == "  Another version of Prime Notify wrote this notification"


@pytest.mark.parametrize("command", ["history", "dead", "show 1", "replay all", "drop 1"])
def test_says_why_there_is_no_history(make_bench: MakeBench, tmp_path: Path, command: str) -> None:
    (tmp_path / OUTBOX_FILE).mkdir()  # so that no outbox can be opened there
    bench = make_bench()
    [line] = bench.type(f"!!pn {command}")
    assert line == "There is no history: the outbox on disk cannot be used; the log says why"
    bench.engine.elsewhere = "process 7"
    [line] = bench.type(f"!!pn {command}")
    assert line == "The history belongs to another process, which delivers from this data folder: process 7"


def test_says_when_the_file_cannot_be_read(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(History, "count", cannot_read)
    assert bench.type("!!pn history") == ["The history cannot be read now: the outbox is closed"]


# dead


def test_dead_lists_what_was_given_up_and_why(bench: Bench, archive: Archive) -> None:
    archive.dead("phone", "ops", backup={"id": 7})
    archive.add("phone")
    archive.add("phone", "ops", name="backup_failure")
    archive.attempt("ops", State.DEAD, reason="§4gone\nfor good")
    assert bench.type("!!pn dead") == [
        "Given up: 2, the newest first",
        f"{NOON_TEXT} …000003 Backup failed [send again] [drop]",
        "  × ops – gone for good",
        f"{NOON_TEXT} …000001 Backup failed #7 [send again] [drop]",
        "  × phone – HTTP 404",
        "  × ops – HTTP 404",
        "All of them: !!pn replay all sends them again, !!pn drop all drops them",
    ]
    assert bench.reader.clicks[:3] == [f"!!pn {name} {FIRST[:-1]}3" for name in ("show", "replay", "drop")]
    assert bench.reader.clicks[-2:] == ["!!pn replay all", "!!pn drop all"]


def test_dead_has_pages(bench: Bench, archive: Archive) -> None:
    for _ in range(11):
        archive.dead("ops")
    assert "page 1 of 2 | !!pn dead 2 >" in bench.type("!!pn dead")


def test_those_who_may_only_look_are_offered_nothing_else(bench: Bench, archive: Archive) -> None:
    archive.dead("ops")
    looker = Reader(level=3)
    bench.console.type("!!pn dead", looker)
    bench.console.type("!!pn show 1", looker)
    assert set(looker.clicks) == {f"!!pn show {FIRST}"}


def test_the_console_gets_no_buttons(bench: Bench, archive: Archive) -> None:
    archive.dead("ops")
    lines = bench.console.type("!!pn dead", Reader(console=True))
    assert lines[1] == f"{NOON_TEXT} {FIRST} Backup failed"
    assert lines[-1].startswith("All of them: !!pn replay all")


# show


def test_show_tells_everything_of_a_notification(bench: Bench, archive: Archive) -> None:
    archive.add("phone", "ops", name="backup_failure", error={"type": "OSError", "message": "disk full\nsorry"})
    archive.attempt("phone", status=200, response="ok")
    retry = {"reason": "HTTP 500", "hint": "wait", "response": "<b>§4oops</b>\r\nline 2", "status": 500, "ms": 12.0}
    archive.attempt("ops", State.WAITING, due=NOON + 5, **retry)
    archive.at += 5
    archive.attempt("ops", State.WAITING, due=NOON + 200, reason="timed out")
    assert bench.type("!!pn show 000001") == [
        f"Notification {FIRST}",
        "  Event: Backup failed",
        "  Status: Failed",
        "  Error: OSError: disk full sorry",
        f"  Time: {NOON_TEXT} UTC",
        "→ ops: waiting, tries: 2, the next one in 3m 20s",
        f"  #1 will be tried again (12 ms, {NOON_TEXT}) – HTTP 500",
        "      wait",
        "      answer: <b>oops</b> line 2",
        "  #2 will be tried again (82 ms, 2026-01-01 12:00:05) – timed out",
        "√ phone: delivered, tries: 1",
        f"  #1 delivered (HTTP 200, 82 ms, {NOON_TEXT})",
        "      answer: ok",
    ]
    bench.engine.clock.advance(200)
    assert "→ ops: waiting, tries: 2, the next one as soon as possible" in bench.type("!!pn show 000001")


def test_show_says_who_has_seen_it_in_the_game_by_now(bench: Bench, archive: Archive) -> None:
    archive.add("phone", "ops")
    archive.attempt("phone")
    bench.in_game["phone", FIRST] = RText("shown to Steve; kept until 12:00 for Alex")
    shown = bench.type("!!pn show 1")
    assert [line.partition(":")[0] for line in shown[-4:]] == [
        "→ ops",
        "√ phone",
        "  #1 delivered (82 ms, 2026-01-01 12",
        "  shown to Steve; kept until 12",
    ]


def test_show_offers_what_can_be_done_about_a_dead_letter(bench: Bench, archive: Archive) -> None:
    archive.dead("phone")
    assert "× phone: given up, tries: 1 [send again] [drop]" in bench.type("!!pn show 1")
    assert bench.reader.clicks == [f"!!pn {name} {FIRST}" for name in ("show", "replay", "drop")]


def test_show_shortens_a_long_answer_and_has_all_of_it_for_the_mouse(bench: Bench, archive: Archive) -> None:
    archive.add("phone")
    archive.attempt("phone", response="x" * 400)
    line = bench.type("!!pn show 1")[-1]
    assert len(line) < 150
    assert line.endswith("…")
    assert "x" * 400 in bench.reader.hovers


def test_show_keeps_to_the_newest_tries(bench: Bench, archive: Archive) -> None:
    archive.add("phone")
    for number in range(7):
        archive.attempt("phone", State.WAITING, reason=f"r{number}")
    lines = bench.type("!!pn show 1")
    assert lines[-6] == "  … and 2 earlier tries"
    assert [line.rpartition(" ")[2] for line in lines[-5:]] == ["r2", "r3", "r4", "r5", "r6"]


def test_show_of_many_endpoints_begins_with_those_that_did_not_get_it(bench: Bench, archive: Archive) -> None:
    names = [f"e{number:02d}" for number in range(25)]
    archive.add(*names)
    for name in names[:-1]:
        archive.attempt(name)
    lines = bench.type("!!pn show 1")
    shown = [line.split(":")[0] for line in lines if line[0] in "√→"]
    assert shown == ["→ e24", *(f"√ e{number:02d}" for number in range(19))]
    assert lines[-1] == "… and 5 more endpoints, where it arrived or is not sent"


def test_show_of_what_nobody_wanted_says_so(bench: Bench, archive: Archive) -> None:
    archive.add()
    assert bench.type("!!pn show 1")[-1] == "It was routed to no endpoint"


@pytest.mark.parametrize("typed", [FIRST, FIRST.lower(), "000001", "…000001", "...000001", "1"])
def test_the_end_of_an_id_will_do(bench: Bench, archive: Archive, typed: str) -> None:
    archive.add()
    archive.add()
    assert bench.type(f"!!pn show {typed}")[0] == f"Notification {FIRST}"


def test_an_end_of_more_than_one_id_is_answered_with_some(bench: Bench, archive: Archive) -> None:
    for _ in range(12):
        archive.add()
    assert bench.type("!!pn show 2") == [
        f'More than one id ends with "2", such as {FIRST[:-2]}02, {FIRST[:-2]}12',
    ]
    assert bench.reader.clicks == [f"!!pn show {FIRST[:-2]}{number}" for number in ("02", "12")]


@pytest.mark.parametrize("typed", ["7", "%", "_", "…", "未知", "\ud800"])
def test_an_unknown_id_is_said(bench: Bench, archive: Archive, typed: str) -> None:
    archive.add()
    assert bench.type(f"!!pn show {typed}") == [f'There is no notification whose id is or ends with "{typed}"']


def cannot_read(*_: object, **__: object) -> None:
    raise OutboxError("the outbox is closed")


def test_completes_the_newest_ids(bench: Bench, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(12):
        archive.add("phone")
    ids = bench.console.complete("!!pn show ")
    assert len(ids) == 20
    assert ids[0].endswith("12")
    monkeypatch.setattr(History, "ids", cannot_read)
    assert bench.console.complete("!!pn show ") == []


def test_completes_nothing_without_a_history(make_bench: MakeBench, tmp_path: Path) -> None:
    (tmp_path / OUTBOX_FILE).mkdir()
    assert make_bench().console.complete("!!pn show ") == []
