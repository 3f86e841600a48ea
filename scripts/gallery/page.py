"""An HTML page of cards."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Mapping, Sequence, Tuple

from scripts.gallery.card import EVERYONE, Card

__all__ = ["COLUMN", "page"]

_STYLE = Path(__file__).with_name("style.css")
_BUTTONS_BELOW = ("discord", "telegram")
_AUTHORS: Dict[str, Tuple[str, str, str]] = {
    "slack": ("💾", "Backups", "APP"),
    "discord": ("💾", "Backups", "APP"),
    "feishu": ("🤖", "Backup bot", "BOT"),
    "dingtalk": ("🤖", "Backup bot", "BOT"),
    "wecom": ("🤖", "Backup bot", "BOT"),
    "lark": ("🤖", "Backup bot", "BOT"),
    "kook": ("🤖", "Backup bot", "BOT"),
    "matrix": ("💾", "Backups", ""),
    "mattermost": ("💾", "backups", "BOT"),
    "rocketchat": ("💾", "Backups", "Bot"),
    "teams": ("⚙", "Workflows", ""),
    "telegram": ("💾", "Backup bot", ""),
    "onebot": ("🐧", "Backup bot", ""),
    "bark": ("", "BARK", ""),
    "ntfy": ("", "ntfy", ""),
    "gotify": ("", "Gotify", ""),
    "wechat": ("", "", ""),
    "pushover": ("", "Pushover", ""),
    "mail": ("✉", "minecraft@example.com", ""),
}
"""By style: face, name and badge of the sender."""

_CHINESE_AUTHORS: Dict[str, Tuple[str, str, str]] = {
    "feishu": ("🤖", "备份机器人", "机器人"),
    "dingtalk": ("🤖", "备份机器人", "机器人"),
    "wecom": ("🤖", "备份机器人", "BOT"),
    "lark": ("🤖", "备份机器人", "机器人"),
    "kook": ("🤖", "备份机器人", "机器人"),
    "onebot": ("🐧", "备份姬", ""),
}
"""In place of those above, in Chinese pictures."""

_EVERYONE = {"en_us": "everyone", "zh_cn": "所有人"}


COLUMN = 480
"""The width of a column in pixels."""


def page(cards: Sequence[Card], *, columns: int = 1, language: str = "en_us") -> str:
    """The page of one picture, with names in this language. Each column is :data:`COLUMN` wide."""
    authors = {**_AUTHORS, **(_CHINESE_AUTHORS if language == "zh_cn" else {})}
    shown = "\n".join(_card(card, authors) for card in cards).replace(EVERYONE, _EVERYONE[language])
    style = _STYLE.read_text(encoding="utf-8")
    return (
        f"<!DOCTYPE html>\n<meta charset=utf-8>\n<style>{style}</style>\n"
        f'<main style="columns:{columns}" class="of{columns}">{shown}</main>\n'
        "<script>document.title = Math.ceil(document.querySelector('main').getBoundingClientRect().height)</script>\n"
    )


def _card(card: Card, authors: Mapping[str, Tuple[str, str, str]]) -> str:
    face, name, badge = authors.get(card.style.split()[-1], ("", "", ""))
    head = f"<b>{name}</b>{f'<i>{badge}</i>' if badge else ''}<small>4:00</small>" if name else ""
    fields = "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in card.fields)
    buttons = f'<div class="buttons">{"".join(f"<span>{one}</span>" for one in card.buttons)}</div>'
    buttons, below = (buttons if card.buttons else ""), card.style in _BUTTONS_BELOW
    parts = (
        f'<div class="title">{card.title}</div>' if card.title else "",
        f'<div class="body">{card.body}</div>' if card.body else "",
        f"<dl>{fields}</dl>" if fields else "",
        "" if below else buttons,
        f'<div class="footer">{card.footer}</div>' if card.footer else "",
    )
    return (
        f'<article class="{card.style}" style="--tone:{card.tone or "#888"}">'
        f'<div class="face">{face}</div><div class="message"><div class="head">{head}</div>'
        f'<div class="lead">{card.lead}</div><div class="card">{"".join(parts)}</div>{buttons if below else ""}'
        "</div></article>"
    )
