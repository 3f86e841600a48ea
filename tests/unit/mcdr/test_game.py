"""Who sees a message in the game, when, and where it is shown."""

from __future__ import annotations

import datetime
import json
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, Iterator, List, Optional, Union

import pytest
from mcdreforged.api.rtext import RTextMCDRTranslation

from prime_notify.mcdr.game.game import Game
from prime_notify.mcdr.players import Players
from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.request import GameRequest, GameText, Span
from prime_notify.model.response import Response
from tests.support.console import Console

NOON = 1_767_355_200.0  # 2026-01-02 12:00 UTC
DAY = 86400.0
LONG = 60.0  # seconds; no test waits for it
LEVELS = {"Steve": 4, "Ada": 3, "Alex": 1}

Answer = Union[Response, TransportFailure]


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prime_notify.mcdr.game.game.local_time", _utc)


def _utc(unix: float) -> str:
    return datetime.datetime.fromtimestamp(unix, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")


def request(id: str = "N1", **more: Any) -> GameRequest:
    texts = {
        "en_us": GameText(
            Span(f"{id} failed", "red"),
            (
                (Span("Error: ", "gray"), Span("disk full", "white")),
                (Span("[Panel]", "aqua", "https://p.example.com"),),
            ),
            ((Span("Operator: ", "gray"), Span("Steve", "white")),),
        ),
        "zh_cn": GameText(Span(f"{id} 失败", "red")),
    }
    audience = {} if {"level", "players", "to_all"} & set(more) else {"level": 3}
    more.pop("to_all", None)
    return GameRequest("ingame", id, texts, "en_us", **{"keep_until": NOON + DAY, **audience, **more})


class World:
    """A game with a console, whose task executor is the thread of the test."""

    def __init__(self, folder: Path, online: Any = ()) -> None:
        self.folder = folder
        self.console = Console()
        self.console.levels = LEVELS
        self.now = NOON
        self.clock = 0.0
        self.begin(online)

    def begin(self, online: Any = ()) -> None:
        """A new instance of the plugin."""
        server: Any = self.console
        self.console._listeners.clear()
        self.players = Players(server, online)
        self.game = Game(
            server,
            self.folder,
            self.players,
            self.console.translations,
            find_prefix=lambda: "!!pn",
            run_on_executor=self.console.schedule_task,
            wall=lambda: self.now,
            clock=lambda: self.clock,
        )
        self.players.start()
        self.game.start()

    def join(self, *players: str) -> None:
        for player in players:
            self.console.happen("player_joined", player, "details")

    def send(self, request: GameRequest) -> Answer:
        """One attempt of a lane, during which the task executor works."""
        answers: List[Answer] = []
        lane = threading.Thread(target=lambda: answers.append(self.game.transport.send(request, timeout=LONG)))
        lane.start()
        while lane.is_alive():
            self.console.run_tasks()
            lane.join(0.001)
        return answers[0]

    def said(self, request: GameRequest) -> str:
        answer = self.send(request)
        assert isinstance(answer, Response)
        assert answer.status == 0
        return answer.body.decode()

    def chat(self, player: str) -> List[str]:
        return self.console.chat_of(player)

    def state(self, id: str = "N1") -> Optional[str]:
        found = self.game.state_of("ingame", id)
        return None if found is None else found.to_plain_text()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.game.transport.close()
    world.game.stop()


# who sees it at once


def test_operators_who_are_online_see_it_and_it_is_kept_for_the_others(world: World) -> None:
    world.join("Steve", "Ada", "Alex")
    assert world.said(request()) == "shown to Ada, Steve; kept until 2026-01-03 12:00 for operators who join"
    assert world.chat("Steve") == ["N1 failed", "  Error: disk full", "  [Panel]"]
    assert world.chat("Alex") == []


def test_named_players_see_it_whatever_the_case_of_their_names(world: World) -> None:
    world.join("Alex")
    assert world.said(request(players=("alex", "Ada"))) == "shown to Alex; kept until 2026-01-03 12:00 for Ada"
    assert world.said(request("N2", players=("Alex",))) == "shown to Alex"


def test_everybody_sees_it_and_it_is_not_kept(world: World) -> None:
    world.join("Alex", "Ada")
    assert world.said(request(to_all=True)) == "shown to Ada, Alex"
    world.join("Steve")
    assert world.chat("Steve") == []


def test_many_names_are_not_all_listed(world: World) -> None:
    world.console.levels = {f"P{n:02}": 0 for n in range(12)}
    world.join(*world.console.levels)
    assert world.said(request(to_all=True)) == "shown to " + ", ".join(f"P{n:02}" for n in range(10)) + ", …"


def test_a_click_fills_in_the_command_that_shows_it_and_a_hover_has_the_details(world: World) -> None:
    world.join("Ada")
    world.said(request())
    component = json.dumps(world.console.told[0][1].to_json_object())
    assert '"value": "!!pn show N1"' in component
    assert "Operator: " in component
    world.said(request("N2", single=False))
    assert '"value": "!!pn history"' in json.dumps(world.console.told[3][1].to_json_object())
    assert '"action": "open_url", "value": "https://p.example.com"' in json.dumps(
        world.console.told[2][1].to_json_object()
    )


def test_each_player_reads_the_own_language(world: World) -> None:
    world.console.languages = {"Steve": "zh_cn", "Ada": "fr_fr"}
    world.join("Steve", "Ada")
    world.said(request())
    assert (world.chat("Steve")[0], world.chat("Ada")[0]) == ("N1 失败", "N1 failed")


def test_who_chats_is_online(world: World) -> None:
    world.said(request("N0"))
    for player in ("Ada", "Ada", None):
        world.console.happen("user_info", SimpleNamespace(player=player))
    assert world.chat("Ada")[0] == "While you were away: 1 notification"
    assert world.said(request()).startswith("shown to Ada;")
    world.console.happen("player_left", "Ada")
    assert world.said(request("N2")).startswith("kept until")


def test_who_is_online_at_the_first_load_is_asked_from_the_server(world: World) -> None:
    world.console.is_started = True
    world.begin()
    assert world.console.executed == ["list"]
    for content, player, is_from_server in (
        ("There are 2 of a max of 20 players online: Ada, Alex", None, True),
        ("There are 1 of a max of 20 players online: Bob", "Alex", True),
        ("There are 1 of a max of 20 players online: Bob", None, False),
        ("There are 0 of a max of 20 players online: ", None, True),
        (None, None, True),
    ):
        info = SimpleNamespace(content=content, player=player, is_from_server=is_from_server)
        world.console.happen("general_info", info)
    assert world.players.online == {"Ada", "Alex"}
    world.begin(online=["Ada"])
    assert world.console.executed == ["list"]


def test_the_state_is_read_in_the_readers_language(world: World) -> None:
    world.join("Ada")
    world.said(request())
    state = world.game.state_of("ingame", "N1")
    assert state is not None
    with RTextMCDRTranslation.language_context("zh_cn"):
        assert state.to_plain_text() == "已显示给 Ada；为上线的管理员保留到 2026-01-03 12:00"


# who sees it later


def test_an_operator_sees_on_joining_what_came_in_between_the_newest_first(world: World) -> None:
    for number, at in (("N1", -3600), ("N2", -60)):
        world.now = NOON + at
        assert world.said(request(number)) == "kept until 2026-01-03 12:00 for operators who join"
    world.now = NOON
    world.join("Alex", "Ada")
    assert world.chat("Ada") == [
        "While you were away: 2 notifications",
        "01-02 11:59 N2 failed – Error: disk full",
        "01-02 11:00 N1 failed – Error: disk full",
    ]
    assert world.chat("Alex") == []
    assert world.state() == "shown to Ada; kept until 2026-01-03 12:00 for operators who join"


def test_a_start_is_left_out_where_its_end_was_missed_as_well(world: World) -> None:
    for id, task, is_start in (("N1", "t1", True), ("N2", "t1", False), ("N3", "t2", True), ("N4", "", False)):
        world.said(request(id, task=task, is_start=is_start))
    world.join("Ada")
    assert [line.split()[2] for line in world.chat("Ada")[1:]] == ["N4", "N3", "N2"]
    world.join("Ada")
    assert len(world.chat("Ada")) == 4


def test_a_single_one_is_shown_whole_with_its_sound(world: World) -> None:
    world.said(request(sound="minecraft:a"))
    world.join("Ada")
    assert world.chat("Ada")[1:] == ["01-02 12:00 N1 failed", "  Error: disk full", "  [Panel]"]
    assert world.console.executed == ["playsound minecraft:a master Ada ~ ~ ~ 1 1 1"]


def test_of_many_the_older_ones_are_counted(world: World) -> None:
    for number in range(8):
        world.now = NOON + number
        world.said(request(f"N{number}"))
    world.console.languages["Ada"] = "zh_cn"
    world.join("Ada")
    chat = world.chat("Ada")
    assert (len(chat), chat[0], chat[-1]) == (7, "你不在的时候：8 条通知", "还有 3 条更早的：!!pn history")


def test_nobody_sees_it_twice_on_joining(world: World) -> None:
    world.said(request())
    world.join("Ada", "Ada", "Steve")
    assert (len(world.chat("Ada")), len(world.chat("Steve"))) == (4, 4)
    assert world.state() == "shown to Ada, Steve; kept until 2026-01-03 12:00 for operators who join"


def test_named_players_see_it_each_once_and_then_it_waits_for_nobody(world: World) -> None:
    assert world.said(request(players=("Alex", "Bob"))) == "kept until 2026-01-03 12:00 for Alex, Bob"
    world.join("Ada", "Alex")
    assert (world.chat("Ada"), len(world.chat("Alex"))) == ([], 4)
    assert world.state() == "shown to Alex; kept until 2026-01-03 12:00 for Bob"
    world.join("Bob")
    assert world.state() == "shown to Alex, Bob"


def test_a_message_to_everybody_that_nobody_saw_is_for_the_first_who_joins(world: World) -> None:
    assert world.said(request(to_all=True)) == "kept until 2026-01-03 12:00 for the first player who joins"
    world.join("Alex", "Ada")
    assert (len(world.chat("Alex")), world.chat("Ada")) == (4, [])


def test_it_is_kept_only_for_a_while(world: World) -> None:
    world.said(request())
    world.now = NOON + DAY
    world.join("Ada")
    assert world.chat("Ada") == []
    assert world.state() is None


def test_of_very_many_the_oldest_are_forgotten(world: World) -> None:
    for number in range(105):
        world.now = NOON + number
        world.game._show(request(f"N{number}"))
    assert world.state("N4") is None
    assert world.state("N5") is not None


# restarts


def test_what_is_kept_outlives_a_restart(world: World) -> None:
    world.said(request(show=("chat", "title"), stay=5.0, players=("Ada", "Steve")))
    world.said(request("N2"))
    world.join("Steve")
    world.game.stop()
    world.begin()
    world.join("Steve")
    assert len(world.chat("Steve")) == 3
    world.join("Ada")
    assert world.chat("Ada")[0] == "While you were away: 2 notifications"


def test_it_is_on_the_disk_before_it_counts_as_delivered(world: World) -> None:
    world.said(request())
    world.begin()  # without a stop: as after a kill
    world.join("Ada")
    assert world.chat("Ada")[1] == "01-02 12:00 N1 failed"


def test_a_player_who_was_online_before_a_reload_sees_it(world: World) -> None:
    world.begin(online=["Ada"])
    assert world.said(request()).startswith("shown to Ada;")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"messages": [{}], "bars": []}', '{"messages": 5, "bars": []}'])
