"""Looking things up in the history: what there is, page by page, or one by the end of its id."""

from __future__ import annotations

from typing import Callable, Iterable, List, Optional, Sequence

from mcdreforged.api.command import CommandContext, Integer, Literal
from mcdreforged.api.rtext import RColor, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.desk import Desk, coloured, fills_in
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.history import History, NotificationRecord
from prime_notify.outbox.values import State

__all__ = ["Look", "find_one", "known_ids", "look", "page_node", "show_page"]

_PAGE_SIZE = 10
_MOST_SUGGESTED = 10

Look = Callable[[CommandSource, CommandContext, History], None]
ShowRecord = Callable[[CommandSource, NotificationRecord], Iterable[RTextBase]]


def look(desk: Desk, act: Look) -> Callable[[CommandSource, CommandContext], None]:
    """A callback that looks into the history, or says why that cannot be."""

    def run(source: CommandSource, context: CommandContext) -> None:
        history = desk.history
        if history is None:
            source.reply(_no_history(desk))
            return
        try:
            act(source, context, history)
        except OutboxError as error:
            source.reply(coloured(desk.speech.reply("command.history.fault", error=error), RColor.red))

    return run


def _no_history(desk: Desk) -> RTextBase:
    elsewhere = desk.overview().elsewhere
    if elsewhere:
        return coloured(desk.speech.reply("command.history.elsewhere", who=elsewhere), RColor.red)
    return coloured(desk.speech.reply("command.history.none"), RColor.red)


def page_node(node: Literal, desk: Desk, show: Look) -> Literal:
    """``node [page]``."""
    shown = look(desk, show)
    return node.runs(shown).then(Integer("page").at_min(1).runs(shown))


def show_page(
    desk: Desk,
    source: CommandSource,
    context: CommandContext,
    history: History,
    *,
    command: str,
    state: Optional[State] = None,
    line: Callable[[NotificationRecord], Iterable[RTextBase]],
) -> int:
    """Reply with the page that was asked for, newest first, and the way to the others; how many there are in all."""
    say = desk.speech.reply
    count, page = history.count(state), context.get("page", 1)
    if count == 0:
        source.reply(coloured(say(f"command.{command}.empty"), RColor.gray))
        return 0
    pages = -(-count // _PAGE_SIZE)
    page = min(page, pages)
    source.reply(coloured(say(f"command.{command}.title", count=count), RColor.gold))
    for record in history.page(_PAGE_SIZE, skip=(page - 1) * _PAGE_SIZE, state=state):
        for reply in line(record):
            source.reply(reply)
    if pages > 1:
        source.reply(_ways(desk, f"{desk.prefix} {command}", page, pages))
    return count


def _ways(desk: Desk, command: str, page: int, pages: int) -> RTextBase:
    """``< !!pn history 1 | page 2 of 12 | !!pn history 3 >``: readable where nothing can be clicked, too."""
    parts: List[RTextBase] = [coloured(desk.speech.reply("command.page", page=page, pages=pages), RColor.gray)]
    if page > 1:
        former = f"{command} {page - 1}"
        parts.insert(0, fills_in(desk, coloured(f"< {former}", RColor.aqua), former))
    if page < pages:
        following = f"{command} {page + 1}"
        parts.append(fills_in(desk, coloured(f"{following} >", RColor.aqua), following))
    return RTextBase.join(" | ", parts)


def find_one(desk: Desk, source: CommandSource, history: History, id: str) -> Optional[NotificationRecord]:
    """The notification whose id is this or ends so; None, and a reply that says why, when that is not one."""
    found = history.find(id.lstrip("…."))
    if len(found) == 1:
        return found[0]
    if not found:
        source.reply(coloured(desk.speech.reply("command.history.unknown_id", id=id), RColor.red))
        return None
    ids = RTextBase.join(", ", [fills_in(desk, one.id, f"{desk.prefix} show {one.id}") for one in found])
    source.reply(RTextList(coloured(desk.speech.reply("command.history.ambiguous", id=id), RColor.yellow), " ", ids))
    return None


def known_ids(desk: Desk, state: Optional[State] = None) -> Sequence[str]:
    """The newest ids, for completion; nothing rather than an error."""
    history = desk.history
    try:
        return history.ids(_MOST_SUGGESTED, state=state) if history is not None else ()
    except OutboxError:
        return ()
