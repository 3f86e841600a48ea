"""The pictures and transcripts of the documentation show what a real MCDReforged prints."""

from __future__ import annotations

import html
import io
import re
from pathlib import Path
from typing import List

import pytest

from scripts.demo.receiver import Receiver
from scripts.demo.story import Demo, DemoOptions
from scripts.gallery.live import chat_page, console_page, record
from scripts.terminal import Terminal
from scripts.venvs import ROOT, Current

LANGUAGES = {"en_us": ("README.md", "en"), "zh_cn": ("README_cn.md", "zh")}


def plain(page: str) -> str:
    return html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", page.replace("</p>", "\n"), flags=re.DOTALL))


@pytest.mark.parametrize(
    ("language", "overview", "alert"),
    [
        ("en_us", "Notifications are switched on", "team was switched off until the next reload of the config"),
        ("zh_cn", "通知已启用", "工作群 已停用，直到下次重载配置"),
    ],
)
def test_the_pictures_of_console_and_chat_are_of_a_real_run(language: str, overview: str, alert: str) -> None:
    recording = record(language)
    chat, console = plain(chat_page(recording)), plain(console_page(recording))
    assert chat.index(alert) < chat.index("<Steve> !!pn") < chat.index(overview)
    assert "> !!pn test phone" in console
    assert overview in console
    for shown in (chat, console):
        assert str(ROOT) not in shown
        assert "settled" not in shown


def normalised(text: str) -> List[str]:
    """The lines, without what differs from run to run: ids, times, durations."""
    lines = re.sub(r"\b01[0-9A-Z]{24}\b", "ID", text).splitlines()
    return [re.sub(r"\d+(\.\d+)?", "0", line).strip() for line in lines]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_transcript_of_the_demo_is_what_it_prints(language: str, tmp_path: Path) -> None:
    page, marker = LANGUAGES[language]
    printed = io.StringIO()
    with Receiver() as receiver:
        demo = Demo(Terminal(printed), DemoOptions(language=language), tmp_path / "demo", receiver, Current())
        assert demo.run() == 0, printed.getvalue()
    seen = normalised(printed.getvalue())
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(rf"<!-- transcript:{marker} -->\n```text\n(.*?)```\n<!-- end -->", text, re.DOTALL)
    assert found is not None
    shown = [line for line in normalised(found[1]) if line.strip("│ ") not in ("", "…")]
    assert len(shown) > 20
    assert [line for line in shown if line not in seen] == [], printed.getvalue()
