"""``!!pn test [endpoint] [event]`` and ``!!pb test notify [event]``: each endpoint is reported as it finishes."""

from __future__ import annotations

from typing import Dict, Optional

from mcdreforged.api.command import CommandContext, Literal, QuotableText, Text
from mcdreforged.api.rtext import RColor, RText, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.engine.endpoint_test import TestResult
from prime_notify.mcdr.commands.desk import (
    Desk,
    coloured,
    endpoint_names,
    event_named,
    fills_in,
    has_endpoint,
    quoted,
    switched_off,
)
from prime_notify.mcdr.commands.table import Command, guarded
from prime_notify.model.event import EventName
from prime_notify.sources.command_sources import operator_of_source

__all__ = ["EVENT_NAMES", "TEST", "prime_backup_test_node"]

_DEFAULT_EVENT = EventName.BACKUP_SUCCESS
EVENT_NAMES = [event.value for event in EventName]


def _build(node: Literal, desk: Desk) -> None:
    def run(source: CommandSource, context: CommandContext) -> None:
        endpoint, event = context.get("endpoint"), context.get("event")
        if endpoint in EVENT_NAMES and event is None and endpoint not in endpoint_names(desk):
            endpoint, event = None, endpoint
        _test(desk, source, endpoint=endpoint, event=event)

    event_node = Text("event").suggests(lambda: EVENT_NAMES).runs(run)
    node.runs(run).then(QuotableText("endpoint").suggests(lambda: endpoint_names(desk)).runs(run).then(event_node))


TEST = Command("test", "[endpoint] [event]", lambda permission: permission.test, _build)


def prime_backup_test_node(desk: Desk) -> Literal:
    """The node ``test notify [event]`` that stands below Prime Backup's prefix."""

    def run(source: CommandSource, context: CommandContext) -> None:
        _test(desk, source, endpoint=None, event=context.get("event"))

    def explain(source: CommandSource, context: CommandContext) -> None:
        usage = f"{context.command.strip()} notify"
        text = coloured(desk.speech.reply("command.test.usage", usage=f"{usage} [event]"), RColor.yellow)
        source.reply(fills_in(desk, text, usage))

    event_node = Text("event").suggests(lambda: EVENT_NAMES).runs(run)
    node = guarded(Literal("test"), desk, TEST.level).runs(explain)
    return node.then(Literal("notify").runs(run).then(event_node))


def _test(desk: Desk, source: CommandSource, *, endpoint: Optional[str], event: Optional[str]) -> None:
    named = _DEFAULT_EVENT if event is None else event_named(desk, source, event)
    if named is None or not has_endpoint(desk, source, endpoint):
        return
    run = _TestRun(desk, source, named)
    desk.post(lambda: run.start(endpoint))


class _TestRun:
    """One test under way. All its methods run on the task executor, one after another, so it needs no lock."""

    def __init__(self, desk: Desk, source: CommandSource, event: EventName) -> None:
        self._desk = desk
        self._source = source
        self._event = event
        self._results: Dict[str, TestResult] = {}
        self._expected = 0

    def start(self, endpoint: Optional[str]) -> None:
        say = self._desk.speech.reply
        names = self._desk.test(
            self._event, endpoint=endpoint, on_result=self._arrived, operator=operator_of_source(self._source)
        )
        self._expected = len(names)
        if not names:
            self._source.reply(
                coloured(say("command.test.none_enabled", usage=f"{self._desk.prefix} test <endpoint>"), RColor.yellow)
            )
            return
        sending = say("command.test.sending", event=self._event.value, endpoints=", ".join(names))
        self._source.reply(coloured(sending, RColor.gray))

    def _arrived(self, result: TestResult) -> None:
        """Called on the endpoint's thread."""
        self._desk.post(lambda: self._report(result))

    def _report(self, result: TestResult) -> None:
        self._results[result.endpoint] = result
        self._source.reply(_result_line(self._desk, result))
        if result.hint:
            self._source.reply(coloured(self._desk.speech.reply("command.test.hint", hint=result.hint), RColor.yellow))
        if len(self._results) == self._expected:
            self._finish()

    def _finish(self) -> None:
        say = self._desk.speech.reply
        delivered = sum(result.ok for result in self._results.values())
        color = RColor.green if delivered == self._expected else RColor.red
        self._source.reply(coloured(say("command.test.done", delivered=delivered, total=self._expected), color))
        if not self._desk.config.notification.enabled:
            self._source.reply(switched_off(self._desk))


def _result_line(desk: Desk, result: TestResult) -> RTextList:
    say = desk.speech.reply
    again = f"{desk.prefix} test {quoted(result.endpoint)}"
    name = fills_in(desk, coloured(result.endpoint, RColor.aqua), again)
    verdict = say("command.test.ok") if result.ok else say("command.test.failed")
    numbers = ([] if result.status is None else [f"HTTP {result.status}"]) + [f"{result.ms:.0f} ms"]
    line = RTextList(
        RText("- ", RColor.gray),
        name,
        RText(": ", RColor.gray),
        coloured(verdict, RColor.green if result.ok else RColor.red),
        RText(f" ({', '.join(numbers)})", RColor.gray),
    )
    return line.append(RText(f" – {result.reason}", RColor.red)) if result.reason else line
