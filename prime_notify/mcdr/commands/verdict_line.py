"""The first line of the overview: the verdict, with all findings on hovering."""

from __future__ import annotations

from typing import Mapping

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.delivery.overview import Overview
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.commands.watch_state import known_to, sees_details, zone_of
from prime_notify.mcdr.rich_text import clickable, coloured, say
from prime_notify.text.humanize import clock_time, duration
from prime_notify.watch.verdict import Finding, Grade, Known, verdict_of

__all__ = ["say_verdict"]

_COLORS: Mapping[Grade, RColor] = {
    Grade.WELL: RColor.green,
    Grade.UNKNOWN: RColor.yellow,
    Grade.WARNING: RColor.yellow,
    Grade.ERROR: RColor.red,
}
_MOST_NAMES = 3


def say_verdict(tools: Tools, source: CommandSource, overview: Overview) -> None:
    """Say in one line whether all is well, or what is not."""
    reply = tools.translations.reply
    known = known_to(tools, source, overview)
    verdict = verdict_of(known)
    line = RTextList(_text(tools, source, known, verdict.first))
    more = len(verdict.findings) - 1
    if more > 0:
        line.append(reply("command.verdict.more", count=more))
    line.set_color(_COLORS[verdict.grade])
    statements = [*verdict.findings] or [verdict.backup]
    hover = RTextBase.join("\n", [_hover_line(tools, source, known, one) for one in statements])
    if sees_details(tools, source):
        command = f"{tools.prefix} watch"
        hover = RTextList(hover, "\n", reply("command.click_to_fill", command=command))
        say(source, RTextList(clickable(line, command, hover)))
    else:
        say(source, RTextList(line.set_hover_text(hover)))


def _hover_line(tools: Tools, source: CommandSource, known: Known, finding: Finding) -> RTextBase:
    return coloured(RTextList(RText("- "), _text(tools, source, known, finding)), _COLORS[finding.grade])


def _text(tools: Tools, source: CommandSource, known: Known, finding: Finding) -> RTextBase:
    """The statement in words. Names of folders are for those only who may see details."""
    reply, listed = tools.translations.reply, tools.translations.listed
    name = finding.name
    if name in ("unwatched", "unwatched_none"):
        return reply(
            f"command.verdict.{name}", ago=_duration(finding), why=reply(f"watch.unwatched.{finding.names[0]}")
        )
    if name in ("low", "unread") and not sees_details(tools, source):
        name = f"{name}_somewhere"
    if name == "stuck":
        names: RTextBase = reply(f"watch.task.{finding.names[0]}")
    else:
        shown = list(finding.names[:_MOST_NAMES])
        others = len(finding.names) - len(shown)
        names = listed([*shown, reply("command.verdict.others", count=others)] if others else shown)
    when = "" if finding.at is None else clock_time(finding.at, known.now, zone_of(tools))
    values = {"names": names, "at": when, "duration": _duration(finding), "count": finding.count}
    return reply(f"command.verdict.{name}", **values, command=f"{tools.prefix} watch")


def _duration(finding: Finding) -> str:
    return "" if finding.seconds is None else duration(finding.seconds)
