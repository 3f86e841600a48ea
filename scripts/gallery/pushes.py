"""Cards of messages to phones, made from their requests."""

from __future__ import annotations

from typing import Any, Mapping

from scripts.gallery.card import Card, escape, lines, markdown

__all__ = ["bark", "gotify", "ntfy", "pushplus", "serverchan"]

_EMOJI = {"white_check_mark": "✅", "x": "❌", "warning": "⚠️", "hourglass_flowing_sand": "⏳", "arrow_forward": "▶️"}
_BARK_BADGES = {"critical": "🔊", "passive": "🔕", "timeSensitive": "⏰", "active": "🔔"}
_NTFY_MARKS = {1: "⌄", 2: "⌄", 4: "⌃", 5: "⌃⌃"}


def bark(body: Mapping[str, Any]) -> Card:
    """A push on the lock screen; its level decides whether it rings."""
    return Card(
        "push bark",
        title=escape(body["title"]),
        body=lines(body["body"]),
        footer=f"{_BARK_BADGES.get(body.get('level', ''), '')} {escape(body.get('level', ''))}",
    )


def ntfy(body: Mapping[str, Any]) -> Card:
    """Tags that name an emoji stand before the title."""
    tags = [_EMOJI.get(tag, "") for tag in body.get("tags", ())]
    mark = _NTFY_MARKS.get(body.get("priority", 3), "")
    return Card(
        "push ntfy",
        title=" ".join([*filter(None, tags), escape(body["title"])]),
        body=lines(body["message"]),
        buttons=tuple(escape(action["label"]) for action in body.get("actions", ())),
        footer=f"{escape(body['topic'])} · priority {body.get('priority', 3)} {mark}",
    )


def gotify(body: Mapping[str, Any]) -> Card:
    """Markdown; the priority decides whether it rings."""
    return Card(
        "push gotify",
        title=escape(body["title"]),
        body=markdown(body["message"]),
        footer=f"priority {body['priority']}",
    )


def serverchan(body: Mapping[str, Any]) -> Card:
    """Markdown, below its title."""
    return Card("push wechat", title=escape(body["title"]), body=markdown(body["desp"]))


def pushplus(body: Mapping[str, Any]) -> Card:
    """HTML, as PushPlus shows it on the message's page."""
    return Card("push wechat", body=body["content"])
