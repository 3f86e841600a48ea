"""``!!pn``: the state of everything at a glance."""

from __future__ import annotations

from typing import List

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.engine.overview import EndpointState
from prime_notify.mcdr.commands.hints import no_endpoints, switched_off
from prime_notify.mcdr.commands.record_lines import LONGEST, numbers
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import clickable, coloured, fills_in, quoted
from prime_notify.text.humanize import duration, local_time
from prime_notify.text.plain import one_line

__all__ = ["show_overview"]

_OUTCOME_COLORS = {
    "delivered": RColor.green,
    "accepted": RColor.yellow,
    "retrying": RColor.yellow,
    "failed": RColor.red,
}


def show_overview(tools: Tools, source: CommandSource) -> None:
    """Reply with the state of notifications, sources, endpoints and queue."""
    reply = tools.translations.reply
    overview = tools.engine.overview()
    title = coloured(reply("command.overview.title", version=tools.version), RColor.gold)
    source.reply(clickable(title, f"{tools.prefix} help", reply("command.overview.title_hover")))
    if overview.enabled:
        source.reply(coloured(reply("command.overview.enabled"), RColor.green))
    else:
        source.reply(switched_off(tools))
    if overview.elsewhere:
        source.reply(coloured(reply("command.overview.elsewhere", who=overview.elsewhere), RColor.red))
    if overview.refusing:
        source.reply(coloured(reply("command.overview.refusing"), RColor.red))
    sources = [
        reply(f"command.source.{status.state.value}", name=status.name, version=status.version)
        for status in tools.source_status()
    ]
    listed = RTextBase.join(", ", sources) if sources else reply("command.overview.no_sources")
    source.reply(reply("command.overview.sources", sources=listed))
    if not overview.endpoints:
        source.reply(no_endpoints(tools))
        return
    configured = [endpoint for endpoint in overview.endpoints if not endpoint.orphaned]
    waiting = sum(endpoint.waiting for endpoint in configured)
    source.reply(reply("command.overview.endpoints", count=len(configured), waiting=waiting))
    for endpoint in overview.endpoints:
        source.reply(_endpoint_line(tools, endpoint))


def _endpoint_line(tools: Tools, endpoint: EndpointState) -> RTextBase:
    reply = tools.translations.reply
    test = f"{tools.prefix} test {quoted(endpoint.name)}"
    name = fills_in(tools.translations, coloured(endpoint.name, RColor.aqua), test)
    kind = RText(f" ({endpoint.type}): ", RColor.gray) if endpoint.type else RText(": ", RColor.gray)
    line = RTextList(RText("- ", RColor.gray), name, kind, _state(tools, endpoint))
    if endpoint.waiting:
        line.append(" ", coloured(reply("command.overview.endpoint_waiting", count=endpoint.waiting), RColor.yellow))
    if endpoint.dead:
        dead = coloured(reply("command.overview.endpoint_dead", count=endpoint.dead), RColor.red)
        line.append(" ", fills_in(tools.translations, dead, f"{tools.prefix} dead"))
    return line


def _state(tools: Tools, endpoint: EndpointState) -> RTextBase:
    reply = tools.translations.reply
    if endpoint.orphaned:
        return coloured(reply("command.overview.endpoint_orphaned"), RColor.yellow)
    if not endpoint.on:
        key = "endpoint_switched_off" if endpoint.switched_off else "endpoint_off"
        return coloured(reply(f"command.overview.{key}"), RColor.gray)
    parts: List[RTextBase] = []
    if endpoint.last is not None or endpoint.failing_for is None:
        parts.append(_last_result(tools, endpoint))
    if endpoint.disabled:
        parts.append(coloured(reply("command.overview.endpoint_disabled"), RColor.red))
    elif endpoint.failing_for is not None:
        parts.append(coloured(reply("command.overview.failing", duration=duration(endpoint.failing_for)), RColor.red))
    line = RTextList(RTextBase.join(", ", parts))
    if endpoint.paused_for > 0:
        line.append(
            " ", coloured(reply("command.overview.held", duration=duration(endpoint.paused_for)), RColor.yellow)
        )
    return line


def _last_result(tools: Tools, endpoint: EndpointState) -> RTextBase:
    reply = tools.translations.reply
    last = endpoint.last
    if last is None and endpoint.last_success is not None:
        when = local_time(endpoint.last_success)
        return RTextList(
            _outcome(tools, "delivered" if endpoint.confirmed else "accepted"), RText(f" ({when})", RColor.gray)
        )
    if last is None:
        return coloured(reply("command.overview.never_sent"), RColor.gray)
    details = f" ({', '.join([*numbers(last.status, last.ms), local_time(last.at)])})"
    line = RTextList(_outcome(tools, last.outcome), RText(details, RColor.gray))
    if last.reason:
        line.append(RText(f" – {one_line(last.reason, LONGEST)}", RColor.gray))
    return line


def _outcome(tools: Tools, outcome: str) -> RTextBase:
    return coloured(tools.translations.reply(f"command.overview.outcome.{outcome}"), _OUTCOME_COLORS[outcome])
