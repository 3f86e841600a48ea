"""``!!pn``: everything at a glance."""

from __future__ import annotations

from typing import Optional

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.compose.humanize import duration, local_time
from prime_notify.delivery.lane import LastResult
from prime_notify.mcdr.commands.desk import Desk, clickable, coloured, no_endpoints, quoted, switched_off
from prime_notify.overview import EndpointState

__all__ = ["show_overview"]

_OUTCOME_COLORS = {"delivered": RColor.green, "retrying": RColor.yellow, "failed": RColor.red}


def show_overview(desk: Desk, source: CommandSource) -> None:
    """Reply with the state of notifications, sources, endpoints and queue."""
    say = desk.speech.reply
    overview = desk.overview()
    title = coloured(say("command.overview.title", version=desk.version), RColor.gold)
    source.reply(clickable(title, f"{desk.prefix} help", say("command.overview.title_hover")))
    if overview.enabled:
        source.reply(coloured(say("command.overview.enabled"), RColor.green))
    else:
        source.reply(switched_off(desk))
    if overview.elsewhere:
        source.reply(coloured(say("command.overview.elsewhere", who=overview.elsewhere), RColor.red))
    if overview.refusing:
        source.reply(coloured(say("command.overview.refusing"), RColor.red))
    sources = desk.sources()
    listed = RTextBase.join(", ", sources) if sources else say("command.overview.no_sources")
    source.reply(say("command.overview.sources", sources=listed))
    if not overview.endpoints:
        source.reply(no_endpoints(desk))
        return
    configured = [endpoint for endpoint in overview.endpoints if not endpoint.orphaned]
    waiting = sum(endpoint.waiting for endpoint in configured)
    source.reply(say("command.overview.endpoints", count=len(configured), waiting=waiting))
    for endpoint in overview.endpoints:
        source.reply(_endpoint_line(desk, endpoint))


def _endpoint_line(desk: Desk, endpoint: EndpointState) -> RTextBase:
    say = desk.speech.reply
    test = f"{desk.prefix} test {quoted(endpoint.name)}"
    name = clickable(coloured(endpoint.name, RColor.aqua), test, say("command.click_to_fill", command=test))
    kind = RText(f" ({endpoint.type}): ", RColor.gray) if endpoint.type else RText(": ", RColor.gray)
    line = RTextList(RText("- ", RColor.gray), name, kind, _state(desk, endpoint))
    if endpoint.waiting:
        line.append(" ", coloured(say("command.overview.endpoint_waiting", count=endpoint.waiting), RColor.yellow))
    if endpoint.dead:
        command = f"{desk.prefix} dead"
        dead = coloured(say("command.overview.endpoint_dead", count=endpoint.dead), RColor.red)
        line.append(" ", clickable(dead, command, say("command.click_to_fill", command=command)))
    return line


def _state(desk: Desk, endpoint: EndpointState) -> RTextBase:
    say = desk.speech.reply
    if endpoint.orphaned:
        return coloured(say("command.overview.endpoint_orphaned"), RColor.yellow)
    if endpoint.switched_off or not (endpoint.enabled or endpoint.switched_on):
        return coloured(say("command.overview.endpoint_off"), RColor.gray)
    line = RTextList(_last_result(desk, endpoint.last))
    if endpoint.disabled:
        line.append(" ", coloured(say("command.overview.endpoint_disabled"), RColor.red))
    elif endpoint.failing_for is not None:
        line.append(" ", coloured(say("command.overview.failing", duration=duration(endpoint.failing_for)), RColor.red))
    if endpoint.held > 0:
        line.append(" ", coloured(say("command.overview.held", duration=duration(endpoint.held)), RColor.yellow))
    return line


def _last_result(desk: Desk, last: Optional[LastResult]) -> RTextBase:
    say = desk.speech.reply
    if last is None:
        return coloured(say("command.overview.never_sent"), RColor.gray)
    numbers = [] if last.status is None else [f"HTTP {last.status}"]
    numbers += [f"{last.ms:.0f} ms", local_time(last.at)]
    outcome = coloured(say(f"command.overview.outcome.{last.outcome}"), _OUTCOME_COLORS[last.outcome])
    line = RTextList(outcome, RText(f" ({', '.join(numbers)})", RColor.gray))
    if last.reason:
        line.append(RText(f" – {last.reason}", RColor.gray))
    return line
