"""Access to the history: the reply where there is none, and a notification by the end of its id."""

from __future__ import annotations

from typing import Callable, Optional, Sequence

from mcdreforged.api.command import CommandContext
from mcdreforged.api.rtext import RColor, RTextBase
from mcdreforged.api.types import CommandSource

from prime_notify.mcdr.commands.hints import say_unreadable
from prime_notify.mcdr.commands.record_lines import SHOWN_OF_ID
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, say
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.history import History, NotificationRecord
from prime_notify.outbox.values import State

__all__ = ["find_one", "known_ids", "no_history", "with_history"]

_MOST_SUGGESTED = 10

Callback = Callable[[CommandSource, CommandContext], None]
HistoryCallback = Callable[[CommandSource, CommandContext, History], None]


def with_history(tools: Tools, callback: HistoryCallback) -> Callback:
    """A command's callback that is given the history. Where there is none, it replies why."""

    def run(source: CommandSource, context: CommandContext) -> None:
        say_unreadable(tools, source)
        history = tools.engine.history
        if history is None:
            say(source, no_history(tools))
            return
        try:
            callback(source, context, history)
        except OutboxError as error:
            say(source, coloured(tools.translations.reply("command.history.fault", error=error), RColor.red))

    return run


def no_history(tools: Tools) -> RTextBase:
    owner = tools.engine.overview().elsewhere
    key = "command.history.elsewhere" if owner else "command.history.none"
    return coloured(tools.translations.reply(key, who=owner), RColor.red)


def find_one(tools: Tools, source: CommandSource, history: History, id: str) -> Optional[NotificationRecord]:
    """The one notification whose id is ``id`` or ends with it. Replies, and returns None, for none and for several."""
    found = history.find(id.lstrip("…."))
    if len(found) == 1:
        return found[0]
    reply = tools.translations.reply
    if not found:
        say(source, coloured(reply("command.history.unknown_id", id=id), RColor.red))
        return None
    links = [fills_in(tools.translations, one.id, f"{tools.prefix} show {one.id}") for one in found]
    text = reply("command.history.ambiguous", id=id, ids=tools.translations.listed(links))
    say(source, coloured(text, RColor.yellow))
    return None


def known_ids(tools: Tools, state: Optional[State] = None) -> Sequence[str]:
    """The newest ids, for completion, then their ends, as lists show them. Empty where the history cannot be read."""
    history = tools.engine.history
    try:
        ids = history.ids(_MOST_SUGGESTED, state=state) if history is not None else ()
    except OutboxError:
        return ()
    return [*ids, *(id[-SHOWN_OF_ID:] for id in ids)]
