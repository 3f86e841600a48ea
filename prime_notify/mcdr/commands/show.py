"""``!!pn show <id>``: all details of one notification, with its tries."""

from __future__ import annotations

from typing import Iterator

from mcdreforged.api.command import CommandContext, Literal, Text
from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.arguments import hidden_names
from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.history_lookup import find_one, known_ids, with_history
from prime_notify.mcdr.commands.record_lines import LONGEST, buttons, fact_lines, numbers, state_text, symbol
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, say
from prime_notify.outbox.history import AttemptRecord, DeliveryRecord, History, NotificationRecord
from prime_notify.outbox.values import State
from prime_notify.text.humanize import duration, local_time
from prime_notify.text.plain import one_line

__all__ = ["SHOW"]

_MOST_DELIVERIES = 20
_MOST_TRIES = 5
_ANSWER = 120
_OUTCOMES = {State.DELIVERED: "delivered", State.ACCEPTED: "accepted", State.WAITING: "retrying"}
_FIRST = (State.DEAD, State.WAITING)  # shown first when there are too many


def _build(node: Literal, tools: Tools) -> None:
    def show(source: CommandSource, context: CommandContext, history: History) -> None:
        record = find_one(tools, source, history, context["id"])
        for line in () if record is None else _lines(tools, source, record):
            say(source, line)

    node.then(Text("id").suggests(lambda: known_ids(tools)).runs(with_history(tools, show)))


SHOW = Command("show", "<id>", lambda permission: permission.history, _build)


def _lines(tools: Tools, source: CommandSource, record: NotificationRecord) -> Iterator[RTextBase]:
    reply = tools.translations.reply
    title = coloured(reply("command.show.title", id=record.id), RColor.gold)
    yield fills_in(tools.translations, title, f"{tools.prefix} show {record.id}")
    for line in fact_lines(tools, source, record):
        yield RTextList("  ", line)
    hidden = hidden_names(tools, source)
    deliveries = [delivery for delivery in record.deliveries if delivery.endpoint not in hidden]
    if not record.deliveries:
        yield coloured(reply("command.show.nowhere"), RColor.gray)
    urgent_first = sorted(deliveries, key=lambda delivery: delivery.state not in _FIRST)
    for delivery in urgent_first[:_MOST_DELIVERIES]:
        yield _delivery_line(tools, source, record, delivery)
        yield from _tries(tools, delivery)
        seen = tools.state_in_game(delivery.endpoint, record.id)
        if seen is not None:
            yield RTextList("  ", seen)
    more = len(deliveries) - _MOST_DELIVERIES
    if more > 0:
        yield coloured(reply("command.show.more_deliveries", count=more), RColor.gray)


def _delivery_line(
    tools: Tools, source: CommandSource, record: NotificationRecord, delivery: DeliveryRecord
) -> RTextBase:
    reply = tools.translations.reply
    line = RTextList(symbol(delivery.state), " ", RText(delivery.endpoint, RColor.aqua), reply("command.mark.colon"))
    line.append(state_text(tools, delivery.state))
    line.append(coloured(reply("command.show.tries", count=delivery.attempts), RColor.gray))
    if delivery.state is State.WAITING:
        wait = delivery.due - tools.engine.now
        key = "command.show.next" if wait > 0 else "command.show.next_now"
        line.append(coloured(reply(key, duration=duration(max(0.0, wait))), RColor.gray))
    return line.append(buttons(tools, source, record)) if delivery.state is State.DEAD else line


def _tries(tools: Tools, delivery: DeliveryRecord) -> Iterator[RTextBase]:
    """The newest tries, each with the answer of the service."""
    earlier = len(delivery.tries) - _MOST_TRIES
    if earlier > 0:
        yield coloured(tools.translations.reply("command.show.earlier_tries", count=earlier), RColor.gray)
    for one in delivery.tries[-_MOST_TRIES:]:
        yield from _try(tools, one)


def _try(tools: Tools, one: AttemptRecord) -> Iterator[RTextBase]:
    reply = tools.translations.reply
    outcome = reply(f"command.overview.outcome.{_OUTCOMES.get(one.outcome, 'failed')}")
    details = tools.translations.in_brackets(*numbers(one.status, one.ms, one.reason), local_time(one.at))
    line = RTextList(RText(f"  #{one.number} ", RColor.gray), outcome, details.set_color(RColor.gray))
    if one.reason:
        line.append(tools.translations.after_dash(one_line(one.reason, LONGEST)).set_color(RColor.gray))
    yield line
    if one.hint:
        yield coloured(reply("command.show.hint", hint=one_line(one.hint, LONGEST)), RColor.yellow)
    if one.response:
        answer = coloured(reply("command.show.answer", answer=one_line(one.response, _ANSWER)), RColor.gray)
        yield answer.set_hover_text(one_line(one.response, len(one.response)))
