"""Parts of a reply that show a notification and its deliveries."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Sequence

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import clickable, coloured, fills_in
from prime_notify.model.event import Severity, Status
from prime_notify.model.fact import FactKind
from prime_notify.model.payload import Payload
from prime_notify.outbox.history import DeliveryRecord, NotificationRecord
from prime_notify.outbox.values import State
from prime_notify.text.humanize import local_time
from prime_notify.text.plain import one_line

__all__ = [
    "LONGEST",
    "SHOWN_OF_ID",
    "buttons",
    "fact_lines",
    "heading",
    "legend",
    "numbers",
    "state_text",
    "summary",
    "symbol",
]

LONGEST = 300
"""The most characters that a line shows of a text of any length."""

SHOWN_OF_ID = 6
_MOST_NAMES = 3

# Characters that every console can show, Chinese and Western Windows included
_SYMBOLS = {
    State.WAITING: ("→", RColor.yellow),
    State.DELIVERED: ("√", RColor.green),
    State.ACCEPTED: ("?", RColor.yellow),
    State.DEAD: ("×", RColor.red),
    State.EXPIRED: ("○", RColor.gray),
    State.FOLDED: ("≈", RColor.gray),
    State.DROPPED: ("□", RColor.gray),
    State.PASSED: ("·", RColor.gray),
}
_COLORS = {Severity.ERROR: RColor.red, Severity.WARNING: RColor.yellow}


def symbol(state: State) -> RTextBase:
    """One character for a delivery's state, in its colour."""
    return RText(*_SYMBOLS[state])


def state_text(tools: Tools, state: State) -> RTextBase:
    """The state in words, in its colour."""
    return coloured(tools.translations.reply(f"command.state.{state.value}"), _SYMBOLS[state][1])


def heading(tools: Tools, source: CommandSource, record: NotificationRecord) -> RTextList:
    """The time, the id, and the event. In the game only the end of the id; a click fills in ``show``."""
    command = f"{tools.prefix} show {record.id}"
    hover = RTextList(record.id, *(RTextList("\n", line) for line in fact_lines(tools, source, record)))
    hover.append("\n", tools.translations.reply("command.click_to_fill", command=command))
    shown = record.id if source.is_console else f"…{record.id[-SHOWN_OF_ID:]}"
    ending = clickable(RText(shown, RColor.aqua), command, hover)
    when = RText(local_time(record.accepted), RColor.gray)
    return RTextList(when, " ", ending, " ", _what(tools, source, record.payload))


def _what(tools: Tools, source: CommandSource, payload: Optional[Payload]) -> RTextBase:
    if payload is None:
        return coloured(tools.translations.reply("command.history.unreadable"), RColor.gray)
    known = {fact.kind: fact.value for fact in tools.translations.facts(payload, source)}
    words = " ".join(known[kind] for kind in (FactKind.EVENT, FactKind.BACKUP) if kind in known)
    running = RColor.aqua if payload.status is Status.START else RColor.green
    return RText(words, _COLORS.get(payload.severity, running))


def fact_lines(tools: Tools, source: CommandSource, record: NotificationRecord) -> List[RTextBase]:
    """A line for each fact about the event."""
    if record.payload is None:
        return [tools.translations.reply("command.history.unreadable_hint")]
    return [
        tools.translations.reply(
            "notification.line", label=RText(fact.label, RColor.gray), value=RText(one_line(fact.value, LONGEST))
        )
        for fact in tools.translations.facts(record.payload, source)
    ]


def summary(tools: Tools, deliveries: Sequence[DeliveryRecord]) -> RTextList:
    """The endpoints by the state of their deliveries: their names, or their number when they are too many."""
    by_state: Dict[State, List[str]] = {}
    for delivery in deliveries:
        by_state.setdefault(delivery.state, []).append(delivery.endpoint)
    line = RTextList()
    for state, (sign, color) in _SYMBOLS.items():
        names = by_state.get(state)
        if names:
            listed = tools.translations.listed(names)
            shown = listed if len(names) <= _MOST_NAMES else str(len(names))
            hover = RTextList(state_text(tools, state), tools.translations.reply("command.mark.colon"), listed)
            line.append(" ", RTextList(f"{sign} ", shown).set_color(color).set_hover_text(hover))
    if not by_state:
        nowhere = tools.translations.in_brackets(tools.translations.reply("command.history.nowhere"))
        line.append(nowhere.set_color(RColor.gray))
    return line


def legend(tools: Tools, deliveries: Iterable[DeliveryRecord]) -> Optional[RTextBase]:
    """The meaning of the signs for the states of these deliveries; None when there are none."""
    found = {delivery.state for delivery in deliveries}
    meanings = [
        RTextList(RText(f"{sign} ", color), tools.translations.reply(f"command.history.legend.{state.value}"))
        for state, (sign, color) in _SYMBOLS.items()
        if state in found
    ]
    return RTextBase.join("  ", meanings) if meanings else None


def numbers(status: Optional[int], ms: Optional[float], reason: str = "") -> List[str]:
    """``["HTTP 200", "81 ms"]``, as far as known, and without a status that ``reason`` repeats."""
    shown = [] if status is None or f"HTTP {status}" in reason else [f"HTTP {status}"]
    return shown + ([] if ms is None else [f"{ms:.0f} ms"])


def buttons(tools: Tools, source: CommandSource, record: NotificationRecord) -> RTextList:
    """Buttons that replay or drop a dead letter; none for a reader without the permission, and none in the console."""
    line = RTextList()
    if not source.is_console and source.has_permission(tools.config().command.permission.replay):
        for name, color in (("replay", RColor.green), ("drop", RColor.red)):
            label = RTextList("[", tools.translations.reply(f"command.{name}.button"), "]").set_color(color)
            line.append(" ", fills_in(tools.translations, label, f"{tools.prefix} {name} {record.id}"))
    return line
