"""``!!pn history [page]`` and ``!!pn dead [page]``: the notifications, or those with dead letters, the newest first."""

from __future__ import annotations

from typing import Callable, Iterator, List, Optional, Sequence

from mcdreforged.api.command import CommandContext, Integer, Literal
from mcdreforged.api.rtext import RColor, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.arguments import hidden_names
from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.history_lookup import with_history
from prime_notify.mcdr.commands.record_lines import LONGEST, buttons, heading, legend, summary, symbol
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, say
from prime_notify.outbox.history import DeliveryRecord, History, NotificationRecord
from prime_notify.outbox.values import State
from prime_notify.text.plain import one_line

__all__ = ["DEAD", "HISTORY"]

_PAGE_SIZE = 10

Deliveries = Sequence[DeliveryRecord]
Lines = Callable[[Tools, CommandSource, NotificationRecord, Deliveries], Iterator[RTextBase]]


def _command(name: str, state: Optional[State], lines: Lines) -> Command:
    """A command that lists the notifications that have a delivery in ``state``, or all of them."""

    def build(node: Literal, tools: Tools) -> None:
        def show(source: CommandSource, context: CommandContext, history: History) -> None:
            count = history.count(state)
            if count == 0:
                say(source, coloured(tools.translations.reply(f"command.{name}.empty"), RColor.gray))
                return
            pages = -(-count // _PAGE_SIZE)
            page = min(context.get("page", 1), pages)
            say(source, coloured(tools.translations.reply(f"command.{name}.title", count=count), RColor.gold))
            hidden = hidden_names(tools, source)
            shown: List[DeliveryRecord] = []
            for record in history.page(_PAGE_SIZE, skip=(page - 1) * _PAGE_SIZE, state=state):
                deliveries = [one for one in record.deliveries if one.endpoint not in hidden]
                shown += deliveries
                for line in lines(tools, source, record, deliveries):
                    say(source, line)
            signs = legend(tools, shown) if state is None else None
            if signs is not None:
                say(source, signs)
            if pages > 1:
                say(source, _page_links(tools, f"{tools.prefix} {name}", page, pages))
            if state is State.DEAD:
                _reply_what_to_do(tools, source)

        run = with_history(tools, show)
        node.runs(run).then(Integer("page").at_min(1).runs(run))

    return Command(name, "[page]", lambda permission: permission.history, build)


def _history_lines(
    tools: Tools, source: CommandSource, record: NotificationRecord, deliveries: Deliveries
) -> Iterator[RTextBase]:
    yield heading(tools, source, record).append(summary(tools, deliveries))


def _dead_lines(
    tools: Tools, source: CommandSource, record: NotificationRecord, deliveries: Deliveries
) -> Iterator[RTextBase]:
    yield heading(tools, source, record).append(buttons(tools, source, record))
    for delivery in deliveries:
        if delivery.state is State.DEAD:
            line = RTextList("  ", symbol(State.DEAD), f" {delivery.endpoint}")
            if delivery.reason:
                reason = tools.translations.after_dash(one_line(delivery.reason, LONGEST))
                line.append(reason.set_color(RColor.gray))
            yield line


def _page_links(tools: Tools, command: str, page: int, pages: int) -> RTextBase:
    """``< !!pn history 1 | page 2 of 12 | !!pn history 3 >``: readable also in a console, where nothing is clicked."""
    text = tools.translations.reply("command.page", page=page, pages=pages)
    parts: List[RTextBase] = [coloured(text, RColor.gray)]
    if page > 1:
        former = f"{command} {page - 1}"
        parts.insert(0, fills_in(tools.translations, coloured(f"< {former}", RColor.aqua), former))
    if page < pages:
        following = f"{command} {page + 1}"
        parts.append(fills_in(tools.translations, coloured(f"{following} >", RColor.aqua), following))
    return RTextBase.join(" | ", parts)


def _reply_what_to_do(tools: Tools, source: CommandSource) -> None:
    if source.has_permission(tools.config().command.permission.replay):
        replay, drop = (
            fills_in(tools.translations, coloured(command, RColor.aqua), command)
            for command in (f"{tools.prefix} replay all", f"{tools.prefix} drop all")
        )
        text = tools.translations.reply("command.dead.what_to_do", replay=replay, drop=drop)
        say(source, coloured(text, RColor.gray))


HISTORY = _command("history", None, _history_lines)
DEAD = _command("dead", State.DEAD, _dead_lines)
