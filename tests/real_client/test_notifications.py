"""Notifications in the game, as a real client gets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict

import pytest

from tests.support.real_client import Game, Got, clicks, hovers
from tests.support.scene import EMITTERS

FAILURE = {"error": {"type": "OSError", "message": "disk full"}, "operator": {"type": "player", "name": "Alex"}}
TITLES = {"en_us": "❌ Backup failed", "zh_cn": "❌ 备份失败"}
MISSED = {"en_us": "While you were away: 1 notification", "zh_cn": "你不在的时候：1 条通知"}
EVERYWHERE = {"show": ["chat", "title", "bossbar"], "stay": "2s", "sound": "minecraft:block.note_block.bell"}


def configure(game: Game, **options: Any) -> None:
    endpoint = {"name": "ingame", "type": "minecraft", "minecraft": options}
    game.mcdr.write_config("prime_notify", {"notification": {"enabled": True, "endpoints": [endpoint]}})


def announce(game: Game, event: str, fields: Dict[str, Any]) -> str:
    mark = game.mcdr.send(f"!!api {event} {json.dumps(fields)}")
    return game.mcdr.wait_for_line(r"the API answered (\w{26})$", since=mark)[1]


def announced(title: str) -> Any:
    return lambda one: one.get("text", "").startswith(title)


@pytest.mark.parametrize("language", ["en_us", "zh_cn"])
def test_an_operator_sees_a_failure_in_the_chat_as_a_title_and_as_a_boss_bar(
    tmp_path: Path, prime_notify: Path, language: str
) -> None:
    game = Game(tmp_path, [prime_notify, EMITTERS / "api_user.py"], language=language)
    configure(game, **EVERYWHERE)
    title = TITLES[language]
    with game:
        steve, alex = game.join("Steve"), game.join("Alex")
        id = announce(game, "backup_failure", FAILURE)
        line: Got = steve.wait_for_chat(title)
        assert clicks(line) == [f"!!pn show {id}"]
        assert any("OSError: disk full" in hover for hover in hovers(line))
        steve.wait_for_chat("OSError: disk full")
        assert steve.wait_for("title", lambda one: one["part"] == "title")["text"].startswith(title)
        assert "disk full" in steve.wait_for("title", lambda one: one["part"] == "subtitle")["text"]
        assert steve.wait_for("title", lambda one: one["part"] == "times")["times"] == [10, 40, 10]
        bar = steve.wait_for("bar", announced(title))
        steve.wait_for("bar", lambda one: one["removed"] and one["id"] == bar["id"])
        assert steve.sounds() == ["minecraft:block.note_block.bell"]
        game.mcdr.sync()
        assert not [text for text in alex.messages() if title in text]
        assert (alex.titles(), alex.bars(), alex.sounds()) == ([], [], [])


@pytest.mark.parametrize("language", ["en_us", "zh_cn"])
def test_a_failure_while_the_server_is_stopped_is_seen_by_the_operator_who_joins_later(
    tmp_path: Path, prime_notify: Path, language: str
) -> None:
    game = Game(tmp_path, [prime_notify, EMITTERS / "api_user.py"], language=language)
    configure(game)
    with game:
        game.stop_server()
        mark = len(game.mcdr.transcript)
        id = announce(game, "restore_failure", FAILURE)
        game.mcdr.wait_for_line("ingame", since=mark)
        game.start_server()
        alex, steve = game.join("Alex"), game.join("Steve")
        steve.wait_for_chat(MISSED[language])
        assert clicks(steve.wait_for_chat("❌")) == [f"!!pn show {id}"]
        mark = steve.chat(f"!!pn show {id}")
        steve.wait_for_chat({"en_us": "shown to Steve; kept until", "zh_cn": "已显示给 Steve；"}[language], since=mark)
        assert not [text for text in alex.messages() if "❌" in text]


def test_each_player_reads_it_in_the_own_language(tmp_path: Path, prime_notify: Path) -> None:
    game = Game(tmp_path, [prime_notify, EMITTERS / "api_user.py"])
    configure(game, to="all")
    with game:
        steve, alex = game.join("Steve"), game.join("Alex")
        alex.chat("!!MCDR preference language set zh_cn")
        game.mcdr.sync()
        announce(game, "backup_failure", FAILURE)
        steve.wait_for_chat(TITLES["en_us"])
        alex.wait_for_chat(TITLES["zh_cn"])
