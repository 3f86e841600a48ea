"""People and plugins in words of the reader's language."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from prime_notify.messages.facts import facts
from prime_notify.model.event import Event, EventName
from prime_notify.model.fact import FactKind
from tests.support.texts import CATALOGUE
from tests.unit.model.strategies import normalized


def told(language: str, plugin: str = "prime_backup", **fields: Any) -> Dict[FactKind, str]:
    payload = normalized(Event(EventName.BACKUP_SUCCESS, plugin, fields=fields)).payload
    return {fact.kind: fact.value for fact in facts(payload, language, CATALOGUE)}


@pytest.mark.parametrize(
    ("who", "english", "chinese"),
    [
        ("console:", "Console", "控制台"),
        ("console:console", "Console", "控制台"),
        ("player:Owner", "Owner (player)", "玩家 Owner"),
        ("prime_backup:scheduled_backup", "Scheduled backup", "定时备份"),
        ("prime_backup:pre_restore", "Backup before a restore", "回档前的自动备份"),
        ("prime_backup:import", "Import", "导入"),
        ("prime_backup:something_new", "something_new (prime_backup)", "something_new（prime_backup）"),
        ("command_source:Plugin a_scheduler@1.2.0", "Plugin a_scheduler 1.2.0", "插件 a_scheduler 1.2.0"),
        ("plugin:a_scheduler", "Plugin a_scheduler", "插件 a_scheduler"),
        ("literal:Steve", "Steve", "Steve"),
        ("unknown:", "Unknown", "未知"),
        ("robot:R2", "R2 (robot)", "R2（robot）"),
        ("robot:", "robot", "robot"),
    ],
)
def test_operator_creator_and_trigger_are_words_of_the_language(who: str, english: str, chinese: str) -> None:
    kind, _, name = who.partition(":")
    for language, words in (("en_us", english), ("zh_cn", chinese)):
        assert told(language, operator=who)[FactKind.OPERATOR] == words
        assert told(language, backup={"creator": who})[FactKind.CREATOR] == words
        assert told(language, source={"type": kind, "name": name} if name else {"type": kind})[FactKind.SOURCE] == words


@pytest.mark.parametrize(
    "source",
    ["command_source:Plugin prime_backup@1.13.0", "command_source:Plugin prime_backup", "plugin:prime_backup",
     "command_source:Plugin", "command_source"],
)  # fmt: skip
def test_a_trigger_that_is_the_backup_plugin_itself_is_left_out(source: str) -> None:
    found = told("en_us", operator="prime_backup:scheduled_backup", source=source)
    assert FactKind.SOURCE not in found
    assert found[FactKind.OPERATOR] == "Scheduled backup"


def test_another_plugin_as_trigger_stays() -> None:
    found = told("zh_cn", operator="player:A", source="command_source:Plugin my_prime_backup@2")
    assert found[FactKind.SOURCE] == "插件 my_prime_backup 2"


def test_tags_of_prime_backup_are_words() -> None:
    tags = {"scheduled": True, "temporary": True, "by": "x"}
    assert told("en_us", backup={"tags": tags})[FactKind.TAGS] == "scheduled, temporary, by=x"
    assert told("zh_cn", backup={"tags": tags})[FactKind.TAGS] == "定时, 临时, by=x"
