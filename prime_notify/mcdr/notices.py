"""What people should know of an endpoint: said once in the console, and to the operators who are online or come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from mcdreforged.api.rtext import RColor

from prime_notify.delivery.notices import Notice, NoticeKind
from prime_notify.mcdr.commands.desk import clickable, quoted
from prime_notify.mcdr.operators import Operators
from prime_notify.mcdr.translations import Speech
from prime_notify.text import humanize

__all__ = ["Notices"]


@dataclass(frozen=True)
class Notices:
    """``test``: the command that tests an endpoint. ``level``: who is told. ``post``: as the commands' desk has it."""

    speech: Speech
    operators: Operators
    test: str
    level: Callable[[], int]
    post: Callable[[Callable[[], None]], None]

    def say(self, notice: Notice) -> None:
        """May be called from any thread, such as the endpoint's."""
        command = f"{self.test} {quoted(notice.endpoint)}"
        key = f"log.endpoint_{notice.kind.value}"
        duration = humanize.duration(notice.seconds)
        values = {"endpoint": notice.endpoint, "duration": duration, "reason": notice.reason, "command": command}
        standing = notice.kind is not NoticeKind.RECOVERED
        (self.speech.warning if standing else self.speech.info)(key, **values)

        def tell() -> None:
            text = self.speech.reply(key, **values).set_color(RColor.red if standing else RColor.green)
            hover = self.speech.reply("command.click_to_fill", command=command)
            self.operators.tell(notice.endpoint, clickable(text, command, hover), self.level(), standing=standing)

        self.post(tell)
