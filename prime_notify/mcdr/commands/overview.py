"""``!!pn``: everything at a glance."""

from __future__ import annotations

from typing import List

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.engine.overview import EndpointState
from prime_notify.mcdr.commands.desk import Desk, clickable, coloured, fills_in, no_endpoints, quoted, switched_off
from prime_notify.mcdr.commands.records import LONGEST, numbers
from prime_notify.text.humanize import duration, local_time
from prime_notify.text.plain import one_line

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
    name = fills_in(desk, coloured(endpoint.name, RColor.aqua), test)
    kind = RText(f" ({endpoint.type}): ", RColor.gray) if endpoint.type else RText(": ", RColor.gray)
    line = RTextList(RText("- ", RColor.gray), name, kind, _state(desk, endpoint))
    if endpoint.waiting:
        line.append(" ", coloured(say("command.overview.endpoint_waiting", count=endpoint.waiting), RColor.yellow))
    if endpoint.dead:
        dead = coloured(say("command.overview.endpoint_dead", count=endpoint.dead), RColor.red)
        line.append(" ", fills_in(desk, dead, f"{desk.prefix} dead"))
    return line


def _state(desk: Desk, endpoint: EndpointState) -> RTextBase:
    say = desk.speech.reply
    if endpoint.orphaned:
        return coloured(say("command.overview.endpoint_orphaned"), RColor.yellow)
    if not endpoint.on:
        key = "endpoint_switched_off" if endpoint.switched_off else "endpoint_off"
        return coloured(say(f"command.overview.{key}"), RColor.gray)
    parts: List[RTextBase] = []
    if endpoint.last is not None or endpoint.failing_for is None:
        parts.append(_last_result(desk, endpoint))
    if endpoint.disabled:
        parts.append(coloured(say("command.overview.endpoint_disabled"), RColor.red))
    elif endpoint.failing_for is not None:
        parts.append(coloured(say("command.overview.failing", duration=duration(endpoint.failing_for)), RColor.red))
    line = RTextList(RTextBase.join(", ", parts))
    if endpoint.held > 0:
        line.append(" ", coloured(say("command.overview.held", duration=duration(endpoint.held)), RColor.yellow))
    return line


def _last_result(desk: Desk, endpoint: EndpointState) -> RTextBase:
    say = desk.speech.reply
    last = endpoint.last
    if last is None and endpoint.last_success is not None:
        when = local_time(endpoint.last_success)
        return RTextList(_outcome(desk, "delivered"), RText(f" ({when})", RColor.gray))
    if last is None:
        return coloured(say("command.overview.never_sent"), RColor.gray)
    details = f" ({', '.join([*numbers(last.status, last.ms), local_time(last.at)])})"
    line = RTextList(_outcome(desk, last.outcome), RText(details, RColor.gray))
    if last.reason:
        line.append(RText(f" – {one_line(last.reason, LONGEST)}", RColor.gray))
    return line


def _outcome(desk: Desk, outcome: str) -> RTextBase:
    return coloured(desk.speech.reply(f"command.overview.outcome.{outcome}"), _OUTCOME_COLORS[outcome])
