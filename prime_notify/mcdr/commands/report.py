"""``!!pn report [send]``: how the backups went since the last report; ``send`` sends it now."""

from __future__ import annotations

from typing import Optional, Sequence

from mcdreforged.api.command import Literal
from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.arguments import hidden_names
from prime_notify.mcdr.commands.command import Command, guarded
from prime_notify.mcdr.commands.hints import may_repair, say_nothing_is_sent, say_unreadable
from prime_notify.mcdr.commands.history_lookup import no_history
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, say
from prime_notify.model.event import EventName
from prime_notify.model.figures import Report
from prime_notify.outbox.errors import OutboxError
from prime_notify.watch.report import ReportWatch

__all__ = ["REPORT"]


def _build(node: Literal, tools: Tools) -> None:
    send = guarded(Literal("send"), tools, lambda permission: permission.test)
    node.runs(lambda source: _show(tools, source)).then(send.runs(lambda source: _send(tools, source)))


REPORT = Command("report", "[send]", lambda permission: permission.root, _build)


def _show(tools: Tools, source: CommandSource) -> None:
    say_unreadable(tools, source)
    report = _found(tools, source)
    if report is None:
        return
    hidden = hidden_names(tools, source)
    report = report.model_copy(update={"unwell": [one for one in report.unwell if one.name not in hidden]})
    title, facts = tools.translations.report(report, tools.config().notification.timezone, source)
    say(source, RText(title, RColor.green if report.is_well else RColor.yellow))
    for fact in facts:
        first, *more = fact.value.splitlines()
        label = RText(fact.label, RColor.gray)
        say(source, tools.translations.reply("notification.line", label=label, value=first))
        for line in more:
            say(source, f"  {line}")
    if not _asking(tools) and may_repair(tools, source):
        say(source, coloured(tools.translations.reply("command.report.nobody"), RColor.gray))


def _found(tools: Tools, source: CommandSource) -> Optional[Report]:
    reply = tools.translations.reply
    tools.engine.catch_up()
    try:
        report = tools.engine.watching.part(ReportWatch).report()
    except OutboxError as error:
        say(source, coloured(reply("command.history.fault", error=error), RColor.red))
        return None
    if report is None:
        say(source, _none(tools, source))
    return report


def _send(tools: Tools, source: CommandSource) -> None:
    say_unreadable(tools, source)
    reply, names = tools.translations.reply, _asking(tools)
    if not tools.config().notification.enabled:
        say_nothing_is_sent(tools, source)
        return
    if not names:
        say(source, coloured(reply("command.report.nobody"), RColor.yellow))
        command = f"{tools.prefix} reload"
        hint = coloured(
            reply("command.report.ask", example='"events": ["report", "backup", "restore"]', reload=command),
            RColor.gray,
        )
        say(source, fills_in(tools.translations, hint, command))
        return
    try:
        sent = tools.engine.watching.part(ReportWatch).send()
    except OutboxError as error:
        say(source, coloured(reply("command.history.fault", error=error), RColor.red))
        return
    if not sent:
        say(source, _none(tools, source))
        return
    hidden = hidden_names(tools, source)
    shown = tools.translations.listed([RText(name, RColor.aqua) for name in names if name not in hidden])
    say(source, RTextList(reply("command.report.sent", endpoints=shown)).set_color(RColor.green))


def _none(tools: Tools, source: CommandSource) -> RTextBase:
    """The reason why there is none; it may name another process, which not everybody may see."""
    if source.has_permission(tools.config().command.permission.history):
        return no_history(tools)
    return coloured(tools.translations.reply("command.report.none"), RColor.red)


def _asking(tools: Tools) -> Sequence[str]:
    """The endpoints that get reports."""
    return tools.engine.watching.asking(EventName.REPORT)