def test_a_damaged_file_is_set_aside_and_said(world: World, content: str, caplog: pytest.LogCaptureFixture) -> None:
    file = world.folder / "ingame.json"
    file.write_text(content, encoding="utf-8")
    world.begin()
    assert "cannot be read" in caplog.text
    assert (world.folder / "ingame.json.broken").read_text(encoding="utf-8") == content
    world.said(request())
    assert json.loads(file.read_text(encoding="utf-8"))["messages"]


def test_a_file_that_cannot_be_opened_is_said(world: World, caplog: pytest.LogCaptureFixture) -> None:
    (world.folder / "ingame.json").mkdir()
    world.begin()
    assert "cannot be read" in caplog.text


def test_what_cannot_be_stored_and_was_seen_by_nobody_is_tried_again(world: World) -> None:
    (world.folder / "ingame.json.new").mkdir()
    answer = world.send(request())
    assert isinstance(answer, TransportFailure)
    assert (answer.kind, answer.hint) == (FailureKind.OTHER, "check the disk")
    world.join("Ada")
    assert world.said(request("N2")).startswith("shown to Ada")
    world.game.stop()
    (world.folder / "ingame.json.new").rmdir()
    world.game.job.run()
    world.begin()
    assert world.state("N2") is not None


# attempts


def test_a_test_message_that_nobody_can_see_fails_with_a_remedy(world: World) -> None:
    answer = world.send(request(keep_until=0.0))
    assert answer == TransportFailure(
        FailureKind.OTHER,
        "no player who may see it is online",
        "join the game and try again",  # type: ignore[arg-type]
    )
    world.join("Ada")
    assert world.said(request(keep_until=0.0)) == "shown to Ada"
    world.join("Steve")
    assert world.chat("Steve") == []


