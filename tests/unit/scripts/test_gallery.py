"""The pictures show what is sent: each channel's requests can be read back. (Taking them needs a browser.)"""

from __future__ import annotations

import html
import re

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.model.event import EventName
from scripts.gallery.__main__ import main, pictures
from scripts.gallery.card import Card
from scripts.gallery.drawing import ADAPTERS, card_of
from scripts.gallery.page import page
from scripts.gallery.scene import CHINESE, Shot, message, request
from scripts.venvs import ROOT

CHANNELS = sorted(channel_types())


def shown(card: Card) -> str:
    """What a person reads of a picture."""
    text = re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", "", page([card]), flags=re.DOTALL)
    return html.unescape(text)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_that_nobody_has_drawn_shows_its_request(channel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ADAPTERS, channel)
    assert "Backup failed" in shown(card_of(channel, request(Shot(channel, EventName.BACKUP_FAILURE))))


@pytest.mark.parametrize("language", ["en_us", "zh_cn"])
@pytest.mark.parametrize("event", list(EventName))
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_message_can_be_drawn(channel: str, event: EventName, language: str) -> None:
    shot = Shot(channel, event, language)
    headline = message(shot).texts.title.split(" ", 1)[1].split(" — ")[0]  # the emoji may go as a tag
    told = "no alert" if channel == "alertmanager" and event.is_start else headline
    assert told in shown(card_of(channel, request(shot)))


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_failures_picture_shows_its_reason(channel: str) -> None:
    assert "No space left on device" in shown(card_of(channel, request(Shot(channel, EventName.BACKUP_FAILURE))))


def test_every_channel_has_its_pictures() -> None:
    names = [name for name, _, _ in pictures()]
    assert {"readme", "readme.zh", *CHANNELS, *(f"{channel}.zh" for channel in CHINESE)} == set(names)
    drawn = [name for name in names if name.partition(".")[0] in {*ADAPTERS, "readme"}]
    assert [name for name in drawn if not (ROOT / "docs" / "images" / f"{name}.png").exists()] == []


def test_the_pages_can_be_kept(tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path_factory.mktemp("pages")
    assert main(["bark", "--html", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["bark.html", "bark.zh.html"]
    assert capsys.readouterr().out.split() == ["bark", "bark.zh"]
