"""What people read about an event."""

from __future__ import annotations

import json
from typing import Any, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.messages.facts import facts
from prime_notify.messages.samples import sample_event
from prime_notify.messages.texts import compose, localize, title
from prime_notify.model.event import Event, EventName
from prime_notify.model.fact import FactKind
from prime_notify.model.notification import Texts
from prime_notify.model.payload import Payload
from tests.support.examples import examples
from tests.support.markdown import HARMLESS, PARSERS, kinds
from tests.support.texts import CATALOGUE
from tests.unit.model.strategies import events, normalized


def payload(name: str = "backup_success", **fields: Any) -> Payload:
    return normalized(Event(EventName(name), "my_plugin", fields=fields)).payload


def texts(name: str = "backup_success", language: str = "en_us", **fields: Any) -> Texts:
    return compose(payload(name, **fields), language, CATALOGUE)


def told(name: str = "backup_success", **fields: Any) -> Dict[FactKind, str]:
    return {fact.kind: fact.value for fact in facts(payload(name, **fields), "en_us", CATALOGUE)}


@examples(200)
@given(events, st.sampled_from([*CATALOGUE.languages, "xx"]))
def test_any_event_gives_texts_and_a_payload_that_can_be_sent(event: Event, language: str) -> None:
    sent = localize(normalized(event).payload, language, CATALOGUE).to_dict()
    assert sent["title"].strip()
    assert sent["body"].strip()
    assert sent["desp"].strip()
    json.dumps(sent, allow_nan=False, ensure_ascii=False).encode("utf-8")


@examples(200)
@given(events)
def test_nothing_in_an_event_becomes_markup(event: Event) -> None:
    bare = normalized(event).payload.model_copy(update={"desp": None})
    for parser in PARSERS:
        assert kinds(parser.parse(compose(bare, "en_us", CATALOGUE).desp)) <= HARMLESS


@examples(100)
@given(events, st.sampled_from(CATALOGUE.languages))
def test_localizing_twice_changes_nothing(event: Event, language: str) -> None:
    once = localize(normalized(event).payload, language, CATALOGUE)
    assert localize(once, language, CATALOGUE) == once
    assert compose(once, language, CATALOGUE) == Texts(str(once.title), str(once.body), str(once.desp))


@pytest.mark.parametrize(
    ("name", "fields", "english", "chinese"),
    [
        ("backup_start", {}, "⏳ Backup started", "⏳ 备份开始"),
        ("backup_success", {"backup": {"id": 42}}, "✅ Backup #42 done", "✅ 备份完成 #42"),
        ("backup_failure", {}, "❌ Backup failed", "❌ 备份失败"),
        ("backup_failure", {"severity": "warning"}, "⚠️ Backup failed", "⚠️ 备份失败"),
        ("backup_aborted", {}, "⏹️ Backup aborted", "⏹️ 备份已中止"),
        ("restore_start", {"backup": {"id": 7}}, "⏳ Restore of backup #7 started", "⏳ 回档开始 #7"),
        (
            "restore_success",
            {"severity": "warning", "backup": {"id": 7}},
            "⚠️ Restore of backup #7 done, with warnings",
            "⚠️ 回档完成 #7（有警告）",
        ),
        ("restore_failure", {}, "❌ Restore failed", "❌ 回档失败"),
    ],
)
def test_the_title_says_what_happened_and_where(name: str, fields: Any, english: str, chinese: str) -> None:
    assert texts(name, **fields).title == f"{english} — MyServer"
    assert texts(name, "zh_cn", **fields).title == f"{chinese} — MyServer"


def test_the_title_does_without_the_servers_name() -> None:
    unnamed = payload("backup_failure").model_copy(update={"server": None})
    assert title(unnamed, "en_us", CATALOGUE) == "❌ Backup failed"


def test_the_body_lists_the_facts_readably() -> None:
    body = texts(
        "backup_failure",
        backup={"id": 42, "comment": "before the §cdragon"},
        operator="player:Steve",
        cost_s=192.4,
        error=OSError("disk full"),
        timestamp=1_700_000_000,
    ).body
    assert body.splitlines()[:-1] == [
        "Error: OSError: disk full",
        "Backup: #42",
        "Comment: before the dragon",
        "Operator: Steve (player)",
        "Took: 3m 12s",
        "Server: MyServer",
    ]
    assert body.splitlines()[-1].startswith("Time: 2023-11-1")


def test_desp_has_the_same_facts_as_a_markdown_list() -> None:
    desp = texts("backup_success", language="zh_cn", backup={"id": 42, "comment": "*备份*"}).desp
    assert desp.splitlines()[:2] == ["- **备份**：\\#42", "- **备注**：\\*备份\\*"]


def test_event_and_status_stand_in_the_body_only_where_the_source_made_the_title() -> None:
    assert "Event: " not in texts().body
    assert "Status" not in texts().body + texts().desp
    own = texts(title="Nightly run")
    assert own.body.splitlines()[:2] == ["Event: Backup done", "Status: Success"]


def test_the_sources_own_texts_are_preferred() -> None:
    given_texts = Texts(title="T", body="B", desp="**D**")
    assert texts(title="T", body="B", desp="**D**") == given_texts


