"""Replies in the game: they fit into the chat, and each reader sees what is meant for them."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest
from mcdreforged.api.rtext import RColor, RText, RTextList, RTextMCDRTranslation

from prime_notify.loading.load import Problem
from prime_notify.mcdr.config_file import ConfigState
from prime_notify.mcdr.rich_text import clickable, fitted
from prime_notify.outbox.values import State
from prime_notify.text.chat_width import CHAT_WIDTH, pixel_width
from tests.support.archive import Archive
from tests.support.bench import Bench, MakeBench
from tests.support.console import Reader
from tests.support.scripted_engine import NOON, last, state
from tests.support.texts import CATALOGUE

LONG = "could not connect to a-rather-long-host-name.internal.example.com: connection refused, is the service running"
PROBLEM = Problem("notification.endpoints[3].type", '"brak"', f"write one of {LONG}", fatal=True)
COMMANDS = [
    *[
        "",
        "help",
        "watch",
        "history",
        "dead",
        "show 1",
        "show",
        "test",
        "test phone",
        "test pager",
        "test nobody",
        "frob",
    ],
    *[
        "preview phone",
        "why phone backup_start",
        "why",
        "enable phone",
        "disable phone",
        "reload",
        "drop all",
        "histroy",
        "setup",
        "setup discord",
        "setup onebot",
        "setup https://discord.com/api/webhooks/1/x",
        "endpoint rename phone",
    ],
    *["replay all", "drop all confirm"],
]


def too_wide(lines: List[str]) -> List[str]:
    return [line for reply in lines for line in reply.split("\n") if pixel_width(line.rstrip(" ")) > CHAT_WIDTH]


@pytest.fixture
def bench(make_bench: MakeBench, tmp_path: Path) -> Bench:
    """Endpoints in trouble, a history, and a config with a mistake."""
    bench = make_bench(
        state("phone", last=last("retrying", 503, reason=LONG), failing_for=700.0, paused_for=60.0, waiting=3, dead=1),
        state("pager", mistake=PROBLEM),
        state("boss", visible_to=4, last=last("delivered", 200)),
    )
    bench.state = ConfigState([PROBLEM])
    archive = Archive(tmp_path, at=NOON)
    archive.dead("phone", "boss", error={"type": "OSError", "message": LONG})
    archive.add("phone", "boss")
    archive.close()
    return bench


@pytest.mark.parametrize("language", CATALOGUE.languages)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_line_of_every_reply_fits(bench: Bench, command: str, language: str) -> None:
    reader = Reader(language=language)
    bench.console.type(f"!!pn {command}".strip(), reader)
    assert reader.shown
    assert too_wide(reader.shown) == []


@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_every_text_of_a_command_fits(bench: Bench, language: str) -> None:
    with RTextMCDRTranslation.language_context(language):
        for key in CATALOGUE.texts(language):
            if key.startswith(("command.", "log.endpoint_")):
                text = fitted(bench.console.translations.reply(key, **dict.fromkeys(NAMES, 1234))).to_plain_text()
                assert too_wide([text]) == [], key


NAMES = (
    "time",
    *(
        "accepted",
        "answer",
        "command",
        "count",
        "delivered",
        "done",
        "duration",
        "endpoint",
        "endpoints",
        "error",
        "event",
        "events",
    ),
    *("help", "hint", "id", "ids", "name", "page", "pages", "path", "place", "places", "reason", "reload", "replay"),
    *("drop", "setup", "sources", "states", "text", "total", "usage", "version", "waiting", "who", "word"),
    *("copy", "example", "file", "folder", "group", "more", "most", "new", "number", "old", "player", "rename"),
    *("service", "services", "what"),
    *("ago", "at", "backup", "crontab", "due", "free", "limits", "names", "origin", "plugin", "resume", "schedule"),
    *("task", "tell_at", "when", "why"),
)


def test_a_broken_line_keeps_colours_clicks_and_hover_texts() -> None:
    link = clickable(RText("a link " * 20, RColor.aqua), "!!pn help", "more")
    whole = RTextList(RText("begin ", RColor.red), link, " end")
    [head, begin, middle, end] = fitted(whole).to_json_object()
    assert head == ""
    assert (begin["text"], begin["color"]) == ("begin ", "red")
    assert "\n  " in middle["text"]
    assert middle["text"].replace("\n  ", "") == "a link " * 20
    assert (middle["color"], middle["clickEvent"]["value"]) == ("aqua", "!!pn help")
    assert "hoverEvent" in middle
    assert end["text"] == " end"


def test_the_console_has_no_width(bench: Bench) -> None:
    reader = Reader(console=True)
    bench.console.type("!!pn", reader)
    assert not any("\n" in line for line in reader.shown)


# what each reader sees


@pytest.mark.parametrize("level", [0, 1])
def test_guests_and_users_see_no_host_and_no_answer(bench: Bench, level: int) -> None:
    bench.configure(command={"permission": {"root": 0}})
    bench.engine.elsewhere = "process 7 on db.internal.example.com"
    shown = " ".join(bench.console.type("!!pn", Reader(level=level)))
    assert "example.com" not in shown
    assert "will be tried again (HTTP 503, 82 ms, " in shown
    shown = " ".join(bench.console.type("!!pn", Reader(level=3)))
    assert "a-rather-long-host-name.internal.example.com" in shown
    assert "process 7 on db.internal.example.com" in shown


@pytest.mark.parametrize(
    "command", ["", "history", "dead", "show 1", "why boss backup_start", "enable boss", "disable boss", "test nobody"]
)
def test_an_endpoint_is_seen_from_its_level_on(bench: Bench, command: str) -> None:
    bench.configure(command={"permission": {"test": 3}})
    typed = f"!!pn {command}".strip()
    hidden, seen = (bench.console.type(typed, Reader(level=level)) for level in (3, 4))
    hidden = [line for line in hidden if not line.startswith('There is no endpoint "boss"')]
    assert "boss" not in " ".join(hidden)
    assert "boss" in " ".join(seen)


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(bench: Bench) -> None:
    assert bench.type("!!pn histroy") == ['There is no command "histroy"', "Did you mean !!pn history?"]
    assert bench.type("!!pn xyz") == ['There is no command "xyz"', "All commands: !!pn help"]
    assert bench.console.type("!!pn replai", Reader(level=1))[1] == "All commands: !!pn help"
    assert bench.type("!!pn test fone")[1] == "Did you mean phone?"


@pytest.mark.parametrize(
    ("typed", "usage"),
    [
        ("show", "show <id>"),
        ("drop", "drop <id|all>"),
        ("replay", "replay <id|all>"),
        ("why", "why <endpoint> <event>"),
        ("why phone", "why <endpoint> <event>"),
        ("preview", "preview <endpoint> [event|digest]"),
        ("enable", "enable <endpoint>"),
        ("disable", "disable <endpoint>"),
        ("history x", "history [page]"),
        ("dead 0", "dead [page]"),
        ("show 1 2", "show <id>"),
        ("reload now", "reload"),
        ("drop all now", "drop <id|all>"),
        ('test "unclosed', "test [endpoint] [event]"),
    ],
)
def test_a_command_with_other_arguments_is_answered_with_its_usage(bench: Bench, typed: str, usage: str) -> None:
    reader = Reader()
    assert bench.console.type(f"!!pn {typed}", reader) == [f"Usage: !!pn {usage}"]
    assert reader.clicks == [f"!!pn {usage.split()[0]} "]


def test_the_punctuation_is_that_of_the_language(bench: Bench) -> None:
    lines = bench.console.type("!!pn", Reader(language="zh_cn"))
    [phone] = [line for line in lines if line.startswith("- phone")]
    assert phone.startswith("- phone（webhook）：稍后重试（HTTP 503，82 ms，2026-01-01 12:00:00）：could not connect")
    assert phone.endswith("，已持续失败 11m 40s（1m 00s 后重试）（3 条待投递）（1 条已放弃）")


def test_a_status_is_shown_once(make_bench: MakeBench) -> None:
    bench = make_bench(state("phone", last=last("failed", 404, reason="HTTP 404 Not Found")))
    assert bench.type("!!pn")[-1].count("404") == 1
    bench.type("!!pn test phone")
    assert bench.answer("phone", ok=False, status=404, reason="HTTP 404 Not Found")[0].count("404") == 1


def test_every_state_has_a_legend() -> None:
    for language in CATALOGUE.languages:
        assert {f"command.history.legend.{one.value}" for one in State} <= set(CATALOGUE.texts(language))
