"""What people see: cards that fit, colour only where it can be shown, no control characters."""

from __future__ import annotations

import io

import pytest

from scripts.demo.cards import facts
from scripts.demo.receiver import Arrival
from scripts.terminal import Terminal, padded, printable, width


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_a_pipe_gets_no_colour() -> None:
    assert Terminal(io.StringIO()).style("text", "red") == "text"


def test_a_terminal_gets_colour() -> None:
    assert Terminal(Tty()).style("text", "red", "bold") == "\033[31;1mtext\033[0m"


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert Terminal(Tty()).style("text", "red") == "text"


def test_what_a_player_typed_cannot_drive_the_terminal() -> None:
    stream = io.StringIO()
    Terminal(stream).card("head", ["comment \033[2J\r\n boom"], "red")
    assert "\033" not in stream.getvalue()
    assert len(stream.getvalue().splitlines()) == 3


def test_a_long_line_is_wrapped_and_an_endless_one_cut() -> None:
    stream = io.StringIO()
    terminal = Terminal(stream)
    terminal.card("head", ["word " * 40, "word " * 10_000], "red")
    lines = stream.getvalue().splitlines()
    assert max(map(len, lines)) <= terminal.columns
    assert len(lines) == 2 + 2 + 4
    assert lines[-2].endswith("…")


def test_printable_keeps_other_languages() -> None:
    assert printable("备份 ✓\t\x07") == "备份 ✓  "


def test_the_card_of_a_webhook_shows_the_payloads_fields() -> None:
    payload = {
        "id": "01J",
        "event": "backup_success",
        "severity": "info",
        "timestamp": {"unix": 1.0},
        "backup": {"id": 3, "comment": "my castle", "targets": ["world", "config"], "tags": {}},
        "operator": {"type": "player", "name": "Steve", "full": "player:Steve"},
        "cost_s": 0.25,
    }
    assert facts(Arrival("ops", "webhook", payload, 1.0)) == [
        "backup_success · info",
        "backup    id 3 · comment my castle · targets world, config",
        "operator  player:Steve",
        "cost_s    0.25",
    ]


def test_the_card_of_a_phone_shows_the_text_that_a_person_reads() -> None:
    document = {"title": "Backup failed", "body": "No space\n\nby Steve", "level": "critical"}
    assert facts(Arrival("phone", "bark", document, 1.0)) == [
        "Backup failed",
        "No space",
        "by Steve",
        "level critical",
    ]


def test_a_chinese_character_is_two_columns_wide() -> None:
    assert width("备份 a") == 6
    assert padded("备份", 6) == "备份  "
    assert padded("longer than that", 6) == "longer than that"