def test_a_message_of_several_lines_keeps_them() -> None:
    composed = texts(severity="warning", message="2 files are left:\n\n a.dat\n# b.dat")
    assert "Message: 2 files are left:\n  a.dat\n  # b.dat\n" in composed.body
    assert "- **Message**: 2 files are left:\n  - a\\.dat\n  - \\# b\\.dat\n" in composed.desp


def test_an_endless_message_is_cut_to_the_first_lines() -> None:
    lines = told(message="\n".join(str(number) for number in range(100)))[FactKind.MESSAGE].splitlines()
    assert (len(lines), lines[-1]) == (21, "…")


def test_a_failed_restore_says_that_the_server_is_left_stopped() -> None:
    def message(**fields: Any) -> Any:
        stopped = {"server": {"running": False}, **fields}
        return localize(payload("restore_failure", **stopped), "en_us", CATALOGUE).message

    assert "left stopped" in message()
    assert message(message="own words") == "own words"
    assert message(server={"running": True}) is None


@pytest.mark.parametrize(
    ("fields", "kind", "value"),
    [
        ({"backup": {"raw_size": 2048, "stored_size": 1024}}, FactKind.SIZE, "2.0 KiB (1.0 KiB stored)"),
        ({"backup": {"stored_size": 1024}}, FactKind.SIZE, "1.0 KiB"),
        ({"backup": {"raw_size": 0}}, FactKind.SIZE, "0 B"),
        ({"backup": {"file_count": 1234}}, FactKind.FILES, "1,234"),
        ({"backup": {"targets": ["world", "nether"]}}, FactKind.TARGETS, "world, nether"),
        ({"backup": {"tags": {"scheduled": True, "by": "x"}}}, FactKind.TAGS, "scheduled, by=x"),
        ({"backup": {"date": "2026-01-02"}}, FactKind.DATE, "2026-01-02"),
        ({"backup": {"creator": "player:Alex"}, "operator": "player:Steve"}, FactKind.CREATOR, "Alex (player)"),
        ({"backup": {"creator": "Alex"}}, FactKind.CREATOR, "Alex"),
        ({"operator": {"type": "console"}}, FactKind.OPERATOR, "Console"),
        ({"operator": "player:A", "source": "player:B"}, FactKind.SOURCE, "B (player)"),
        ({"backup": {"comment": "__pb_translated__:scheduled_backup"}}, FactKind.COMMENT, "Scheduled backup"),
        ({"error": {"type": "E"}}, FactKind.ERROR, "E"),
        ({"severity": "warning"}, FactKind.STATUS, "Success, with warnings"),
    ],
)
def test_each_fact_is_told_readably(fields: Any, kind: FactKind, value: str) -> None:
    assert told(**fields)[kind] == value


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"backup": {"comment": ""}}, FactKind.COMMENT),
        ({"backup": {"comment": "§a§r"}}, FactKind.COMMENT),
        ({"backup": {"creator": "player:A"}, "operator": "player:A"}, FactKind.CREATOR),
        ({"operator": "player:A", "source": "player:A"}, FactKind.SOURCE),
    ],
)
def test_what_would_say_nothing_new_is_left_out(fields: Any, kind: FactKind) -> None:
    assert kind not in told(**fields)


def test_facts_come_in_order_of_importance_and_long_ones_say_so() -> None:
    found = facts(payload(message="m", cost_s=1, backup={"id": 1, "comment": "c"}), "en_us", CATALOGUE)
    kinds_found = [fact.kind for fact in found]
    assert kinds_found == [kind for kind in FactKind if kind in kinds_found]
    assert [fact.label for fact in found if fact.is_long] == ["Message", "Comment"]


def test_the_payload_sent_has_machine_texts_as_text() -> None:
    machine = payload(
        "backup_failure",
        backup={"comment": "__pb_translated__:pre_restore:3"},
        message="__prime_notify__:test",
        error="__prime_notify__:test_error",
    )
    sent = localize(machine, "zh_cn", CATALOGUE).to_dict()
    assert sent["backup"]["comment"] == "回档至备份 #3 前的自动备份"
    assert sent["message"].startswith("这是一条测试通知")
    assert sent["error"]["message"] == "这是一个错误示例，实际没有任何失败"
    assert sent["title"] == "❌ 备份失败 — MyServer"


@pytest.mark.parametrize("language", CATALOGUE.languages)
@pytest.mark.parametrize("name", list(EventName))
def test_a_sample_of_each_event_is_clean_marked_as_a_test_and_fully_translated(name: EventName, language: str) -> None:
    steve = {"type": "player", "name": "Steve", "full": "player:Steve"}
    result = normalized(sample_event(name, operator=steve, now=lambda: 1.8e9))
    assert result.warnings == ()
    sent = localize(result.payload, language, CATALOGUE).to_dict()
    assert sent["test"] is True
    assert sent["operator"] == steve
    assert sent["title"].startswith({"en_us": "[Test] ", "zh_cn": "[测试] "}[language])
    assert "__" not in json.dumps(sent)
    assert "notification." not in json.dumps(sent)


def test_a_sample_asked_for_by_nobody_comes_from_the_console() -> None:
    sample = normalized(sample_event(EventName.BACKUP_SUCCESS)).payload
    assert sample.operator is not None
    assert sample.operator.full == "console:"


def test_a_blank_text_of_the_source_replaces_nothing() -> None:
    blank = texts(title=" ", body="\n", desp="\t")
    assert blank == texts()
    assert blank.title.strip()
