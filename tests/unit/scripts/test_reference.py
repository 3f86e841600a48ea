"""The generated pages are those that the models give today."""

from __future__ import annotations

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.model.event import EventName
from scripts.reference import channels_page, options_page, pages, readme
from scripts.venvs import ROOT

STALE = "run: python3 scripts/dev.py docs"


@pytest.mark.parametrize(("path", "text"), list(pages()), ids=[path for path, _ in pages()])
def test_a_generated_page_is_up_to_date(path: str, text: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == text, STALE


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_readme_names_every_event(language: str) -> None:
    assert [event.value for event in EventName if f"\n| `{event.value}` | " not in readme(language)] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_channel_has_its_section(language: str) -> None:
    page = channels_page(language)
    assert [name for name in channel_types() if f"\n## {name}\n" not in page] == []


def test_the_chinese_pages_speak_chinese() -> None:
    """Every description has its translation: a row without a Chinese character has none."""
    for page in (channels_page("zh"), options_page("zh")):
        rows = [line for line in page.splitlines() if line.startswith("| `")]
        assert [row for row in rows if not any("\u4e00" <= char <= "\u9fff" for char in row.split(" | ")[-1])] == []
