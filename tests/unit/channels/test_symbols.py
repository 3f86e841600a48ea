"""The symbol of the outcome: it is left out where the service has its own, and visible on every colour."""

from __future__ import annotations

import json

import pytest

from prime_notify.channels.common.symbols import on_colour, without_symbol
from prime_notify.channels.common.urgency import Tone
from prime_notify.model.event import EventName
from prime_notify.model.request import Request
from scripts.gallery.scene import Shot, request


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("✅ Backup #42 done", "Backup #42 done"),
        ("[Test] ❌ Backup failed", "[Test] Backup failed"),
        ("Still failing: ❌ Backup failed", "Still failing: ❌ Backup failed"),
        ("❌", "❌"),
    ],
)
def test_a_title_loses_the_symbol_at_its_beginning_only(title: str, left: str) -> None:
    assert without_symbol(title) == left


def test_only_a_heading_on_red_gets_another_cross() -> None:
    assert on_colour("Still failing: ❌ Backup failed", Tone.BAD) == "Still failing: ✘ Backup failed"
    for tone in (Tone.GOOD, Tone.WARNING, Tone.RUNNING):
        assert on_colour("❌ 0 failed", tone) == "❌ 0 failed"


@pytest.mark.parametrize("language", ["en_us", "zh_cn"])
@pytest.mark.parametrize("channel", ["feishu", "pushplus"])
def test_a_failures_cross_can_be_seen_on_the_red_of_its_heading(channel: str, language: str) -> None:
    made = request(Shot(channel, EventName.BACKUP_FAILURE, language))
    assert isinstance(made, Request)
    document = json.loads(made.body)
    feishu = channel == "feishu"
    shown = document["card"]["header"]["title"]["content"] if feishu else document["content"].split("</h3>")[0]
    assert "✘ " in shown
    assert "❌" not in shown
