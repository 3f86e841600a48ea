"""A player with a real client types our commands, and reads the answers in the chat."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.real_client import Game, clicks


@pytest.mark.parametrize(("language", "title"), [("en_us", "Prime Notify"), ("zh_cn", "Prime Notify")])
def test_the_overview_is_shown_to_the_player_who_asks(
    tmp_path: Path, prime_notify: Path, language: str, title: str
) -> None:
    with Game(tmp_path, [prime_notify], language=language) as game:
        steve, alex = game.join("Steve"), game.join("Alex")
        mark, others = steve.chat("!!pn"), alex.mark
        line = steve.wait_for_chat(title, since=mark)
        assert all(click.startswith("!!pn") for click in clicks(line))
        game.mcdr.sync()
        assert all(title not in text for text in alex.messages(others))
