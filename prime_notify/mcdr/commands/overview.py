"""``!!pn``: the verdict in one line, then the state of everything at a glance."""

from __future__ import annotations

from typing import List

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.delivery.heartbeat import LastHeartbeat
from prime_notify.delivery.overview import EndpointCount, EndpointState, Overview
from prime_notify.mcdr.commands.arguments import is_visible, mistake_text
from prime_notify.mcdr.commands.hints import say_config_problems, say_no_endpoints, say_nothing_is_sent
from prime_notify.mcdr.commands.record_lines import LONGEST, numbers
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.commands.verdict_line import say_verdict
from prime_notify.mcdr.commands.watch_state import sees_details as _sees_details
from prime_notify.mcdr.rich_text import clickable, coloured, fills_in, quoted, say
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
    """Reply with the verdict, and the state of the config, notifications, sources, endpoints and queue."""
    reply = tools.translations.reply
    overview = tools.engine.overview()
    title = coloured(reply("command.overview.title", version=tools.version), RColor.gold)
    say(source, clickable(title, f"{tools.prefix} help", reply("command.overview.title_hover")))
    say_verdict(tools, source, overview)
    say_config_problems(tools, source)
    if overview.enabled:
        say(source, coloured(reply("command.overview.enabled"), RColor.green))
    else:
        say_nothing_is_sent(tools, source)
    if overview.elsewhere and _sees_details(tools, source):
        say(source, coloured(reply("command.overview.elsewhere", who=overview.elsewhere), RColor.red))
    if overview.refusing:
        say(source, coloured(reply("command.overview.refusing"), RColor.red))
    _say_sources(tools, source)
    if overview.endpoints:
        _say_endpoints(tools, source, overview)
    else:
        say_no_endpoints(tools, source)


def _say_sources(tools: Tools, source: CommandSource) -> None:
    reply = tools.translations.reply
    sources = [
        reply(f"command.source.{status.state.value}", name=status.name, version=status.version)
        for status in tools.source_status()
    ]
    listed = tools.translations.listed(sources) if sources else reply("command.overview.no_sources")
    say(source, reply("command.overview.sources", sources=listed))


def _say_endpoints(tools: Tools, source: CommandSource, overview: Overview) -> None:
    reply = tools.translations.reply
    visible = [endpoint for endpoint in overview.endpoints if is_visible(tools, source, endpoint)]
    waiting = sum(endpoint.waiting for endpoint in visible if not endpoint.orphaned)
    count = EndpointCount.of(visible)
    states = [reply(f"command.overview.states.{name}", count=number) for name, number in count.apart.items()]
    in_brackets = tools.translations.in_brackets(*states) if states else ""
    say(source, reply("command.overview.endpoints", count=count.total, states=in_brackets, waiting=waiting))
    for endpoint in visible:
        say(source, _endpoint_line(tools, source, endpoint))


def _endpoint_line(tools: Tools, source: CommandSource, endpoint: EndpointState) -> RTextBase:
    reply, in_brackets = tools.translations.reply, tools.translations.in_brackets
    test = f"{tools.prefix} test {quoted(endpoint.name)}"
    line = RTextList(RText("- ", RColor.gray))
    line.append(fills_in(tools.translations, coloured(endpoint.name, RColor.aqua), test))
    if endpoint.type:
        line.append(in_brackets(endpoint.type).set_color(RColor.gray))
    line.append(reply("command.mark.colon").set_color(RColor.gray), _state(tools, source, endpoint))
    if endpoint.waiting:
        waiting = in_brackets(reply("command.overview.endpoint_waiting", count=endpoint.waiting))
        line.append(waiting.set_color(RColor.yellow))
    if endpoint.dead:
        dead = in_brackets(reply("command.overview.endpoint_dead", count=endpoint.dead)).set_color(RColor.red)
        line.append(fills_in(tools.translations, dead, f"{tools.prefix} dead"))
    return line


def _state(tools: Tools, source: CommandSource, endpoint: EndpointState) -> RTextBase:
    reply = tools.translations.reply
    if endpoint.orphaned:
        return coloured(reply("command.overview.endpoint_orphaned"), RColor.yellow)
    if endpoint.mistake is not None:
        return mistake_text(tools, endpoint)
    if not endpoint.on:
        key = "endpoint_switched_off" if endpoint.switched_off else "endpoint_off"
        return coloured(reply(f"command.overview.{key}"), RColor.gray)
    parts: List[RTextBase] = []
    if endpoint.last is not None or endpoint.failing_for is None:
        parts.append(_last_result(tools, source, endpoint))
    if endpoint.disabled:
        parts.append(coloured(reply("command.overview.endpoint_disabled"), RColor.red))
    elif endpoint.failing_for is not None:
        parts.append(coloured(reply("command.overview.failing", duration=duration(endpoint.failing_for)), RColor.red))
    if endpoint.heartbeat is not None:
        parts.append(_heartbeat(tools, source, endpoint.heartbeat))
    line = RTextList(tools.translations.sequence(parts))
    if endpoint.paused_for > 0:
        held = reply("command.overview.held", duration=duration(endpoint.paused_for))
        line.append(tools.translations.in_brackets(held).set_color(RColor.yellow))
    return line


def _heartbeat(tools: Tools, source: CommandSource, last: LastHeartbeat) -> RTextBase:
    reply = tools.translations.reply
    if last.held:
        return coloured(reply("command.overview.heartbeat.held"), RColor.yellow)
    if last.at is None:
        return coloured(reply("command.overview.heartbeat.none"), RColor.gray)
    if not last.reason:
        return coloured(reply("command.overview.heartbeat.last", time=local_time(last.at)), RColor.green)
    failed = RTextList(coloured(reply("command.overview.heartbeat.failed", time=local_time(last.at)), RColor.red))
    if _sees_details(tools, source):
        failed.append(tools.translations.after_dash(one_line(last.reason, LONGEST)).set_color(RColor.gray))
    return failed


def _last_result(tools: Tools, source: CommandSource, endpoint: EndpointState) -> RTextBase:
    reply, in_brackets = tools.translations.reply, tools.translations.in_brackets
    last = endpoint.last
    if last is None and endpoint.last_success is not None:
        when = in_brackets(local_time(endpoint.last_success)).set_color(RColor.gray)
        return RTextList(_outcome(tools, "delivered" if endpoint.confirmed else "accepted"), when)
    if last is None:
        return coloured(reply("command.overview.never_sent"), RColor.gray)
    details = in_brackets(*numbers(last.status, last.ms, last.reason), local_time(last.at))
    line = RTextList(_outcome(tools, last.outcome), details.set_color(RColor.gray))
    if last.reason and _sees_details(tools, source):
        line.append(tools.translations.after_dash(one_line(last.reason, LONGEST)).set_color(RColor.gray))
    return line


def _outcome(tools: Tools, outcome: str) -> RTextBase:
    return coloured(tools.translations.reply(f"command.overview.outcome.{outcome}"), _OUTCOME_COLORS[outcome])
