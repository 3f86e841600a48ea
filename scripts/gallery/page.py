"""An HTML page of cards."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from scripts.gallery.card import Card

__all__ = ["COLUMN", "page"]

_STYLE = Path(__file__).with_name("style.css")
_BUTTONS_BELOW = ("discord", "telegram")
_AUTHORS = {
    "slack": ("💾", "Backups", "APP"),
    "discord": ("💾", "Backups", "APP"),
    "feishu": ("🤖", "备份机器人", "机器人"),
    "dingtalk": ("🤖", "备份机器人", "机器人"),
    "wecom": ("🤖", "备份机器人", "BOT"),
    "lark": ("🤖", "Backup bot", "BOT"),
    "matrix": ("💾", "Backups", ""),
    "mattermost": ("💾", "backups", "BOT"),
    "rocketchat": ("💾", "Backups", "Bot"),
    "teams": ("⚙", "Workflows", ""),
    "telegram": ("💾", "Backup bot", ""),
    "kook": ("🤖", "Backup bot", "BOT"),
    "onebot": ("🐧", "备份姬", ""),
    "bark": ("", "BARK", ""),
    "ntfy": ("", "ntfy", ""),
    "gotify": ("", "Gotify", ""),
    "wechat": ("", "", ""),
    "pushover": ("", "Pushover", ""),
    "mail": ("✉", "minecraft@example.com", ""),
}


COLUMN = 480
"""The width of a column in pixels."""


def page(cards: Sequence[Card], *, columns: int = 1) -> str:
    """The page of one picture. Each column is :data:`COLUMN` wide."""
    shown = "\n".join(_card(card) for card in cards)
    style = _STYLE.read_text(encoding="utf-8")
    return (
        f"<!DOCTYPE html>\n<meta charset=utf-8>\n<style>{style}</style>\n"
        f'<main style="columns:{columns}" class="of{columns}">{shown}</main>\n'
        "<script>document.title = Math.ceil(document.querySelector('main').getBoundingClientRect().height)</script>\n"
    )


def _card(card: Card) -> str:
    face, name, badge = _AUTHORS.get(card.style.split()[-1], ("", "", ""))
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
