"""``!!pn preview <endpoint> [event|digest]``: the request that would go out, secrets masked, without sending it."""

from __future__ import annotations

from typing import Sequence

from mcdreforged.api.command import CommandContext, Literal, QuotableText, Text
from mcdreforged.api.rtext import RColor, RText
from mcdreforged.api.types import CommandSource

from prime_notify.config.message_options import DIGEST
from prime_notify.mcdr.commands.desk import Desk, coloured, endpoint_names, event_named, has_endpoint
from prime_notify.mcdr.commands.table import Command
from prime_notify.mcdr.commands.test import EVENT_NAMES

__all__ = ["PREVIEW"]

_DEFAULT_EVENT = "backup_success"
_MOST_LINES = 200  # for a player's chat keeps no more, and nobody reads more
_LONGEST = 1000


def _build(node: Literal, desk: Desk) -> None:
    def run(source: CommandSource, context: CommandContext) -> None:
        _preview(desk, source, context["endpoint"], context.get("event", _DEFAULT_EVENT))

    event = Text("event").suggests(lambda: [*EVENT_NAMES, DIGEST]).runs(run)
    node.then(QuotableText("endpoint").suggests(lambda: endpoint_names(desk)).runs(run).then(event))


PREVIEW = Command("preview", "<endpoint> [event|digest]", lambda permission: permission.test, _build)


def _preview(desk: Desk, source: CommandSource, endpoint: str, word: str) -> None:
    event = None
    if word != DIGEST:
        event = event_named(desk, source, word)
        if event is None:
            return
    if not has_endpoint(desk, source, endpoint):
        return
    title = desk.speech.reply("command.preview.title", endpoint=endpoint, event=word)
    source.reply(coloured(title, RColor.gold))
    lines: Sequence[str] = desk.preview(endpoint, event) or ()
    for line in lines[:_MOST_LINES]:
        source.reply(RText(line if len(line) <= _LONGEST else line[:_LONGEST] + "…"))
    if len(lines) > _MOST_LINES:
        source.reply(coloured(desk.speech.reply("command.preview.more", count=len(lines) - _MOST_LINES), RColor.gray))
