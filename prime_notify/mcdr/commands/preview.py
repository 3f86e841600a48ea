"""``!!pn preview <endpoint> [event|digest]``: the request that would be sent, with its secrets masked."""

from __future__ import annotations

from typing import Sequence

from mcdreforged.api.command import CommandContext, Literal, QuotableText, Text
from mcdreforged.api.rtext import RColor, RText
from mcdreforged.api.types import CommandSource

from prime_notify.config.message_options import DIGEST
from prime_notify.mcdr.commands.arguments import EVENT_NAMES, endpoint_names, event_named, has_endpoint
from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, say

__all__ = ["PREVIEW"]

_DEFAULT_EVENT = "backup_success"
_MOST_LINES = 200  # a player's chat keeps no more
_LONGEST = 1000


def _build(node: Literal, tools: Tools) -> None:
    def run(source: CommandSource, context: CommandContext) -> None:
        _preview(tools, source, context["endpoint"], context.get("event", _DEFAULT_EVENT))

    event = Text("event").suggests(lambda: [*EVENT_NAMES, DIGEST]).runs(run)
    node.then(QuotableText("endpoint").suggests(lambda source: endpoint_names(tools, source)).runs(run).then(event))


PREVIEW = Command("preview", "<endpoint> [event|digest]", lambda permission: permission.test, _build)


def _preview(tools: Tools, source: CommandSource, endpoint: str, word: str) -> None:
    event = None
    if word != DIGEST:
        event = event_named(tools, source, word)
        if event is None:
            return
    if not has_endpoint(tools, source, endpoint):
        return
    title = tools.translations.reply("command.preview.title", endpoint=endpoint, event=word)
    say(source, coloured(title, RColor.gold))
    lines: Sequence[str] = tools.engine.rehearsal.preview(endpoint, event) or ()
    for line in lines[:_MOST_LINES]:
        say(source, RText(line if len(line) <= _LONGEST else line[:_LONGEST] + "…"))
    if len(lines) > _MOST_LINES:
        say(
            source,
            coloured(tools.translations.reply("command.preview.more", count=len(lines) - _MOST_LINES), RColor.gray),
        )
