"""What the commands may ask for: the service as they see it, and how their texts look."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Callable, List, Mapping, Optional, Protocol, Sequence, Union

from mcdreforged.api.rtext import RAction, RColor, RText, RTextBase
from mcdreforged.api.types import CommandSource

from prime_notify.config.models import Config
from prime_notify.engine.endpoint_test import TestResult
from prime_notify.engine.overview import Overview
from prime_notify.loading.load import Problem
from prime_notify.mcdr.translations import Speech
from prime_notify.model.event import EventName
from prime_notify.outbox.history import History
from prime_notify.routing import Explanation

__all__ = [
    "Desk",
    "Reloaded",
    "clickable",
    "coloured",
    "endpoint_names",
    "event_named",
    "fills_in",
    "has_endpoint",
    "no_endpoints",
    "quoted",
    "switched_off",
]


@dataclass(frozen=True)
class Reloaded:
    """What a reload of the config came to.

    ``in_force``: false when the file could not be read at all, and the former config stays. ``needs_plugin_reload``:
    JSON paths of changed values that take effect only when the plugin is reloaded.
    """

    in_force: bool
    problems: Sequence[Problem]
    needs_plugin_reload: Sequence[str] = ()


class Desk(Protocol):
    """The service behind the commands."""

    @property
    def speech(self) -> Speech: ...

    @property
    def prefix(self) -> str:
        """The commands' prefix as it is registered, which a reload of the config alone does not change."""
        ...

    @property
    def version(self) -> str: ...

    @property
    def config(self) -> Config:
        """The config in force."""
        ...

    def overview(self) -> Overview: ...

    def sources(self) -> Sequence[RTextBase]:
        """What is listened to, one readable entry each."""
        ...

    def test(
        self,
        event: EventName,
        *,
        endpoint: Optional[str],
        on_result: Callable[[TestResult], None],
        operator: Optional[Mapping[str, str]],
    ) -> Sequence[str]:
        """As :meth:`prime_notify.engine.rehearsal.Rehearsal.test`."""
        ...

    @property
    def history(self) -> Optional[History]:
        """What was delivered; None while there is no outbox on disk, or it is another process's."""
        ...

    @property
    def now(self) -> float:
        """The moment, in the seconds that the history counts in."""
        ...

    def replay(self, notification_id: Optional[str]) -> Sequence[str]:
        """As :meth:`prime_notify.engine.engine.Engine.replay`."""
        ...

    def drop(self, notification_id: Optional[str]) -> int:
        """As :meth:`prime_notify.engine.engine.Engine.drop`."""
        ...

    def switch(self, endpoint: str, on: bool) -> None:
        """As :meth:`prime_notify.engine.engine.Engine.switch`."""
        ...

    def preview(self, endpoint: str, event: Optional[EventName]) -> Optional[Sequence[str]]:
        """As :meth:`prime_notify.engine.rehearsal.Rehearsal.preview`."""
        ...

    def explanation(self, endpoint: str, event: EventName) -> Optional[Explanation]:
        """As :meth:`prime_notify.engine.rehearsal.Rehearsal.explanation`."""
        ...

    def reload(self) -> Reloaded: ...

    def post(self, task: Callable[[], None]) -> None:
        """Have ``task`` run on the task executor thread, after what it is doing now; not at all after an unload."""
        ...


def coloured(text: Union[str, RTextBase], color: RColor) -> RTextBase:
    """``text`` in ``color``; a text that is already built keeps its own parts' colours."""
    return RText(text, color) if isinstance(text, str) else text.set_color(color)


def clickable(text: Union[str, RTextBase], command: str, hover: Union[str, RTextBase]) -> RTextBase:
    """``text`` that puts ``command`` into the chat line. Newer clients refuse to run one that has no slash."""
    built = RText(text) if isinstance(text, str) else text
    return built.set_click_event(RAction.suggest_command, command).set_hover_text(hover)


def quoted(argument: str) -> str:
    """``argument`` as a quotable argument of a command."""
    needs_quotes = " " in argument or argument.startswith('"')
    return json.dumps(argument, ensure_ascii=False) if needs_quotes else argument


def fills_in(desk: Desk, text: Union[str, RTextBase], command: str) -> RTextBase:
    """``text`` that puts ``command`` into the chat line, and says so."""
    return clickable(text, command, desk.speech.reply("command.click_to_fill", command=command))


def has_endpoint(desk: Desk, source: CommandSource, endpoint: Optional[str]) -> bool:
    """Whether there is an endpoint of this name (or, with None, any at all); says so when there is not."""
    say = desk.speech.reply
    names = endpoint_names(desk)
    if not names:
        source.reply(no_endpoints(desk))
    elif endpoint is not None and endpoint not in names:
        source.reply(coloured(say("command.unknown_endpoint", endpoint=endpoint), RColor.red))
        source.reply(say("command.known_endpoints", endpoints=", ".join(names)))
    else:
        return True
    return False


def endpoint_names(desk: Desk) -> List[str]:
    """The configured endpoints."""
    return [endpoint.name for endpoint in desk.overview().endpoints if not endpoint.orphaned]


def event_named(desk: Desk, source: CommandSource, word: str) -> Optional[EventName]:
    """The event of this name; None, and a reply that tells the names there are, when there is no such event."""
    try:
        return EventName(word)
    except ValueError:
        say = desk.speech.reply
        source.reply(coloured(say("command.test.unknown_event", event=word), RColor.red))
        source.reply(say("command.test.known_events", events=", ".join(event.value for event in EventName)))
        return None


def switched_off(desk: Desk) -> RTextBase:
    """Says that notifications are switched off, and what to do about it."""
    return _then_reload(desk, "command.disabled")


def no_endpoints(desk: Desk) -> RTextBase:
    """Says that no endpoint is configured, and what to do about it."""
    return _then_reload(desk, "command.no_endpoints")


def _then_reload(desk: Desk, key: str) -> RTextBase:
    command = f"{desk.prefix} reload"
    return fills_in(desk, coloured(desk.speech.reply(key, reload=command), RColor.yellow), command)
