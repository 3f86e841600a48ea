"""``!!pn history [page]`` and ``!!pn dead [page]``: what was delivered, and what was given up, newest first."""

from __future__ import annotations

from typing import Iterator

from mcdreforged.api.command import CommandContext, Literal
from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.desk import Desk, coloured, fills_in
from prime_notify.mcdr.commands.looking import page_node, show_page
from prime_notify.mcdr.commands.records import LONGEST, buttons, heading, summary, symbol
from prime_notify.mcdr.commands.table import Command
from prime_notify.outbox.history import History, NotificationRecord
from prime_notify.outbox.values import State
from prime_notify.text.plain import one_line

__all__ = ["DEAD", "HISTORY"]


def _build_history(node: Literal, desk: Desk) -> None:
    def show(source: CommandSource, context: CommandContext, history: History) -> None:
        def line(record: NotificationRecord) -> Iterator[RTextBase]:
            yield heading(desk, source, record).append(summary(desk, record))

        show_page(desk, source, context, history, command="history", line=line)

    page_node(node, desk, show)


def _build_dead(node: Literal, desk: Desk) -> None:
    def show(source: CommandSource, context: CommandContext, history: History) -> None:
        def lines(record: NotificationRecord) -> Iterator[RTextBase]:
            yield heading(desk, source, record).append(buttons(desk, source, record))
            for delivery in record.deliveries:
                if delivery.state is State.DEAD:
                    reason = RText(f" – {one_line(delivery.reason, LONGEST)}" if delivery.reason else "", RColor.gray)
                    yield RTextList("  ", symbol(State.DEAD), f" {delivery.endpoint}", reason)

        if show_page(desk, source, context, history, command="dead", state=State.DEAD, line=lines):
            _say_what_to_do(desk, source)

    page_node(node, desk, show)


def _say_what_to_do(desk: Desk, source: CommandSource) -> None:
    if source.has_permission(desk.config.command.permission.replay):
        replay, drop = (
            fills_in(desk, coloured(command, RColor.aqua), command)
            for command in (f"{desk.prefix} replay all", f"{desk.prefix} drop all")
        )
        source.reply(coloured(desk.speech.reply("command.dead.what_to_do", replay=replay, drop=drop), RColor.gray))


HISTORY = Command("history", "[page]", lambda permission: permission.history, _build_history)
DEAD = Command("dead", "[page]", lambda permission: permission.history, _build_dead)
