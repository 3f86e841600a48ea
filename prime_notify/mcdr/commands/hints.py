"""Replies that say why no notification is sent, and what to do about it."""

from __future__ import annotations

from mcdreforged.api.rtext import RColor, RTextBase

from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in

__all__ = ["no_endpoints", "switched_off"]


def switched_off(tools: Tools) -> RTextBase:
    """For a config that switches notifications off."""
    return _then_reload(tools, "command.disabled")


def no_endpoints(tools: Tools) -> RTextBase:
    """For a config without endpoints."""
    return _then_reload(tools, "command.no_endpoints")


def _then_reload(tools: Tools, key: str) -> RTextBase:
    command = f"{tools.prefix} reload"
    text = coloured(tools.translations.reply(key, reload=command), RColor.yellow)
    return fills_in(tools.translations, text, command)
