"""``!!pn``: everything at a glance."""

from __future__ import annotations

import time

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.engine import EndpointState
from prime_notify.mcdr.commands.desk import Desk, clickable, coloured, no_endpoints, quoted, switched_off

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
    sources = desk.sources()
    listed = RTextBase.join(", ", sources) if sources else say("command.overview.no_sources")
    source.reply(say("command.overview.sources", sources=listed))
    if not overview.endpoints:
        source.reply(no_endpoints(desk))
        return
    waiting = sum(endpoint.waiting for endpoint in overview.endpoints)
    source.reply(say("command.overview.endpoints", count=len(overview.endpoints), waiting=waiting))
    for endpoint in overview.endpoints:
        source.reply(_endpoint_line(desk, endpoint))


def _endpoint_line(desk: Desk, endpoint: EndpointState) -> RTextBase:
    say = desk.speech.reply
    test = f"{desk.prefix} test {quoted(endpoint.name)}"
    name = clickable(coloured(endpoint.name, RColor.aqua), test, say("command.click_to_fill", command=test))
    line = RTextList(RText("- ", RColor.gray), name, RText(f" ({endpoint.type}): ", RColor.gray))
    if not endpoint.enabled:
        return line.append(coloured(say("command.overview.endpoint_off"), RColor.gray))
    line.append(_last_result(desk, endpoint))
    if endpoint.waiting:
        line.append(" ", coloured(say("command.overview.endpoint_waiting", count=endpoint.waiting), RColor.yellow))
    return line


def _last_result(desk: Desk, endpoint: EndpointState) -> RTextBase:
    say = desk.speech.reply
    if endpoint.last_outcome is None:
        return coloured(say("command.overview.never_sent"), RColor.gray)
    numbers = [] if endpoint.last_status is None else [f"HTTP {endpoint.last_status}"]
    if endpoint.last_ms is not None:
        numbers.append(f"{endpoint.last_ms:.0f} ms")
    if endpoint.last_at is not None:
        numbers.append(time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(endpoint.last_at)))
    outcome = coloured(
        say(f"command.overview.outcome.{endpoint.last_outcome}"),
        _OUTCOME_COLORS.get(endpoint.last_outcome, RColor.white),
    )
    line = RTextList(outcome)
    if numbers:
        line.append(RText(f" ({', '.join(numbers)})", RColor.gray))
    if endpoint.last_reason:
        line.append(RText(f" – {endpoint.last_reason}", RColor.gray))
    return line
