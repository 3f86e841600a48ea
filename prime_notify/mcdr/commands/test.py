"""``!!pn test [endpoint] [event]`` and ``!!pb test notify [event]``: each endpoint is reported when it finishes."""

from __future__ import annotations

from typing import Dict, Optional, Sequence

from mcdreforged.api.command import CommandContext, Literal, QuotableText, Text
from mcdreforged.api.rtext import RColor, RText, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.delivery.overview import EndpointState
from prime_notify.engine.endpoint_test import TestResult
from prime_notify.mcdr.commands.arguments import EVENT_NAMES, endpoint_names, event_named, has_endpoint, say_mistake
from prime_notify.mcdr.commands.command import Command, guarded
from prime_notify.mcdr.commands.hints import say_nothing_is_sent
from prime_notify.mcdr.commands.record_lines import numbers
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, quoted, say
from prime_notify.model.event import EventName
from prime_notify.sources.foreign_objects import operator_of_source

__all__ = ["TEST", "prime_backup_test_node", "say_result"]

_DEFAULT_EVENT = EventName.BACKUP_SUCCESS


def _build(node: Literal, tools: Tools) -> None:
    def run(source: CommandSource, context: CommandContext) -> None:
        endpoint, event = context.get("endpoint"), context.get("event")
        if endpoint in EVENT_NAMES and event is None and endpoint not in endpoint_names(tools, source):
            endpoint, event = None, endpoint
        _test(tools, source, endpoint=endpoint, event=event)

    event_node = Text("event").suggests(lambda: EVENT_NAMES).runs(run)
    node.runs(run).then(
        QuotableText("endpoint").suggests(lambda source: endpoint_names(tools, source)).runs(run).then(event_node)
    )


TEST = Command("test", "[endpoint] [event]", lambda permission: permission.test, _build)


def prime_backup_test_node(tools: Tools) -> Literal:
    """The node ``test notify [event]`` for Prime Backup's prefix."""

    def run(source: CommandSource, context: CommandContext) -> None:
        _test(tools, source, endpoint=None, event=context.get("event"))

    def explain(source: CommandSource, context: CommandContext) -> None:
        usage = f"{context.command.strip()} notify"
        text = coloured(tools.translations.reply("command.usage", usage=f"{usage} [event]"), RColor.yellow)
        say(source, fills_in(tools.translations, text, usage))

    event_node = Text("event").suggests(lambda: EVENT_NAMES).runs(run)
    node = guarded(Literal("test"), tools, TEST.level).runs(explain)
    return node.then(Literal("notify").runs(run).then(event_node))


def _test(tools: Tools, source: CommandSource, *, endpoint: Optional[str], event: Optional[str]) -> None:
    named = _DEFAULT_EVENT if event is None else event_named(tools, source, event)
    if named is None or not has_endpoint(tools, source, endpoint):
        return
    run = _TestRun(tools, source, named)
    tools.run_on_executor(lambda: run.start(endpoint))


class _TestRun:
    """One test under way. Its methods run on the task executor, one after another, so it needs no lock."""

    def __init__(self, tools: Tools, source: CommandSource, event: EventName) -> None:
        self._tools = tools
        self._source = source
        self._event = event
        self._results: Dict[str, TestResult] = {}
        self._expected = self._total = 0

    def start(self, endpoint: Optional[str]) -> None:
        reply = self._tools.translations.reply
        operator = operator_of_source(self._source)
        names = self._tools.engine.rehearsal.test(
            self._event, endpoint=endpoint, on_result=self._arrived, operator=operator
        )
        broken = self._broken(endpoint)
        self._expected, self._total = len(names), len(names) + len(broken)
        if names:
            sending = reply(
                "command.test.sending", event=self._event.value, endpoints=self._tools.translations.listed(names)
            )
            say(self._source, coloured(sending, RColor.gray))
        for one in broken:
            say_mistake(self._tools, self._source, one)
        if broken and not names:
            self._finish()
        elif not names:
            say(
                self._source,
                coloured(
                    reply("command.test.none_enabled", usage=f"{self._tools.prefix} test <endpoint>"), RColor.yellow
                ),
            )

    def _broken(self, endpoint: Optional[str]) -> Sequence[EndpointState]:
        """The endpoints that a mistake keeps from a test of all."""
        known = self._tools.engine.overview().endpoints if endpoint is None else ()
        return [one for one in known if one.mistake is not None and one.enabled]

    def _arrived(self, result: TestResult) -> None:
        """Called on the endpoint's thread."""
        self._tools.run_on_executor(lambda: self._report(result))

    def _report(self, result: TestResult) -> None:
        self._results[result.endpoint] = result
        say_result(self._tools, self._source, result)
        if len(self._results) == self._expected:
            self._finish()

    def _finish(self) -> None:
        reply = self._tools.translations.reply
        delivered = sum(result.ok and result.confirmed for result in self._results.values())
        accepted = sum(result.ok and not result.confirmed for result in self._results.values())
        color = RColor.green if delivered + accepted == self._total else RColor.red
        key = "command.test.done_accepted" if accepted else "command.test.done"
        say(self._source, coloured(reply(key, delivered=delivered, accepted=accepted, total=self._total), color))
        if not self._tools.config().notification.enabled:
            say_nothing_is_sent(self._tools, self._source)


def say_result(tools: Tools, source: CommandSource, result: TestResult) -> None:
    """Reply with the result at one endpoint, and what to do."""
    say(source, _result_line(tools, result))
    if result.hint:
        say(source, coloured(tools.translations.reply("command.test.hint", hint=result.hint), RColor.yellow))


def _result_line(tools: Tools, result: TestResult) -> RTextList:
    reply = tools.translations.reply
    again = f"{tools.prefix} test {quoted(result.endpoint)}"
    name = fills_in(tools.translations, coloured(result.endpoint, RColor.aqua), again)
    confirmed, color = ("ok", RColor.green) if result.confirmed else ("accepted", RColor.yellow)
    verdict, color = (confirmed, color) if result.ok else ("failed", RColor.red)
    line = RTextList(
        RText("- ", RColor.gray),
        name,
        reply("command.mark.colon").set_color(RColor.gray),
        coloured(reply(f"command.test.{verdict}"), color),
        tools.translations.in_brackets(*numbers(result.status, result.ms, result.reason)).set_color(RColor.gray),
    )
    if result.reason:
        line.append(tools.translations.after_dash(result.reason).set_color(RColor.red))
    return line
