"""The pictures show what is sent: each channel's requests can be read back. (Taking them needs a browser.)"""

from __future__ import annotations

import html
import re

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.model.event import EventName
from scripts.gallery.__main__ import main, pictures
from scripts.gallery.card import Card
from scripts.gallery.chat_lines import chat_line
from scripts.gallery.console_lines import console_line
from scripts.gallery.drawing import ADAPTERS, card_of
from scripts.gallery.page import page
from scripts.gallery.scene import CHINESE, Shot, message, request
from scripts.venvs import ROOT

CHANNELS = sorted(channel_types())
PUSHED = (EventName.BACKUP_SUCCESS, EventName.BACKUP_FAILURE, EventName.BACKUP_OVERDUE)
_NOTHING_SAID = {
    **{("alertmanager", event): "no alert" for event in EventName if event.is_start or event is EventName.REPORT},
    **{("uptime_kuma", event): "no push" for event in EventName if event not in PUSHED},
}
"""What the picture of a message shows that says nothing there."""


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
    assert (_NOTHING_SAID.get((channel, event)) or headline) in shown(card_of(channel, request(shot)))


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_failures_picture_shows_its_reason(channel: str) -> None:
    assert "No space left on device" in shown(card_of(channel, request(Shot(channel, EventName.BACKUP_FAILURE))))


def test_every_channel_has_its_pictures() -> None:
    names = [name for name, _, _ in pictures()]
    assert {"readme", "readme.zh", "report", "report.zh", *CHANNELS, *(f"{channel}.zh" for channel in CHINESE)} == set(
        names
    )
    drawn = [name for name in names if name.partition(".")[0] in {*ADAPTERS, "readme", "report"}]
    assert [name for name in drawn if not (ROOT / "docs" / "images" / f"{name}.png").exists()] == []


def test_the_pages_can_be_kept(tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path_factory.mktemp("pages")
    assert main(["bark", "--html", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["bark.html", "bark.zh.html"]
    assert capsys.readouterr().out.split() == ["bark", "bark.zh"]


CHINESE_TEXT = re.compile("[\u3000-\u9fff\uff00-\uffef]")
SQUARE = str.maketrans("", "", "［］")  # DingTalk's and WeCom's Markdown have no escape for brackets


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, text, _ in pictures() if not name.endswith(".zh")])
def test_an_english_picture_has_no_chinese(name: str, text: str) -> None:
    shown = html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", text, flags=re.DOTALL))
    assert CHINESE_TEXT.findall(shown.translate(SQUARE)) == []


@pytest.mark.parametrize("name", ["dingtalk.zh", "feishu.zh", "onebot.zh", "wecom.zh"])
def test_the_sender_in_a_chinese_picture_has_a_chinese_name(name: str) -> None:
    [text] = [text for one, text, _ in pictures() if one == name]
    assert re.search(r'<div class="head"><b>备份', text)


@pytest.mark.parametrize("channel", ["webhook", "command"])
@pytest.mark.parametrize("event", list(EventName))
def test_json_is_cut_at_a_line_and_not_in_a_word(channel: str, event: EventName) -> None:
    sentences = ("message", "body", "desp")  # their words are apart, so that a browser can wrap them
    for line in shown(card_of(channel, request(Shot(channel, event)))).splitlines():
        assert len(line) <= 66 or any(f'"{name}": ' in line for name in sentences)


@pytest.mark.parametrize(
    ("line", "page"),
    [
        ("> !!pn", '<span class="typed">&gt; !!pn</span>'),
        ("a\x1b[32mb\x1b[0mc", '<span class="">a</span><span class="green">b</span><span class="">c</span>'),
        (
            "\x1b[37m\x1b[2m<x>\x1b[91my\x1b[m",
            '<span class="dim white">&lt;x&gt;</span><span class="bright-red dim">y</span>',
        ),
    ],
)
def test_a_line_of_the_console_keeps_its_colours(line: str, page: str) -> None:
    assert console_line(line) == page


def test_a_line_of_the_chat_keeps_its_colours() -> None:
    whole = ["", {"text": "a", "color": "red", "bold": True, "extra": [{"text": "<b>", "color": "gold"}]}, "c"]
    assert (
        chat_line(whole)
        == '<span class="red bold">a</span><span class="gold bold">&lt;b&gt;</span><span class="white">c</span>'
    )
    assert chat_line([{"text": "a", "color": "aqua"}, "b"]) == '<span class="aqua">a</span><span class="aqua">b</span>'
