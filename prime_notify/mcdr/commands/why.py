"""``!!pn why <endpoint> <event>``: whether such an event goes there, and which rule, group or fallback says so."""

from __future__ import annotations

from mcdreforged.api.command import CommandContext, Literal, QuotableText, Text
from mcdreforged.api.rtext import RColor, RText, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.desk import Desk, coloured, endpoint_names, event_named, has_endpoint
from prime_notify.mcdr.commands.table import Command
from prime_notify.mcdr.commands.test import EVENT_NAMES
from prime_notify.routing.explanation import explanation_lines, explanation_title

__all__ = ["WHY"]


def _build(node: Literal, desk: Desk) -> None:
    def run(source: CommandSource, context: CommandContext) -> None:
        _why(desk, source, context["endpoint"], context["event"])

    event = Text("event").suggests(lambda: EVENT_NAMES).runs(run)
    node.then(QuotableText("endpoint").suggests(lambda: endpoint_names(desk)).then(event))


WHY = Command("why", "<endpoint> <event>", lambda permission: permission.history, _build)


def _why(desk: Desk, source: CommandSource, endpoint: str, word: str) -> None:
    event = event_named(desk, source, word)
    if event is None or not has_endpoint(desk, source, endpoint):
        return
    explanation = desk.explanation(endpoint, event)
    if explanation is None:
        return
    say = desk.speech.reply
    title = explanation_title(explanation, event.value, say)
    source.reply(coloured(title, RColor.green if explanation.is_sent else RColor.yellow))
    for line in explanation_lines(explanation, say):
        colour = RColor.green if line.passed else RColor.red
        source.reply(RTextList(RText("- ", RColor.gray), coloured(line.text, colour)))
    source.reply(coloured(say("command.why.sample"), RColor.gray))