def test_a_retry_is_shown_only_to_those_who_have_not_seen_it(world: World) -> None:
    world.join("Ada")
    world.said(request())
    assert world.said(request()).startswith("shown to Ada;")
    assert len(world.chat("Ada")) == 3


def test_an_attempt_that_was_given_up_shows_nothing_afterwards(world: World) -> None:
    world.join("Ada")
    answer = world.game.transport.send(request(), timeout=0.0)
    assert isinstance(answer, TransportFailure)
    assert (answer.kind, answer.reason) == (FailureKind.TIMEOUT, "MCDReforged is busy: it did not show it in time")
    world.console.run_tasks()
    assert world.chat("Ada") == []


def test_the_end_of_the_plugin_cuts_an_attempt_off(world: World) -> None:
    world.join("Ada")
    transport = world.game.transport
    transport._run_on_executor = lambda task: transport.close()
    answer = transport.send(request(), timeout=LONG)
    assert isinstance(answer, TransportFailure)
    assert answer.kind is FailureKind.STOPPED
    later = transport.send(request(), timeout=LONG)
    assert isinstance(later, TransportFailure)
    assert later.kind is FailureKind.STOPPED
    assert world.chat("Ada") == []


def test_an_error_is_the_result_of_the_attempt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.join("Ada")
    monkeypatch.setattr(world.console, "tell", lambda *_: 1 / 0)
    answer = world.send(request())
    assert isinstance(answer, TransportFailure)
    assert "ZeroDivisionError" in answer.reason


