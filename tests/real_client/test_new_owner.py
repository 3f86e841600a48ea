"""A new owner reaches the first message within two minutes, and the documentation shows what was typed and answered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.real_client.new_owner import LANGUAGES, SERVICES, run, shown_in
from tests.support.mcdr import PROJECT
from tests.support.real_client import Game

TWO_MINUTES = 120


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", SERVICES)
def test_the_packed_plugin_sends_its_first_message_within_two_minutes_of_typing(
    tmp_path: Path, prime_notify: Path, service: str, language: str
) -> None:
    result = run(service, language, prime_notify, tmp_path)
    assert len(result.requests) == 1
    assert result.typing < TWO_MINUTES  # without the machine, which may be busy
    page = (PROJECT / "docs" / language / "setup.md").read_text(encoding="utf-8")
    assert _without_times("\n".join(result.lines) + "\n") == _without_times(shown_in(page, service))


def _without_times(text: str) -> str:
    return re.sub(r"\d+ ms", "… ms", text)


def test_a_key_that_is_pasted_in_the_game_is_not_used_and_we_repeat_it_nowhere(
    tmp_path: Path, prime_notify: Path
) -> None:
    secret = "kYhR8eMw2vTqLz7pX"
    with Game(tmp_path, [prime_notify]) as game:
        steve = game.join("Steve")
        mark = steve.chat(f"!!pn setup https://discord.com/api/webhooks/1300000000000000000/{secret}")
        steve.wait_for_chat("replace it at the service", since=mark)
        mark = steve.chat("!!pn setup discord")
        steve.wait_for_chat(r"!!pn setup for Steve", since=mark)
        mark = steve.chat(f"!!pn setup value https://discord.com/api/webhooks/1300000000000000000/{secret}")
        steve.wait_for_chat("replace it at the service", since=mark)
        game.mcdr.sync()
        assert all(text.startswith("<Steve>") for text in steve.messages() if secret in text)
        config = game.mcdr.config_path("prime_notify").read_text(encoding="utf-8")
        assert secret not in config
    lines = game.mcdr.transcript
    for path in (tmp_path / "logs").glob("*.log"):
        lines += path.read_text(encoding="utf-8").splitlines()
    assert all("<Steve> !!pn setup" in line for line in lines if secret in line)
    files = [path for path in (tmp_path / "config").rglob("*") if path.is_file()]
    assert [path.name for path in files if secret.encode() in path.read_bytes()] == []
