"""Draws the pictures of docs/images/ again: python -m scripts.gallery [CHANNEL ...]

It needs the packages of requirements.dev.txt, Chromium (--chromium PATH if it is not on PATH), and fonts for Chinese
and emoji. With pngquant the files are smaller (Debian: chromium fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji
pngquant). --html FOLDER writes HTML pages for a browser to that folder instead.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from prime_notify.channels.common.registry import channel_types
from prime_notify.model.event import EventName
from scripts.gallery.browser import Browser
from scripts.gallery.drawing import ADAPTERS, card_of
from scripts.gallery.live import chat_page, console_page, record
from scripts.gallery.page import COLUMN, page
from scripts.gallery.scene import CHINESE, EVENTS, Shot, request
from scripts.venvs import ROOT

__all__ = ["live_pictures", "main", "pictures"]

_README: Dict[str, Tuple[Shot, ...]] = {
    "readme": (
        Shot("slack", EventName.BACKUP_FAILURE),
        Shot("telegram", EventName.BACKUP_SUCCESS),
        Shot("discord", EventName.BACKUP_FAILURE),
        Shot("bark", EventName.BACKUP_SUCCESS),
    ),
    "readme.zh": (
        Shot("feishu", EventName.BACKUP_FAILURE, "zh_cn"),
        Shot("onebot", EventName.BACKUP_SUCCESS, "zh_cn"),
        Shot("dingtalk", EventName.BACKUP_FAILURE, "zh_cn"),
        Shot("bark", EventName.BACKUP_SUCCESS, "zh_cn"),
    ),
}

_REPORTS: Dict[str, Tuple[Shot, ...]] = {
    "report": (
        Shot("discord", EventName.REPORT, week=1),
        Shot("telegram", EventName.REPORT),
        Shot("minecraft", EventName.REPORT),
    ),
    "report.zh": (
        Shot("feishu", EventName.REPORT, "zh_cn", week=1),
        Shot("onebot", EventName.REPORT, "zh_cn"),
        Shot("minecraft", EventName.REPORT, "zh_cn"),
    ),
}


def pictures() -> Iterator[Tuple[str, str, int]]:
    """Name, page and columns of each picture."""
    for channel, kind in channel_types().items():
        start = (EventName.BACKUP_START,) if len(kind.lifecycles) > 1 else ()
        for language in ("en_us", "zh_cn") if channel in CHINESE else ("en_us",):
            shots = tuple(Shot(channel, event, language) for event in (*start, *EVENTS))
            yield channel + (".zh" if language == "zh_cn" else ""), _page(shots), 1
    for name, shots in {**_README, **_REPORTS}.items():
        if all(shot.channel in channel_types() for shot in shots):
            yield name, _page(shots, columns=2), 2


def live_pictures(language: str) -> Iterator[Tuple[str, str, int]]:
    """Name, page and columns of the pictures of a real MCDReforged, which takes a few seconds."""
    ending, recording = ("" if language == "en_us" else ".zh"), record(language)
    yield f"console{ending}", console_page(recording), 2
    yield f"chat{ending}", chat_page(recording), 2


def _page(shots: Tuple[Shot, ...], *, columns: int = 1) -> str:
    return page([card_of(shot.channel, request(shot)) for shot in shots], columns=columns, language=shots[0].language)


def _chosen(names: Sequence[str]) -> Iterator[Tuple[str, str, int]]:
    """The pictures of these names, or all."""
    for picture in pictures():
        if not names or picture[0].partition(".")[0] in names:
            yield picture
    if not names or "live" in names:
        for language in ("en_us", "zh_cn"):
            yield from live_pictures(language)


def main(arguments: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.gallery", description=__doc__)
    parser.add_argument(
        "channels", nargs="*", metavar="CHANNEL", help=f"one of {', '.join(sorted(ADAPTERS))}; or readme, report, live"
    )
    parser.add_argument("--chromium", help="the browser's program")
    parser.add_argument("--html", type=Path, metavar="FOLDER", help="write HTML pages there instead of pictures")
    options = parser.parse_args(arguments)
    folder = options.html or ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text, columns in _chosen(options.channels):
        if options.html:
            (folder / f"{name}.html").write_text(text, encoding="utf-8")
        else:
            Browser(options.chromium).shoot(text, folder / f"{name}.png", width=columns * COLUMN)
        print(name)
    return 0


if __name__ == "__main__":
    os.environ["TZ"] = "UTC"  # the pictures are the same on every machine
    sys.exit(main())
