"""``!!pn show <id>``: all there is to know of one notification, every try included."""

from __future__ import annotations

from typing import Iterator

from mcdreforged.api.command import CommandContext, Literal, Text
from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.desk import Desk, coloured, fills_in
from prime_notify.mcdr.commands.looking import find_one, known_ids, look
from prime_notify.mcdr.commands.records import LONGEST, buttons, fact_lines, numbers, state_text, symbol
from prime_notify.mcdr.commands.table import Command
from prime_notify.outbox.history import AttemptRecord, DeliveryRecord, History, NotificationRecord
from prime_notify.outbox.values import State
from prime_notify.text.humanize import duration, local_time
from prime_notify.text.plain import one_line

__all__ = ["SHOW"]

_MOST_DELIVERIES = 20
_MOST_TRIES = 5
_ANSWER = 120
_OUTCOMES = {State.DELIVERED: "delivered", State.WAITING: "retrying"}
_FIRST = (State.DEAD, State.WAITING)  # what one wants to know of when there are too many to show


def _build(node: Literal, desk: Desk) -> None:
    def show(source: CommandSource, context: CommandContext, history: History) -> None:
        record = find_one(desk, source, history, context["id"])
        for line in () if record is None else _lines(desk, source, record):
            source.reply(line)

    node.then(Text("id").suggests(lambda: known_ids(desk)).runs(look(desk, show)))


SHOW = Command("show", "<id>", lambda permission: permission.history, _build)


def _lines(desk: Desk, source: CommandSource, record: NotificationRecord) -> Iterator[RTextBase]:
    say = desk.speech.reply
    title = coloured(say("command.show.title", id=record.id), RColor.gold)
    yield fills_in(desk, title, f"{desk.prefix} show {record.id}")
    for line in fact_lines(desk, source, record):
        yield RTextList("  ", line)
    if not record.deliveries:
        yield coloured(say("command.show.nowhere"), RColor.gray)
    urgent_first = sorted(record.deliveries, key=lambda delivery: delivery.state not in _FIRST)
    for delivery in urgent_first[:_MOST_DELIVERIES]:
        yield _delivery_line(desk, source, record, delivery)
        yield from _tries(desk, delivery)
    more = len(record.deliveries) - _MOST_DELIVERIES
    if more > 0:
        yield coloured(say("command.show.more_deliveries", count=more), RColor.gray)


def _delivery_line(
    desk: Desk, source: CommandSource, record: NotificationRecord, delivery: DeliveryRecord
) -> RTextBase:
    say = desk.speech.reply
    line = RTextList(symbol(delivery.state), " ", RText(delivery.endpoint, RColor.aqua), ": ")
    line.append(state_text(desk, delivery.state))
    line.append(coloured(say("command.show.tries", count=delivery.attempts), RColor.gray))
    if delivery.state is State.WAITING:
        wait = delivery.due - desk.now
        key = "command.show.next" if wait > 0 else "command.show.next_now"
        line.append(coloured(say(key, duration=duration(max(0.0, wait))), RColor.gray))
    return line.append(buttons(desk, source, record)) if delivery.state is State.DEAD else line


def _tries(desk: Desk, delivery: DeliveryRecord) -> Iterator[RTextBase]:
    """The newest tries, each with what the service answered."""
    earlier = len(delivery.tries) - _MOST_TRIES
    if earlier > 0:
        yield coloured(desk.speech.reply("command.show.earlier_tries", count=earlier), RColor.gray)
    for one in delivery.tries[-_MOST_TRIES:]:
        yield from _try(desk, one)


def _try(desk: Desk, one: AttemptRecord) -> Iterator[RTextBase]:
    say = desk.speech.reply
    outcome = say(f"command.overview.outcome.{_OUTCOMES.get(one.outcome, 'failed')}")
    details = f" ({', '.join([*numbers(one.status, one.ms), local_time(one.at)])})"
    reason = f" – {one_line(one.reason, LONGEST)}" if one.reason else ""
    yield RTextList(RText(f"  #{one.number} ", RColor.gray), outcome, RText(details + reason, RColor.gray))
    if one.hint:
        yield coloured(say("command.show.hint", hint=one_line(one.hint, LONGEST)), RColor.yellow)
    if one.response:
        answer = coloured(say("command.show.answer", answer=one_line(one.response, _ANSWER)), RColor.gray)
        yield answer.set_hover_text(one_line(one.response, len(one.response)))