# places


def test_a_title_is_shown_with_the_first_line_below_it(world: World) -> None:
    world.join("Ada")
    world.said(request(show=("title",), stay=5.0))
    assert world.console.executed == [
        "title Ada times 10 100 10",
        'title Ada subtitle {"text": "Error: disk full", "color": "white"}',
        'title Ada title {"text": "N1 failed", "color": "red"}',
    ]
    assert world.chat("Ada") == []


def test_a_boss_bar_is_removed_after_its_time(world: World) -> None:
    world.join("Ada", "Steve")
    world.said(request("N/1", show=("bossbar",), stay=5.0))
    bar = "prime_notify:n-1.ada"
    assert world.console.executed[:4] == [
        f'bossbar add {bar} {{"text": "N/1 failed \\u2013 Error: disk full", "color": "red"}}',
        f"bossbar set {bar} color red",
        f"bossbar set {bar} value 100",
        f"bossbar set {bar} players Ada",
    ]
    del world.console.executed[:]
    for world.clock in (4.0, 5.0, 6.0):
        world.game.job.run()
        world.console.run_tasks()
    assert world.console.executed == [f"bossbar remove {bar}", "bossbar remove prime_notify:n-1.steve"]


def test_a_boss_bar_of_a_process_that_was_killed_is_removed_when_the_server_starts(world: World) -> None:
    world.join("Ada")
    world.said(request(show=("bossbar",)))
    del world.console.executed[:]
    world.console.is_running = False
    world.begin()
    assert world.console.executed == []
    world.console.is_running = True
    world.console.happen("server_startup")
    world.console.happen("server_startup")
    assert world.console.executed == ["bossbar remove prime_notify:n1.ada"]


def test_the_end_of_the_plugin_removes_boss_bars(world: World) -> None:
    world.join("Ada")
    world.said(request(show=("bossbar",)))
    world.game.stop()
    assert world.console.executed[-1] == "bossbar remove prime_notify:n1.ada"


@pytest.mark.parametrize(("show", "chat"), [(("bossbar",), 3), (("bossbar", "title"), 0)])
def test_a_server_without_boss_bars_shows_it_elsewhere(world: World, show: Any, chat: int) -> None:
    world.console.version = "1.12.2"
    world.join("Ada")
    world.said(request(show=show))
    assert len(world.chat("Ada")) == chat
    assert not [command for command in world.console.executed if command.startswith("bossbar")]


def test_a_server_of_an_unknown_version_has_boss_bars(world: World) -> None:
    world.console.version = None
    world.join("Ada")
    world.said(request(show=("bossbar",)))
    assert world.console.executed[0].startswith("bossbar add")


def test_a_name_with_other_characters_is_quoted(world: World) -> None:
    world.console.levels = {"史蒂夫": 4}
    world.join("史蒂夫")
    world.said(request(show=("chat", "title")))
    assert next(player for player, _ in world.console.told) == '"史蒂夫"'
    assert world.console.executed[0] == 'title "史蒂夫" times 10 200 10'


def test_a_message_without_lines_has_a_title_and_a_boss_bar_all_the_same(world: World) -> None:
    world.console.languages["Ada"] = "zh_cn"
    world.join("Ada")
    world.said(request(show=("title", "bossbar")))
    shown: Dict[str, Any] = {line.partition(" {")[0]: line for line in world.console.executed}
    assert json.loads(shown["title Ada subtitle"].partition("subtitle ")[2])["text"] == ""
    assert json.loads(shown["bossbar add prime_notify:n1.ada"].split(" ", 3)[3])["text"] == "N1 失败"
