"""``!!pn why <endpoint> <event>``: whether the endpoint gets the event, and which rule, group or fallback decides."""

from __future__ import annotations

from mcdreforged.api.command import CommandContext, Literal, QuotableText, Text
from mcdreforged.api.rtext import RColor, RText, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.arguments import EVENT_NAMES, endpoint_names, event_named, has_endpoint
from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, say
from prime_notify.routing.explanation import explanation_lines, explanation_title

__all__ = ["WHY"]


def _build(node: Literal, tools: Tools) -> None:
    def run(source: CommandSource, context: CommandContext) -> None:
        _why(tools, source, context["endpoint"], context["event"])

    event = Text("event").suggests(lambda: EVENT_NAMES).runs(run)
    node.then(QuotableText("endpoint").suggests(lambda source: endpoint_names(tools, source)).then(event))


WHY = Command("why", "<endpoint> <event>", lambda permission: permission.history, _build)


def _why(tools: Tools, source: CommandSource, endpoint: str, word: str) -> None:
    event = event_named(tools, source, word)
    if event is None or not has_endpoint(tools, source, endpoint):
        return
    explanation = tools.engine.rehearsal.explanation(endpoint, event)
    if explanation is None:
        return
    reply = tools.translations.reply
    title = explanation_title(explanation, event.value, reply)
    say(source, coloured(title, RColor.green if explanation.is_sent else RColor.yellow))
    for line in explanation_lines(explanation, reply):
        colour = RColor.green if line.passed else RColor.red
        say(source, RTextList(RText("- ", RColor.gray), coloured(line.text, colour)))
    say(source, coloured(reply("command.why.sample"), RColor.gray))
